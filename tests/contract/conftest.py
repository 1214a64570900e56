"""Fixtures of the contract suites."""

from tests.contract.databases import database_url, db, shared_postgres

__all__ = ["database_url", "db", "shared_postgres"]
