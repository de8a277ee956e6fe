"""Plain Python: reading tables, the normalised records, their differences, the account of a run."""
