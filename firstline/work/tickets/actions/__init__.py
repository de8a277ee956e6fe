"""The verbs of tickets, one file each."""
