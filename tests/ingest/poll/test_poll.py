"""The poll stage on a real database, the memory log and a web on loopback."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from core.db.connection import Connection
from core.db.engine import Database
from core.errors import Unavailable
from core.faults import FaultPoint
from core.log.log import Record
from core.log.memory import MemoryLog
from core.metrics import Metrics
from core.model.codec import decode
from core.model.ids import article_id, url_key
from core.model.outcome import ArticleOutcome, PollOutcome, Stage
from core.model.source import Entry, Source
from core.net.client import Fetched, Fetcher, FetchSettings
from core.net.guard import AddressGuard
from core.store import put_aside, sources, traces
from core.store.sources import DueSource, SourceRow
from ingest.hosts.deadlines import Deadlines
from ingest.hosts.rate_limit import HostRateLimit, RateLimitSettings
from ingest.poll.result import hint_seconds
from ingest.poll.schedule import AdaptiveSchedule
from ingest.poll.stage import PollParts, PollStage
from tests.fakes.clock import FakeClock
from tests.fakes.parser import FakeParser, feed_body
from tests.fakes.web import Answer, FakeWeb


@dataclass
class Room:
    """Everything the stage works with, and shortcuts to look at what it did."""

    web: FakeWeb
    db: Database
    log: MemoryLog
    clock: FakeClock
    stage: PollStage
    parts: PollParts
    parser: FakeParser
    source: Source = field(default_factory=lambda: Source(source_id="", name="", url=""))

    async def add(self, path: str = "/feed", host: int = 0, interval_seconds: float | None = None) -> Source:
        url = self.web.url(path, host)
        source = Source(source_id=url_key(url), name=path, url=url, interval_seconds=interval_seconds)
        async with self.db.transaction() as conn:
            await sources.add(conn, source, self.clock.now())
        return source

    async def poll(self, source: Source) -> PollOutcome:
        """Poll at once, due or not."""
        async with self.db.transaction() as conn:
            row = await sources.get(conn, source.source_id)
            assert row is not None
            await sources.save_poll(conn, source.source_id, replace(row.state, next_poll=self.clock.now()))
            due = await sources.due(conn, self.clock.now(), 100, "test", 600)
        mine = next(one for one in due if one.source.source_id == source.source_id)
        return await self.stage.poll(DueSource(source, mine.state))

    async def row(self, source: Source) -> SourceRow:
        async with self.db.connection() as conn:
            row = await sources.get(conn, source.source_id)
        assert row is not None
        return row

    async def entries(self) -> list[Entry]:
        return [decode(one.value, Entry) async for one in self.log.read("entries")]

    async def titles(self) -> list[str]:
        return sorted(entry.title for entry in await self.entries())

    async def put_aside(self) -> list[str]:
        """Titles of what waits beside the log."""
        async with self.db.transaction() as conn:
            found = await put_aside.claim_due(
                conn, self.clock.now(), limit=10_000, each=10_000, owner="test", lease_seconds=0
            )
        return sorted(one.entry.title for one in found)

    def polls(self, outcome: PollOutcome) -> float:
        return float(self.parts.metrics.feed_polls.labels(outcome)._value.get())


@asynccontextmanager
async def opened(
    tmp_path: Path, *, gap_seconds: float = 0.0, workers: int = 8, url: str = "sqlite:", deadline_seconds: float = 5
) -> AsyncIterator[Room]:
    clock = FakeClock()
    limits = FetchSettings(max_bytes=1 << 20, deadline_seconds=deadline_seconds)
    async with (
        FakeWeb() as web,
        Database.open(url, tmp_path) as db,
        MemoryLog(clock) as log,
        Fetcher(AddressGuard(["127.0.0.0/8"]), "wirewatch-test/1", clock, limits) as fetcher,
    ):
        parser = FakeParser()
        parts = PollParts(
            log=log,
            db=db,
            fetcher=fetcher,
            parser=parser,
            rate_limit=HostRateLimit(db, clock, RateLimitSettings(gap_seconds=gap_seconds)),
            schedule=AdaptiveSchedule(),
            clock=clock,
            metrics=Metrics(),
            chance=lambda: 0.5,
        )
        yield Room(web, db, log, clock, PollStage(parts, owner="test", workers=workers), parts, parser)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with opened(tmp_path) as made:
        yield made


A = {"url": "/a", "title": "A", "guid": "a"}
B = {"url": "/b", "title": "B", "guid": "b"}


async def test_new_entries_go_on_the_log_once(room: Room) -> None:
    source = await room.add()
    room.web.serve("/feed", feed_body(A))
    assert await room.poll(source) is PollOutcome.OK
    room.web.serve("/feed", feed_body(A, B))
    assert await room.poll(source) is PollOutcome.OK
    assert await room.titles() == ["A", "B"]
    first = (await room.entries())[0]
    assert first.entry_id == article_id(first.url)
    assert first.source == source
    assert first.seen == room.clock.now()
    state = (await room.row(source)).state
    assert (state.outcome, state.failures, state.entries_seen_total) == (PollOutcome.OK, 0, 2)
    assert state.last_new == state.last_success == state.last_attempt == room.clock.now()


async def test_an_edit_that_waits_for_its_half_hour_passes_though_the_feed_stays_as_it_is(room: Room) -> None:
    source = await room.add()
    for title in ("A", "A, edited", "A, edited again"):
        room.web.serve("/feed", feed_body(A | {"title": title}), etag=f'"{title}"')
        await room.poll(source)
    assert await room.titles() == ["A", "A, edited"]
    assert (await room.row(source)).state.etag is None
    room.clock.advance(1800)
    assert await room.poll(source) is PollOutcome.OK
    assert await room.titles() == ["A", "A, edited", "A, edited again"]
    assert await room.poll(source) is PollOutcome.NOT_MODIFIED


async def test_entries_are_keyed_by_the_server_they_point_to(room: Room) -> None:
    source = await room.add()
    room.web.serve("/feed", feed_body(A, {"url": "https://Other.Example/x", "title": "X"}))
    await room.poll(source)
    keys = {one.key async for one in room.log.read("entries")}
    assert keys == {room.web.url("/").split("/")[2], "other.example"}


async def test_a_large_feed_is_taken_whole_and_each_url_once(room: Room) -> None:
    source = await room.add()
    shown = [{"url": f"/{number % 300}", "title": f"{number % 300:04}"} for number in range(600)]
    room.web.serve("/feed", feed_body(*shown))
    await room.poll(source)
    waiting = await room.put_aside()
    assert sorted([*await room.titles(), *waiting]) == [f"{number:04}" for number in range(300)]


async def test_of_a_feed_that_tells_thousands_at_once_some_go_on_the_log_before_others_and_the_rest_is_put_aside(
    room: Room,
) -> None:
    source = await room.add()
    room.web.serve("/feed", feed_body(*[{"url": f"/{number}", "title": f"{number:04}"} for number in range(6000)]))
    await room.poll(source)
    assert await room.titles() == [f"{number:04}" for number in range(50)]
    assert await room.put_aside() == [f"{number:04}" for number in range(50, 5050)]
    async with room.db.connection() as conn:
        late, over = [(await traces.of(conn, article_id(room.web.url(f"/{number}"))))[-1] for number in (5049, 5050)]
    assert (late.stage, late.outcome) == (Stage.READ, "retried")
    assert late.detail == "backlog: its feed told of more than 50 at once; read as its turn comes"
    assert (over.stage, over.outcome, over.detail) == (Stage.POLL, "backlog", "5000 of its source wait already")
    assert await room.poll(source) is PollOutcome.SAME_BODY
    assert len(await room.put_aside()) == 5000


async def test_what_a_feed_tells_in_full_goes_on_the_log_however_much_it_is(room: Room) -> None:
    source = await room.add()
    full = {"content": "The minister said that the talks would go on. " * 60}
    room.web.serve("/feed", feed_body(*[{"url": f"/{n}", "title": f"{n:04}", **full} for n in range(200)]))
    await room.poll(source)
    assert (len(await room.titles()), await room.put_aside()) == (200, [])


async def test_an_unchanged_feed_is_neither_sent_nor_parsed_again(room: Room) -> None:
    source = await room.add()
    room.web.serve("/feed", feed_body(A), etag='"1"')
    await room.poll(source)
    assert await room.poll(source) is PollOutcome.NOT_MODIFIED
    assert room.web.last("/feed").headers["If-None-Match"] == '"1"'
    assert room.parser.parsed == 1
    assert (await room.row(source)).state.failures == 0


async def test_the_same_body_without_an_etag_is_not_parsed_again(room: Room) -> None:
    source = await room.add()
    room.web.serve("/feed", feed_body(A))
    await room.poll(source)
    assert await room.poll(source) is PollOutcome.SAME_BODY
    assert room.parser.parsed == 1


async def test_an_etag_that_lies_is_found_out_within_a_day(room: Room) -> None:
    source = await room.add()
    room.web.serve("/feed", feed_body(A), etag='"1"')
    await room.poll(source)
    room.web.serve("/feed", feed_body(A, B), etag='"1"')
    room.clock.advance(23 * 3600)
    assert await room.poll(source) is PollOutcome.NOT_MODIFIED
    room.clock.advance(3600)
    assert await room.poll(source) is PollOutcome.OK
    assert await room.titles() == ["A", "B"]


async def test_an_edited_entry_goes_on_again(room: Room) -> None:
    source = await room.add()
    room.web.serve("/feed", feed_body(A))
    await room.poll(source)
    room.web.serve("/feed", feed_body(A | {"title": "A, corrected"}))
    await room.poll(source)
    assert await room.titles() == ["A", "A, corrected"]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer(status=404), PollOutcome.HTTP_4XX),
        (Answer(status=500), PollOutcome.HTTP_5XX),
        (Answer(body=b"<html>"), PollOutcome.NOT_A_FEED),
        (Answer(body=b"\x1f\x8bx", headers={"Content-Encoding": "gzip"}), PollOutcome.BAD_ENCODING),
        (Answer(body=b"x" * (2 << 20)), PollOutcome.TOO_LARGE),
        (Answer(status=302, headers={"Location": "ftp://e.com/"}), PollOutcome.BAD_URL),
        (Answer(status=302, headers={"Location": "http://10.0.0.1/"}), PollOutcome.BLOCKED_ADDRESS),
        (Answer(body=b"[]"), PollOutcome.PARSE),  # the parser itself fails on it
    ],
)
async def test_a_bad_answer_has_its_name_and_harms_only_itself(
    room: Room, answer: Answer, outcome: PollOutcome
) -> None:
    source = await room.add()
    room.web.sequence("/feed", [answer, answer, Answer(body=feed_body(A))])
    assert await room.poll(source) is outcome
    first = (await room.row(source)).state
    assert await room.poll(source) is outcome
    second = (await room.row(source)).state
    assert (first.failures, second.failures) == (1, 2)
    assert second.error
    assert second.last_success is None
    assert second.next_poll - first.next_poll > timedelta()
    assert room.polls(outcome) == 2
    assert await room.poll(source) is PollOutcome.OK
    assert (await room.row(source)).state.failures == 0
    assert await room.titles() == ["A"]


HOSTILE = [
    "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
    "Mon, 01 Jan 2024 00:00:00 +99999999999999",
    "\u00b2",
    "9" * 5000,
    "nan",
    "-1",
    "@\u00ff\u00fe",
]


@pytest.mark.parametrize("value", HOSTILE)
async def test_odd_values_in_any_header_end_in_an_outcome(room: Room, value: str) -> None:
    source = await room.add()
    names = ("Retry-After", "Age", "Expires", "Last-Modified", "ETag", "Content-Language", "Content-Location", "Date")
    headers = dict.fromkeys(names, value) | {"Cache-Control": f"max-age={value}"}
    room.web.sequence("/feed", [Answer(status=503, headers=headers), Answer(body=feed_body(A), headers=headers)])
    assert await room.poll(source) is PollOutcome.HTTP_5XX
    room.clock.advance(86_400)
    assert await room.poll(source) is PollOutcome.OK
    assert (await room.row(source)).state.next_poll <= room.clock.now() + timedelta(days=2)


async def test_a_failure_keeps_what_was_learned(room: Room) -> None:
    source = await room.add()
    room.web.sequence("/feed", [Answer(body=feed_body(A), etag='"1"'), Answer(status=500), Answer(body=feed_body(A))])
    await room.poll(source)
    await room.poll(source)
    assert (await room.row(source)).state.etag == '"1"'
    assert await room.poll(source) is PollOutcome.SAME_BODY


async def test_a_host_that_asks_to_be_left_alone_is(room: Room) -> None:
    one, two = await room.add("/one"), await room.add("/two")
    elsewhere = await room.add("/three", host=1)
    room.web.serve("/one", status=429, headers={"Retry-After": "3600"})
    room.web.serve("/two", feed_body(A))
    room.web.serve("/three", feed_body(B))
    assert await room.poll(one) is PollOutcome.RATE_LIMITED
    assert await room.poll(two) is PollOutcome.RATE_LIMITED
    assert await room.poll(elsewhere) is PollOutcome.OK
    assert (room.web.count("/two"), room.web.count("/three")) == (0, 1)
    for source in (one, two):
        assert (await room.row(source)).state.next_poll >= room.clock.now() + timedelta(hours=1)
    room.clock.advance(3601)
    assert await room.poll(two) is PollOutcome.OK


async def test_a_feed_that_costs_much_cpu_time_is_left_alone_and_says_so(room: Room) -> None:
    source = await room.add()
    room.web.serve("/feed", feed_body(A, cpu_seconds=20.0))
    assert await room.poll(source) is PollOutcome.OK
    state = (await room.row(source)).state
    assert state.error == "parsing it took 20.0 s of CPU time, so it is left alone for 20 min"
    assert state.next_poll >= room.clock.now() + timedelta(minutes=20)


async def test_a_feed_whose_characters_were_lost_says_so(room: Room) -> None:
    source = await room.add()
    room.web.serve("/feed", feed_body(A, B, broken=1))
    assert await room.poll(source) is PollOutcome.OK
    assert (await room.row(source)).state.error == "1 of 2 entries have broken characters"


async def test_a_feed_that_moved_says_where(room: Room) -> None:
    source = await room.add()
    room.web.redirect("/feed", "/new", 301)
    room.web.serve("/new", feed_body(A))
    assert await room.poll(source) is PollOutcome.OK
    assert (await room.row(source)).state.error == f"the feed has moved for good to {room.web.url('/new')}"


async def test_old_entries_of_a_new_source_are_remembered_not_told(room: Room) -> None:
    source = await room.add()
    old = A | {"published": (room.clock.now() - timedelta(days=3)).isoformat()}
    room.web.serve("/feed", feed_body(old, B))
    await room.poll(source)
    room.web.serve("/feed", feed_body(old, B, {"url": "/c", "title": "C"}))
    await room.poll(source)
    assert await room.titles() == ["B", "C"]
    async with room.db.connection() as conn:
        steps = await traces.of(conn, article_id(room.web.url("/a")))
    assert [(step.stage, step.outcome) for step in steps] == [("poll", "too_old")]


class BrokenLog(MemoryLog):
    """A log that is down until it is mended."""

    down = True

    async def append(self, topic: str, records: Sequence[Record]) -> None:
        if self.down:
            raise Unavailable("the disk is full")
        await super().append(topic, records)


async def test_a_poll_is_not_remembered_before_the_log_has_its_entries(room: Room) -> None:
    source = await room.add()
    room.web.serve("/feed", feed_body(A), etag='"1"')
    async with BrokenLog(room.clock) as broken:
        stage = PollStage(replace(room.parts, log=broken), owner="test")
        room.stage = stage
        with pytest.raises(Unavailable):
            await room.poll(source)
        state = (await room.row(source)).state
        assert (state.etag, state.last_attempt) == (None, None)
        broken.down = False
        assert await room.poll(source) is PollOutcome.OK
        assert len([one async for one in broken.read("entries")]) == 1


async def test_a_poll_whose_lease_another_took_saves_nothing(room: Room) -> None:
    source = await room.add()
    room.web.serve("/feed", feed_body(A))
    other = PollStage(room.parts, owner="somebody else")
    async with room.db.transaction() as conn:
        due = await sources.due(conn, room.clock.now(), 1, "test", 600)
    await other.poll(due[0])
    assert (await room.row(source)).state.last_attempt is None


async def test_a_long_poll_keeps_its_lease_and_a_dead_pollers_source_is_soon_anothers(room: Room) -> None:
    source = await room.add()
    release = asyncio.Event()
    room.web.hold("/feed", release, Answer(body=feed_body(A)))

    async def asked() -> bool:
        return room.web.count("/feed") == 1

    async def renewed() -> bool:
        return (await room.row(source)).lease_until != lease

    async with running(room):
        await until(asked)
        lease = (await room.row(source)).lease_until
        assert lease == room.clock.now() + timedelta(seconds=30)
        await room.clock.until_sleeping(2)
        room.clock.advance(10)
        await until(renewed)
        async with room.db.transaction() as conn:
            assert await sources.due(conn, lease, 1, "somebody else", 30) == []
        release.set()


@asynccontextmanager
async def running(room: Room) -> AsyncIterator[None]:
    async with asyncio.timeout(30):
        task = asyncio.get_running_loop().create_task(room.stage.run())
        yield
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    while not await holds():  # noqa: ASYNC110 - what the stage does on sockets and in a database sets no event here
        await asyncio.sleep(0.005)


async def until_polled(room: Room, path: str, count: int) -> None:
    async def polled() -> bool:
        return room.web.count(path) >= count and not room.stage._scheduler.polling

    await until(polled)


async def until_titles(room: Room, *titles: str) -> None:
    async def there() -> bool:
        return await room.titles() == list(titles)

    await until(there)


async def test_the_stage_polls_each_source_when_it_is_due(room: Room) -> None:
    room.web.serve("/feed", feed_body(A))
    room.web.serve("/slow", feed_body(B))
    await room.add("/feed", interval_seconds=2)
    await room.add("/slow", host=1, interval_seconds=3600)
    async with running(room):
        await until_polled(room, "/feed", 1)
        await until_polled(room, "/slow", 1)
        for count in (2, 3, 4):
            await room.clock.until_sleeping(2)  # one watches the leases
            room.clock.advance(2)
            await until_polled(room, "/feed", count)
    assert room.web.count("/slow") == 1


async def test_the_stage_keeps_to_the_budget_but_not_with_sources_that_have_their_own_interval(room: Room) -> None:
    room.stage = PollStage(replace(room.parts, polls_per_minute=6), owner="test")
    own = await room.add("/own", interval_seconds=1)
    room.web.serve("/own", feed_body(A))
    await room.poll(own)
    for number in range(8):
        room.web.serve(f"/{number}", feed_body(B))
        await room.add(f"/{number}", host=1 + number % 2)
    asked = room.web.count("/own")

    def polled() -> int:
        return sum(room.web.count(f"/{number}") for number in range(8))

    async with running(room):
        for seconds in range(1, 31):
            await room.clock.until_sleeping(2)
            room.clock.advance(1)
            await until_polled(room, "/own", asked + seconds)
            assert polled() <= 1 + seconds // 10
    assert polled() >= 3
    assert room.parts.metrics.feed_interval_stretch._value.get() > 1


async def test_the_stage_sleeps_while_nothing_is_due(room: Room) -> None:
    room.web.serve("/feed", feed_body(A))
    await room.add("/feed", interval_seconds=3600)
    async with running(room):
        await until_polled(room, "/feed", 1)
        await room.clock.until_sleeping(2)  # one watches the leases
        looked = len(room.clock.slept)
        await asyncio.sleep(0.1)
        assert len(room.clock.slept) - looked <= 1


class SlowLook(Database):
    """Time passes while the stage looks into the database: so many seconds, once."""

    def __init__(self, room: Room) -> None:
        super().__init__(room.db._gate)
        self._clock = room.clock
        self.seconds = 0.0

    @asynccontextmanager
    async def transaction(self, *, urgent: bool = False) -> AsyncIterator[Connection]:
        async with super().transaction() as conn:
            yield conn
        seconds, self.seconds = self.seconds, 0.0
        self._clock.advance(seconds)


async def test_what_becomes_due_while_the_stage_looks_is_polled_at_once(room: Room) -> None:
    room.web.serve("/feed", feed_body(A))
    await room.add("/feed", interval_seconds=2)
    slow = SlowLook(room)
    room.stage = PollStage(replace(room.parts, db=slow), owner="test")
    async with running(room):
        await until_polled(room, "/feed", 1)
        await room.clock.until_sleeping(2)  # one watches the leases
        slow.seconds = 3.0
        room.stage.sources_changed()
        await until_polled(room, "/feed", 2)


async def test_a_new_source_is_polled_at_once_when_the_stage_is_told(room: Room) -> None:
    room.web.serve("/feed", feed_body(A))
    async with running(room):
        await room.clock.until_sleeping(2)  # one watches the leases
        await room.add("/feed")
        room.stage.sources_changed()
        await until_polled(room, "/feed", 1)


async def test_a_slow_source_holds_up_no_other(room: Room) -> None:
    release = asyncio.Event()
    room.web.hold("/stuck", release, Answer(body=feed_body(A)))
    room.web.serve("/feed", feed_body(B))
    stuck = await room.add("/stuck")
    await room.add("/feed", host=1)
    async with running(room):
        await until_titles(room, "B")
        assert (await room.row(stuck)).state.last_attempt is None
        release.set()
        await until_titles(room, "A", "B")


@pytest.mark.postgres
async def test_two_pollers_on_postgresql_share_the_sources(tmp_path: Path, migrated_postgres_database: str) -> None:
    async with opened(tmp_path, url=migrated_postgres_database) as room:
        for number in range(12):
            shown = {"url": f"/x{number}", "title": f"{number:02}", "published": room.clock.now().isoformat()}
            room.web.serve(f"/{number}", feed_body(shown))
            await room.add(f"/{number}", host=number % 3)

        async def all_there() -> bool:
            room.clock.advance(0.1)
            return len(await room.entries()) == 12

        second = PollStage(room.parts, owner="second")
        async with running(room), running(replace(room, stage=second)):
            await until(all_there)
        assert await room.titles() == [f"{number:02}" for number in range(12)]
        assert room.web.count() == 12


async def test_many_sources_on_one_slow_host_hold_up_no_other(tmp_path: Path) -> None:
    async with opened(tmp_path, workers=2) as room:
        release = asyncio.Event()
        for number in range(20):
            room.web.hold(
                f"/{number}", release, Answer(body=feed_body({"url": f"/x{number}", "title": f"{number:02}"}))
            )
            await room.add(f"/{number}")
        room.web.serve("/feed", feed_body(B))
        await room.add("/feed", host=1)

        async def all_there() -> bool:
            room.clock.advance(0.1)
            return len(await room.entries()) == 21

        async with running(room):
            await until_titles(room, "B")
            release.set()
            await until(all_there)
        assert room.web.most_at_once["127.0.0.1"] == 1


async def test_sources_that_were_well_and_hang_all_at_once_hold_no_worker_for_long(tmp_path: Path) -> None:
    async with opened(tmp_path, workers=2, deadline_seconds=60) as room:
        room.stage._fetcher._deadlines = Deadlines(60, 60)
        room.web.serve("/x", feed_body(A))
        for number in (1, 2):
            await room.poll(await room.add("/x", host=number))
        room.clock.advance(1)
        room.web.serve("/feed", feed_body(A))
        await room.poll(await room.add("/feed"))
        release = asyncio.Event()
        room.web.hold("/x", release, Answer(body=feed_body(A)))
        room.web.serve("/feed", feed_body(A, B))
        room.clock.advance(86_400)

        async def told() -> bool:
            room.clock.advance(0.1)
            return "B" in await room.titles()

        async with running(room):
            await until(told)
            assert (room.web.count("/x"), room.polls(PollOutcome.TIMEOUT)) == (4, 0), "they hang still"
            release.set()


async def test_no_more_workers_run_than_there_may_be_and_one_host_gets_one(tmp_path: Path) -> None:
    async with opened(tmp_path, workers=4) as room:
        for number in range(12):
            room.web.serve(f"/{number}", feed_body({"url": f"/x{number}", "title": str(number)}))
            await room.add(f"/{number}", host=number % 3)

        async def all_there() -> bool:
            room.clock.advance(0.1)
            assert room.stage._scheduler.polling <= 4
            return len(await room.entries()) == 12

        async with running(room):
            await until(all_there)
        assert set(room.web.most_at_once.values()) == {1}


async def test_a_log_that_is_down_is_reported_to_the_supervisor(room: Room) -> None:
    await room.add()
    room.web.serve("/feed", feed_body(A))
    async with BrokenLog(room.clock) as broken:
        with pytest.raises(Unavailable):
            await PollStage(replace(room.parts, log=broken), owner="test").run()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Cache-Control": "max-age=300"}, 300),
        ({"Cache-Control": 'public, Max-Age="300"'.lower(), "Age": "100"}, 200),
        ({"Cache-Control": "max-age=300", "Age": "400"}, None),
        ({"Cache-Control": "s-maxage=300, no-cache"}, None),
        ({"Cache-Control": "max-age=-1"}, None),
        ({"Cache-Control": "max-age=99999999999999"}, 999999999),
        ({"Cache-Control": "max-age=9", "Age": "soon"}, 9),
    ],
)
def test_the_publishers_hint_is_read_with_care(headers: dict[str, str], seconds: float | None) -> None:
    assert hint_seconds(headers) == seconds


def test_the_fault_points_of_this_stage_exist() -> None:
    assert {"poll.fetched", "poll.appended", "poll.saved"} <= {str(point) for point in FaultPoint}


async def test_a_poll_without_news_is_a_debug_line(room: Room) -> None:
    room.web.serve("/feed", feed_body({"url": "/a", "title": "A"}), etag='"1"')
    source = await room.add()
    with capture_logs() as lines:
        await room.poll(source)
        await room.poll(source)
        room.web.serve("/feed", status=500)
        await room.poll(source)
    assert [one["log_level"] for one in lines if one["event"] == "source_polled"] == ["info", "debug", "warning"]


async def test_a_new_source_of_undated_stories_tells_none_of_them_and_counts_all(room: Room) -> None:
    room.stage = PollStage(replace(room.parts, back_numbers=False), owner="test")
    room.web.serve("/feed", feed_body(*({"url": f"/{n}", "title": f"Story {n}"} for n in range(500))))
    source = await room.add()
    await room.poll(source)
    assert await room.entries() == []
    assert room.parts.metrics.articles.labels(ArticleOutcome.BACK_NUMBER)._value.get() == 500


async def test_a_mistake_of_ours_while_fetching_is_that_sources_misfortune(room: Room) -> None:
    class Broken:
        async def fetch(self, *_: object, **__: object) -> Fetched:
            raise OverflowError("a number beyond all bounds")

    room.stage = PollStage(replace(room.parts, fetcher=Broken()), owner="test")
    source = await room.add()
    assert await room.poll(source) is PollOutcome.PARSE
    assert (await room.row(source)).state.error == "OverflowError: a number beyond all bounds"
