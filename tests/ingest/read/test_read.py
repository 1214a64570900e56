"""The read stage on a real database, the memory log and a web on loopback."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.db.engine import Database
from core.log.log import Record
from core.log.memory import MemoryLog
from core.log.topics import ENTRIES
from core.metrics import Metrics
from core.model.article import Article, TextOrigin, TimeConfidence
from core.model.codec import decode, encode
from core.model.deadletter import DeadLetter
from core.model.ids import article_id
from core.model.outcome import ArticleOutcome
from core.model.source import Entry, Source
from core.net.client import Fetched, Fetcher, FetchSettings
from core.net.guard import AddressGuard
from core.net.url import authority_of, clean_url
from core.store import articles, put_aside, raw_pages, traces
from core.store.articles import StoredArticle
from ingest.hosts.deadlines import Deadlines
from ingest.hosts.rate_limit import HostRateLimit, RateLimitSettings
from ingest.hosts.robots import Robots
from ingest.parse.repeated import block_of
from ingest.parse.shapes import NO_PATTERNS, HostPatterns, ParsedPage, ParseFailure
from ingest.read.host_memory import HostMemory
from ingest.read.page_fetcher import RetryLater
from ingest.read.stage import ReadParts, ReadStage
from tests.fakes.clock import FakeClock
from tests.fakes.parser import FakeParser, page_body
from tests.fakes.records import a_story_article
from tests.fakes.web import Answer, FakeWeb

LONG = "The minister said that the talks would go on. " * 30
SUMMARY = "The minister said on Monday that the talks with the union would go on until a result was reached, whatever the other side might think of it."
SOURCE = Source(source_id="s", name="News", url="https://news.example/feed", country="IN", lang="en")


async def retried(stage: ReadStage) -> int:
    """Read to the end what is due now; how many."""
    async with asyncio.TaskGroup() as tasks:
        return await stage.retries.start_due(tasks)


@dataclass
class Room:
    """Everything the stage works with, and shortcuts to look at what it did."""

    web: FakeWeb
    db: Database
    log: MemoryLog
    clock: FakeClock
    stage: ReadStage
    parts: ReadParts
    parser: FakeParser

    def entry(self, path: str = "/a", host: int = 0, **values: object) -> Entry:
        url = clean_url(self.web.url(path, host))
        fields = {"entry_id": article_id(url), "source": SOURCE, "url": url, "title": "Title", "seen": self.clock.now()}
        return Entry(**(fields | values))  # type: ignore[arg-type] # Entry's own fields

    async def read(self, entry: Entry) -> Article | None:
        outputs = await self.stage.handle(entry)
        assert len(outputs) <= 1
        for output in outputs:
            assert isinstance(output.record, Article)
            assert (output.topic, output.key) == ("articles", output.record.article_id)
            return output.record
        return None

    async def waited(self, seconds: float) -> int:
        """Let so much time pass and read again what is due then; how many."""
        self.clock.advance(seconds)
        return await retried(self.stage)

    async def patiently(self, entry: Entry) -> Article | None:
        """Read it, and again whenever it is due, as long as that takes."""
        found = await self.read(entry)
        before = len(await self.articles())
        while (await self.outcome(entry))[0] == "retried":
            async with self.db.connection() as conn:
                due = await put_aside.next_due(conn, self.clock.now())
            assert due is not None
            await self.waited(max((due - self.clock.now()).total_seconds(), 0))
        return found or next(iter((await self.articles())[before:]), None)

    async def outcome(self, entry: Entry) -> tuple[str, str]:
        """The last step of the entry's trace; the metric must agree."""
        async with self.db.connection() as conn:
            steps = await traces.of(conn, entry.entry_id)
        counted = {
            outcome.value for outcome in ArticleOutcome if self.parts.metrics.articles.labels(outcome)._value.get()
        }
        assert {step.outcome for step in steps} <= counted
        return steps[-1].outcome, steps[-1].detail

    async def steps(self, entry: Entry) -> list[tuple[str, str]]:
        """The entry's trace."""
        async with self.db.connection() as conn:
            return [(step.outcome, step.detail) for step in await traces.of(conn, entry.entry_id)]

    async def append(self, *entries: Entry) -> None:
        await self.log.append(ENTRIES.name, [Record(authority_of(entry.url), encode(entry)) for entry in entries])

    async def articles(self) -> list[Article]:
        return [decode(one.value, Article) async for one in self.log.read("articles")]


@asynccontextmanager
async def opened(tmp_path: Path, url: str = "sqlite:") -> AsyncIterator[Room]:
    clock = FakeClock(auto=True)
    limits = FetchSettings(max_bytes=1 << 20, deadline_seconds=60, read_seconds=60)
    async with (
        FakeWeb() as web,
        Database.open(url, tmp_path) as db,
        MemoryLog(clock) as log,
        Fetcher(AddressGuard(["127.0.0.0/8"]), "wirewatch-test/1", clock, limits) as fetcher,
    ):
        parser = FakeParser()
        parts = ReadParts(
            log=log,
            db=db,
            fetcher=fetcher,
            parser=parser,
            rate_limit=HostRateLimit(db, clock, RateLimitSettings(gap_seconds=0.0)),
            robots=Robots(fetcher, clock),
            clock=clock,
            metrics=Metrics(),
            chance=lambda: 0.0,
        )
        yield Room(web, db, log, clock, ReadStage(parts), parts, parser)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with opened(tmp_path) as made:
        yield made


async def test_an_article_is_read_from_its_page(room: Room) -> None:
    published = room.clock.now() - timedelta(hours=1)
    room.web.serve(
        "/a",
        page_body(
            canonical_url="/canonical?utm_source=x",
            title="Page title",
            text=LONG,
            lang="de",
            published=published,
            published_confidence="exact",
        ),
    )
    entry = room.entry(published=room.clock.now(), authors=("Ann",), tags=("world",))
    article = await room.read(entry)
    assert article is not None
    assert article.article_id == article_id(room.web.url("/canonical"))
    assert (article.url, article.domain) == (entry.url, "127.0.0.1")
    assert (article.title, article.text, article.lang) == ("Page title", LONG, "de")
    assert (article.authors, article.tags, article.country) == (("Ann",), ("world",), "IN")
    assert (article.published, article.published_confidence) == (published, TimeConfidence.EXACT)
    assert (article.seen, article.accepted, article.source_name) == (entry.seen, room.clock.now(), "News")
    assert decode(encode(article), Article) == article
    assert await room.outcome(entry) == ("accepted", "")


async def test_a_feed_that_carries_the_article_needs_no_page(room: Room) -> None:
    entry = room.entry(content=LONG)
    article = await room.read(entry)
    assert article is not None
    assert (article.text, article.title, article.lang) == (LONG, "Title", "en")
    assert room.web.requests == []
    assert await room.outcome(entry) == ("accepted", "the feed's own text")


async def test_a_feed_that_only_seems_to_carry_the_article_does_not_stop_us(room: Room) -> None:
    class Strict(FakeParser):
        async def read_content(self, entry: Entry) -> ParsedPage | ParseFailure:
            return await super().read_content(replace(entry, content=""))  # only links

    room.web.serve("/a", page_body(text="All of it."))
    stage = ReadStage(replace(room.parts, parser=Strict()))
    outputs = await stage.handle(room.entry(content=LONG))
    assert [output.record.text for output in outputs if isinstance(output.record, Article)] == ["All of it."]
    headline = await stage.handle(room.entry("/b", content=LONG, source=replace(SOURCE, full_text=False)))
    assert [output.record.text for output in headline if isinstance(output.record, Article)] == [""]


async def test_a_source_whose_pages_are_not_wanted_is_read_from_its_feed(room: Room) -> None:
    entry = room.entry(source=replace(SOURCE, full_text=False), summary="Short.")
    article = await room.read(entry)
    assert article is not None
    assert article.text == "Short."
    assert room.web.requests == []


async def test_a_teaser_is_not_the_article(room: Room) -> None:
    room.web.serve("/a", page_body(text="All of it."))
    article = await room.read(room.entry(content=f"<p>{LONG}</p> <a href='/a'>Continue reading Title</a>"))
    assert article is not None
    assert article.text == "All of it."


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer(status=404), "http_4xx"),
        (Answer(status=403), "http_4xx"),
        (Answer(status=500), "http_5xx"),
        (Answer(status=503, headers={"Retry-After": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"}), "http_5xx"),
        (Answer(status=503, headers={"Retry-After": "Mon, 01 Jan 2024 00:00:00 +99999999999999"}), "http_5xx"),
        (Answer(body=b"x" * (2 << 20)), "too_large"),
        (Answer(body=b"<html>"), "no_text"),
        (Answer(body=b"%PDF", content_type="application/pdf"), "not_html"),
        (Answer(body=b"\x1f\x8bx", headers={"Content-Encoding": "gzip"}), "bad_encoding"),
        (Answer(status=302, headers={"Location": "/"}), "homepage"),
        (Answer(status=302, headers={"Location": "/a"}), "redirect_loop"),
        (Answer(status=302, headers={"Location": "http://169.254.169.254/"}), "blocked_address"),
        (Answer(status=302, headers={"Location": "file:///etc/passwd"}), "bad_url"),
    ],
)
async def test_a_page_that_cannot_be_read_ends_with_its_name(room: Room, answer: Answer, outcome: str) -> None:
    room.web.sequence("/a", [answer])
    room.web.sequence("/h", [answer])
    room.web.serve("/", page_body(text=LONG))
    entry = room.entry(title="")
    assert await room.patiently(entry) is None
    assert (await room.outcome(entry))[0] == outcome
    headline = room.entry("/h")
    article = await room.patiently(headline)
    if outcome in ("bad_url", "blocked_address"):
        assert article is None, "nothing stands in for what is forbidden"
        return
    assert article is not None
    assert (article.title, article.text, article.text_origin) == ("Title", "", TextOrigin.HEADLINE)
    steps = await room.steps(headline)
    assert steps[0][0] == "headline_only"
    assert outcome in steps[0][1]


async def test_what_may_mend_itself_is_tried_again_with_patience_and_its_headline_told_meanwhile(room: Room) -> None:
    room.web.sequence("/a", [Answer(status=500), Answer(status=503), Answer(body=page_body(text=LONG))])
    entry = room.entry()
    told = await room.read(entry)
    assert told is not None
    assert (told.title, told.text, told.reread) == ("Title", "", False)
    assert await room.steps(entry) == [
        ("headline_only", "the feed's headline; the page ended as http_5xx: HTTP 500 Internal Server Error"),
        ("retried", "http_5xx: HTTP 500 Internal Server Error; asked again in 30 s"),
    ]
    assert [await room.waited(29), await room.waited(1), await room.waited(119), await room.waited(1)] == [0, 1, 0, 1]
    [article] = await room.articles()
    assert (article.article_id, article.text, article.reread) == (told.article_id, LONG, True)
    assert article.revision != told.revision
    assert (await room.outcome(entry))[0] == "accepted"
    assert await room.waited(86_400) == 0, "what has ended does not wait any more"


async def test_an_article_that_was_told_by_its_headline_keeps_its_id_whatever_its_page_calls_itself(room: Room) -> None:
    room.web.sequence("/a", [Answer(status=500), Answer(body=page_body(text=LONG, canonical_url="/canonical"))])
    told = await room.read(room.entry())
    assert told is not None
    await room.waited(30)
    [article] = await room.articles()
    assert (article.article_id, article.canonical_url) == (told.article_id, room.web.url("/canonical"))


async def test_what_is_read_again_and_is_as_it_was_is_told_once(room: Room) -> None:
    room.web.serve("/a", page_body(title="Title", text=LONG, flags=["unfinished"]))
    entry = room.entry()
    assert await room.read(entry) is not None
    assert [await room.waited(seconds) for seconds in (30, 120, 600, 3600, 21_600)] == [1] * 5
    assert await room.articles() == []
    assert await room.outcome(entry) == ("accepted", "as it was read before")
    assert room.parts.metrics.articles.labels(ArticleOutcome.ACCEPTED)._value.get() == 1


async def test_an_article_that_grows_is_a_revision(room: Room) -> None:
    short = page_body(title="Title", text="A blast. More to follow.", flags=["unfinished"])
    room.web.sequence("/a", [Answer(body=short), Answer(body=page_body(title="Title", text=LONG))])
    first = await room.read(room.entry())
    assert first is not None
    assert await room.waited(30) == 1
    [article] = await room.articles()
    assert (article.article_id, article.text, article.reread) == (first.article_id, LONG, True)
    assert await room.waited(86_400) == 0


async def test_a_page_that_is_refused_is_asked_for_twice_more_and_one_that_is_removed_is_not(room: Room) -> None:
    room.web.serve("/a", status=404)
    room.web.serve("/b", status=410)
    assert await room.patiently(room.entry("/a")) is not None
    assert await room.patiently(room.entry("/b")) is None
    assert (room.web.count("/a"), room.web.count("/b")) == (3, 1)


@pytest.mark.parametrize("status", [403, 500])
async def test_the_feeds_own_text_stands_in_for_a_page_that_is_not_given(room: Room, status: int) -> None:
    room.web.serve("/robots.txt", "")
    room.web.serve("/a", status=status)
    entry = room.entry(summary=SUMMARY)
    article = await room.patiently(entry)
    assert article is not None
    assert (article.text, article.text_origin) == (SUMMARY, TextOrigin.FEED)
    assert room.web.count("/a") == (3 if status == 403 else 6)
    outcome, detail = (await room.steps(entry))[0]
    assert outcome == "accepted"
    assert detail.startswith(f"the feed's own text; the page ended as http_{status // 100}xx")
    assert (await room.outcome(entry))[0] == f"http_{status // 100}xx"
    assert await room.articles() == [], "it is told once"


@pytest.mark.parametrize("answer", [Answer(status=410), Answer(status=302, headers={"Location": "http://10.0.0.1/"})])
async def test_nothing_stands_in_for_a_page_that_was_taken_down_or_must_not_be_touched(
    room: Room, answer: Answer
) -> None:
    room.web.sequence("/a", [answer])
    assert await room.read(room.entry(summary=SUMMARY)) is None


async def test_robots_is_obeyed_and_visible(room: Room) -> None:
    room.web.serve("/robots.txt", "User-agent: *\nDisallow: /a")
    entry = room.entry()
    assert await room.read(entry) is not None
    because = "the page ended as robots: robots.txt of 127.0.0.1 forbids it to wirewatch-test"
    assert await room.outcome(entry) == ("headline_only", f"the feed's headline; {because}")
    assert room.web.count("/a") == 0


async def test_a_host_that_asks_for_silence_gets_it(room: Room) -> None:
    room.web.sequence("/a", [Answer(status=429, headers={"Retry-After": "3600"}), Answer(body=page_body(text=LONG))])
    room.web.serve("/b", page_body(text=LONG))
    first, second = room.entry("/a"), room.entry("/b")
    assert [(await room.read(one)) is not None for one in (first, second)] == [True, True], "headlines do not wait"
    assert (await room.outcome(second))[0] == "retried"
    assert "asked again in 3600 s" in (await room.outcome(second))[1]
    assert await room.waited(3500) == 1  # the first: its host still wants silence
    assert (room.web.count("/a"), room.web.count("/b")) == (1, 0)
    await room.waited(101)
    assert (room.web.count("/a"), room.web.count("/b")) == (2, 1)
    assert [article.text for article in await room.articles()] == [LONG, LONG]


async def test_of_a_host_that_wants_silence_for_longer_than_we_wait_the_feed_is_told(room: Room) -> None:
    room.web.serve("/a", status=429, headers={"Retry-After": "80000"})
    first, second = room.entry("/a"), room.entry("/b", summary=SUMMARY)
    assert await room.read(first) is not None
    article = await room.read(second)
    assert article is not None
    assert article.text == SUMMARY
    assert await room.waited(90_000) == 1, "the second is not asked for again"


async def test_a_dead_host_is_not_asked_at_every_entry(room: Room) -> None:
    room.web.serve("/robots.txt", "")
    entries = [room.entry(f"/{number}", title=f"Headline {number}") for number in range(6)]
    for number, entry in enumerate(entries):
        room.web.serve(f"/{number}", status=500)
        told = await room.read(entry)
        assert told is not None
        assert told.title == f"Headline {number}", "what the feed says is told at once"
        assert (await room.outcome(entry))[0] == "retried"
    assert [room.web.count(f"/{number}") for number in range(6)] == [1, 1, 1, 0, 0, 0]
    for number in range(6):
        room.web.serve(f"/{number}", page_body(text=LONG))
    await room.waited(30)
    assert await room.articles() == []
    while await room.waited(121):
        pass
    assert len(await room.articles()) == 6, "none is lost"


async def test_who_waits_in_line_at_a_host_that_fails_meanwhile_does_not_ask_it_too(room: Room) -> None:
    room.web.serve("/robots.txt", "")
    entries = [room.entry(f"/{number}") for number in range(8)]
    for number in range(8):
        room.web.serve(f"/{number}", status=500)
    async with asyncio.TaskGroup() as tasks:
        for entry in entries:
            tasks.create_task(room.read(entry))
    assert sum(room.web.count(f"/{number}") for number in range(8)) == 3
    assert {(await room.outcome(entry))[0] for entry in entries} == {"retried"}


async def test_a_page_that_never_comes_ends_with_its_name_after_six_requests(room: Room) -> None:
    room.web.serve("/robots.txt", "")
    room.web.serve("/a", status=503)
    entry = room.entry()
    began = room.clock.now()
    assert await room.patiently(entry) is not None
    assert (await room.outcome(entry))[0] == "http_5xx"
    assert room.web.count("/a") == 6
    assert timedelta(hours=7) < room.clock.now() - began < timedelta(hours=8)


async def test_one_source_has_a_share_of_the_readers_and_what_is_more_is_read_after_it(room: Room) -> None:
    bulkhead = room.stage._limits.bulkhead
    assert bulkhead is not None
    while bulkhead.enter("s", unknown_host=True):
        pass
    room.web.serve("/a", page_body(text=LONG, title="a"))
    entry = room.entry("/a")
    assert await room.read(entry) is None
    assert (await room.outcome(entry))[1] == (
        "backlog: its source has all the readers that are its share; asked again in 0 s"
    )
    room.web.serve("/b", page_body(text=LONG, title="b"))
    other = room.entry("/b", source=replace(SOURCE, source_id="t"))
    assert await room.read(other) is not None
    assert await room.waited(0) == 1
    assert [article.title for article in await room.articles()] == ["a"]


async def test_of_a_source_with_thousands_put_aside_more_are_told_by_their_headlines(room: Room) -> None:
    room.web.serve("/a", status=500)
    room.stage._reader.full = {"s"}
    entry = room.entry("/a")
    article = await room.read(entry)
    assert article is not None
    assert article.title == "Title"
    outcome, detail = await room.outcome(entry)
    assert outcome == "headline_only"
    assert "the page ended as backlog: 5000 of its source wait already" in detail


async def test_an_unknown_host_gets_little_time_and_more_the_next_time(tmp_path: Path) -> None:
    async with opened(tmp_path) as room:
        stage = ReadStage(room.parts)
        pages = replace(stage._pages, deadlines=Deadlines(0.05, 60.0))
        release = asyncio.Event()
        room.web.serve("/robots.txt", "")
        room.web.hold("/slow", release, Answer(body=page_body(text=LONG)))
        limits = stage._limits
        first = await pages.fetch(room.web.url("/slow"), "s", 0, limits)
        assert isinstance(first, RetryLater)
        assert (first.tries, first.outcome) == (1, ArticleOutcome.TIMEOUT)
        assert first.detail == "no whole answer within 0 s"
        release.set()
        tries = 1  # on a busy machine twice a twentieth of a second may not do, but it doubles
        while (
            isinstance(page := await pages.fetch(room.web.url("/slow"), "s", tries, limits), RetryLater) and tries < 10
        ):
            tries += 1
        assert isinstance(page, Fetched)
        assert pages.deadlines.known(authority_of(room.web.url("/slow")))


async def test_a_mistake_of_ours_on_one_page_is_that_page_s_misfortune(room: Room) -> None:
    class Broken(FakeParser):
        async def read_page(
            self, body: bytes, content_type: str, url: str, entry: Entry, host: HostPatterns = NO_PATTERNS
        ) -> ParseFailure:
            raise ValueError("not ours")

    room.web.serve("/a", page_body(text=LONG))
    stage = ReadStage(replace(room.parts, parser=Broken()))
    entry = room.entry()
    [output] = await stage.handle(entry)
    assert isinstance(output.record, Article)
    assert output.record.title == "Title"
    assert await room.outcome(entry) == (
        "headline_only",
        "the feed's headline; the page ended as parse: ValueError: not ours",
    )


async def test_one_article_in_several_feeds_is_read_once(room: Room) -> None:
    room.web.serve("/a", page_body(text=LONG))
    assert await room.read(room.entry()) is not None
    other = room.entry(
        source=replace(SOURCE, source_id="t", name="Section"), seen=room.clock.now() + timedelta(seconds=9)
    )
    assert await room.read(other) is None
    assert (await room.outcome(other))[1] == "read already for News"
    assert room.web.count("/a") == 1


async def test_an_update_is_read_again(room: Room) -> None:
    room.web.serve("/a", page_body(title="T", text=LONG))
    first = await room.read(room.entry())
    room.clock.advance(60)
    room.web.serve("/a", page_body(title="T", text=LONG + "More."))
    same_source = await room.read(room.entry(title="Title, corrected"))
    room.clock.advance(60)
    other = replace(SOURCE, source_id="t", name="Section")
    other_source = await room.read(room.entry(source=other, updated=room.clock.now()))
    assert first is not None
    assert same_source is not None
    assert other_source is not None
    assert first.article_id == same_source.article_id
    assert first.revision != same_source.revision
    assert other_source.text == same_source.text


async def test_the_same_record_again_is_read_again_because_a_crash_may_have_lost_it(room: Room) -> None:
    room.web.serve("/a", page_body(text=LONG))
    entry = room.entry()
    first = await room.read(entry)
    assert first == await room.read(entry)
    repeated = replace(entry, seen=entry.seen + timedelta(seconds=30))  # the poll was repeated, nothing has changed
    assert await room.read(repeated) is None


async def test_one_that_cannot_be_handled_at_all_is_set_aside_and_ends_nothing(room: Room) -> None:
    class Strange(FakeParser):
        async def read_page(
            self, body: bytes, content_type: str, url: str, entry: Entry, host: HostPatterns = NO_PATTERNS
        ) -> ParsedPage | ParseFailure:
            page = await super().read_page(body, content_type, url, entry, host)
            assert isinstance(page, ParsedPage)
            return replace(page, lang="\ud800") if page.title == "strange" else page

    stage = ReadStage(replace(room.parts, parser=Strange()))
    for path in ("/strange", "/a"):
        room.web.sequence(path, [Answer(status=503), Answer(body=page_body(text=LONG, title=path[1:]))])
    strange, other = room.entry("/strange"), room.entry("/a")
    assert [len(await stage.handle(one)) for one in (strange, other)] == [1, 1]
    room.clock.advance(30)
    assert await retried(stage) == 2
    assert [article.title for article in await room.articles()] == ["a"]
    [letter] = [decode(one.value, DeadLetter) async for one in room.log.read("deadletter")]
    assert (letter.topic, letter.key) == (ENTRIES.name, authority_of(strange.url))
    assert decode(letter.original() or b"", Entry) == strange
    room.clock.advance(86_400)
    assert await retried(stage) == 0


@asynccontextmanager
async def running(room: Room) -> AsyncIterator[None]:
    async with asyncio.timeout(30):
        task = asyncio.get_running_loop().create_task(room.stage.run())
        yield
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def until_articles(room: Room, count: int) -> list[Article]:
    while len(found := await room.articles()) < count:  # noqa: ASYNC110 - the stage sets no event here
        await asyncio.sleep(0.005)
    return found


async def test_the_stage_reads_the_log_and_one_server_is_asked_one_thing_at_a_time(room: Room) -> None:
    entries = []
    for number in range(12):
        room.web.serve(f"/{number}", page_body(text=LONG, title=str(number)))
        entries.append(room.entry(f"/{number}", host=number % 3))
    await room.append(*entries)
    async with running(room):
        found = await until_articles(room, 12)
    assert sorted(int(article.title) for article in found) == list(range(12))
    assert set(room.web.most_at_once.values()) == {1}
    by_host: dict[str, list[int]] = {}
    for article in found:
        by_host.setdefault(authority_of(article.url), []).append(int(article.title))
    assert all(titles == sorted(titles) for titles in by_host.values())


async def test_a_slow_server_holds_up_no_other(room: Room) -> None:
    release = asyncio.Event()
    room.web.hold("/stuck", release, Answer(body=page_body(text=LONG, title="stuck")))
    room.web.serve("/a", page_body(text=LONG, title="a"))
    await room.append(room.entry("/stuck"), room.entry("/a", host=1))
    async with running(room):
        assert [article.title for article in await until_articles(room, 1)] == ["a"]
        release.set()
        assert len(await until_articles(room, 2)) == 2


async def test_what_is_read_is_read_once_across_a_restart(room: Room) -> None:
    room.web.serve("/a", page_body(text=LONG, title="a"))
    room.web.serve("/b", page_body(text=LONG, title="b"))
    await room.append(room.entry("/a"))
    async with running(room):
        await until_articles(room, 1)
    await room.append(room.entry("/b"))
    async with running(room):
        await until_articles(room, 2)
    assert [article.title for article in await room.articles()] == ["a", "b"]


@pytest.mark.postgres
async def test_reading_works_on_postgresql_too(tmp_path: Path, migrated_postgres_database: str) -> None:
    async with opened(tmp_path, migrated_postgres_database) as room:
        entries = []
        for number in range(12):
            room.web.serve(f"/{number}", page_body(text="Text.\0", title=str(number)))
            entries.append(room.entry(f"/{number}", host=number % 3))
        await room.append(*entries, room.entry("/404", summary="Short."))
        async with running(room):
            await until_articles(room, 13)
        assert (await room.steps(entries[0]))[0] == ("accepted", "")


async def test_an_article_that_another_teams_source_showed_is_read_for_the_team_that_has_not_had_it(room: Room) -> None:
    room.web.serve("/a", page_body(text="All of it."))
    first = await room.read(room.entry())
    theirs = replace(SOURCE, source_id="t", name="Theirs", teams=("sport",))
    for_them = await room.read(room.entry(source=theirs))
    assert first is not None
    assert for_them is not None
    assert (first.article_id, first.teams, for_them.teams) == (for_them.article_id, (), ("sport",))
    assert await room.read(room.entry(source=replace(theirs, source_id="u"))) is None


async def test_what_a_host_puts_under_its_stories_is_learned_and_kept(room: Room) -> None:
    box = "Read our special report on the arms trade, in today's paper."
    for number in range(4):
        text = f"Story {number} tells something that no other has.\n\nIts second paragraph, {number}, does so, too.\n\n{box}"
        room.web.serve(f"/{number}", page_body(title=f"Title {number}", text=text))
        await room.read(room.entry(f"/{number}"))
    room.web.serve("/wall", b"no page")
    await room.read(room.entry("/wall"))
    await room.stage._hosts.write()
    patterns = await HostMemory(room.db, room.clock).patterns(room.web.url("/x"))
    assert patterns.blocks == {block_of(box)}


class Better(FakeParser):
    async def read_page(
        self, body: bytes, content_type: str, url: str, entry: Entry, host: HostPatterns = NO_PATTERNS
    ) -> ParsedPage | ParseFailure:
        page = await super().read_page(body, content_type, url, entry, host)
        return replace(page, text=f"{page.text}Better.") if isinstance(page, ParsedPage) else page


async def test_a_kept_page_is_read_again_as_a_revision_where_the_reader_has_become_better(room: Room) -> None:
    room.web.serve("/a", page_body(text=LONG))
    room.web.serve("/b", b"no page")
    keeping = ReadStage(replace(room.parts, keep_pages=True))
    [output] = await keeping.handle(room.entry("/a"))
    await keeping.handle(room.entry("/b"))
    assert isinstance(output.record, Article)

    async def again(stage: ReadStage) -> int:
        async with room.db.transaction() as conn:
            await raw_pages.ask_again(conn, room.clock.now() - timedelta(hours=1), room.clock.now())
        return await stage.reprocessing.read_due()

    assert await again(keeping) == 1, "what was no article is not kept"
    assert await room.articles() == [], "the same reader reads the same"
    better = ReadStage(replace(room.parts, parser=Better()))
    assert [await again(better), await again(better)] == [1, 1]
    [article] = await room.articles()
    assert (article.article_id, article.text, article.reread) == (output.record.article_id, LONG + "Better.", True)
    assert room.web.count("/a") == 1, "nobody is asked"


async def test_a_kept_page_of_an_article_that_was_read_otherwise_since_is_left_alone(room: Room) -> None:
    room.web.serve("/a", page_body(text=LONG))
    keeping = ReadStage(replace(room.parts, keep_pages=True))
    [output] = await keeping.handle(room.entry("/a"))
    assert isinstance(output.record, Article)
    since = replace(output.record, text=LONG * 2, revision="of its feed")
    story = replace(a_story_article(since.url), article=since)
    async with room.db.transaction() as conn:
        await articles.put_many(conn, [StoredArticle(story, [])])
        await raw_pages.ask_again(conn, since.accepted, room.clock.now())
    better = ReadStage(replace(room.parts, parser=Better()))
    assert await better.reprocessing.read_due() == 1
    assert await room.articles() == []


async def test_a_kept_page_is_read_again_with_what_is_known_of_its_host(room: Room) -> None:
    class Cutting(FakeParser):
        async def read_page(
            self, body: bytes, content_type: str, url: str, entry: Entry, host: HostPatterns = NO_PATTERNS
        ) -> ParsedPage | ParseFailure:
            page = await super().read_page(body, content_type, url, entry, host)
            if not isinstance(page, ParsedPage):
                return page
            own = [one for one in page.text.split("\n\n") if block_of(one) not in host.blocks]
            return replace(page, text="\n\n".join(own))

    box = "Read our special report on the arms trade, in today's paper."
    stage = ReadStage(replace(room.parts, parser=Cutting(), keep_pages=True))
    for number in range(5):
        text = f"Story {number} tells something that no other has.\n\nIts second paragraph, {number}, does so, too.\n\n{box}"
        room.web.serve(f"/{number}", page_body(title=f"Title {number}", text=text))
        [output] = await stage.handle(room.entry(f"/{number}"))
    assert isinstance(output.record, Article)
    assert box not in output.record.text
    async with room.db.transaction() as conn:
        await raw_pages.ask_again(conn, room.clock.now() - timedelta(hours=1), room.clock.now())
    while await stage.reprocessing.read_due():
        pass
    again = {article.article_id: article for article in await room.articles()}
    assert output.record.article_id not in again, "it is read as before"
    assert again, "those that were read before the box was known"
    assert not any(box in article.text for article in again.values())
