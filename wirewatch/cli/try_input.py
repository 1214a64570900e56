"""JSON Lines as the `try` commands take them: a broken line is reported with its place and stops no other.

line -> JSON object? -> its fields, checked as they are asked for
          | no: BadInput, which says file, line, and what was expected
"""

import sys
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import BinaryIO

import click
import orjson

from core.bounded import rfc3339
from core.text.visible import json_text
from wirewatch.cli import output
from wirewatch.cli.told import Told

STANDARD_INPUT = "-"
_SHOWN = 60  # characters of what was found instead
_TELL_SECONDS = 1.0

input_argument = click.Path(
    dir_okay=True, allow_dash=True, path_type=str
)  # opened by `opened`, which says what is wrong


class BadInput(Exception):
    """What is wrong with a line: file, line number, and what was expected."""


@dataclass(frozen=True, slots=True)
class Line:
    """A JSON object and where it stands."""

    place: str
    fields: dict[str, object]

    def text(self, name: str, default: str | None = None) -> str:
        """A field that is text. Raises BadInput where it is something else, or missing and there is no default."""
        value = self.optional(name)
        if value is None and default is not None:
            return default
        if value is None:
            raise BadInput(f"{self.place}: expected {name!r} as text, and it is missing")
        return value

    def optional(self, name: str) -> str | None:
        """A field that is text, or is not there. Raises BadInput."""
        value = self.fields.get(name)
        if value is not None and not isinstance(value, str):
            raise BadInput(f"{self.place}: expected {name!r} as text, found {_shown(value)}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A field that is a list of texts; empty where it is not there. Raises BadInput."""
        value = self.fields.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise BadInput(f"{self.place}: expected {name!r} as a list of texts, found {_shown(value)}")
        return tuple(value)

    def time(self, name: str) -> datetime | None:
        """A field that is an RFC 3339 time with its offset, or is not there. Raises BadInput."""
        raw = self.optional(name)
        if raw is None:
            return None
        found = rfc3339(raw)
        if found is None or found.tzinfo is None:
            raise BadInput(f"{self.place}: expected {name!r} as 2026-03-01T12:00:00Z, found {_shown(raw)}")
        return found

    def body(self, name: str) -> bytes | None:
        """A field that is base64, or is not there. Raises BadInput."""
        raw = self.optional(name)
        try:
            return None if raw is None else b64decode(raw, validate=True)
        except (NotBase64, ValueError):
            raise BadInput(f"{self.place}: expected {name!r} as base64, found {_shown(raw)}") from None


class Refusals:
    """Says what is wrong on standard error, and remembers that something was."""

    def __init__(self) -> None:
        self.count = 0

    def tell(self, problem: object) -> None:
        """One problem, in full."""
        self.count += 1
        output.say(f"wirewatch: {problem}", err=True)

    def finish(self) -> None:
        """End the command with exit code 1 if anything was refused."""
        if self.count:
            raise click.exceptions.Exit(1)


class Progress:
    """How far a command is: once a second on a terminal, never in a pipe."""

    def __init__(self, noun: str) -> None:
        self.count = 0
        self._noun = noun
        self._live = sys.stderr.isatty()
        self._told = monotonic()

    def step(self) -> None:
        """One more is done."""
        self.count += 1
        if self._live and monotonic() - self._told > _TELL_SECONDS:
            self._told = monotonic()
            click.echo(f"\r{self.count:,} {self._noun} ...", err=True, nl=False)

    def total(self, more: str = "") -> None:
        """The last line: how many there were."""
        start = "\r" if self._live else ""
        click.echo(f"{start}{self.count:,} {self._noun}{more}", err=True)


@contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """The file, or standard input for `-`. Raises Told where it cannot be read."""
    if name == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    try:
        with Path(name).open("rb") as stream:
            yield stream
    except OSError as error:
        raise Told(f"{error.filename or name}: {error.strerror}") from None


def shown_name(name: str) -> str:
    """How messages call an input."""
    return "standard input" if name == STANDARD_INPUT else name


def numbered(stream: Iterable[bytes], name: str) -> Iterator[tuple[str, bytes]]:
    """Lines that are not blank, each with its place."""
    for number, raw in enumerate(stream, 1):
        if raw.strip():
            yield f"{shown_name(name)}, line {number}", raw


def line_of(place: str, raw: bytes) -> Line:
    """Raises BadInput where the line is no JSON object."""
    try:
        value = orjson.loads(raw.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise BadInput(f"{place}: expected a JSON object, but {error}") from None
    if not isinstance(value, dict):
        raise BadInput(f"{place}: expected a JSON object, found {_shown(value)}")
    return Line(place, value)


def lines_of(name: str, refusals: Refusals) -> Iterator[Line]:
    """The good lines of a file, one after another; the others are reported and skipped."""
    with opened(name) as stream:
        for place, raw in numbered(stream, name):
            try:
                line = line_of(place, raw)
            except BadInput as problem:
                refusals.tell(problem)
                continue
            yield line


def once_only(*names: str) -> None:
    """Standard input can be read once. Raises UsageError."""
    if names.count(STANDARD_INPUT) > 1:
        raise click.UsageError("only one input can be - (standard input)")


def emit(row: dict[str, object]) -> None:
    """One line of output."""
    sys.stdout.write(json_text(orjson.dumps(row, option=orjson.OPT_PASSTHROUGH_SUBCLASS).decode()))
    sys.stdout.write("\n")


def stamp(at: datetime | None) -> str | None:
    """RFC 3339 with the offset that the publisher wrote."""
    return None if at is None else at.isoformat()


def _shown(value: object) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
