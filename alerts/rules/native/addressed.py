"""Arrays that are handed to machine code by their addresses.

Each array that Python hands over costs a kernel a quarter of a microsecond, and a search reads seventy: that was a quarter of the
time of an article. A row of addresses is one array, made anew only when one of the arrays is.
"""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from alerts.rules.native.jit import row_of

T = TypeVar("T", bound=tuple[Any, ...])


class Addressed(Generic[T]):
    """A named tuple of arrays (or of such tuples), and the `row` that a kernel takes in its place: `pointers` gives the shape back.

    The kernel sees what the arrays hold when it runs. Who calls one keeps this object until the call is over: it keeps the arrays.
    """

    __slots__ = ("row", "value")

    def __init__(self, value: T, like: T) -> None:
        """`like`: the sample that the kernel was compiled for; TypeError where an array has another type."""
        arrays = list(_arrays(value))
        wanted = [array.dtype for array in _arrays(like)]
        if [array.dtype for array in arrays] != wanted or not all(array.flags.c_contiguous for array in arrays):
            raise TypeError(
                f"arrays of {[array.dtype.name for array in arrays]}, of {[kind.name for kind in wanted]} wanted"
            )
        self.value = value
        self.row: npt.NDArray[np.int64] = row_of(arrays)


def _arrays(value: tuple[Any, ...]) -> Iterator[Any]:
    for one in value:
        if isinstance(one, np.ndarray):
            yield one
        else:
            yield from _arrays(one)
