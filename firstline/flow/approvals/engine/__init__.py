"""How an approval goes, in plain Python: what may be done when, and what comes of it."""
