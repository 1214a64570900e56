"""Fixtures of the contract suites."""

from tests.contract.databases import database_url, db

__all__ = ["database_url", "db"]
