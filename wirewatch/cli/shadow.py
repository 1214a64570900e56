"""The shadow of a replay: what it finds, a match record a line, and beside the file how far it is.

The lines are written before the place, and what a dead run wrote after its last place is cut off: however often a run is
cut short, the file ends as if it had not been.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import orjson

from alerts.management.replay import Place, Span
from core.errors import UserError
from core.model.codec import decode, encode
from core.model.match import Match


@dataclass(slots=True)
class Shadow:
    """An open shadow file. `key` tells one replay from another: the rule's text and the range as they were asked for."""

    path: Path
    key: str
    span: Span
    place: Place

    @classmethod
    def open(cls, path: Path, key: str, span: Span) -> Self:
        """Begin the file, or go on with the run of the same key that was cut short. Raises UserError."""
        try:
            shadow = cls._resumed(path, key) or cls(path, key, span, Place())
            if shadow.place.cursor is None:
                path.write_bytes(b"")
        except OSError as error:
            raise UserError(f"{error.filename or path}: {error.strerror}") from None
        return shadow

    @classmethod
    def _resumed(cls, path: Path, key: str) -> Self | None:
        beside = _beside(path)
        if not beside.exists():
            return None
        try:
            kept: dict[str, Any] = orjson.loads(beside.read_bytes())
            if kept["key"] != key:
                raise UserError(
                    f"{path} holds the beginning of another replay, or the rule or an alias has changed since;"
                    f" name another file, or remove {beside} to begin anew"
                )
            with path.open("rb+") as file:
                file.truncate(kept["bytes"])
                lines = file.read().splitlines()
        except (ValueError, KeyError, FileNotFoundError):
            return None  # cut short while it was written, or its lines are gone: begin anew
        found = tuple(decode(line, Match) for line in lines)
        span = Span(*(datetime.fromisoformat(kept[name]) for name in ("since", "until")))
        return cls(path, key, span, Place(kept["cursor"], kept["read"], found, tuple(kept["missed"])))

    def step(self, place: Place, fresh: Sequence[Match]) -> None:
        """Keep what a page found, then how far the run is."""
        with self.path.open("ab") as file:
            file.writelines(encode(match) + b"\n" for match in fresh)
            size = file.tell()
        kept = {
            "key": self.key,
            "since": self.span.since,
            "until": self.span.until,
            "cursor": place.cursor,
            "read": place.read,
            "missed": place.missed,
            "bytes": size,
        }
        beside = _beside(self.path)
        fresh_file = beside.with_name(beside.name + ".new")
        fresh_file.write_bytes(orjson.dumps(kept))
        fresh_file.replace(beside)  # whole or not at all

    def done(self) -> None:
        """The run is over: what the file holds is complete."""
        _beside(self.path).unlink(missing_ok=True)


def is_begun(path: Path) -> bool:
    """Whether a run that was cut short can go on with this file."""
    return _beside(path).exists()


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".progress")
