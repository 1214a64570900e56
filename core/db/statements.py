"""Statements that both dialects have, each under its own class in SQLAlchemy."""

from collections.abc import Iterator, Sequence
from typing import TypeVar, cast

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite

from core.db.connection import Connection

T = TypeVar("T")

_MOST_PARAMETERS = 900  # below SQLite's and PostgreSQL's limits, whatever a row adds


def insert(conn: Connection, table: Table) -> sqlite.Insert:
    """The dialect's own INSERT, which knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return insert_in(conn.dialect.name, table)


def insert_in(dialect: str, table: Table) -> sqlite.Insert:
    """The same by the dialect's name, for statements that are kept."""
    if dialect != "postgresql":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - with all its drivers; SQLite does without

    return cast("sqlite.Insert", postgresql.insert(table))  # another class with the same methods


def slices(items: Sequence[T], size: int = _MOST_PARAMETERS) -> Iterator[Sequence[T]]:
    """`items` in pieces that fit an IN list."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
