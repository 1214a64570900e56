"""A large mapping that changes a little: a version costs what has changed, not what is there.

base (shared by versions, never changed) <- changes on top; compacted now and then, in a thread.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from itertools import chain
from typing import Self, TypeVar

V = TypeVar("V")

_GONE = object()
_BASES = 256
_LARGE = 4  # a change of more than one key in so many makes a new base


class Overlay(Mapping[str, V]):
    """Immutable. `changed` makes the next version."""

    __slots__ = ("_bases", "_changes", "_size")

    def __init__(
        self, bases: Sequence[dict[str, V]] = (), changes: dict[str, object] | None = None, size: int = 0
    ) -> None:
        """Takes all over. `bases`: none, or `_BASES` of them. One large dict would hold other threads up each time that it
        grows, at a million keys for 50 ms."""
        self._bases = bases
        self._changes: dict[str, object] = {} if changes is None else changes
        self._size = size

    @classmethod
    def of(cls, items: Iterable[tuple[str, V]]) -> Self:
        """A version of its own. Lets other threads run meanwhile."""
        bases: list[dict[str, V]] = [{} for _ in range(_BASES)]
        for key, value in items:
            bases[hash(key) % _BASES][key] = value
        return cls(bases, None, sum(map(len, bases)))

    def __getitem__(self, key: str) -> V:
        found = self._changes.get(key, self)
        if found is self:
            if not self._bases:
                raise KeyError(key)
            return self._bases[hash(key) % _BASES][key]
        if found is _GONE:
            raise KeyError(key)
        return found  # type: ignore[return-value]  # all but the marks are values

    def __iter__(self) -> Iterator[str]:
        for base in self._bases:
            for key in base:
                if key not in self._changes:
                    yield key
        for key, value in self._changes.items():
            if value is not _GONE:
                yield key

    def __len__(self) -> int:
        return self._size

    def changed(self, new: Self, removed: Iterable[str]) -> Self:
        """The version with these values, and without the removed keys."""
        if not self._size:
            return new
        gone = {key for key in removed if key in self and key not in new}
        if len(new) > self._size // _LARGE:
            kept = ((key, value) for key, value in self.items() if key not in gone and key not in new)
            return self.of(chain(kept, new.items()))
        size = self._size - len(gone) + sum(key not in self for key in new)
        return type(self)(self._bases, {**self._changes, **dict.fromkeys(gone, _GONE), **new}, size)

    def compacted(self) -> Self:
        """The same, nothing on top. Takes long, and lets other threads run meanwhile."""
        bases, copied = list(self._bases), set[int]()
        for key, value in self._changes.items():
            number = hash(key) % _BASES
            if number not in copied:
                copied.add(number)
                bases[number] = bases[number].copy()
            if value is _GONE:
                bases[number].pop(key, None)
            else:
                bases[number][key] = value  # type: ignore[assignment]  # all but the marks are values
        return type(self)(bases, None, self._size)

    def pieces(self) -> list[Sized]:
        """What is large in it. Who lets go of a version keeps these and lets go of them one by one, in a thread: all at
        once would hold other threads up."""
        return list(self._bases)

    def on(self, compact: Self, before: Self) -> Self:
        """This version on the base of `compact`, which is `before` compacted; this one has come of that."""
        if self._bases is not before._bases:
            return self
        changes = {k: v for k, v in self._changes.items() if before._changes.get(k, before) is not v}
        return type(self)(compact._bases, changes, self._size)
