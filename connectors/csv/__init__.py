"""CSV files: a source of persons, and a target of accounts and permissions."""
