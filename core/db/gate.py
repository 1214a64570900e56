"""The two dialects' part of Database: engines to read and to write with, and preparation."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from core.db.connection import Engine
from core.db.turn import Turn


@dataclass(frozen=True, slots=True)
class Gate:
    """`turn`: held by the one writer where there can be only one. `place`: what messages call this database; `path`: its file."""

    place: str
    writer: Engine
    reader: Engine
    prepare: Callable[[], Awaitable[None]]
    turn: Turn | None = None
    shrink: Callable[[], Awaitable[None]] | None = None
    path: Path | None = None
