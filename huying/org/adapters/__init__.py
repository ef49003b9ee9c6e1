"""Outside components of the organisation."""
