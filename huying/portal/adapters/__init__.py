"""Components outside of this room."""
