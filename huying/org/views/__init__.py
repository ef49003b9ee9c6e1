"""Pages of the organisation: parse, permit, call, show."""
