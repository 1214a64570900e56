"""Decisions about matches: pure functions of a Situation, one stage a file, their order in decide.py."""
