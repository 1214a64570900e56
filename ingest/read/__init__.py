"""The read stage: from an entry to an article."""
