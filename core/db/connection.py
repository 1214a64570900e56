"""The part of SQLAlchemy's AsyncConnection that the stores need, on either database."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeVar, TypeVarTuple, overload

import sqlalchemy
from sqlalchemy import CursorResult, Dialect, Executable
from sqlalchemy.sql.selectable import TypedReturnsRows

T = TypeVar("T")
Columns = TypeVarTuple("Columns")


class Connection(Protocol):
    """Statements inside one transaction. A result is complete when it is returned."""

    @property
    def dialect(self) -> Dialect: ...

    @overload
    async def execute(
        self, statement: TypedReturnsRows[*Columns], parameters: Any = None
    ) -> CursorResult[*Columns]: ...

    @overload
    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[*tuple[Any, ...]]: ...

    async def run_sync(self, work: Callable[[sqlalchemy.Connection], T]) -> T:
        """Run `work` on the synchronous connection, within the transaction."""
        ...


class Engine(Protocol):
    """Transactions, each on a connection of its own."""

    @property
    def dialect(self) -> Dialect: ...

    def begin(self) -> AbstractAsyncContextManager[Connection]:
        """Committed at the end of the block, rolled back by any exception."""
        ...

    async def dispose(self) -> None:
        """Close all connections; the next transaction opens new ones."""
        ...
