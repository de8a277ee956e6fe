"""Workflows without Django: what a definition may say, and how a run of it moves on."""
