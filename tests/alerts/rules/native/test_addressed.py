"""Arrays that kernels take by their addresses."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest

from alerts.rules.native.addressed import Addressed
from alerts.rules.native.jit import i64, inner, kernel, pointers, row_of


class _Inside(NamedTuple):
    many: npt.NDArray[np.int64]
    flags: npt.NDArray[np.uint8]


class _Outside(NamedTuple):
    first: npt.NDArray[np.int32]
    inside: _Inside
    last: npt.NDArray[np.uint32]


def _arrays(scale: int) -> _Outside:
    return _Outside(
        np.array([1, 2], np.int32) * scale,
        _Inside(np.array([3 * scale]), np.array([4], np.uint8)),
        np.array([5], np.uint32),
    )


LIKE = _arrays(1)
_of = pointers(LIKE)


@inner
def _sum(found: _Outside) -> int:
    return i64(found.first[1]) + i64(found.inside.many[0]) + i64(found.inside.flags[0]) + i64(found.last[0])


@kernel(int, np.zeros(1, np.int64))
def _added(row: npt.NDArray[np.int64]) -> int:
    found = _of(row)
    found.first[0] = 100
    return _sum(found)


def test_a_kernel_reads_and_writes_the_arrays_themselves() -> None:
    one, other = Addressed(_arrays(1), LIKE), Addressed(_arrays(10), LIKE)
    assert _added(one.row) == 2 + 3 + 4 + 5
    assert _added(other.row) == 20 + 30 + 4 + 5
    other.value.inside.many[0] = 7
    assert _added(other.row) == 20 + 7 + 4 + 5
    assert other.value.first.tolist() == [100, 20]


def test_arrays_of_another_type_are_refused_before_a_kernel_reads_them() -> None:
    wrong = _arrays(1)._replace(last=np.array([5], np.int64))
    with pytest.raises(TypeError, match=r"int64.*wanted"):
        Addressed(wrong, LIKE)
    strided = _arrays(1)._replace(first=np.arange(4, dtype=np.int32)[::2])
    with pytest.raises(TypeError):
        Addressed(strided, LIKE)
    assert len(row_of([])) == 0
