"""Feeds and pages for `try feed` and `try page`: JSON Lines that name or hold bodies, or one raw file.

first line is an object with "path", "body_base64" or "html" -> JSON Lines, else -> one raw body

Bodies are parsed by the processes that parse in production, with their time-outs, several at once; results come in order.
"""

import asyncio
import os
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import BinaryIO, TypeVar

import orjson

from core.model.ids import url_key
from core.model.source import Entry, Source
from core.named_file import read_named
from core.net.client import FetchSettings
from core.net.decoding import BadContentEncoding, Decoder
from core.tasks import first_error
from ingest.parse.parser import ParserPool, parser_processes
from ingest.parse.shapes import ParseFailure
from wirewatch.cli.told import Told
from wirewatch.cli.try_input import (
    STANDARD_INPUT,
    BadInput,
    Line,
    Refusals,
    line_of,
    numbered,
    opened,
    shown_name,
)

BAD_INPUT = "bad_input"  # the outcome of a line that names no body; production has no such word
_BODY_FIELDS = ("path", "body_base64", "html")
_ENCODING = "content-encoding"
MOST_BYTES = FetchSettings().max_bytes  # production's default
TOO_LARGE = ParseFailure("too_large", f"over {MOST_BYTES:,} bytes")
_MOST_WORKERS = 4
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """What a feed told of a page."""

    title: str = ""
    summary: str = ""
    content: str = ""
    published: datetime | None = None


NOTHING_TOLD = FeedEntry()


@dataclass(frozen=True, slots=True)
class Body:
    """What a server answered. `problem`: why there is no body to be parsed."""

    name: str | None
    url: str = ""
    data: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    time_zone: str | None = None
    country: str | None = None
    lang: str | None = None
    told: FeedEntry = NOTHING_TOLD
    problem: str = ""

    @property
    def content_type(self) -> str:
        return next((value for name, value in self.headers.items() if name.lower() == "content-type"), "")

    @property
    def source(self) -> Source:
        """The publisher, as far as parsing wants to know it."""
        return Source(
            source_id=url_key(self.url),
            name="",
            url=self.url,
            lang=self.lang,
            country=self.country,
            time_zone=self.time_zone,
        )

    def entry(self, seen: datetime) -> Entry:
        """The page's entry in its feed."""
        return Entry(
            entry_id="",
            source=self.source,
            url=self.url,
            title=self.told.title,
            summary=self.told.summary,
            content=self.told.content,
            published=self.told.published,
            seen=seen,
        )


def bodies_of(name: str, url: str | None, refusals: Refusals) -> Iterator[Body]:
    """The bodies of an input, one at a time; a line that names none comes as a Body with its problem."""
    folder = Path() if name == STANDARD_INPUT else Path(name).parent
    with opened(name) as stream:
        first = _first_line(stream)
        if not _is_listing(name, first):
            yield Body(Path(shown_name(name)).name, url or "", _unpacked(first + stream.read(), whole=True))
            return
        lines = chain(first.splitlines(keepends=True), stream)
        for place, raw in numbered(lines, name):
            try:
                line = line_of(place, raw)
                yield _body(line, url or "", folder)
            except BadInput as problem:
                refusals.tell(problem)
                yield Body(_id_of(raw), problem=str(problem))


def parsed_in_order(
    bodies: Iterable[Body], parse: Callable[[ParserPool, Body], Awaitable[T]], emit: Callable[[Body, T], None]
) -> None:
    """Parse bodies, as many at once as there are processes, and emit what came of each in the order of the bodies."""
    workers = max(1, min(_MOST_WORKERS, os.cpu_count() or 1))
    try:
        asyncio.run(_parsed(bodies, parse, emit, workers))
    except ExceptionGroup as group:
        raise first_error(group) from None  # a file that is not there is a sentence, not a group


async def _parsed(
    bodies: Iterable[Body],
    parse: Callable[[ParserPool, Body], Awaitable[T]],
    emit: Callable[[Body, T], None],
    workers: int,
) -> None:
    async def one(pool: ParserPool, body: Body) -> T:
        return await parse(pool, body)

    async with parser_processes(workers) as processes, asyncio.TaskGroup() as tasks:
        pool = ParserPool(processes)
        waiting: deque[tuple[Body, asyncio.Task[T]]] = deque()
        for body in bodies:
            waiting.append((body, tasks.create_task(one(pool, body))))
            await asyncio.sleep(0)  # let it start before the next file is read
            if len(waiting) > 2 * workers:
                done, task = waiting.popleft()
                emit(done, await task)
        for done, task in waiting:
            emit(done, await task)


def _first_line(stream: BinaryIO) -> bytes:
    """Up to the first line that is not blank, with it."""
    seen = b""
    for raw in stream:
        seen += raw
        if raw.strip():
            break
    return seen


def _is_listing(name: str, first: bytes) -> bool:
    if Path(name).suffix.lower() in (".jsonl", ".ndjson"):
        return True
    try:
        value = orjson.loads(first)
    except orjson.JSONDecodeError:
        return False
    return isinstance(value, dict) and any(key in value for key in _BODY_FIELDS)


def _body(line: Line, url: str, folder: Path) -> Body:
    html, headers = line.optional("html"), _headers(line)
    if html is None:
        data = _data(line, folder, next((value for name, value in headers.items() if name.lower() == _ENCODING), ""))
    else:  # it is text by now, whatever the page says of its bytes
        data = html.encode("utf-8", "replace")
        headers["Content-Type"] = "text/html; charset=utf-8"
    return Body(
        name=line.text("id"),
        url=line.optional("url") or url,
        data=data,
        headers=headers,
        time_zone=line.optional("time_zone"),
        country=line.optional("country"),
        lang=line.optional("lang"),
        told=_told(line),
    )


def _told(line: Line) -> FeedEntry:
    """What the line says that a feed said of the page."""
    value = line.fields.get("entry")
    if value is None:
        return NOTHING_TOLD
    if not isinstance(value, dict):
        raise BadInput(f"{line.place}: expected 'entry' as an object")
    entry = Line(f"{line.place}, entry", value)
    title, summary, content = (entry.text(name, "") for name in ("title", "summary", "content"))
    return FeedEntry(title, summary, content, entry.time("published"))


def _data(line: Line, folder: Path, encoding: str) -> bytes:
    data, path = line.body("body_base64"), line.optional("path")
    if data is None and path is None:
        raise BadInput(f"{line.place}: expected one of {', '.join(_BODY_FIELDS)}, and all are missing")
    try:
        return _unpacked(read_named(folder / (path or "")) if data is None else data, encoding)
    except OSError as error:
        raise BadInput(f"{line.place}: {folder / (path or '')}: {error.strerror}") from None
    except Told as problem:
        raise BadInput(f"{line.place}: {problem.message}") from None


def _headers(line: Line) -> dict[str, str]:
    value = line.fields.get("headers")
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise BadInput(f"{line.place}: expected 'headers' as an object of texts")
    return dict(value)


def _unpacked(data: bytes, encoding: str = "", *, whole: bool = False) -> bytes:
    """The body as production unpacks an answer, by what it is; `whole`: one that breaks off is refused. Raises Told.

    Stops above MOST_BYTES: production takes no more, and a bomb must not fill the memory.
    """
    try:
        decoder, body = Decoder(encoding, MOST_BYTES), bytearray()
        for piece in chain(decoder.feed(data), decoder.finish()):
            body += piece
            if len(body) > MOST_BYTES:
                return bytes(body)
    except BadContentEncoding as problem:
        raise Told(str(problem)) from None
    if whole and decoder.cut:
        raise Told("the compressed body breaks off, or is damaged")
    return bytes(body)


def _id_of(raw: bytes) -> str | None:
    """The id of a line that is wrong elsewhere."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    name = value.get("id") if isinstance(value, dict) else None
    return name if isinstance(name, str) else None
