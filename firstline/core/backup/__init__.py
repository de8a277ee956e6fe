"""Everything a desk keeps in one archive, made while it runs, and back again into an empty place."""
