"""Limits on the size of a rule and on its numbers: sections 3 and 4 of the language."""

MAX_CHARACTERS = 65_536
MAX_DEPTH = 20  # levels, one within another
MAX_CLAUSES = 20_000  # a shared list, of an alias or of `forms(...)`, is one
MAX_LISTED = 100_000  # terms of a shared list
MAX_DISTANCE = 50  # words between, of a proximity
DEFAULT_DISTANCE = 4
MAX_COUNT = {"ATLEAST": 100, "KOF": 500, "FIRST": 10_000}
LEAST_LETTERS = 3  # before the first sign of a wildcard
