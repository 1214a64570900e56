"""What the store promises of long lists: read in pages, each row comes once, whatever arrives meanwhile."""

from dataclasses import replace

import pytest

from core.db.connection import Connection
from core.db.engine import Database
from core.model.outcome import AlertOutcome
from core.model.rule import RuleDraft
from core.model.silence import Silence
from core.store import alerts, notifications, rules, silences, source_pages, sources
from tests.contract.databases import NOW, after
from tests.fakes.records import a_notification, a_source, an_alert


async def _write_alert(conn: Connection, number: int) -> object:
    return await alerts.insert_alert(conn, an_alert(f"s{number}", at=after(number // 2)), AlertOutcome.CREATED)


async def _read_alerts(conn: Connection, key: object) -> list[tuple[object, str]]:
    rows = [row.alert for row in await alerts.recent(conn, 2, after=key)]  # type: ignore[arg-type]  # of this list
    return [((alert.created, alert.alert_id), alert.story_id) for alert in rows]


async def _write_notification(conn: Connection, number: int) -> object:
    made = replace(a_notification(), notification_id=f"s{number}", created=after(number // 2))
    return await notifications.add(conn, made, NOW)


async def _read_notifications(conn: Connection, key: object) -> list[tuple[object, str]]:
    rows = await notifications.list_rows(conn, limit=2, after=key)  # type: ignore[arg-type]  # of this list
    sent = [row.notification for row in rows]
    return [((one.created, one.notification_id), one.notification_id) for one in sent]


async def _write_silence(conn: Connection, number: int) -> object:
    starts = after(number // 2)
    made = Silence(silence_id=f"s{number}", rule="*", starts=starts, ends=after(900), author="kim", comment="noise")
    return await silences.add(conn, made)


async def _read_silences(conn: Connection, key: object) -> list[tuple[object, str]]:
    rows = await silences.page(conn, limit=2, after=key)  # type: ignore[arg-type]  # of this list
    return [((row.starts, row.silence_id), row.silence_id) for row in rows]


async def _write_rule(conn: Connection, number: int) -> object:
    return await rules.put(conn, RuleDraft(name=f"s{number}", query="arms", canonical="arms"), NOW)


async def _read_rules(conn: Connection, key: object) -> list[tuple[object, str]]:
    rows = await rules.page(conn, limit=2, after=key)  # type: ignore[arg-type]  # of this list
    return [(row.rule_id, row.name) for row in rows]


async def _write_source(conn: Connection, number: int) -> object:
    made = replace(a_source(f"https://news.example/{number}.xml"), source_id=f"id{number}", name=f"s{number}")
    return await sources.add(conn, made, NOW)


async def _read_sources(conn: Connection, key: object) -> list[tuple[object, str]]:
    rows = [row.source for row in await source_pages.page(conn, limit=2, after=key)]  # type: ignore[arg-type]  # of this list
    return [(source.source_id, source.name) for source in rows]


LISTS = {
    "alerts": (_write_alert, _read_alerts),
    "notifications": (_write_notification, _read_notifications),
    "silences": (_write_silence, _read_silences),
    "rules": (_write_rule, _read_rules),
    "sources": (_write_source, _read_sources),
}


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_that_grows_while_it_is_read_skips_and_repeats_nothing(db: Database, name: str) -> None:
    write, read = LISTS[name]
    async with db.transaction() as conn:
        for number in range(5):
            await write(conn, number)
        found: list[str] = []
        page = await read(conn, None)
        arriving = 20
        while page:
            found += [row for _, row in page]
            await write(conn, arriving)
            arriving += 1
            page = await read(conn, page[-1][0]) if arriving < 40 else []
    assert {f"s{number}" for number in range(5)} <= set(found)
    assert len(found) == len(set(found))
