"""Tools for development; never shipped."""
