"""Verbs of this room, one per file."""
