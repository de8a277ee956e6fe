"""The verbs of transfer."""
