"""The match stage: which rules an article meets, with evidence."""
