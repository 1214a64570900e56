"""Folding, words and sentences of text in any script."""
