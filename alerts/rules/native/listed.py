"""Where a list stands in an article, by machine code: looked for once, when the first rule asks, for all rules that name it."""

import numpy as np
import numpy.typing as npt

from alerts.rules.bytecode import CASED, OP
from alerts.rules.native.jit import i64, inner
from alerts.rules.native.lists import (
    BEGIN,
    END,
    EXCLUDED,
    LIST_SIZE,
    NONE,
    SPACE,
    TERMS,
    UNKNOWN,
    USED,
    WANTED,
    WANTING,
)
from alerts.rules.native.matches import LOW, TOO_MANY, WANTS_LIST, longest_of, lower, sort, term
from alerts.rules.native.postings import MOST_POSITIONS, TAG_END, Search
from alerts.rules.native.text import Words

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]


@inner
def _matches(code: I32, chain: int, s: Search, used: int) -> int:
    """Add the matches of terms that may be there; the end of the list, or TOO_MANY. `case(...)` is Python's."""
    begin = used
    while chain >= 0:
        pc = i64(s.lists.terms[2 * chain])
        is_cased = code[pc] & OP == CASED
        end = term(code, pc, i64(0), s.bounds[TAG_END], s, used, 1 if is_cased else MOST_POSITIONS)
        if end < 0 or (is_cased and end > used):
            return i64(TOO_MANY)
        used = end
        chain = i64(s.lists.later[chain])
    return sort(s.room.positions, begin, used)


@inner
def _is_excluded(match: int, other: int, within: int, words: Words) -> bool:
    """Whether an exclusion overlaps a match, or stands in its paragraph with at most so many words between."""
    start, end, first, last = match >> 32, match & LOW, other >> 32, other & LOW
    if start < last and first < end:
        return True
    between = first - end if end <= first else start - last
    return bool(between <= within and words.paragraph[start] == words.paragraph[first])


@inner
def _outside(positions: I64, begin: int, middle: int, end: int, within: int, words: Words) -> int:
    """Keep the matches before `middle` that none of the exclusions behind it touches; their end."""
    kept, longest = begin, longest_of(positions, middle, end)
    for k in range(begin, middle):
        match = positions[k]
        at = lower(positions, middle, end, (match >> 32) - within - longest)
        while at < end and positions[at] >> 32 <= (match & LOW) + within:
            if _is_excluded(match, positions[at], within, words):
                break
            at += 1
        if at == end or positions[at] >> 32 > (match & LOW) + within:
            positions[kept] = match
            kept += 1
    return kept


@inner
def _look_for(code: I32, number: int, s: Search, used: int) -> None:
    """Find the places of a list, or have Python asked for them. `used`: `room.positions` is free from there on."""
    lists, at, positions = s.lists, LIST_SIZE * number, s.room.positions
    end = _matches(code, i64(lists.found[at + TERMS]), s, used)
    if end > used and lists.found[at + EXCLUDED] != NONE:
        last = _matches(code, i64(lists.found[at + EXCLUDED]), s, end)
        end = last if last < 0 else _outside(positions, used, end, last, lists.within[number], s.words)
    begin = lists.size[USED]
    if end < 0 or begin + end - used > lists.size[SPACE]:
        lists.found[at + BEGIN] = WANTED
        lists.size[WANTING] += 1
        return
    for k in range(used, end):
        lists.places[begin + k - used] = positions[k]
    lists.found[at + BEGIN], lists.found[at + END] = begin, begin + end - used
    lists.size[USED] = begin + end - used
    s.room.steps[0] += end - used


@inner
def found_places(code: I32, number: int, s: Search, used: int) -> tuple[int, int]:
    """Where the places of a list begin and end in `lists.places`; end WANTS_LIST: Python is asked for them."""
    at = LIST_SIZE * number
    if s.lists.found[at + TERMS] == NONE:
        return i64(0), i64(0)
    if s.lists.found[at + BEGIN] == UNKNOWN:
        _look_for(code, number, s, used)
    if s.lists.found[at + BEGIN] == WANTED:
        return i64(0), i64(WANTS_LIST)
    return i64(s.lists.found[at + BEGIN]), i64(s.lists.found[at + END])


@inner
def add_places(code: I32, number: int, low: int, high: int, s: Search, used: int, most: int) -> int:
    """Add the matches of a list between two words, `most` of them; the end of the list, TOO_MANY or WANTS_LIST."""
    first, end = found_places(code, number, s, used)
    if end < 0:
        return end
    begin, places = used, s.lists.places
    at = lower(places, first, end, low)
    while at < end and places[at] >> 32 < high and used - begin < most:
        if places[at] & LOW <= high:
            if used == MOST_POSITIONS:
                return i64(TOO_MANY)
            s.room.positions[used] = places[at]
            used += 1
        at += 1
    s.room.steps[0] += 1 + used - begin
    return used
