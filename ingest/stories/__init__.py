"""Which story an article belongs to; pure."""
