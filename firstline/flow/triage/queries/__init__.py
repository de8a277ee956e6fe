"""Reads: what the rules say, who could take it, and why it is as it is."""
