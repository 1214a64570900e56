"""Scripts that measure; each compares within one run and prints its figures. Not part of the package."""
