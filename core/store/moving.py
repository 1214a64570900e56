"""Takes everything from one database to another one: all rows of all tables, and the word index.

    mark both ("moving") -> empty the target -> copy table by table -> compare the counts -> mark both ("moved")

Killed at any point and begun again, it empties the target and copies anew; a target that is marked as moved is never touched
again. Who opens a database that is moved away, or that is not whole yet, is told (`see_usable`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, func, insert, select, table, text, tuple_

from core.db import tables_alerts, tables_channels, tables_inbox, tables_people
from core.db.connection import Connection
from core.db.engine import Database
from core.db.tables import articles, kv, metadata
from core.db.tables_alerts import revisions, teams
from core.errors import UserError
from core.model import ids
from core.model.team import DEFAULT_TEAM
from core.store import kv as values
from core.store import words
from core.store.words import Indexed

MARK = "move"  # in kv
WORDS = "article_words"
_HELD = (
    tables_alerts,
    tables_channels,
    tables_inbox,
    tables_people,
)  # importing them adds their tables to the metadata
_PIECE, _LARGE_PIECE = 1000, 100  # rows at a time; the latter of tables that hold records of the web
_LARGE = frozenset({"articles", "raw_pages", "put_aside", "dead_letters", "article_revisions"})
_LEASE = frozenset({"lease_owner", "lease_until"})


@dataclass(frozen=True, slots=True)
class Counted:
    """A table's rows before and after."""

    table: str
    before: int
    after: int


async def see_usable(conn: Connection) -> None:
    """Raise UserError for a database that was moved away, or whose move from elsewhere is not finished."""
    mark = await values.get(conn, MARK)
    if mark is None or mark["state"] == "arrived":
        return
    if mark["state"] == "arriving":
        raise UserError("a move into this database is not finished; say `wirewatch migrate` again")
    done = "was moved" if mark["state"] == "moved" else "is being moved"
    raise UserError(
        f"the embedded database {done} to {mark['to']}: set database.url to that, or say"
        " `wirewatch migrate --cancel` to stay with the embedded one as it is"
    )


async def begin(source: Database, target: Database, to: str) -> bool:
    """Mark both, and empty the target; False where all of it has arrived there already. Raises UserError for a target with data
    of its own."""
    async with source.connection() as conn:
        mark = await values.get(conn, MARK) or {"id": ids.new_id()}
    async with target.connection() as conn:
        there = await values.get(conn, MARK)
        arrived = there is not None and there["state"] == "arrived"
        if arrived and there["id"] == mark["id"]:
            return False
        half = there is not None and there["state"] == "arriving"  # nobody could use it
        if not half and (used := await _used(conn)) is not None:
            raise UserError(f"{to} holds data already (table {used}); name an empty database")
    async with source.transaction() as conn:
        await values.put(conn, MARK, {"id": mark["id"], "state": "moving", "to": to})
    async with target.transaction() as conn:
        await conn.execute(text(f"TRUNCATE {', '.join(_quoted(conn, one) for one in metadata.sorted_tables)} CASCADE"))
        await values.put(conn, MARK, {"id": mark["id"], "state": "arriving"})
    return True


async def finish(source: Database, target: Database, to: str) -> None:
    """From now on the target is the database, and the source is none."""
    async with target.transaction() as conn:
        mark = await values.get(conn, MARK)
        await values.put(conn, MARK, {"id": mark["id"], "state": "arrived"})
    async with source.transaction() as conn:
        await values.put(conn, MARK, {"id": mark["id"], "state": "moved", "to": to})


async def cancel(source: Database) -> bool:
    """Stay with the source; False where it was not marked."""
    async with source.transaction() as conn:
        return await values.remove(conn, MARK)


async def copy_all(source: Database, target: Database) -> list[Counted]:
    """Copy every table, and the word index; the counts are those that were read and written. Leases are given up."""
    found = [await _copy(source, target, one) for one in metadata.sorted_tables]
    found.append(await _copy_words(source, target))
    async with target.transaction() as conn:
        for one in metadata.sorted_tables:
            await _go_on_counting(source, conn, one)
    return found


async def counts(source: Database, target: Database) -> list[Counted]:
    """What stands in both."""
    found = []
    for one in [*metadata.sorted_tables, table(WORDS)]:
        statement = select(func.count()).select_from(one)
        numbers = []
        for db in (source, target):
            async with db.connection() as conn:
                numbers.append(int((await conn.execute(statement)).scalar_one()))
        found.append(Counted(str(one.name), numbers[0], numbers[1]))
    return found


async def _used(conn: Connection) -> str | None:
    """A table that holds more than a new database does."""
    for one in metadata.sorted_tables:
        if one in (revisions, kv):
            continue
        statement = select(func.count()).select_from(one)
        if one is teams:
            statement = statement.where(teams.c.team_id != DEFAULT_TEAM)
        if (await conn.execute(statement)).scalar_one():
            return str(one.name)
    return None


async def _copy(source: Database, target: Database, one: Table) -> Counted:
    size = _LARGE_PIECE if one.name in _LARGE else _PIECE
    keys = list(one.primary_key.columns)
    last: tuple[Any, ...] | None = None
    read = written = 0
    while True:
        statement = select(one).order_by(*keys).limit(size)
        if last is not None:
            statement = statement.where(tuple_(*keys) > tuple_(*last, types=[key.type for key in keys]))
        async with source.connection() as conn:
            rows = [row._asdict() for row in await conn.execute(statement)]
        read += len(rows)
        moved = [_without_lease(row) for row in rows if one is not kv or row["key"] != MARK]
        if moved:
            async with target.transaction() as conn:
                await conn.execute(insert(one), moved)
            written += len(moved) + (len(rows) - len(moved))
        if len(rows) < size:
            return Counted(one.name, read, written)
        last = tuple(rows[-1][key.name] for key in keys)


def _without_lease(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: None if name in _LEASE else value for name, value in row.items()}


async def _copy_words(source: Database, target: Database) -> Counted:
    """The words stand in the index as it takes them."""
    last = read = 0
    statement = text(
        "SELECT w.rowid AS number, w.words AS words FROM article_words w WHERE w.rowid > :last ORDER BY w.rowid LIMIT :most"
    )
    while True:
        async with source.connection() as conn:
            rows = list(await conn.execute(statement, {"last": last, "most": _LARGE_PIECE}))
            numbers = [row.number for row in rows]
            known = select(articles.c.number, articles.c.accepted).where(articles.c.number.in_(numbers))
            accepted = {row.number: row.accepted for row in await conn.execute(known)}
        indexed = [
            Indexed(row.number, accepted[row.number], row.words.split(" ")) for row in rows if row.number in accepted
        ]
        if indexed:
            async with target.transaction() as conn:
                await words.add(conn, indexed)
        read += len(rows)
        if len(rows) < _LARGE_PIECE:
            return Counted(WORDS, read, read)
        last = rows[-1].number


async def _go_on_counting(source: Database, conn: Connection, one: Table) -> None:
    """Numbers are never reused: those of rows that are gone, neither."""
    column = one.autoincrement_column
    if column is None or len(one.primary_key.columns) > 1:
        return
    async with source.connection() as before:
        asked = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        newest = (await before.execute(asked, {"name": one.name})).scalar_one_or_none()
    if newest:
        statement = text("SELECT setval(pg_get_serial_sequence(:table, :column), :newest)")
        await conn.execute(statement, {"table": one.name, "column": column.name, "newest": newest})


def _quoted(conn: Connection, one: Table) -> str:
    return str(conn.dialect.identifier_preparer.format_table(one))
