"""The alert stage: what becomes of a match, in one transaction."""
