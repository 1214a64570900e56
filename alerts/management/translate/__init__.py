"""Queries of other tools, translated into the rule language."""
