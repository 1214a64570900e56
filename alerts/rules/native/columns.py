"""Columns of bytes: rules' ids and texts without an object each, and the row of an id by hash."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alerts.rules.native.jit import i64, inner, kernel
from alerts.rules.native.samples import ReadOnly
from alerts.rules.native.vocabulary import HASH_START, hashed, spread

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

_READ_ONLY = ReadOnly(np.uint8)


class Column(NamedTuple):
    """Value k is `data[at[k]:at[k + 1]]`, UTF-8."""

    data: U8
    at: I64

    def value(self, row: int) -> str:
        return self.data[self.at[row] : self.at[row + 1]].tobytes().decode("utf-8", "surrogatepass")

    def values(self, rows: I32) -> list[str]:
        """The values of some rows, decoded at once."""
        some = taken(self, rows)
        whole, at = some.data.tobytes().decode("utf-8", "surrogatepass"), some.at.tolist()
        if len(whole) != at[-1]:
            return [some.value(row) for row in range(len(rows))]
        return [whole[start:end] for start, end in pairwise(at)]


def column(values: Sequence[str]) -> Column:
    """The values as one column."""
    whole = "".join(values)
    data = whole.encode("utf-8", "surrogatepass")
    lengths = map(len, values) if len(data) == len(whole) else (len(v.encode("utf-8", "surrogatepass")) for v in values)
    at = np.zeros(len(values) + 1, np.int64)
    np.cumsum(np.fromiter(lengths, np.int64, len(values)), out=at[1:])
    return Column(np.frombuffer(data, np.uint8), at)


def stacked(columns: Sequence[Column]) -> Column:
    """One column of all values."""
    if not columns:
        return column(())
    data = np.concatenate([c.data for c in columns])
    at = np.zeros(sum(len(c.at) - 1 for c in columns) + 1, np.int64)
    row = base = 0
    for one in columns:
        at[row : row + len(one.at)] = one.at + base
        row, base = row + len(one.at) - 1, base + len(one.data)
    return Column(data, at)


@kernel(None, _READ_ONLY, np.zeros(1, np.int64), np.zeros(1, np.int32), np.zeros(1, np.uint8), np.zeros(1, np.int64))
def _take(data: U8, at: I64, rows: I32, taken: U8, taken_at: I64) -> None:
    place = i64(0)
    for k in range(len(rows)):
        for byte in range(at[rows[k]], at[rows[k] + 1]):
            taken[place] = data[byte]
            place += 1
        taken_at[k + 1] = place


def taken(one: Column, rows: I32) -> Column:
    """The values of some rows."""
    length = int((one.at[rows + 1] - one.at[rows]).sum()) if len(rows) else 0
    kept = Column(np.zeros(length, np.uint8), np.zeros(len(rows) + 1, np.int64))
    _take(one.data, one.at, rows, kept.data, kept.at)
    return kept


@inner
def _slot(data: U8, at: I64, slots: I32, wanted: U8, start: int, end: int) -> int:
    code = i64(HASH_START)
    for k in range(start, end):
        code = hashed(code, i64(wanted[k]))
    slot = spread(code) & (len(slots) - 1)
    while slots[slot] >= 0:
        first, length = at[slots[slot]], at[slots[slot] + 1] - at[slots[slot]]
        same = length == end - start
        for k in range(length if same else 0):
            same = same and data[first + k] == wanted[start + k]
        if same:
            return slot
        slot = (slot + 1) & (len(slots) - 1)
    return slot


@kernel(None, _READ_ONLY, np.zeros(1, np.int64), np.zeros(1, np.int32), np.zeros(1, np.uint8))
def _fill(data: U8, at: I64, slots: I32, alive: U8) -> None:
    for row in range(len(at) - 1):
        slot = _slot(data, at, slots, data, at[row], at[row + 1])
        if slots[slot] >= 0:
            alive[slots[slot]] = 0
        slots[slot] = row


@kernel(
    None,
    _READ_ONLY,
    np.zeros(1, np.int64),
    np.zeros(1, np.int32),
    _READ_ONLY,
    np.zeros(1, np.int64),
    np.zeros(1, np.int32),
)
def _find(data: U8, at: I64, slots: I32, wanted: U8, wanted_at: I64, rows: I32) -> None:
    for k in range(len(rows)):
        rows[k] = slots[_slot(data, at, slots, wanted, wanted_at[k], wanted_at[k + 1])]


def rows_by_value(one: Column, alive: U8) -> I32:
    """Slots for `rows_of`; of two rows with one value the last counts, and the other is marked in `alive`."""
    slots = np.full(1 << max(2 * len(one.at), 8).bit_length(), -1, np.int32)
    _fill(one.data, one.at, slots, alive)
    return slots


def rows_of(one: Column, slots: I32, wanted: Sequence[str]) -> I32:
    """The row of each value, -1 where it is in none."""
    asked = column(wanted)
    rows = np.full(len(wanted), -1, np.int32)
    _find(one.data, one.at, slots, asked.data, asked.at, rows)
    return rows
