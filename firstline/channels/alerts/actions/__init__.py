"""The verbs of alerts."""
