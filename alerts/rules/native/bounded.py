"""Kernels as plain Python: arrays that give whole numbers and refuse every place that is outside, negative ones too.

Slow, and meant for tests: it runs the same functions as machine code does, where a wrong place would read other memory.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import Any, TypeVar

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])


class Bounded:
    """An array of one dimension as kernels see it. What does not fit into an element is refused as well."""

    __slots__ = ("_view",)

    def __init__(self, values: Any) -> None:
        self._view = values if isinstance(values, memoryview) else memoryview(values)

    def __getitem__(self, place: int) -> Any:
        if place < 0:
            raise IndexError(f"place {place} of an array")
        return self._view[place]

    def __setitem__(self, place: int, value: Any) -> None:
        if place < 0:
            raise IndexError(f"place {place} of an array")
        self._view[place] = value

    def __len__(self) -> int:
        return len(self._view)

    def later(self, positions: int) -> "Bounded":
        """The array from a place on."""
        if not 0 <= positions <= len(self._view):
            raise IndexError(f"place {positions} of an array of {len(self._view)}")
        return Bounded(self._view[positions:])


def bounded(value: Any) -> Any:
    """The same with its arrays bounded."""
    if isinstance(value, np.ndarray):
        return Bounded(value)
    if isinstance(value, tuple):
        parts = map(bounded, value)
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value


def inner(function: F) -> F:
    return function


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


def kernel(_returns: object, *_samples: object) -> Callable[[F], F]:
    """Bounds the arrays that Python hands over."""

    def wrap(function: F) -> F:
        @wraps(function)
        def called(*arguments: Any) -> Any:
            return function(*map(bounded, arguments))

        return called  # type: ignore[return-value]  # of the same signature

    return wrap


def row_of(arrays: Sequence[Any]) -> Any:
    """The arrays themselves."""
    return tuple(arrays)


def pointers(sample: tuple[Any, ...]) -> Callable[[Any], Any]:
    """A function that puts a row of arrays into the shape of the sample."""
    return lambda row: _shaped(sample, iter(row))


def _shaped(sample: Any, arrays: Iterator[Any]) -> Any:
    return type(sample)(*[_shaped(one, arrays) if isinstance(one, tuple) else next(arrays) for one in sample])


def ptr(array: Any) -> Any:
    return array if isinstance(array, Bounded) else Bounded(array)


def later(array: Any, positions: int) -> Any:
    moved: Any = array.later(positions)
    return moved


def fetch(array: Any, place: int) -> None:
    """Nothing to do: no memory is asked for ahead."""
