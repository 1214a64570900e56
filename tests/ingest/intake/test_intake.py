"""A body becomes new entries, whoever hands it in: on a real database and the memory log, without a web."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from core.db.connection import Connection
from core.db.engine import Database
from core.errors import Unavailable
from core.log.log import Record
from core.log.memory import MemoryLog
from core.metrics import Metrics
from core.model.codec import decode
from core.model.ids import article_id
from core.model.outcome import ArticleOutcome
from core.model.source import Entry, Source
from core.store import entries, put_aside, sources, traces
from ingest.intake.intake import FeedBody, FeedIntake, Found
from ingest.parse.shapes import ParseFailure
from tests.fakes.clock import FakeClock
from tests.fakes.parser import FakeParser, feed_body

SOURCE = Source(source_id="s", name="News", url="https://news.example/feed")
A = {"url": "/a", "title": "A"}
B = {"url": "/b", "title": "B"}


class BreakableLog(MemoryLog):
    down = False

    async def append(self, topic: str, records: Sequence[Record]) -> None:
        if self.down:
            raise Unavailable("the disk is full")
        await super().append(topic, records)


@dataclass
class Rig:
    """An intake and what it works with; bodies are handed in one after another."""

    db: Database
    log: BreakableLog
    clock: FakeClock
    intake: FeedIntake
    metrics: Metrics
    saved: list[Found] = field(default_factory=list)
    keeps: bool = True

    async def read(self, *shown: dict[str, str], first: bool = False) -> Found:
        last = None if first else self.clock.now() - timedelta(minutes=5)
        found = await self.intake.read(SOURCE, FeedBody(feed_body(*shown), {}, SOURCE.url), last)
        assert isinstance(found, Found)
        return found

    async def take(self, *shown: dict[str, str], first: bool = False) -> Found:
        found = await self.read(*shown, first=first)

        async def save(_: Connection) -> bool:
            self.saved.append(found)
            return self.keeps

        await self.intake.store(found, save)
        return found

    async def titles(self) -> list[str]:
        return [decode(one.value, Entry).title async for one in self.log.read("entries")]


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    clock, metrics = FakeClock(), Metrics()
    async with Database.open("sqlite:", tmp_path) as db, BreakableLog(clock) as log:
        async with db.transaction() as conn:
            await sources.add(conn, SOURCE, clock.now())
        intake = FeedIntake(log, db, FakeParser(), clock=clock, metrics=metrics)
        yield Rig(db, log, clock, intake, metrics)


async def test_what_is_new_goes_on_the_log_once_under_the_address_that_the_body_came_from(rig: Rig) -> None:
    await rig.take(A)
    found = await rig.take(A, B)
    assert await rig.titles() == ["A", "B"]
    assert [one.entry.url for one in found.entries.new] == ["https://news.example/b"]
    async with rig.db.connection() as conn:
        [step] = await traces.of(conn, article_id("https://news.example/b"))
    assert (step.stage, step.outcome, step.detail) == ("poll", "ok", "News")


async def test_reading_changes_nothing(rig: Rig) -> None:
    await rig.read(A)
    found = await rig.read(A)
    assert [one.entry.title for one in found.entries.new] == ["A"]
    assert await rig.titles() == []


async def test_what_the_log_does_not_take_is_neither_saved_nor_remembered(rig: Rig) -> None:
    rig.log.down = True
    with pytest.raises(Unavailable):
        await rig.take(A)
    assert rig.saved == []
    rig.log.down = False
    await rig.take(A)
    assert await rig.titles() == ["A"]


async def test_what_its_giver_may_not_keep_is_not_remembered(rig: Rig) -> None:
    rig.keeps = False
    found = await rig.take(A)
    async with rig.db.connection() as conn:
        assert (await entries.known(conn, "s", found.entries.remember)).keys() == set()
    rig.keeps = True
    await rig.take(A)
    assert await rig.titles() == ["A", "A"], "a repeat, under the same id"


async def test_a_mistake_while_saving_leaves_nothing_remembered(rig: Rig) -> None:
    found = await rig.read(A)

    async def fails(_: Connection) -> bool:
        raise Unavailable("the database went away")

    with pytest.raises(Unavailable):
        await rig.intake.store(found, fails)
    async with rig.db.connection() as conn:
        assert (await entries.known(conn, "s", found.entries.remember)).keys() == set()


async def test_a_body_that_is_no_feed_says_so(rig: Rig) -> None:
    failed = await rig.intake.read(SOURCE, FeedBody(b"<html>", {}, SOURCE.url), None)
    assert isinstance(failed, ParseFailure)
    assert failed.outcome == "not_a_feed"


async def test_more_than_goes_on_the_log_at_once_is_put_aside_with_it(rig: Rig) -> None:
    found = await rig.take(*({"url": f"/{number}", "title": f"{number:03}"} for number in range(120)))
    assert await rig.titles() == [f"{number:03}" for number in range(50)]
    async with rig.db.connection() as conn:
        assert await put_aside.count_of(conn, "s") == 70
    rig.intake.count(found)
    assert rig.metrics.feed_entries._value.get() == 120
    assert rig.metrics.articles.labels(ArticleOutcome.RETRIED)._value.get() == 70


async def test_an_archive_says_nothing_of_how_busy_a_source_is_but_at_its_first_body(rig: Rig) -> None:
    old = A | {"published": (rig.clock.now() - timedelta(days=30)).isoformat()}
    assert [one.title for one in (await rig.read(old, B, first=True)).arrived] == ["A", "B"]
    later = await rig.take(old, B)
    assert [one.title for one in later.arrived] == ["B"]
    assert [one.outcome for one in later.entries.skipped] == [ArticleOutcome.TOO_OLD]


async def test_entries_without_links_go_on_the_log_in_line_with_nobody(rig: Rig) -> None:
    found = await rig.take({"title": "Flash", "guid": "g1"}, {"title": "Second flash", "guid": "g2"})
    assert [one.entry.has_page for one in found.entries.new] == [False, False]
    records = [one async for one in rig.log.read("entries")]
    assert [one.key for one in records] == [decode(one.value, Entry).entry_id for one in records]
    assert (await rig.take({"title": "Second flash", "guid": "g2"})).entries.new == ()


async def test_a_page_that_was_shared_once_is_known_to_be_so_in_the_database(rig: Rig) -> None:
    await rig.take({"url": "/live#p1", "title": "One"}, {"url": "/live#p2", "title": "Two"})
    found = await rig.take({"url": "/live#p3", "title": "Three"})
    assert [one.entry.url for one in found.entries.new] == ["https://news.example/live#p3"]
    assert (await rig.take({"url": "/live#p3", "title": "Three"})).entries.new == ()


async def test_a_link_in_another_spelling_is_looked_up(rig: Rig) -> None:
    await rig.take({"url": "http://www.news.example/a/", "title": "A"})
    assert (await rig.take(A)).entries.new == ()
    assert (await rig.take(A | {"title": "Edited"})).arrived == (), "an edit says nothing of how busy the source is"
    assert await rig.titles() == ["A", "Edited"]


async def test_of_too_many_entries_the_newest_go_on_the_log(rig: Rig) -> None:
    shown = [
        {"url": f"/{n}", "title": f"{n:03}", "published": (rig.clock.now() - timedelta(minutes=120 - n)).isoformat()}
        for n in range(120)
    ]
    await rig.take(*shown)
    assert await rig.titles() == [f"{n:03}" for n in range(70, 120)]
    async with rig.db.transaction() as conn:
        first = await put_aside.claim_due(conn, rig.clock.now(), limit=2, each=2, owner="t", lease_seconds=9)
    assert [one.entry.title for one in first] == ["069", "068"], "what waits is read from the newest"
