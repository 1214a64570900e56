"""Whether a rule is true of an article, by machine code: FALSE, TRUE, or what must be known first.

Nodes stand in the order of the text, so one loop with a stack of levels replaces recursion; a level is over as soon as it is
decided.
"""

import numpy as np
import numpy.typing as npt

from alerts.rules.bytecode import (
    AND,
    AT_LEAST,
    CASED,
    CHILDREN,
    COUNT_SHIFT,
    EVERYWHERE,
    FACT,
    HEADER,
    IN_SENTENCE,
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
from alerts.rules.native.matches import WANTS_LIST, WANTS_SENTENCES, sort, term
from alerts.rules.native.nodes import size_of
from alerts.rules.native.positions import apart_from, next_pair, operand
from alerts.rules.native.postings import LEVEL_SIZE, SENTENCES_KNOWN, TITLE, Search, field_at, range_of

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]

# ASKS: Python has to evaluate the rule. WANTS: facts or sentences are to be supplied, then it is asked again.
FALSE, TRUE, ASKS, WANTS = range(4)
UNKNOWN, WANTED = -1, -2  # of a fact: nobody has asked; asked for by a rule
_LOW = (1 << 32) - 1
# A level: where it ends, how many of its children must be true, how many may be false, how many are either, what else is known
# (ASKS or WANTS), whether it is turned round, and the words that its children search.
_END, _NEEDED, _SPARE, _TRUES, _FALSES, _OTHER, _TURNED, _FROM, _TO = range(9)


@inner
def _unknown(end: int) -> int:
    return WANTS if end in (WANTS_SENTENCES, WANTS_LIST) else ASKS


@inner
def has_proximity(code: I32, pc: int, low: int, high: int, s: Search) -> int:
    """The verdict of a NEAR or WITHIN."""
    head = code[pc]
    left, right = pc + HEADER, pc + HEADER + size_of(code, pc + HEADER)
    a, b = operand(code, left, low, high, s, i64(0))
    if b < 0:
        return _unknown(b)
    negated = head & OP == NEAR and (head >> OP_BITS) & NEGATED
    if a == b:
        return FALSE
    c, d = operand(code, right, low, high, s, b)
    if d < 0:
        return _unknown(d)
    if c == d:
        return TRUE if negated else FALSE
    if head & OP == WITHIN and head >> OP_BITS == IN_SENTENCE and not s.bounds[SENTENCES_KNOWN]:
        return WANTS
    lists = lists_of(s, a, b, c, d)
    if negated:
        end = apart_from(head, lists, s, d)
        return _unknown(end) if end < 0 else (TRUE if end > d else FALSE)
    return TRUE if next_pair(head, lists, a, i64(-1), s.room.positions, s.words)[0] >= 0 else FALSE


@inner
def lists_of(s: Search, a: int, b: int, c: int, d: int) -> tuple[int, int, int, int, int]:
    """Two lists as next_pair takes them."""
    longest = i64(0)
    for k in range(c, d):
        longest = max(longest, (s.room.positions[k] & _LOW) - (s.room.positions[k] >> 32))
    return a, b, c, d, longest


@inner
def apart(positions: I64, begin: int, end: int) -> int:
    """Keep the matches that do not overlap, taken from the left (by end): the most that can be counted once each."""
    for k in range(begin, end):
        positions[k] = (positions[k] & _LOW) << 32 | positions[k] >> 32
    end = sort(positions, begin, end)
    kept, last = begin, i64(0)
    for k in range(begin, end):
        start, stop = positions[k] & _LOW, positions[k] >> 32
        if start >= last:
            positions[kept] = start << 32 | stop
            kept += 1
            last = stop
    return kept


@inner
def early(positions: I64, begin: int, end: int, count: int, bounds: I64) -> int:
    """Keep the matches that begin within the first words of their field, or stand in the title."""
    kept = begin
    for k in range(begin, end):
        field, first = field_at(bounds, positions[k] >> 32)
        if field == TITLE or (positions[k] >> 32) - first < count:
            positions[kept] = positions[k]
            kept += 1
    return kept


@inner
def counted(code: I32, pc: int, low: int, high: int, s: Search) -> tuple[int, int]:
    """The matches that an ATLEAST or FIRST counts: a list, or what `operand` says in its place."""
    begin, end = operand(code, pc + HEADER, low, high, s, i64(0))
    if end < 0:
        return begin, end
    if code[pc] & OP == AT_LEAST:
        return begin, apart(s.room.positions, begin, end)
    return begin, early(s.room.positions, begin, end, code[pc] >> OP_BITS, s.bounds)


@inner
def _leaf(code: I32, pc: int, low: int, high: int, s: Search) -> int:
    """The verdict of a node that searches, or of a fact."""
    head, op = code[pc], code[pc] & OP
    if op in (TERM, CASED):
        end = term(code, pc, low, high, s, i64(0), 1)
        return FALSE if end == 0 else (TRUE if op == TERM else ASKS)
    if op == LIST:
        end = add_places(code, head >> OP_BITS, low, high, s, i64(0), 1)
        return _unknown(end) if end < 0 else (TRUE if end > 0 else FALSE)
    if op in (NEAR, WITHIN):
        return has_proximity(code, pc, low, high, s)
    if op in (FACT, REGEX, PLACE):
        known = s.facts[head >> OP_BITS]
        if known >= 0:
            return i64(known)
        s.facts[head >> OP_BITS] = WANTED
        return WANTS
    begin, end = counted(code, pc, low, high, s)
    if end < 0:
        return _unknown(end)
    return TRUE if end - begin >= (head >> OP_BITS if op == AT_LEAST else 1) else FALSE


@inner
def _enter(code: I32, pc: int, levels: I32, base: int, s: Search) -> None:
    """Begin a level: what it needs is told by its node. The words to search are those of the level above."""
    head, op = code[pc], code[pc] & OP
    argument = head >> OP_BITS
    many = argument if op in (AND, OR) else argument & CHILDREN if op == KOF else 1
    needed = argument if op == AND else argument >> COUNT_SHIFT if op == KOF else 1
    levels[base + _END] = pc + code[pc + 1]
    levels[base + _NEEDED], levels[base + _SPARE] = needed, many - needed
    levels[base + _TRUES] = levels[base + _FALSES] = levels[base + _OTHER] = 0
    levels[base + _TURNED] = op == NOT
    if op == SCOPE:
        levels[base + _FROM], levels[base + _TO] = range_of(s.bounds, argument)
    else:
        levels[base + _FROM], levels[base + _TO] = levels[base - LEVEL_SIZE + _FROM], levels[base - LEVEL_SIZE + _TO]


@inner
def _told(levels: I32, base: int, value: int, pc: int) -> int:
    """A child of the level has this verdict, and reading stands at `pc`: the level's own, -1 while it is open."""
    if value == TRUE:
        levels[base + _TRUES] += 1
    elif value == FALSE:
        levels[base + _FALSES] += 1
    else:
        levels[base + _OTHER] = max(levels[base + _OTHER], value)
    if levels[base + _TRUES] >= levels[base + _NEEDED]:
        found = TRUE
    elif levels[base + _FALSES] > levels[base + _SPARE]:
        found = FALSE
    elif pc == levels[base + _END]:
        return i64(levels[base + _OTHER])
    else:
        return i64(-1)
    return i64(1 - found if levels[base + _TURNED] else found)


@inner
def verdict(code: I32, pc: int, low: int, high: int, s: Search) -> int:
    """FALSE, TRUE, ASKS or WANTS of the node at `pc`, searched between two words."""
    levels = s.room.levels
    levels[_FROM], levels[_TO] = low, high
    base = i64(0)
    while True:
        op = code[pc] & OP
        s.room.steps[0] += 1
        if op in (AND, OR, KOF, NOT, SCOPE):
            base += LEVEL_SIZE
            _enter(code, pc, levels, base, s)
            pc += HEADER
            continue
        value = i64(_leaf(code, pc, i64(levels[base + _FROM]), i64(levels[base + _TO]), s))
        pc += size_of(code, pc)
        while base > 0:
            found = _told(levels, base, value, pc)
            if found < 0:
                break
            value, pc = found, i64(levels[base + _END])
            base -= LEVEL_SIZE
        if base == 0:
            return value


@inner
def rule_verdict(code: I32, pc: int, s: Search) -> int:
    low, high = range_of(s.bounds, EVERYWHERE)
    return verdict(code, pc, low, high, s)
