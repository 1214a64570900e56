"""A database of each released schema is brought up to date with all that it holds.

`tests/data/released/NNNN.json` has the rows that the release of that schema wrote into what is new in it, byte for byte.
A migration that comes later finds them all.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from alembic import command
from sqlalchemy import Connection, LargeBinary, MetaData, Table, delete, func, inspect, select, text

from core.db.engine import Database
from core.db.migrate import configuration, known_revisions, migrate
from core.db.tables import metadata
from core.model import ids
from core.model.metric_rule import Flatline
from core.model.outcome import NotificationState, Priority
from core.store import (
    alerts,
    aliases,
    articles,
    audit,
    entries,
    findings,
    kv,
    notifications,
    paces,
    rules,
    silences,
    source_pages,
    timers,
)
from core.store.alert_list import Wanted
from core.store.paces import Pace
from tests.contract.databases import NOW, after
from tests.contract.test_store_database import differences

RELEASED = Path(__file__).resolve().parents[1] / "data" / "released"
ARMS = ids.derived_id("rule", "arms")  # what the first release made of a name
WORLD = ids.derived_id("source", "https://news.example/world.xml")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def empty(connection: Connection) -> None:
    """As before the first migration."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
        return
    for table in reversed(metadata.sorted_tables):
        connection.execute(text(f'DROP TABLE "{table.name}"'))
    connection.execute(text("DROP TABLE article_words"))
    connection.execute(text("DROP TABLE alembic_version"))


def released(revision: str) -> dict[str, list[dict[str, object]]]:
    """The rows of a database of that schema, by table."""
    rows: dict[str, list[dict[str, object]]] = {}
    for path in sorted(RELEASED.glob("*.json")):
        if path.stem <= revision:
            for table, more in orjson.loads(path.read_bytes()).items():
                rows.setdefault(table, []).extend(more)
    return rows


def fill(connection: Connection, rows: Mapping[str, list[dict[str, object]]]) -> None:
    """Write the rows as that release did: with no word of what the code of today knows of the tables."""
    there = MetaData()
    there.reflect(connection)
    counters = there.tables["revisions"]
    theirs = [str(row["name"]) for row in rows.get("revisions", ())]  # those that a later migration made stay
    connection.execute(delete(counters).where(counters.c.name.in_(theirs)))
    for name in [table.name for table in there.sorted_tables if table.name in rows]:
        table = there.tables[name]
        connection.execute(table.insert(), [_stored(connection, table, row) for row in rows[name]])


def _stored(connection: Connection, table: Table, row: Mapping[str, object]) -> dict[str, object]:
    kept: dict[str, object] = {}
    for name, value in row.items():
        if isinstance(table.c[name].type, LargeBinary):
            kept[name] = str(value).encode()
        elif isinstance(value, str) and value.startswith("2026-03-") and name not in {"key", "value", "record"}:
            moment = datetime.fromisoformat(value)
            on_postgresql = connection.dialect.name == "postgresql"
            kept[name] = moment if on_postgresql else (moment - _EPOCH) // timedelta(microseconds=1)
        else:
            kept[name] = value
    return kept


@pytest.mark.parametrize("revision", sorted(known_revisions()))
async def test_a_database_of_a_released_schema_is_brought_up_to_date_with_what_it_holds(
    db: Database, revision: str
) -> None:
    rows = released(revision)

    def upgrade(connection: Connection) -> None:
        empty(connection)
        command.upgrade(configuration(connection), revision)
        fill(connection, rows)
        migrate(connection)

    async with db.transaction() as conn:
        await conn.run_sync(upgrade)
        assert await conn.run_sync(differences) == []
        for name, of_release in rows.items():
            there = (await conn.execute(select(func.count()).select_from(metadata.tables[name]))).scalar_one()
            assert there >= len(of_release), name
        tables = await conn.run_sync(lambda connection: inspect(connection).get_table_names())
        assert set(metadata.tables) <= set(tables)


async def test_what_the_first_release_wrote_is_read_as_it_was_meant(db: Database) -> None:
    def upgrade(connection: Connection) -> None:
        empty(connection)
        command.upgrade(configuration(connection), "0001")
        fill(connection, released("0001"))
        migrate(connection)

    async with db.transaction() as conn:
        await conn.run_sync(upgrade)
        arms, mine = await rules.list_all(conn)
        assert (arms.rule_id, arms.origin, arms.version) == (ARMS, "file", 1)
        assert (mine.version, mine.priority, mine.settings.unreadable) == (2, Priority.FLASH, ())
        assert mine.settings.standing == Flatline(window_seconds=3600.0)
        assert [row.version for row in await rules.versions(conn, "mine")] == [2, 1]
        [alias] = await aliases.list_all(conn)
        assert alias.terms == ("North Korea", "DPRK")
        known = {row.source.name: row.source.source_id for row in await source_pages.page(conn, limit=None)}
        assert known["Example World"] == WORLD
        assert (await entries.known(conn, WORLD, ["e1", "e2", "e3"])).keys() == {"e1", "e2"}
        assert await paces.get_many(conn, [ARMS]) == {ARMS: Pace(notified=(NOW, NOW, after(3)), flush_at=after(60))}
        [silence] = await silences.page(conn)
        assert (silence.rule, silence.comment) == ("arms*", "drill")
        [action] = await audit.list_rows(conn)
        assert (action.actor, action.subject) == ("kim", "mine")
        [found] = await findings.of_rule(conn, ARMS, since=NOW, until=after(1))
        [alert] = await alerts.recent(conn, wanted=Wanted(rules=[ARMS]))
        assert alert.alert.rule == found.match.rule
        [waiting] = await notifications.list_rows(conn)
        assert (waiting.state, waiting.notification.channel) == (NotificationState.PENDING, "desk")
        assert len(await articles.candidates(conn, [["word"]], since=NOW, until=after(1))) <= 1
        assert [timer.key for timer in await timers.all_of(conn, "grouped")] == [alert.alert.alert_id]
        assert await kv.get(conn, "other") == 1


async def test_the_words_that_alerts_are_looked_up_by_are_folded_anew(db: Database) -> None:
    def upgrade(connection: Connection) -> None:
        empty(connection)
        command.upgrade(configuration(connection), "0030")
        fill(connection, released("0030"))
        there = MetaData()
        there.reflect(connection, only=["alerts", "alert_list"])
        alert = connection.execute(select(there.tables["alerts"])).mappings().first()
        assert alert is not None
        row = {name: alert[name] for name in ("alert_id", "created", "rule_id", "outcome")}
        more = {"team_id": "default", "priority": "normal", "status": "open", "words": "kim in łodz, ışık, كوريـا"}
        connection.execute(there.tables["alert_list"].insert(), [row | more])
        migrate(connection)

    async with db.transaction() as conn:
        await conn.run_sync(upgrade)
        words = (await conn.execute(select(metadata.tables["alert_list"].c.words))).scalars().all()
    assert words == ["kim in lodz, isik, كوريا"]
