"""Empty databases as the migrations leave them, made once and copied: to migrate takes ten times as long as most tests."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from uuid import uuid4

import pytest

from core.db import sqlite
from core.db.engine import Database


@contextmanager
def copied() -> Iterator[None]:
    """Within it a new SQLite file of this process is a copy of one that this version's migrations made."""
    with TemporaryDirectory(prefix="wirewatch-empty-") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "_create", _create_or_copy(sqlite._create, Path(folder)))
        yield


def _create_or_copy(create: Callable[[Path], None], folder: Path) -> Callable[[Path], None]:
    lock = Lock()

    @cache
    def migrated() -> bytes:
        asyncio.run(migrate("sqlite:", folder))  # a thread without a loop opens files
        return (folder / "wirewatch.db").read_bytes()

    def create_or_copy(path: Path) -> None:
        if path.parent == folder or not path.parent.is_dir() or path.exists():
            create(path)
            return
        with lock:
            whole = migrated()
        copy = path.with_name(f"{uuid4().hex}.db")
        copy.write_bytes(whole)
        with suppress(FileExistsError):  # another process was faster
            path.hardlink_to(copy)
        copy.unlink()

    return create_or_copy


async def migrate(url: str, folder: Path = Path()) -> None:
    """Bring the database to this version's schema."""
    async with Database.open(url, folder):
        pass
