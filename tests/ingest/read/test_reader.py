"""How one entry is read, apart from consuming and counting: a page fetcher that answers what a test says."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.db.engine import Database
from core.metrics import Metrics
from core.model.outcome import ArticleOutcome
from core.model.source import Entry, Source
from core.net.client import Fetched
from core.store.put_aside import PutAside
from ingest.read.article_loader import ArticleLoader
from ingest.read.page_fetcher import FetchLimits, NoArticle, RetryLater
from ingest.read.reader import EntryReader, ReadPage
from tests.fakes.clock import FakeClock
from tests.fakes.parser import FakeParser, page_body

LIMITS = FetchLimits(bulkhead=None, patience_seconds=1, most_seconds=1)
LONG = "The minister said that the talks would go on. " * 30
SOURCE = Source(source_id="s", name="News", url="https://news.example/feed")
URL = "https://news.example/a"


def fetched(status: int, url: str, headers: dict[str, str], body: bytes) -> Fetched:
    return Fetched(status=status, url=url, headers=headers, body=body)


@dataclass
class Pages:
    """Answers what it is told to."""

    answer: Fetched | NoArticle | RetryLater = field(
        default_factory=lambda: fetched(200, URL, {}, page_body(text=LONG, title="Title"))
    )
    asked: int = 0

    async def fetch(
        self, _url: str, _source: str, _tries: int, _limits: FetchLimits
    ) -> Fetched | NoArticle | RetryLater:
        self.asked += 1
        return self.answer


@dataclass
class Rig:
    pages: Pages
    clock: FakeClock
    reader: EntryReader

    def entry(self, **values: object) -> Entry:
        fields = {"entry_id": "e", "source": SOURCE, "url": URL, "title": "Title", "seen": self.clock.now()}
        return Entry(**(fields | values))  # type: ignore[arg-type] # Entry's own fields

    async def read(self, entry: Entry, **aside: object) -> ReadPage | NoArticle | RetryLater:
        row = PutAside(entry=entry, due=entry.seen, since=self.clock.now())
        return await self.reader.read(replace(row, **aside), LIMITS)  # type: ignore[arg-type] # PutAside's own fields

    def later(self, *, tries: int = 1, hours: float = 0, circuit_open: bool = False) -> RetryLater:
        due = self.clock.now() + timedelta(hours=hours)
        return RetryLater(due, tries, ArticleOutcome.HTTP_5XX, "HTTP 500", circuit_open=circuit_open)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    pages, clock = Pages(), FakeClock()
    async with Database.open("sqlite:", tmp_path) as db:
        reader = EntryReader(
            pages=pages, parser=FakeParser(), articles=ArticleLoader(db), clock=clock, metrics=Metrics()
        )
        yield Rig(pages, clock, reader)


async def test_a_page_is_read_where_it_was_found(rig: Rig) -> None:
    rig.pages.answer = fetched(200, "https://news.example/b?utm_source=x", {}, page_body(text=LONG))
    found = await rig.read(rig.entry())
    assert isinstance(found, ReadPage)
    assert (found.page.text, found.url) == (LONG, "https://news.example/b")


async def test_what_the_feed_carries_is_asked_of_nobody(rig: Rig) -> None:
    found = await rig.read(rig.entry(content=LONG))
    assert isinstance(found, ReadPage)
    assert (found.note, rig.pages.asked) == ("the feed's own text", 0)


async def test_one_url_is_read_once_unless_its_feed_says_that_it_changed(rig: Rig) -> None:
    rig.reader.recent_urls.remember(rig.entry())
    other = replace(SOURCE, source_id="t", name="Other")
    assert await rig.read(rig.entry(source=other)) == NoArticle(ArticleOutcome.DUPLICATE_URL, "read already for News")
    edited = rig.entry(source=other, updated=rig.clock.now() + timedelta(minutes=1))
    assert isinstance(await rig.read(edited), ReadPage)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (fetched(200, "https://news.example/", {}, b""), ArticleOutcome.HOMEPAGE),
        (fetched(200, URL, {"Content-Type": "application/pdf"}, b"%PDF"), ArticleOutcome.NOT_HTML),
        (fetched(200, URL, {}, b"no text"), ArticleOutcome.NO_TEXT),
        (NoArticle(ArticleOutcome.ROBOTS, "forbidden"), ArticleOutcome.ROBOTS),
    ],
)
async def test_what_is_no_article_has_its_name(rig: Rig, answer: Fetched | NoArticle, outcome: ArticleOutcome) -> None:
    rig.pages.answer = answer
    found = await rig.read(rig.entry())
    assert isinstance(found, NoArticle)
    assert found.outcome is outcome


async def test_the_feeds_own_text_stands_in_once_waiting_helps_little(rig: Rig) -> None:
    entry = rig.entry(summary=LONG)
    rig.pages.answer = rig.later(tries=2)
    assert await rig.read(entry) == rig.pages.answer
    for answer in (rig.later(tries=3), rig.later(circuit_open=True), rig.later(hours=7)):
        rig.pages.answer = answer
        found = await rig.read(entry)
        assert isinstance(found, ReadPage)
        assert found.note == "the feed's own text, since the page ended as http_5xx"


@pytest.mark.parametrize(
    "final",
    [
        NoArticle(ArticleOutcome.HTTP_4XX, "HTTP 410", gone=True),
        NoArticle(ArticleOutcome.BLOCKED_ADDRESS, "a private address"),
    ],
)
async def test_nothing_stands_in_for_a_page_that_was_taken_down_or_must_not_be_touched(
    rig: Rig, final: NoArticle
) -> None:
    rig.pages.answer = final
    assert await rig.read(rig.entry(summary=LONG)) == final


async def test_of_a_source_of_which_too_many_wait_no_more_begin_to_but_those_that_do_go_on(rig: Rig) -> None:
    rig.reader.full = {"s"}
    rig.pages.answer = rig.later()
    found = await rig.read(rig.entry())
    assert isinstance(found, NoArticle)
    assert found.outcome is ArticleOutcome.BACKLOG
    assert await rig.read(rig.entry(), reason="http_5xx") == rig.pages.answer
