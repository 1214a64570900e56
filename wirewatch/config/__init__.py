"""The configuration file: its schema, its mistakes, what it says."""
