"""Pure tables and functions of the portal: words, limits, what Open311 asks."""
