"""The face: base page, tables, charts, maps and the states a page can be in; knows no room."""
