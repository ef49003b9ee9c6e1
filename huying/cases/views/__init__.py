"""Pages of appeals: parse, permit, call, show."""
