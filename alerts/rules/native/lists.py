"""The lists of a segment, and where they stand in one article.

A list is in the segment's code as two rules that no rule's row points at: an OR of its terms, and an OR of its exclusions. An
article's words lead to the terms that may be there; the places of a list are found when the first rule asks for them.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alerts.rules.native.jit import inner
from alerts.rules.syntax import Listed

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

NONE, NOT_MET = -1, -2  # of a chain: its end; a term that is in none
UNKNOWN, WANTED = -1, -2  # in place of where a list's places begin: not looked for yet; Python is asked
TERMS, EXCLUDED, BEGIN, END, LIST_SIZE = range(5)
MET, USED, SPACE, WANTING = range(4)
_SPACE = 1 << 15


class Lists(NamedTuple):
    """Term t is at `terms[2 * t]` in the code; `terms[2 * t + 1]` is its list times 2, and 1 for an exclusion; `langs[t]` is the
    number of its languages. Rules that list n finds are `rules[first[n]:first[n + 1]]`.

    Of one article: `counting[k]`, whether terms whose languages have number k count in it; `met`, the lists of which a term may be there; for list n at `found[4 * n]` those terms and those exclusions
    (chains through `later`), and where its `places` begin and end. `size`: lists met; places, room for them; lists wanted."""

    terms: I32
    langs: I32
    within: I32
    first: I32
    rules: I32
    counting: U8
    found: I32
    later: I32
    met: I32
    places: I64
    size: I64


def table_of(terms: I32, langs: I32, lists: Sequence[Listed], first: I32, rules: I32) -> Lists:
    """The lists of a segment. Each thread works on a copy of its own."""
    none, no_places = np.zeros(0, np.int32), np.zeros(0, np.int64)
    within = np.array([one.within for one in lists], np.int32)
    counting = np.ones(int(langs.max(initial=0)) + 1, np.uint8)
    return Lists(terms, langs, within, first, rules, counting, none, none, none, no_places, np.zeros(4, np.int64))


def with_places(table: Lists) -> Lists:
    """The table with room for an article."""
    many = len(table.within)
    found = np.full((many, LIST_SIZE), NONE, np.int32)
    return table._replace(
        counting=table.counting.copy(),
        found=found.reshape(-1),
        later=np.full(len(table.terms) // 2, NOT_MET, np.int32),
        met=np.zeros(many, np.int32),
        places=np.zeros(_SPACE, np.int64),
        size=np.array([0, 0, _SPACE, 0]),
    )


def no_lists() -> Lists:
    """The types of a table."""
    none = np.zeros(0, np.int32)
    return with_places(table_of(none, none, (), none, none))


@inner
def forget(lists: Lists) -> None:
    """Make room for the next article."""
    for k in range(lists.size[MET]):
        at = LIST_SIZE * lists.met[k]
        for chain in (TERMS, EXCLUDED):
            term = lists.found[at + chain]
            while term >= 0:
                following = lists.later[term]
                lists.later[term] = NOT_MET
                term = following
            lists.found[at + chain] = NONE
        lists.found[at + BEGIN] = UNKNOWN
    lists.size[MET] = lists.size[USED] = lists.size[WANTING] = 0


@inner
def note(lists: Lists, term: int) -> None:
    """A key of a term was met."""
    if lists.later[term] != NOT_MET or not lists.counting[lists.langs[term]]:
        return
    number, excluded = lists.terms[2 * term + 1] >> 1, lists.terms[2 * term + 1] & 1
    at = LIST_SIZE * number
    if lists.found[at + TERMS] == NONE and lists.found[at + EXCLUDED] == NONE:
        lists.met[lists.size[MET]] = number
        lists.size[MET] += 1
    lists.later[term] = lists.found[at + excluded]
    lists.found[at + excluded] = term


def tell(lists: Lists, number: int, places: Sequence[tuple[int, int]]) -> Lists:
    """Write the places of a list that Python was asked for; the table, with more room if that was needed."""
    used = int(lists.size[USED])
    if used + len(places) > len(lists.places):
        more = np.zeros(2 * (used + len(places)), np.int64)
        more[:used] = lists.places[:used]
        lists.size[SPACE] = len(more)
        lists = lists._replace(places=more)
    lists.places[used : used + len(places)] = [start << 32 | end for start, end in places]
    lists.found[LIST_SIZE * number + BEGIN], lists.found[LIST_SIZE * number + END] = used, used + len(places)
    lists.size[USED] += len(places)
    return lists


def wanted(lists: Lists) -> list[int]:
    """The lists that Python is asked for."""
    if not lists.size[WANTING]:
        return []
    lists.size[WANTING] = 0
    return [
        number for number in lists.met[: lists.size[MET]].tolist() if lists.found[LIST_SIZE * number + BEGIN] == WANTED
    ]
