"""Pages of the assessment."""
