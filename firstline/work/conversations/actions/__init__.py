"""The verbs of conversations, one file each."""
