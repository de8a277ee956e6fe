"""Firstline: the IT help desk whose work flows."""
