"""Work that is cheaper together: whoever asks while it is at work shares the next go with all who asked meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class _Wish(Generic[T, R]):
    def __init__(self, item: T) -> None:
        self.item = item
        self.result: R | None = None
        self.error: Exception | None = None
        self.done = False


class Together(Generic[T, R]):
    """`work` gets up to `most` items in the order of asking, and returns a result for each; what it raises, all of them raise."""

    def __init__(self, work: Callable[[Sequence[T]], Awaitable[Sequence[R]]], most: int) -> None:
        self._work = work
        self._most = most
        self._line: list[_Wish[T, R]] = []
        self._turn = asyncio.Lock()

    async def do(self, item: T) -> R:
        """The result for this item. Cancelled while others are served with it, they are served again by the next."""
        wish: _Wish[T, R] = _Wish(item)
        self._line.append(wish)
        try:
            async with self._turn:
                while not wish.done:
                    await self._serve()
        finally:
            if not wish.done and wish in self._line:
                self._line.remove(wish)
        if wish.error is not None:
            raise wish.error
        return wish.result  # type: ignore[return-value]  # it is done without an error

    async def _serve(self) -> None:
        served, self._line = self._line[: self._most], self._line[self._most :]
        try:
            results = await self._work([wish.item for wish in served])
        except Exception as error:  # noqa: BLE001 - it is raised by all of them
            for wish in served:
                wish.error = error
        except BaseException:
            self._line = served + self._line
            raise
        else:
            for wish, result in zip(served, results, strict=True):
                wish.result = result
        for wish in served:
            wish.done = True
