"""What is kept in the database, one file a noun."""
