"""The verbs of triage."""
