"""Faults: what happens when a process dies in the middle of its work."""
