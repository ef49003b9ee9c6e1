"""Verbs of the portal; `filing` and `codes` are the citizen's, the others the case side's."""
