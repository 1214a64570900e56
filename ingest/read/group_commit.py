"""Rows of many tasks in few transactions: who finds nobody writing writes for all who came meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Generic, Protocol, TypeVar

from core.db.connection import Connection


class Transactions(Protocol):
    """What is needed of core.db's Database."""

    def transaction(self) -> AbstractAsyncContextManager[Connection]: ...


Row = TypeVar("Row")


class GroupCommit(Generic[Row]):
    """`write` stores rows in the transaction that it is given."""

    def __init__(self, db: Transactions, write: Callable[[Connection, Sequence[Row]], Awaitable[None]]) -> None:
        self._db = db
        self._write = write
        self._pending: list[Row] = []
        self._turn = asyncio.Lock()
        self._handed_in = 0
        self._written = 0

    async def add(self, rows: Sequence[Row]) -> None:
        """Return when the rows are stored. Raises Unavailable; the rows then wait for the next caller."""
        self._pending.extend(rows)
        self._handed_in += len(rows)
        mine = self._handed_in
        async with self._turn:
            if self._written >= mine:
                return  # somebody took them along
            batch = list(self._pending)
            async with self._db.transaction() as conn:
                await self._write(conn, batch)
            del self._pending[: len(batch)]
            self._written += len(batch)
