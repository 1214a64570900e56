"""Why a rule is true, by machine code: the positions that alerts.rules.explain proves it with, in the same order.

A row of evidence: the clause's span in the rule's text, the field, start and end character in it.
"""

import numpy as np
import numpy.typing as npt

from alerts.rules.bytecode import (
    AND,
    EVERYWHERE,
    FACT,
    HEADER,
    KOF,
    LIST,
    NEAR,
    NEGATED,
    NOT,
    OP,
    OP_BITS,
    OR,
    PLACE,
    REGEX,
    SCOPE,
    TERM,
    WITHIN,
)
from alerts.rules.native.jit import i64, inner
from alerts.rules.native.listed import add_places
from alerts.rules.native.matches import term
from alerts.rules.native.nodes import size_of, span_of
from alerts.rules.native.positions import apart_from, next_pair, operand
from alerts.rules.native.postings import MOST_POSITIONS, Search, field_at, range_of
from alerts.rules.native.verdict import TRUE, counted, lists_of, verdict

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]

ROW = 4  # numbers of a row
MOST_SHOWN = 5  # rows of a clause
ASK = -1
_LOW = (1 << 32) - 1


@inner
def rows_of_rule(numbers: int) -> int:
    """The most rows that a rule of so many numbers has: those of a clause, which has two numbers at least."""
    return MOST_SHOWN * (numbers // 2 + 1)


@inner
def _row(rows: I32, many: int, span: int, match: int, s: Search) -> int:
    first, last = match >> 32, (match & _LOW) - 1
    at = ROW * many
    rows[at], rows[at + 1] = span, field_at(s.bounds, first)[0]
    rows[at + 2], rows[at + 3] = s.words.start[first], s.words.end[last]
    return many + 1


@inner
def _clause(rows: I32, many: int, span: int, begin: int, end: int, s: Search) -> int:
    for k in range(begin, min(end, begin + MOST_SHOWN)):
        many = _row(rows, many, span, s.room.positions[k], s)
    return many


@inner
def _sides(code: I32, pc: int, lists: tuple[int, int, int, int, int], s: Search, rows: I32, many: int) -> int:
    """The matches of the left side that are joined, then those of the right side in the order that they are joined in."""
    positions, used = s.room.positions, lists[3]
    left, right = pc + HEADER, pc + HEADER + size_of(code, pc + HEADER)
    if used + MOST_SHOWN > MOST_POSITIONS:
        return ASK
    end, last = used, i64(-1)
    i, j = next_pair(code[pc], lists, lists[0], i64(-1), positions, s.words)
    shown = 0
    while i >= 0:
        if i != last and shown < MOST_SHOWN:
            many = _row(rows, many, span_of(code, left), positions[i], s)
            shown += 1
            last = i
        known = end - used == MOST_SHOWN
        for k in range(used, end):
            known = known or positions[k] == positions[j]
        if not known:
            positions[end] = positions[j]
            end += 1
        if shown == MOST_SHOWN and end - used == MOST_SHOWN:
            break
        i, j = next_pair(code[pc], lists, i, j + 1, positions, s.words)
    return _clause(rows, many, span_of(code, right), used, end, s)


@inner
def _proximity(code: I32, pc: int, low: int, high: int, s: Search, rows: I32, many: int) -> int:
    left, right = pc + HEADER, pc + HEADER + size_of(code, pc + HEADER)
    a, b = operand(code, left, low, high, s, i64(0))
    if b < 0:
        return ASK
    c, d = operand(code, right, low, high, s, b)
    if d < 0:
        return ASK
    lists = lists_of(s, a, b, c, d)
    if code[pc] & OP == NEAR and (code[pc] >> OP_BITS) & NEGATED:
        end = apart_from(code[pc], lists, s, d)
        return ASK if end < 0 else _clause(rows, many, span_of(code, left), d, end, s)
    return _sides(code, pc, lists, s, rows, many)


@inner
def _leaf(code: I32, pc: int, low: int, high: int, s: Search, rows: I32, many: int) -> int:
    """Add the rows of a node that is true; ASK: Python has to."""
    op = code[pc] & OP
    if op == TERM:
        end = term(code, pc, low, high, s, i64(0), MOST_SHOWN)
        return _clause(rows, many, i64(code[pc + 1]), i64(0), end, s)
    if op == LIST:
        end = add_places(code, code[pc] >> OP_BITS, low, high, s, i64(0), MOST_SHOWN)
        return ASK if end < 0 else _clause(rows, many, i64(code[pc + 2]), i64(0), end, s)
    if op in (NEAR, WITHIN):
        return _proximity(code, pc, low, high, s, rows, many)
    if op in (FACT, PLACE):
        return many
    if op == REGEX:
        return ASK
    begin, end = counted(code, pc, low, high, s)
    return ASK if end < 0 else _clause(rows, many, span_of(code, pc + HEADER), begin, end, s)


@inner
def prove(code: I32, pc: int, s: Search, rows: I32, many: int) -> int:
    """Add the rows of a true rule after `many` others; how many there are then, ASK where Python has to prove it."""
    scopes = s.room.scopes
    depth = 0
    end = pc + size_of(code, pc)
    scopes[0] = end
    scopes[1], scopes[2] = range_of(s.bounds, EVERYWHERE)
    while pc < end:
        while pc >= scopes[3 * depth]:
            depth -= 1
        low, high = scopes[3 * depth + 1], scopes[3 * depth + 2]
        op = code[pc] & OP
        value = verdict(code, pc, low, high, s)
        if op == NOT or value == 0:
            pc += size_of(code, pc)
        elif value != TRUE:
            return ASK
        elif op in (AND, OR, KOF):
            pc += HEADER
        elif op == SCOPE:
            depth += 1
            scopes[3 * depth] = pc + size_of(code, pc)
            scopes[3 * depth + 1], scopes[3 * depth + 2] = range_of(s.bounds, code[pc] >> OP_BITS)
            pc += HEADER
        else:
            many = _leaf(code, pc, low, high, s, rows, many)
            if many < 0:
                return ASK
            pc += size_of(code, pc)
    return many


@inner
def each_once(rows: I32, begin: int, end: int) -> int:
    """Keep one of rows that are equal; where they end then. Only rows of one span can be (the words of `"a b"~3` share theirs),
    and they follow one another."""
    kept = begin
    for k in range(begin, end):
        at, j = ROW * k, ROW * (kept - 1)
        known = False
        while not known and j >= ROW * begin and rows[j] == rows[at]:
            known = rows[j + 1] == rows[at + 1] and rows[j + 2] == rows[at + 2] and rows[j + 3] == rows[at + 3]
            j -= ROW
        if not known:
            for number in range(ROW):
                rows[ROW * kept + number] = rows[at + number]
            kept += 1
    return kept
