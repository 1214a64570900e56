"""Where operands stand in an article, by machine code: what alerts.rules.positions finds, in the same order.

A match is start << 32 | end, words of the article's row; a list of them is a range of `room.positions`, in order, each once.
"""

import numpy as np
import numpy.typing as npt

from alerts.rules.bytecode import (
    DISTANCE,
    HEADER,
    IN_SENTENCE,
    LIST,
    NEAR,
    NEGATED,
    OP,
    OP_BITS,
    OR,
    ORDERED,
    TERM,
    WITHIN,
)
from alerts.rules.native.jit import i64, inner
from alerts.rules.native.listed import add_places
from alerts.rules.native.matches import LOW, TOO_MANY, WANTS_SENTENCES, longest_of, lower, near_enough, sort, term
from alerts.rules.native.postings import MOST_NODES, MOST_POSITIONS, SENTENCES_KNOWN, Room, Search
from alerts.rules.native.text import Words

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]


@inner
def unit(words: Words, match: int, argument: int) -> int:
    """The sentence or paragraph that holds a match whole; -1: none does."""
    units = words.sentence if argument == IN_SENTENCE else words.paragraph
    number = units[match >> 32]
    return i64(number) if number == units[(match & LOW) - 1] else -1


@inner
def _first_right(op: int, argument: int, left: int, lists: tuple[int, int, int, int, int], positions: I64) -> int:
    """The first match of the right side that can go with one of the left side."""
    if op == WITHIN:
        return lists[2]
    start = left & LOW if argument & ORDERED else (left >> 32) - (argument & DISTANCE) - lists[4]
    return lower(positions, lists[2], lists[3], start)


@inner
def next_pair(
    head: int, lists: tuple[int, int, int, int, int], i: int, j: int, positions: I64, words: Words
) -> tuple[int, int]:
    """The next two matches that a NEAR or WITHIN joins, left by left; j -1: begin with left i. (-1, -1): there is none."""
    op, argument = head & OP, head >> OP_BITS
    while i < lists[1]:
        left = positions[i]
        wanted = unit(words, left, argument) if op == WITHIN else i64(0)
        if j < 0:
            j = _first_right(op, argument, left, lists, positions) if wanted >= 0 else lists[3]
        while j < lists[3]:
            right = positions[j]
            if op == NEAR:
                if right >> 32 > (left & LOW) + (argument & DISTANCE):
                    break
                if near_enough(left, right, argument, words):
                    return i, j
            elif unit(words, right, argument) == wanted:
                return i, j
            j += 1
        i += 1
        j = i64(-1)
    return i64(-1), i64(-1)


@inner
def joined(head: int, lists: tuple[int, int, int, int, int], s: Search, used: int) -> int:
    """Add the matches of a proximity, spanning both sides; the end of their list."""
    positions, begin = s.room.positions, used
    i, j = next_pair(head, lists, lists[0], i64(-1), positions, s.words)
    while i >= 0:
        if used == MOST_POSITIONS:
            return TOO_MANY
        a, b = positions[i], positions[j]
        positions[used] = min(a >> 32, b >> 32) << 32 | max(a & LOW, b & LOW)
        used += 1
        i, j = next_pair(head, lists, i, j + 1, positions, s.words)
    s.room.steps[0] += used - begin
    return sort(positions, begin, used)


@inner
def apart_from(head: int, lists: tuple[int, int, int, int, int], s: Search, used: int) -> int:
    """Add the matches of the left side that have none of the right side near them."""
    positions = s.room.positions
    for k in range(lists[0], lists[1]):
        if used == MOST_POSITIONS:
            return TOO_MANY
        one = (k, k + 1, lists[2], lists[3], lists[4])
        if next_pair(head, one, i64(k), i64(-1), positions, s.words)[0] < 0:
            positions[used] = positions[k]
            used += 1
    return used


@inner
def pair_lists(room: Room, top: int) -> tuple[int, int, int, int, int]:
    """The two lists on top of the stack, the left one above, and how long the longest match of the right is."""
    lists = room.lists
    a, b = i64(lists[2 * top - 2]), i64(lists[2 * top - 1])
    c, d = i64(lists[2 * top - 4]), i64(lists[2 * top - 3])
    return a, b, c, d, longest_of(room.positions, c, d)


@inner
def _proximity(head: int, top: int, s: Search, used: int) -> int:
    lists = pair_lists(s.room, top)
    if head & OP == NEAR and (head >> OP_BITS) & NEGATED:
        return apart_from(head, lists, s, used)
    if lists[0] == lists[1] or lists[2] == lists[3]:
        return used
    if head & OP == WITHIN and head >> OP_BITS == IN_SENTENCE and not s.bounds[SENTENCES_KNOWN]:
        return WANTS_SENTENCES
    return joined(head, lists, s, used)


@inner
def _union(many: int, top: int, room: Room, used: int) -> int:
    lists, positions, begin = room.lists, room.positions, used
    for k in range(top - many, top):
        for at in range(lists[2 * k], lists[2 * k + 1]):
            if used == MOST_POSITIONS:
                return TOO_MANY
            positions[used] = positions[at]
            used += 1
    return sort(positions, begin, used)


@inner
def _nodes(code: I32, pc: int, nodes: I32) -> int:
    """The nodes of an operand in order; how many. More than there is room for: 0."""
    end, many = pc + (code[pc + 1] if code[pc] & OP > 1 else 1), 0
    while pc < end:
        if many == MOST_NODES:
            return 0
        nodes[many] = pc
        many += 1
        pc += 2 + (code[pc] >> OP_BITS) if code[pc] & OP <= 1 else HEADER
    return many


@inner
def operand(code: I32, pc: int, low: int, high: int, s: Search, used: int) -> tuple[int, int]:
    """All matches of an operand: its list, or (.., TOO_MANY) and so on. Nodes are read from the last to the first."""
    room = s.room
    many, top, begin = _nodes(code, pc, room.nodes), 0, used
    if many == 0:
        return used, i64(TOO_MANY)
    for k in range(many - 1, -1, -1):
        at = room.nodes[k]
        head, op, begin = code[at], code[at] & OP, used
        if op == TERM:
            used = term(code, at, low, high, s, used, MOST_POSITIONS)
        elif op == LIST:
            used = add_places(code, head >> OP_BITS, low, high, s, used, MOST_POSITIONS)
        elif op == OR:
            used = _union(head >> OP_BITS, top, room, used)
            top -= head >> OP_BITS
        elif op in (NEAR, WITHIN):
            used = _proximity(head, top, s, used)
            top -= 2
        else:
            used = i64(TOO_MANY)  # case(...) is Python's
        if used < 0:
            return begin, used
        room.lists[2 * top], room.lists[2 * top + 1] = begin, used
        top += 1
    return begin, used
