"""The portal in a zone of its own: no way to the case side, for an hour."""
