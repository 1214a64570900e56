"""How one entry is read, apart from consuming and counting: a page fetcher that answers what a test says."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.db.engine import Database
from core.metrics import Metrics
from core.model.article import ArticleFlag
from core.model.outcome import ArticleOutcome
from core.model.source import Entry, Source
from core.net.client import Fetched
from core.store.put_aside import PutAside, Told
from ingest.read.article_loader import ArticleLoader
from ingest.read.host_memory import HostMemory
from ingest.read.page_fetcher import FetchLimits, NoArticle, RetryLater, Waits
from ingest.read.reader import EntryReader, Reading, ReadPage
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
    """Answers what it is told to: `answers` first, in their order."""

    answer: Fetched | NoArticle | RetryLater = field(
        default_factory=lambda: fetched(200, URL, {}, page_body(text=LONG, title="Title"))
    )
    asked: int = 0
    answers: list[Fetched | NoArticle | RetryLater] = field(default_factory=list)

    async def fetch(
        self, _url: str, _source: str, _tries: int, _limits: FetchLimits
    ) -> Fetched | NoArticle | RetryLater:
        self.asked += 1
        return self.answers.pop(0) if self.answers else self.answer


@dataclass
class Rig:
    pages: Pages
    clock: FakeClock
    reader: EntryReader

    def entry(self, **values: object) -> Entry:
        fields = {"entry_id": "e", "source": SOURCE, "url": URL, "title": "Title", "seen": self.clock.now()}
        return Entry(**(fields | values))  # type: ignore[arg-type] # Entry's own fields

    async def read(self, entry: Entry, **aside: object) -> Reading:
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
            pages=pages,
            parser=FakeParser(),
            articles=ArticleLoader(db),
            hosts=HostMemory(db, clock),
            clock=clock,
            metrics=Metrics(),
            waits=Waits(chance=lambda: 0.0),
        )
        yield Rig(pages, clock, reader)


async def test_a_page_is_read_where_it_was_found(rig: Rig) -> None:
    rig.pages.answer = fetched(200, "https://news.example/b?utm_source=x", {}, page_body(text=LONG))
    reading = await rig.read(rig.entry())
    assert isinstance(reading.found, ReadPage)
    assert (reading.found.page.text, reading.found.url, reading.again) == (LONG, "https://news.example/b", None)


async def test_a_page_whose_answer_leads_on_in_a_header_is_read_where_that_leads(rig: Rig) -> None:
    rig.pages.answers = [fetched(200, URL, {"Refresh": "0; url=/b"}, b"")]
    rig.pages.answer = fetched(200, "https://news.example/b", {}, page_body(text=LONG))
    reading = await rig.read(rig.entry())
    assert isinstance(reading.found, ReadPage)
    assert (reading.found.page.text, reading.found.url, rig.pages.asked) == (LONG, "https://news.example/b", 2)


async def test_an_article_of_several_pages_of_which_one_is_late_is_told_and_asked_for_again(rig: Rig) -> None:
    rig.pages.answers = [fetched(200, URL, {}, page_body(text=LONG, title="Title", pages=[f"{URL}?page=2"]))]
    rig.pages.answer = rig.later()
    reading = await rig.read(rig.entry())
    assert isinstance(reading.found, ReadPage)
    assert (reading.found.page.text, reading.again is not None) == (LONG, True)
    rig.pages.answers = [fetched(200, URL, {}, page_body(text=LONG, title="Title", pages=[f"{URL}?page=2"]))]
    rig.pages.answer = fetched(200, f"{URL}?page=2", {}, page_body(text="The end of it."))
    reading = await rig.read(rig.entry())
    assert isinstance(reading.found, ReadPage)
    assert (reading.found.page.text, reading.again) == (f"{LONG}\n\nThe end of it.", None)


async def test_what_the_feed_carries_is_asked_of_nobody(rig: Rig) -> None:
    reading = await rig.read(rig.entry(content=LONG))
    assert isinstance(reading.found, ReadPage)
    assert (reading.found.note, rig.pages.asked) == ("the feed's own text", 0)


async def test_the_page_of_several_entries_is_the_text_of_none(rig: Rig) -> None:
    found = (await rig.read(rig.entry(url=f"{URL}#p1", has_page=False, summary="A post."))).found
    assert isinstance(found, ReadPage)
    assert (found.page.text, found.url, rig.pages.asked) == ("A post.", f"{URL}#p1", 0)


async def test_one_url_is_read_once_unless_its_feed_says_that_it_changed(rig: Rig) -> None:
    rig.reader.recent_urls.remember(rig.entry())
    other = replace(SOURCE, source_id="t", name="Other")
    seen = NoArticle(ArticleOutcome.DUPLICATE_URL, "read already for News")
    assert await rig.read(rig.entry(source=other)) == Reading(seen)
    edited = rig.entry(source=other, updated=rig.clock.now() + timedelta(minutes=1))
    assert isinstance((await rig.read(edited)).found, ReadPage)


@pytest.mark.parametrize(
    ("answer", "why", "again"),
    [
        (fetched(200, "https://news.example/", {}, b""), "homepage", False),
        (fetched(200, URL, {"Content-Type": "application/pdf"}, b"%PDF"), "not_html", False),
        (fetched(200, URL, {}, b"no text"), "no_text", True),
        (NoArticle(ArticleOutcome.ROBOTS, "forbidden"), "robots", False),
        (NoArticle(ArticleOutcome.HTTP_4XX, "HTTP 404"), "http_4xx", True),
        (NoArticle(ArticleOutcome.HTTP_5XX, "HTTP 500"), "http_5xx", False),
    ],
)
async def test_what_is_no_article_leaves_the_headline_that_its_feed_told(
    rig: Rig, answer: Fetched | NoArticle, why: str, *, again: bool
) -> None:
    rig.pages.answer = answer
    reading = await rig.read(rig.entry())
    assert isinstance(reading.found, ReadPage)
    assert reading.found.outcome is ArticleOutcome.HEADLINE_ONLY
    assert (reading.found.page.title, reading.found.page.text) == ("Title", "")
    assert f"the page ended as {why}" in reading.found.note
    assert (reading.again is not None) is again


async def test_an_entry_of_which_nothing_is_known_ends_with_the_name_of_what_happened(rig: Rig) -> None:
    rig.pages.answer = NoArticle(ArticleOutcome.ROBOTS, "forbidden")
    assert await rig.read(rig.entry(title="")) == Reading(rig.pages.answer)


async def test_what_the_feed_says_is_an_article_while_its_page_is_asked_for_again(rig: Rig) -> None:
    rig.pages.answer = rig.later()
    for entry, outcome in (
        (rig.entry(summary=LONG), ArticleOutcome.ACCEPTED),
        (rig.entry(), ArticleOutcome.HEADLINE_ONLY),
    ):
        reading = await rig.read(entry)
        assert isinstance(reading.found, ReadPage)
        assert (reading.found.outcome, reading.again) == (outcome, rig.pages.answer)
    told = Told("article", "revision")
    assert await rig.read(rig.entry(), told=told) == Reading(None, rig.pages.answer), "once is enough"


async def test_a_page_that_only_waits_for_its_turn_is_not_told_before_it(rig: Rig) -> None:
    rig.pages.answer = rig.later(tries=0)
    assert await rig.read(rig.entry()) == Reading(None, rig.pages.answer)
    reading = await rig.read(rig.entry(), since=rig.clock.now() - timedelta(minutes=2))
    assert isinstance(reading.found, ReadPage)


async def test_patience_ends_with_what_the_feed_says(rig: Rig) -> None:
    rig.pages.answer = rig.later(hours=1)
    for patience, again in ((7200.0, True), (1800.0, False), (0.0, False)):
        reading = await rig.read(rig.entry(source=replace(SOURCE, patience_seconds=patience)))
        assert isinstance(reading.found, ReadPage)
        assert (reading.again is not None) is again


@pytest.mark.parametrize(
    "final",
    [
        NoArticle(ArticleOutcome.HTTP_4XX, "HTTP 410", removed=True),
        NoArticle(ArticleOutcome.BLOCKED_ADDRESS, "a private address"),
    ],
)
async def test_nothing_stands_in_for_a_page_that_was_taken_down_or_must_not_be_touched(
    rig: Rig, final: NoArticle
) -> None:
    rig.pages.answer = final
    assert await rig.read(rig.entry(summary=LONG)) == Reading(final)


async def test_a_page_that_says_that_more_follows_is_asked_for_again_at_growing_times(rig: Rig) -> None:
    body = page_body(text=LONG, flags=["unfinished"])
    rig.pages.answer = fetched(200, URL, {}, body)
    waits = []
    for tries in range(6):
        reading = await rig.read(rig.entry(), tries=tries)
        assert isinstance(reading.found, ReadPage)
        waits.append(None if reading.again is None else (reading.again.due - rig.clock.now()).total_seconds())
    assert waits == [30, 120, 600, 3600, 21_600, None]


async def test_a_page_that_broke_off_is_told_and_asked_for_again(rig: Rig) -> None:
    rig.pages.answer = replace(fetched(200, URL, {}, page_body(text=LONG)), whole=False)
    reading = await rig.read(rig.entry())
    assert isinstance(reading.found, ReadPage)
    assert ArticleFlag.UNFINISHED in reading.found.page.flags
    assert reading.again is not None


async def test_a_flash_is_asked_for_again_a_few_times(rig: Rig) -> None:
    rig.pages.answer = fetched(200, URL, {}, page_body(text="One line, and no more than that."))
    assert [(await rig.read(rig.entry(), tries=tries)).again is not None for tries in range(4)] == [
        True,
        True,
        True,
        False,
    ]


async def test_of_a_source_of_which_too_many_wait_no_more_begin_to_but_those_that_do_go_on(rig: Rig) -> None:
    rig.reader.full = {"s"}
    rig.pages.answer = rig.later()
    reading = await rig.read(rig.entry())
    assert isinstance(reading.found, ReadPage)
    assert "backlog" in reading.found.note
    assert reading.again is None
    assert await rig.read(rig.entry(), reason="http_5xx", told=Told("a", "r")) == Reading(None, rig.pages.answer)
