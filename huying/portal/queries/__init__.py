"""What the portal's pages and Open311 ask: only of its own tables, never of the case side."""
