"""Inflected forms of words: what `forms(...)` in a rule stands for."""
