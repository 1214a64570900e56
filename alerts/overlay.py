"""A large mapping that changes a little: a version costs what has changed, not what is there.

base (shared by versions, never changed) <- changes on top; compacted now and then, in a thread.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Self, TypeVar

V = TypeVar("V")

_GONE = object()


class Overlay(Mapping[str, V]):
    """Immutable. `changed` makes the next version."""

    __slots__ = ("_base", "_changes", "_size")

    def __init__(
        self, base: dict[str, V] | None = None, changes: dict[str, object] | None = None, size: int = -1
    ) -> None:
        """Takes both over. `size`: how many keys there are, where there are changes."""
        self._base: dict[str, V] = {} if base is None else base
        self._changes: dict[str, object] = {} if changes is None else changes
        self._size = len(self._base) if size < 0 else size

    def __getitem__(self, key: str) -> V:
        found = self._changes.get(key, self)
        if found is self:
            return self._base[key]
        if found is _GONE:
            raise KeyError(key)
        return found  # type: ignore[return-value]  # all but the marks are values

    def __iter__(self) -> Iterator[str]:
        for key in self._base:
            if key not in self._changes:
                yield key
        for key, value in self._changes.items():
            if value is not _GONE:
                yield key

    def __len__(self) -> int:
        return self._size

    def changed(self, new: Mapping[str, V], removed: Iterable[str]) -> Self:
        """The version with these values, and without the removed keys."""
        if not self._base and not self._changes:
            return type(self)({key: value for key, value in new.items()})  # noqa: C416 - dict() would hold other threads up
        gone = {key for key in removed if key in self and key not in new}
        size = self._size - len(gone) + sum(key not in self for key in new)
        return type(self)(self._base, {**self._changes, **dict.fromkeys(gone, _GONE), **new}, size)

    def compacted(self) -> Self:
        """The same, nothing on top. Takes long, and lets other threads run meanwhile."""
        return type(self)({key: self[key] for key in self})

    def on(self, compact: Self, before: Self) -> Self:
        """This version on the base of `compact`, which is `before` compacted; this one has come of that."""
        if self._base is not before._base:
            return self
        changes = {k: v for k, v in self._changes.items() if before._changes.get(k, before) is not v}
        return type(self)(compact._base, changes, self._size)
