"""The tables of the database: one file for each noun."""
