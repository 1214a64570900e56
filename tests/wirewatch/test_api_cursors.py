"""Every list of the API, read to its end in pages of any size while rows come and go: what is there all the time is given once,
and nothing is given twice."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest

from core.clock import SystemClock
from core.db.connection import Connection
from core.model.channel import ChannelDraft
from core.model.deadletter import DeadLetter
from core.model.outcome import AlertOutcome, DeadLetterReason
from core.model.rule import AliasDraft, RuleDraft
from core.model.silence import Silence
from core.model.team import Team
from core.model.token import TokenRow
from core.model.user import UserRow
from core.store import (
    alerts,
    aliases,
    articles,
    audit,
    channels,
    dead_letters,
    notifications,
    rules,
    silences,
    sources,
    teams,
    tokens,
    users,
)
from core.store.articles import StoredArticle
from core.store.audit import AuditRow
from tests.effort import scaled
from tests.fakes.records import a_notification, a_source, a_story_article, an_alert
from tests.wirewatch.people import add_people, browser
from tests.wirewatch.statuspage import StatusPage, status_page
from wirewatch.api.operation import PREFIX
from wirewatch.api.table import OPERATIONS
from wirewatch.dead_letters import row_of
from wirewatch.usecases.permission import Role

NOW = SystemClock().now()
Write = Callable[[Connection, int], Awaitable[object]]


def at(number: int) -> datetime:
    """Several rows have the same time."""
    return NOW - timedelta(minutes=10) + timedelta(seconds=number // 3)


async def _delivery(conn: Connection, number: int) -> None:
    note = a_notification(an_alert(f"story-{number}", at=at(number)), at=at(number))
    await notifications.add(conn, note, at(number))


async def _letter(conn: Connection, number: int) -> None:
    letter = DeadLetter(
        topic="entries", partition=0, offset=number, key="k", value_base64="e30=", reason=DeadLetterReason.FAILED,
        detail="d", at=at(number),
    )  # fmt: skip
    await dead_letters.put_many(conn, [row_of(letter)])


async def _silence(conn: Connection, number: int) -> None:
    ends = NOW + timedelta(hours=1)
    one = Silence(silence_id=f"s{number}", rule="*", starts=at(number), ends=ends, author="kim", comment="noise")
    await silences.add(conn, one)


async def _user(conn: Connection, number: int) -> None:
    row = UserRow(
        user_id=f"u{number}", name=f"name {number * 7 % 50}", password_hash=None, role="viewer", enabled=True, time_zone=None,
        preferences={}, created=NOW, last_sign_in=None,
    )  # fmt: skip
    await users.add(conn, row)


async def _token(conn: Connection, number: int) -> None:
    row = TokenRow(
        token_id=f"t{number}", name=f"token {number}", user_id="admin" * 3, team_id=None, scopes=("alerts:read",),
        created=at(number), expires=None,
    )  # fmt: skip
    await tokens.add(conn, row, f"secret-{number}")


async def _article(conn: Connection, number: int) -> None:
    story = a_story_article(f"https://news.example/{number}")
    told = replace(story.article, accepted=at(number), seen=at(number))
    await articles.put_many(conn, [StoredArticle(replace(story, article=told, story_id=f"story-{number}"), ())])


async def _action(conn: Connection, number: int) -> None:
    await audit.add(conn, AuditRow(at=at(number), actor="kim", action="rule.put", subject=f"rule-{number}", detail={}))


WRITE: dict[str, Write] = {
    "list_alerts": lambda conn, n: alerts.insert_alert(conn, an_alert(f"story-{n}", at=at(n)), AlertOutcome.CREATED),
    "list_articles": _article,
    "list_rules": lambda conn, n: rules.put(
        conn, RuleDraft(name=f"r{n * 7 % 50}", query="arms", canonical="arms"), NOW
    ),
    "list_aliases": lambda conn, n: aliases.put(conn, AliasDraft(name=f"a{n * 7 % 50}", terms=("x",)), NOW),
    "list_sources": lambda conn, n: sources.add(conn, a_source(f"https://news.example/{n}.xml", f"S{n * 7 % 50}"), NOW),
    "list_channels": lambda conn, n: channels.put(
        conn,
        ChannelDraft(name=f"c{n * 7 % 50}", kind="slack", settings={"url": "https://chat.example/x"}, author="kim"),
        NOW,
    ),
    "list_deliveries": _delivery,
    "list_dead_letters": _letter,
    "list_silences": _silence,
    "list_users": _user,
    "list_teams": lambda conn, n: teams.add(conn, Team(team_id=f"{n:024}", name=f"t{n * 7 % 50}", created=NOW)),
    "list_tokens": _token,
    "list_audit": _action,
}
REMOVE: dict[str, Write] = {
    "list_channels": lambda conn, n: channels.remove(conn, f"c{n * 7 % 50}", NOW),
    "list_users": lambda conn, n: users.remove(conn, f"u{n}"),
    "list_teams": lambda conn, n: teams.remove(conn, f"{n:024}"),
    "list_tokens": lambda conn, n: tokens.remove(conn, f"t{n}"),
}
# Lists whose rows are not kept but found anew at each request.
FOUND_ANEW = {"search_articles", "list_stories", "show_story", "rules_health", "list_hidden", "list_alias_terms"}
LISTS = {op.name: op for op in OPERATIONS if op.answer is not None and "next" in op.answer.model_fields}


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    async with status_page(tmp_path) as opened:
        await add_people(opened, Role.ADMIN)
        yield opened


def test_every_list_is_read_here() -> None:
    assert LISTS.keys() - FOUND_ANEW == WRITE.keys()


def rows_of(told: dict[str, Any]) -> list[str]:
    """Each row by its id."""
    (rows,) = [value for value in told.values() if isinstance(value, list)]
    return [_id(row) for row in rows]


def _id(row: Any) -> str:
    if isinstance(row, dict):
        for key, value in row.items():
            if (key.endswith("_id") and key not in ("team_id", "story_id", "user_id")) or key in ("number", "name"):
                return f"{key} {value}"
        return next(_id(value) for value in row.values() if isinstance(value, dict))
    raise TypeError(row)


@pytest.mark.parametrize("name", sorted(WRITE))
@pytest.mark.parametrize("seed", range(scaled(1)))
async def test_a_list_that_is_read_to_its_end_has_each_row_once_whatever_comes_and_goes(
    page: StatusPage, name: str, seed: int
) -> None:
    random = Random(f"{name} {seed}")
    path, numbers, gone = PREFIX + LISTS[name].path, iter(range(11, 49)), set()

    async def write(work: Write, number: int) -> None:
        async with page.db.transaction() as conn:
            await work(conn, number)

    for number in range(10):
        await write(WRITE[name], number)
    async with browser(page, Role.ADMIN) as admin:

        async def read(**query: str) -> dict[str, Any]:
            text = "&".join(f"{key}={value}" for key, value in query.items())
            answer = await admin.get(f"{path}?{text}")
            assert answer.status == 200, answer.text
            found: dict[str, Any] = orjson.loads(answer.text)
            return found

        before = rows_of(await read(limit="100"))
        assert len(before) == len(set(before)) >= 10
        found: list[str] = []
        cursor: dict[str, str] = {}
        async with asyncio.timeout(60):
            while True:
                part = await read(limit=str(random.randint(1, 4)), **cursor)
                found += rows_of(part)
                if part["next"] is None:
                    break
                cursor = {"cursor": part["next"]}
                if random.random() < 0.7 and (come := next(numbers, None)) is not None:
                    await write(WRITE[name], come)
                if name in REMOVE and random.random() < 0.5:
                    lost = random.randrange(10)
                    if lost not in gone:
                        gone.add(lost)
                        await write(REMOVE[name], lost)
        after = rows_of(await read(limit="100"))
    assert len(found) == len(set(found))
    assert set(before) & set(after) <= set(found)
