"""A working day of the district in the browser, with a count of what it costs each role."""
