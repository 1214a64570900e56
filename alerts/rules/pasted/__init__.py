"""A rule pasted from elsewhere, written as this language writes it: what was done, and where."""
