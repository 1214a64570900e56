"""The stream of alerts: each change once and in order, no gap after a pause, and nothing kept for who does not read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from core.clock import SystemClock
from core.model.alert_state import AlertEvent
from core.model.outcome import AlertOutcome, AlertStatus, Priority
from core.store import alert_changes, alert_states, alerts, sessions
from tests.fakes.records import a_rule_ref
from tests.wirewatch.people import SPORT, add_people, begin_session
from tests.wirewatch.statuspage import StatusPage, an_alert, status_page
from wirewatch.streams import Streams
from wirewatch.usecases import alert_stream
from wirewatch.usecases.alert_stream import AlertFeed
from wirewatch.usecases.permission import Role

COOKIE = "wirewatch_session"


@dataclass
class Event:
    kind: str
    data: dict[str, Any]
    id: str


@dataclass
class Reading:
    """A stream as a client reads it."""

    answer: aiohttp.ClientResponse
    last: str = ""
    _left: bytes = field(default=b"", repr=False)

    async def next(self) -> Event:
        """The next event; comments and bare ids are taken note of."""
        while True:
            while b"\n\n" not in self._left:
                piece = await asyncio.wait_for(self.answer.content.readany(), 20)
                if not piece:
                    raise EOFError
                self._left += piece
            block, _, self._left = self._left.partition(b"\n\n")
            lines = [line.partition(": ") for line in block.decode().split("\n")]
            told = {name: value for name, _, value in lines if name}
            self.last = told.get("id", self.last)
            if "data" in told:
                return Event(told["event"], orjson.loads(told["data"]), self.last)

    async def rest(self) -> AsyncIterator[Event]:
        """All that comes until the stream ends."""
        with suppress(EOFError, aiohttp.ClientError):
            while True:
                yield await self.next()

    async def story(self) -> tuple[str, str]:
        event = await self.next()
        return event.kind, event.data["alert"]["alert"]["story_id"]


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    async with status_page(tmp_path) as made:
        assert made.server._serving is not None
        clock = SystemClock()
        made.server._serving = replace(
            made.server._serving, streams=Streams(AlertFeed(made.db, clock, look_seconds=0.02))
        )
        yield made


@asynccontextmanager
async def reading(page: StatusPage, query: str = "", *, secret: str = "", **headers: str) -> AsyncIterator[Reading]:
    cookies = {COOKIE: secret} if secret else {}
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        url = f"{page.server.address}/api/v1/stream?{query}"
        async with session.get(url, headers=headers, cookies=cookies) as answer:
            assert answer.status == 200, await answer.text()
            assert answer.content_type == "text/event-stream"
            opened = Reading(answer)
            assert (await opened.next()).kind == "start"
            yield opened


async def nobody_reads(streams: Streams) -> None:
    for _ in range(1500):
        if not streams._by:
            return
        await asyncio.sleep(0.02)
    pytest.fail("a stream is still open")


async def insert(page: StatusPage, story: str, **of_rule: Any) -> str:
    made = an_alert(story, rule=replace(a_rule_ref(), **of_rule) if of_rule else None)
    async with page.db.transaction() as conn:
        await alerts.insert_alert(conn, made, AlertOutcome.CREATED)
    return made.alert_id


async def acknowledge(page: StatusPage, alert_id: str) -> None:
    async with page.db.transaction() as conn:
        said = AlertEvent(alert_id=alert_id, at=SystemClock().now(), by="kim", status=AlertStatus.ACKNOWLEDGED)
        await alert_states.put(conn, said)


async def test_alerts_and_their_changes_come_as_they_happen(page: StatusPage) -> None:
    await insert(page, "before")
    async with reading(page) as stream:
        alert_id = await insert(page, "one")
        event = await stream.next()
        assert (event.kind, event.data["alert"]["alert"]["story_id"]) == ("alert.created", "one")
        assert event.data["alert"]["state"]["status"] == "open"
        await acknowledge(page, alert_id)
        event = await stream.next()
        assert (event.kind, event.data["alert"]["state"]["by"]) == ("alert.state", "kim")


async def test_an_assignment_comes_with_the_name_of_the_user(page: StatusPage) -> None:
    await add_people(page, Role.ANALYST)
    async with reading(page, secret=await begin_session(page, "analyst")) as stream:
        alert_id = await insert(page, "one")
        assert (await stream.next()).data["alert"]["state"]["assignee_name"] is None
        async with page.db.transaction() as conn:
            said = AlertEvent(alert_id=alert_id, at=SystemClock().now(), by="kim", assignee="analyst" * 3)
            await alert_states.put(conn, said)
        state = (await stream.next()).data["alert"]["state"]
        assert (state["assignee"], state["assignee_name"]) == ("analyst" * 3, "analyst")


async def test_who_comes_back_gets_what_came_meanwhile_and_nothing_twice(page: StatusPage) -> None:
    async with reading(page) as stream:
        await insert(page, "one")
        assert await stream.story() == ("alert.created", "one")
        last = stream.last
    for number in range(450):
        await insert(page, f"meanwhile {number}")
    async with reading(page, **{"Last-Event-ID": last}) as stream:
        assert [(await stream.story())[1] for _ in range(450)] == [f"meanwhile {number}" for number in range(450)]
        await insert(page, "now")
        assert await stream.story() == ("alert.created", "now")
    async with reading(page, f"after={last}") as stream:
        assert await stream.story() == ("alert.created", "meanwhile 0")


async def test_a_stream_is_narrowed_by_rule_source_priority_and_team(page: StatusPage) -> None:
    flash = {"rule_id": "f" * 24, "name": "flash", "priority": Priority.FLASH, "team_id": SPORT}
    queries = ("priority=flash", "source=Example+World", "source=Globe", "team=default")
    async with (
        reading(page, queries[0]) as priority,
        reading(page, queries[1]) as source,
        reading(page, queries[2]) as nothing,
        reading(page, queries[3]) as team,
    ):
        await insert(page, "one")
        await insert(page, "two", **flash)
        assert await priority.story() == ("alert.created", "two")
        assert await source.story() == ("alert.created", "one")
        assert await source.story() == ("alert.created", "two")
        assert await team.story() == ("alert.created", "one")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(nothing.next(), 0.3)


async def test_a_gap_is_told(page: StatusPage) -> None:
    await insert(page, "old")
    await alert_changes.place(page.db)
    async with page.db.transaction() as conn:
        await alert_changes.prune(conn, SystemClock().now() + timedelta(days=1))
    await insert(page, "new")
    async with reading(page, **{"Last-Event-ID": "0"}) as stream:
        assert (await stream.next()).kind == "gap"
        assert await stream.story() == ("alert.created", "new")
    async with reading(page, **{"Last-Event-ID": "999999"}) as stream:
        assert (await stream.next()).kind == "gap"
        await insert(page, "newer")
        assert await stream.story() == ("alert.created", "newer")


@pytest.mark.parametrize("told", ["x", "-1", "1.5", "9" * 30, "²"])
async def test_an_id_that_is_none_is_refused(page: StatusPage, told: str) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{page.server.address}/api/v1/stream", headers={"Last-Event-ID": told}) as answer,
    ):
        assert answer.status == 400
        assert orjson.loads(await answer.read())["code"] == "bad_event_id"


async def test_who_does_not_read_is_dropped_and_told_so(page: StatusPage, monkeypatch: pytest.MonkeyPatch) -> None:
    streams = page.server._serving.streams  # type: ignore[union-attr]  # opened
    streams.stall_seconds = 0.3
    async with reading(page) as stream:
        connection = stream.answer.connection
        transport: Any = None if connection is None else connection.transport
        transport.pause_reading()
        async with page.db.transaction() as conn:
            for number in range(900):
                made = an_alert(f"s{number}", rule=replace(a_rule_ref(), query="x" * 20_000))
                await alerts.insert_alert(conn, made, AlertOutcome.CREATED)
        await nobody_reads(streams)
        transport.resume_reading()
        kinds = [one.kind async for one in stream.rest()]
        assert kinds[-1] == "dropped"
        assert kinds.count("alert.created") < 900
        last = int(stream.last)
    async with reading(page, f"after={last}") as stream:
        assert (await stream.next()).kind == "alert.created"


async def test_one_that_lags_behind_all_that_is_kept_is_too_slow(
    page: StatusPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alert_stream, "MOST_KEPT", 5)
    feed = AlertFeed(page.db, SystemClock(), look_seconds=0)
    place = await feed.now()
    for number in range(4):
        await insert(page, f"a{number}")
    assert len((await feed.behind(place, live=True)).seen) == 4
    for number in range(4):
        await insert(page, f"b{number}")
    await feed.now()
    with pytest.raises(alert_stream.TooSlow):
        await feed.behind(place, live=True)
    assert len((await feed.behind(place, live=False)).seen) == 8


async def test_streams_are_as_many_as_they_may_be(page: StatusPage) -> None:
    streams = page.server._serving.streams  # type: ignore[union-attr]  # opened
    streams.most_each = 1
    address = f"{page.server.address}/api/v1/stream"
    async with reading(page), aiohttp.ClientSession() as session, session.get(address) as answer:
        assert answer.status == 429
        assert answer.headers["Retry-After"] == "30"
        assert orjson.loads(await answer.read())["code"] == "too_many_streams"
    await nobody_reads(streams)
    async with reading(page):
        pass


async def test_who_may_read_no_more_is_let_go_and_sees_only_alerts_of_their_teams(
    page: StatusPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wirewatch.api.stream.ASK_SECONDS", 0.05)
    await add_people(page, Role.VIEWER)
    secret = await begin_session(page, "viewer")
    async with reading(page, secret=secret) as stream:
        await insert(page, "theirs", rule_id="s" * 24, team_id=SPORT)
        await insert(page, "ours")
        assert await stream.story() == ("alert.created", "ours")
        async with page.db.transaction() as conn:
            await sessions.end_all(conn, "viewer" * 3)
        event = await stream.next()
        assert event.kind == "ended"


async def test_the_end_of_the_process_ends_streams_at_once(page: StatusPage) -> None:
    async with reading(page) as stream:
        assert page.server._serving is not None
        page.server._serving.streams.feed.close()
        assert (await stream.next()).kind == "ended"
