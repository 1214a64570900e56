"""Plain rules read by machine code, straight into numbers: what alerts.rules.quick reads, on the characters it knows.

Whatever is out of the ordinary is refused here and read by the parser, so this needs no message and no mercy. What is read
is what encoded(parse(text).tree) gives, except that a rule with nothing that must be present is not told here.
"""

import numpy as np
import numpy.typing as npt
from numba import types

from alerts.rules.limits import MAX_CHARACTERS
from alerts.rules.native.jit import inner, kernel, later, ptr
from alerts.rules.native.letters import TABLE, Letters
from alerts.rules.native.pieces import (
    CLOSE,
    COLON,
    IS_AND,
    IS_BAD,
    IS_CLOSE,
    IS_END,
    IS_JOINER,
    IS_NONE,
    IS_NOT,
    IS_OR,
    OPEN,
    QUOTE,
    Reading,
    field_named,
    operator,
    piece_end,
    reading,
    reading_at,
    space,
    write_term,
)
from alerts.rules.native.program import (
    AND,
    HEADER,
    NOT,
    OP,
    OP_BITS,
    OR,
    SCOPE,
    SPAN_BITS,
    SPAN_END,
    TERM,
    size_of,
    span_of,
)
from alerts.rules.native.text import letters_at
from alerts.rules.native.vocabulary import empty_vocabulary

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]

_DEPTH = 4  # levels of parentheses, the outermost included: as many as quick() reads
_MAX_TOKENS = 240
# A level of parentheses: where its code begins, its operator, its operands, where it opens; and of the operand being read:
# NOT's place, the proximity before it and that one's left side, its field and the field's place (each -1 if there is none).
_PC, _OPERATOR, _COUNT, _OPENED, _NEGATED, _JOIN, _LEFT, _FIELD, _FIELD_AT, _LEVEL_SIZE = range(10)


@inner
def _wrap(made: Reading, pc: int, op: int, span: int) -> None:
    """Put a node around what stands from `pc` to the end."""
    code, end = made.code, made.size[0]
    for k in range(end - 1, pc - 1, -1):
        code[k + HEADER] = code[k]
    code[pc] = op
    code[pc + 1] = end - pc + HEADER
    code[pc + 2] = span
    made.size[0] = end + HEADER


@inner
def _counts(code: I32, pc: int) -> bool:
    """Whether it may stand in a proximity."""
    if code[pc] & OP != OR:
        return code[pc] & OP == TERM
    child, end = pc + HEADER, pc + code[pc + 1]
    while child < end:
        if code[child] & OP != TERM:
            return False
        child += size_of(code, child)
    return True


@inner
def _flatten(made: Reading, pc: int, op: int) -> int:
    """Take nodes of the same operator out of their node; how many operands there are then."""
    code, count, child = made.code, 0, pc
    while child < made.size[0]:
        if code[child] & OP == op:
            size, inside = code[child + 1], code[child] >> OP_BITS
            for k in range(child, made.size[0] - HEADER):
                code[k] = code[k + HEADER]
            made.size[0] -= HEADER
            child += size - HEADER
            count += inside
        else:
            child += size_of(code, child)
            count += 1
    return count


@inner
def _close(made: Reading, level: int, closing: int) -> int:
    """End a level. `closing`: one past its parenthesis, -1 for the whole rule."""
    levels, code = made.levels, made.code
    pc, operator = levels[level + _PC], levels[level + _OPERATOR]
    span = np.int64(levels[level + _OPENED] << SPAN_BITS | closing)
    if operator == IS_NONE:
        if closing >= 0:
            code[pc + 1 if code[pc] & OP == TERM else pc + 2] = span
        return pc
    if closing < 0:
        last, child = pc, np.int64(pc)
        while child < made.size[0]:
            last = child
            child += size_of(code, child)
        span = (span_of(code, pc) & ~SPAN_END) | (span_of(code, last) & SPAN_END)
    op = AND if operator == IS_AND else OR
    _wrap(made, pc, op | _flatten(made, pc, op) << OP_BITS, span)
    return pc


@inner
def _open(made: Reading, level: int, at: int) -> None:
    levels = made.levels
    levels[level + _PC], levels[level + _OPERATOR], levels[level + _COUNT] = made.size[0], IS_NONE, 0
    levels[level + _OPENED] = at
    _next(levels, level)


@inner
def _next(levels: I32, level: int) -> None:
    levels[level + _NEGATED] = levels[level + _JOIN] = levels[level + _LEFT] = levels[level + _FIELD] = -1


@inner
def _join(made: Reading, level: int, pc: int) -> bool:
    """Put the proximity that was begun around its two sides."""
    left, code = np.int64(made.levels[level + _LEFT]), made.code
    if not (_counts(code, left) and _counts(code, pc)):
        return False
    span = (span_of(code, left) & ~SPAN_END) | (span_of(code, pc) & SPAN_END)
    _wrap(made, left, made.levels[level + _JOIN], span)
    return True


@inner
def _operand_read(made: Reading, level: int, pc: int, token: int) -> int:
    """An operand has been read, and `token` follows: 0 go on, 1 another operand must come, 2 refused."""
    levels, code = made.levels, made.code
    if levels[level + _FIELD] >= 0:
        start = levels[level + _FIELD_AT] << SPAN_BITS
        _wrap(made, pc, SCOPE | levels[level + _FIELD] << OP_BITS, start | (span_of(code, pc) & SPAN_END))
        levels[level + _FIELD] = -1
    if levels[level + _LEFT] >= 0:
        if not _join(made, level, pc) or token & 31 == IS_JOINER:
            return 2
        pc = np.int64(levels[level + _LEFT])
    elif token & 31 == IS_JOINER:
        levels[level + _JOIN], levels[level + _LEFT] = token >> 5, pc
        return 1
    if levels[level + _NEGATED] >= 0:
        _wrap(made, pc, NOT, levels[level + _NEGATED] << SPAN_BITS | (span_of(code, pc) & SPAN_END))
    levels[level + _COUNT] += 1
    _next(levels, level)
    if token in (IS_AND, IS_OR):
        if levels[level + _OPERATOR] not in (IS_NONE, token):
            return 2
        levels[level + _OPERATOR] = token
        return 1
    return 0


@inner
def _skipped(codes: U32, at: int, length: int) -> int:
    while at < length and space(codes[at]):
        at += 1
    return at


@inner
def _token(codes: U32, at: int, length: int) -> tuple[int, int]:
    """What follows an operand, and where it ends."""
    if at == length:
        return np.int64(IS_END), at
    end = piece_end(codes, at, length)
    if end < 0 or codes[at] == OPEN or codes[at] == QUOTE:
        return np.int64(IS_BAD), at
    if codes[at] == CLOSE:
        return np.int64(IS_CLOSE), end
    token = np.int64(operator(codes, at, end))
    return (token if token not in (IS_NONE, IS_NOT) else np.int64(IS_BAD)), end


@inner
def _operand(codes: U32, at: int, end: int, letters: Letters, made: Reading, level: int) -> int:
    """A piece where an operand is expected: 0 it is a sign before one, 1 it is one, 2 refused."""
    levels = made.levels
    if codes[at] == QUOTE:
        return 1 if write_term(codes, at, end, letters, made) else 2
    found = operator(codes, at, end)
    if found == IS_NOT and levels[level + _NEGATED] == levels[level + _LEFT] == levels[level + _FIELD]:
        levels[level + _NEGATED] = at  # all three are -1: no proximity, field or other NOT before it
        return 0
    if found != IS_NONE:
        return 2
    colon = at
    while colon < end and codes[colon] != COLON:
        colon += 1
    if colon == end:
        return 1 if write_term(codes, at, end, letters, made) else 2
    field = field_named(codes, at, colon)
    if field < 0 or levels[level + _FIELD] >= 0:
        return 2
    levels[level + _FIELD], levels[level + _FIELD_AT] = field, at
    if colon == end - 1:
        return 0 if end < made.size[1] and codes[end] in (OPEN, QUOTE) else 2
    good = operator(codes, colon + 1, end) == IS_NONE and write_term(codes, colon + 1, end, letters, made)
    return 1 if good else 2


@inner
def _after(codes: U32, at: int, pc: int, made: Reading, depth: int) -> tuple[int, int]:
    """What follows an operand, closing levels: how deep it is then and where to read on; -1: refused, -2: the end."""
    while True:
        token, end = _token(codes, _skipped(codes, at, made.size[1]), made.size[1])
        if token == IS_BAD:
            return np.int64(-1), at
        what = _operand_read(made, depth * _LEVEL_SIZE, pc, token)
        if what == 1:
            return depth, end
        if what == 2 or (token == IS_CLOSE) == (depth == 0):
            return np.int64(-1), at
        if token == IS_END:
            _close(made, 0, -1)
            return np.int64(-2), at
        pc = _close(made, depth * _LEVEL_SIZE, end)
        depth -= 1
        at = end


@inner
def _read(codes: U32, letters: Letters, made: Reading) -> bool:
    """Read a rule; whether it is plain."""
    length = made.size[1]
    at = _skipped(codes, np.int64(0), length)
    depth = np.int64(0)
    _open(made, 0, 0)
    for _ in range(_MAX_TOKENS):
        if at == length or codes[at] == CLOSE:
            return False
        end = piece_end(codes, at, length)
        if end < 0:
            return False
        if codes[at] == OPEN:
            depth += 1
            if depth == _DEPTH:
                return False
            _open(made, depth * _LEVEL_SIZE, at)
            at = _skipped(codes, end, length)
            continue
        pc = made.size[0]
        what = _operand(codes, at, end, letters, made, depth * _LEVEL_SIZE)
        if what == 2:
            return False
        if what == 0:
            at = _skipped(codes, end, length)
            continue
        depth, at = _after(codes, end, pc, made, depth)
        if depth < 0:
            return depth == -2
        at = _skipped(codes, at, length)
    return False


@kernel(
    types.void,
    types.Array(types.uint32, 1, "C", readonly=True),
    np.zeros(1, np.int64),
    TABLE.letters,
    reading(np.zeros(1, np.int32), np.zeros(2, np.int64), empty_vocabulary()),
    np.zeros(1, np.int32),
    np.zeros(1, np.uint8),
)
def read_rules(codes: U32, starts: I64, table: Letters, columns: Reading, begin: I32, plain: U8) -> None:
    """Read many texts, text k at `starts[k]:starts[k + 1]`: where its numbers begin in `begin`, whether it is plain."""
    made, letters = reading_at(columns), letters_at(table)
    for k in range(len(plain)):
        first = made.size[0]
        begin[k] = first
        made.size[1] = starts[k + 1] - starts[k]
        plain[k] = made.size[1] <= MAX_CHARACTERS and _read(later(ptr(codes), starts[k]), letters, made)
        if not plain[k]:
            made.size[0] = first
