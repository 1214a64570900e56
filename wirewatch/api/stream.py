"""`GET /api/v1/stream`: alerts and their changes as server-sent events, for pages and programs.

Every event carries the place of its change as its id, and `Last-Event-ID` resumes behind it without a gap. Who does not read is
dropped and told so: nothing waits for one reader but what its connection holds.
"""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Annotated

from aiohttp import web
from pydantic import Field

from core.model.outcome import Priority
from wirewatch import access
from wirewatch.api import visitors
from wirewatch.api.alert_models import ToldAlert
from wirewatch.api.model import Model, Query, QueryInt
from wirewatch.api.operation import Call, operation
from wirewatch.api.problems import Refusal, problem
from wirewatch.streams import Streams, TooManyStreams
from wirewatch.usecases import alert_stream
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.alert_filters import AlertFilter
from wirewatch.usecases.alert_stream import Piece, Seen, TooSlow, Watching
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Refused

BEAT_SECONDS = 10.0  # between two signs of life
SLOW_SECONDS = 3.0  # that a reader who lags took for the last events
ASK_SECONDS = 30.0  # between two looks at whether the reader still may
_BUFFER_BYTES = 65_536  # of the connection
_MOST_PLACE = 2**62
_WRITTEN = 200  # events that are kept as they are sent, for the next reader
_HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx: pass each event on
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "wirewatch",
}


class StreamQuery(Query):
    rule: Annotated[str | None, Field(max_length=200, description="a rule's name or id")] = None
    team: Annotated[str | None, Field(max_length=200, description="a team's name or id")] = None
    source: Annotated[str | None, Field(max_length=500, description="an outlet's name")] = None
    priority: Priority | None = None
    after: Annotated[
        QueryInt | None, Field(ge=0, le=_MOST_PLACE, description="an event's id, for who cannot send Last-Event-ID")
    ] = None


class StreamEvent(Model):
    """The `data` of an event `alert.created`, `alert.updated`, `alert.state` or `alert.delivery`: the alert as it is now."""

    at: datetime
    alert: ToldAlert

    @classmethod
    def of_seen(cls, seen: Seen) -> "StreamEvent":
        return cls(at=seen.at, alert=ToldAlert.of_row(seen.row, seen.state, seen.assignee))


class StreamNote(Model):
    """The `data` of the other events: `start`, `gap`, `dropped` and `ended`. `last`: the id to resume from."""

    because: str
    last: int


@operation(
    "GET",
    "/stream",
    summary="Watch alerts",
    access=Permission.READ_ALERTS,
    query=StreamQuery,
    answer=StreamEvent,
    media="text/event-stream",
)
async def watch_alerts(call: Call[StreamQuery, None]) -> web.StreamResponse:
    """Server-sent events: `alert.created`, `alert.updated` (articles, outcome), `alert.state` (acknowledged, assigned,
    commented on, ...) and `alert.delivery` (delivered, given up), each with the alert as it is now. `start` opens the stream.
    `gap`: changes behind the id that you resumed from are not kept any more (7 days); read the list. `dropped`: you read too
    slowly. `ended`: you may not read alerts any more, or wirewatch stops. Resume with the header Last-Event-ID.
    """
    asked = call.query
    place = _resumed(call)
    wanted = AlertFilter(rule=asked.rule, team=asked.team, source=asked.source, priority=asked.priority)
    watching = await alert_stream.watch(call.acting, wanted)
    if call.request.method == "HEAD":
        return web.Response(headers=_HEADERS)
    with _seat(call):
        response = web.StreamResponse(headers=_HEADERS)
        reader = _Reader(call, response, call.serving.streams)
        with suppress(ConnectionError), visitors.streaming(call.request):
            await response.prepare(call.request)
            _narrow(call.request)
            await reader.tell(watching, place)
        return response


@contextmanager
def _seat(call: Call[StreamQuery, None]) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(call.serving.streams.seat(call.acting.user_id or call.acting.address or ""))
        except TooManyStreams as error:
            status = HTTPStatus.TOO_MANY_REQUESTS if error.mine else HTTPStatus.SERVICE_UNAVAILABLE
            raise Refusal(problem(status, "too_many_streams", str(error)), {"Retry-After": "30"}) from None
        yield


def _resumed(call: Call[StreamQuery, None]) -> int | None:
    said = call.request.headers.get("Last-Event-ID", "").strip()
    if not said:
        return call.query.after
    if said.isascii() and said.isdigit() and len(said) <= len(str(_MOST_PLACE)) and int(said) <= _MOST_PLACE:
        return int(said)
    detail = "Last-Event-ID: expected the id of an event of this stream, a whole number"
    raise Refusal(problem(HTTPStatus.BAD_REQUEST, "bad_event_id", detail, place="Last-Event-ID"))


def _narrow(request: web.Request) -> None:
    """The connection holds little, so that one that is not read is noticed soon."""
    found = None if request.transport is None else request.transport.get_extra_info("socket")
    if found is not None:
        with suppress(OSError):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER_BYTES)


class _Stalled(Exception):
    """The reader did not take an event in time."""


class _Reader:
    """One stream, from its first event to its last."""

    def __init__(self, call: Call[StreamQuery, None], response: web.StreamResponse, streams: Streams) -> None:
        self._call = call
        self._response = response
        self._streams = streams
        self._clock = call.acting.clock
        self._beat = self._asked = self._clock.monotonic()

    async def tell(self, watching: Watching, place: int | None) -> None:
        """Until the reader goes, may read no more, or is too slow; or until the process stops."""
        feed = self._streams.feed
        last = place
        try:
            if last is None:
                last = await feed.now()
            await self._say("start", "alerts and their changes follow", last)
            lags = False
            while not feed.closed:
                piece = await feed.behind(last, live=lags)
                began = self._clock.monotonic()
                await self._pass_on(piece, watching)
                lags = self._clock.monotonic() - began > SLOW_SECONDS
                last = piece.last
                if not await self._still_may():
                    return await self._say("ended", "you may not read alerts any more", last)
                if not piece.more:
                    await feed.rest()
            await self._say("ended", "wirewatch stops; come back", last)
        except TooSlow as slow:
            await self._drop(str(slow), last or 0)
        except _Stalled:
            await self._drop(f"an event was not read for {self._streams.stall_seconds:g} s", last or 0)

    async def _pass_on(self, piece: Piece, watching: Watching) -> None:
        if piece.gap:
            await self._say(
                "gap", "some changes behind your last event are not kept any more: read the list", piece.last
            )
        for seen in piece.seen:
            if watching.wants(seen):
                await self._write(_told(seen))
        if self._clock.monotonic() - self._beat >= BEAT_SECONDS:
            await self._write(f": still here\nid: {piece.last}\n\n")

    async def _still_may(self) -> bool:
        """Whether the session or token still holds, asked now and then; a connection that is gone may nothing."""
        transport = self._call.request.transport
        if transport is None or transport.is_closing():
            raise ConnectionResetError
        if self._clock.monotonic() - self._asked < ASK_SECONDS:
            return True
        self._asked = self._clock.monotonic()
        try:
            acting = (await access.identify(self._call.request, self._call.serving)).acting
        except Refused:
            return False
        return Permission.READ_ALERTS in acting.permissions and _sees(acting) == _sees(self._call.acting)

    async def _say(self, event: str, because: str, last: int) -> None:
        note = StreamNote(because=because, last=last).model_dump_json()
        retry = "retry: 3000\n" if event == "start" else ""
        await self._write(f"{retry}id: {last}\nevent: {event}\ndata: {note}\n\n")

    async def _drop(self, because: str, last: int) -> None:
        """It lies in the connection behind what was not read, for who reads on."""
        with suppress(_Stalled):
            await self._say("dropped", f"{because}; resume from your last event", last)

    async def _write(self, text: str) -> None:
        try:
            async with asyncio.timeout(self._streams.stall_seconds):
                await self._response.write(text.encode())
        except TimeoutError:
            raise _Stalled from None
        self._beat = self._clock.monotonic()


@lru_cache(maxsize=_WRITTEN)
def _told(seen: Seen) -> str:
    """The event of a change, which is the same for all who watch."""
    data = StreamEvent.of_seen(seen).model_dump_json()
    return f"id: {seen.place}\nevent: alert.{seen.kind.value}\ndata: {data}\n\n"


def _sees(acting: Acting) -> tuple[object, ...]:
    """Whoever it is, and the teams whose alerts they see: another one is another stream."""
    return acting.user_id, acting.team, acting.teams, acting.all_teams


OPERATIONS = [watch_alerts]
