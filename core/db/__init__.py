"""The database: one schema on SQLite and PostgreSQL, brought up to date when it is opened."""
