"""kind = "file": JSON Lines, one line a notification: its id, when it was written, and the webhook's body (webhook.schema.json)."""

import asyncio
import os
from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo

import orjson
from pydantic import AfterValidator, Field

from alerts.channels.channel import Capabilities, Confirmation, Limits, Receipt, SendFailure, Sending
from alerts.channels.json_lines import JsonLines
from alerts.channels.kind import ChannelTools, Kind
from alerts.channels.message import Message
from alerts.channels.settings import ChannelSettings, Surroundings
from alerts.channels.webhook import webhook_body, webhook_cut
from core.errors import ConfigError
from core.model.outcome import FailureReason

_MOST_BYTES = 900_000
_LIMITS = Limits(max_bytes=_MOST_BYTES, in_flight=1)
_CAPABILITIES = Capabilities(asks=True)


def _path(value: str) -> str:
    if not value or "\0" in value or value.endswith("/") or Path(value).name in ("", ".", ".."):
        raise ValueError('expected the path of a file such as "data/alerts.jsonl"')
    return value


class FileSettings(ChannelSettings):
    """`path`: relative to the configuration's folder. `keep`: earlier files."""

    meanings: ClassVar[Mapping[str, str]] = {
        "path": "the file",
        "max_bytes": "of one file, 10000 to 10000000000",
        "daily": "a new file each day",
        "keep": "earlier files, 0 to 10000",
    }

    kind: Literal["file"]
    path: Annotated[str, AfterValidator(_path)]
    max_bytes: Annotated[int, Field(ge=10_000, le=10_000_000_000)] = 100_000_000
    daily: bool = True
    keep: Annotated[int, Field(ge=0, le=10_000)] = 30

    def unfit(self, around: Surroundings) -> tuple[str, str] | None:
        path = Path(self.path)
        if not around.in_file and (path.is_absolute() or ".." in path.parts):
            return "path", "a channel that is added by command writes below the configuration's folder only"
        if around.remote and path.suffix != ".jsonl":
            return "path", "the name of a file that is made from the console or through the API ends with .jsonl"
        return None

    def uses(self, base_dir: Path) -> tuple[str, str | None]:
        path = base_dir / self.path
        there = next((one for one in (path, *path.parents) if one.exists()), path)
        allowed = os.W_OK if there == path else os.W_OK | os.X_OK
        good = (there == path or there.is_dir()) and os.access(there, allowed)
        return f"file {self.path}", None if good else f"{there} cannot be written to"

    def check_files(self, base_dir: Path) -> None:
        path = base_dir / self.path
        if path.exists() and not path.is_file():
            kind = "folder" if path.is_dir() else "pipe or a device"
            raise ConfigError([f"channel {self.name}: path: {self.path} is a {kind}; expected a file"])


class FileChannel:
    """Appends through a thread: a disk may be slow."""

    kind = "file"
    limits = _LIMITS
    capabilities = _CAPABILITIES
    limit_key = ""

    def __init__(self, settings: FileSettings, tools: ChannelTools) -> None:
        self.name = settings.name
        self._shown = settings.path
        self._zone = ZoneInfo(settings.time_zone)
        self._timeout_seconds = settings.timeout_seconds
        self._watch = tools.watch
        day_of = partial(_day_of, zone=self._zone) if settings.daily else _no_day
        self._lines = JsonLines(tools.base_dir / settings.path, settings.max_bytes, settings.keep, day_of)

    async def send(self, message: Message, sending: Sending) -> Receipt:
        line = file_line(message, sending)
        self._watch("APPEND", self._shown, {}, line)
        now = sending.now.astimezone(self._zone)
        try:
            at = await asyncio.to_thread(self._lines.append, line, now, self._timeout_seconds)
        except OSError as error:
            raise self._failure(error) from error
        return Receipt(Confirmation.DELIVERED, detail=f"{self._shown}, at byte {at}")

    async def find(self, message: Message, sending: Sending) -> Receipt | None:  # noqa: ARG002 - the contract's signature
        begin = _begin(sending.notification_id)
        try:
            found = await asyncio.to_thread(self._lines.holds, begin, self._timeout_seconds)
        except OSError as error:
            raise self._failure(error) from error
        return Receipt(Confirmation.DELIVERED, detail=f"{self._shown}: was there already") if found else None

    def _failure(self, error: OSError) -> SendFailure:
        told = f"{self._shown} cannot be written: {error.strerror or type(error).__name__}"
        return SendFailure(FailureReason.CONNECT, told, retriable=True)


def file_line(message: Message, sending: Sending) -> bytes:
    """The line, without its end."""
    written = orjson.dumps(sending.now, option=orjson.OPT_UTC_Z)
    body = webhook_body(message, attempt=sending.attempt, max_bytes=_MOST_BYTES)
    return _begin(sending.notification_id) + b'"written":' + written + b"," + body[1:]


def _begin(notification_id: str) -> bytes:
    return b'{"id":' + orjson.dumps(notification_id) + b","


def _day_of(head: bytes, zone: ZoneInfo) -> date | None:
    """Of the file's first line; None where it says none, such as that of another program."""
    text = head.partition(b'"written":"')[2].partition(b'"')[0].decode("ascii", "replace")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if moment.tzinfo is None else moment.astimezone(zone).date()


def _no_day(_: bytes) -> date | None:
    return None


KIND = Kind(
    what="a file of JSON Lines that turns over by size and day",
    settings=FileSettings,
    make=FileChannel,
    limits=_LIMITS,
    capabilities=_CAPABILITIES,
    cut=lambda message: webhook_cut(message, _MOST_BYTES),
    worded=False,
)
