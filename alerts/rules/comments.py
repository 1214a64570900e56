"""Comments and line breaks of a rule's text: where they stand, the text without comments, and both in a text that was made of it.

A comment is `# ...` to the end of its line, where the `#` stands between white space.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from alerts.rules.lexer import Token, signs_of, tokens_of
from alerts.rules.scanner import CODE, as_read, begins_comment
from core.text.invisible import has_invisible, places_seen, without_invisible

_BLANKS = re.compile(r"[^\S\n\r]+")
_ENDS = (ord("\n"), ord("\r"))


class Comment(NamedTuple):
    """`text`: from its `#` to the last character that is no space. `alone`: nothing stands before it in its line."""

    start: int
    end: int
    text: str
    alone: bool


def comments_of(text: str) -> list[Comment]:
    """All comments, in the order of the text."""
    if "#" not in (text if text.isascii() else as_read(text)):
        return []
    if not has_invisible(text):
        return [_comment(text, start, end) for start, end in _places(text)]
    seen = [*places_seen(text), len(text)]
    return [_comment(text, seen[start], seen[end - 1] + 1) for start, end in _places(without_invisible(text))]


def _comment(text: str, start: int, end: int) -> Comment:
    said = text[start:end].rstrip()
    line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    return Comment(start, start + len(said), said, not text[line:start].strip())


def _places(text: str) -> list[tuple[int, int]]:
    signs, end = signs_of(text), len(text)
    found, at = [], 0
    for token in tokens_of(text):
        while at < token.start:
            if begins_comment(signs, at, end):
                start = at
                while at < token.start and signs[at] & CODE not in _ENDS:
                    at += 1
                found.append((start, at))
            else:
                at += 1
        at = token.end
    return found


def without_comments(text: str) -> str:
    """The text with spaces in place of its comments: every other character stands where it stood."""
    pieces, at = list[str](), 0
    for one in comments_of(text):
        pieces += (text[at : one.start], " " * (one.end - one.start))
        at = one.end
    return "".join((*pieces, text[at:])) if pieces else text


def carried(old: str, new: str) -> str:
    """The text `new`, which was made of `old`, with the comments of `old`, all of them and in their order, and its line breaks where
    the same words stand on both sides of them. `new` has no comments of its own."""
    comments = comments_of(old)
    if not comments and "\n" not in old:
        return new
    was, now = tokens_of(old)[:-1], tokens_of(new)[:-1]
    pairs = [(-1, -1), *_pairs(was, now), (len(was), len(now))]
    gaps = [new[start:end] for start, end in _gaps(now, len(new))]
    told = [_Gap(old[start:end], _of(comments, start, end)) for start, end in _gaps(was, len(old))]
    left: list[Comment] = []
    for (i, j), (k, m) in pairwise(pairs):
        if k == i + 1 and m == j + 1 and not left:
            if "\n" in told[k].text or told[k].comments:
                gaps[m] = told[k].text
            continue
        first = 0
        if i < 0 and told[0].comments:  # those at the head stay there
            gaps[0], first = told[0].text, 1
        left = _put(gaps, range(j + 1 + first, m + 1), told[i + 1 + first : k + 1], left)
    pieces = [gaps[0]]
    for place, token in enumerate(now):
        pieces += (new[token.start : token.end], gaps[place + 1])
    return "".join(pieces).strip()


def _gaps(tokens: Sequence[Token], end: int) -> list[tuple[int, int]]:
    """What stands before the first token, between two, and behind the last."""
    starts = [*(token.start for token in tokens), end]
    return list(zip((0, *(token.end for token in tokens)), starts, strict=True))


class _Gap(NamedTuple):
    """What stands between two words."""

    text: str
    comments: Sequence[Comment]


def _of(comments: Sequence[Comment], start: int, end: int) -> Sequence[Comment]:
    return comments[bisect_left(comments, (start,)) : bisect_left(comments, (end,))]


def _put(gaps: list[str], where: range, told: Sequence[_Gap], left: Sequence[Comment]) -> list[Comment]:
    """Write what stood between words that are there no more, or between which something is new, into the first of these gaps with
    a space, behind what is `left` of before; what finds no place is given back."""
    said = [*left, *(one for gap in told for one in gap.comments)]
    breaks = next((gap.text for gap in told if "\n" in gap.text), "")
    spaced = [place for place in where if gaps[place] or place == len(gaps) - 1]
    if not said:
        if breaks and len(told) == 1 and spaced and gaps[spaced[0]]:
            gaps[spaced[0]] = breaks
        return []
    if not spaced:
        return said
    for one in spaced[1:]:
        gaps[one] = _BLANKS.sub(" ", gaps[one])
    indent = breaks[breaks.rfind("\n") + 1 :]
    lines = (f"\n{indent}{one.text}" if one.alone or n else f" {one.text}" for n, one in enumerate(said))
    gaps[spaced[0]] = f"{''.join(lines)}\n{indent}"
    return []


def _pairs(was: Sequence[Token], now: Sequence[Token]) -> list[tuple[int, int]]:
    """Tokens of both that are the same, in order: those at both ends, those that stand once in each, and their neighbours."""
    old, new = [token.text for token in was], [token.text for token in now]
    first, most = 0, min(len(old), len(new))
    while first < most and old[first] == new[first]:
        first += 1
    last = 0
    while last < most - first and old[-1 - last] == new[-1 - last]:
        last += 1
    found = [(k, k) for k in range(first)]
    at = (first, first)
    ends = (len(old) - last, len(new) - last)
    for anchor in [*_anchors(old, new, at, ends), ends]:
        if anchor[0] < at[0] or anchor[1] < at[1]:
            continue
        found += _grown(old, new, at, anchor)
        if anchor != ends:
            found.append(anchor)
            at = (anchor[0] + 1, anchor[1] + 1)
    return [*found, *((len(old) - k, len(new) - k) for k in range(last, 0, -1))]


def _grown(
    old: Sequence[str], new: Sequence[str], start: tuple[int, int], stop: tuple[int, int]
) -> list[tuple[int, int]]:
    """The same tokens behind one place and before another."""
    (i, j), (k, m) = start, stop
    found = []
    while i < k and j < m and old[i] == new[j]:
        found.append((i, j))
        i, j = i + 1, j + 1
    before = []
    while k > i and m > j and old[k - 1] == new[m - 1]:
        k, m = k - 1, m - 1
        before.append((k, m))
    return [*found, *reversed(before)]


def _anchors(
    old: Sequence[str], new: Sequence[str], start: tuple[int, int], stop: tuple[int, int]
) -> list[tuple[int, int]]:
    """Tokens that stand once in each, the longest run that has one order in both (patience sorting)."""
    here, there = _once(old, start[0], stop[0]), _once(new, start[1], stop[1])
    piles: list[int] = []
    tops: list[tuple[int, int]] = []
    before: dict[tuple[int, int], tuple[int, int] | None] = {}
    for text, place in here.items():
        if text not in there:
            continue
        pair = (place, there[text])
        pile = bisect_left(piles, pair[1])
        before[pair] = tops[pile - 1] if pile else None
        piles[pile : pile + 1] = [pair[1]]
        tops[pile : pile + 1] = [pair]
    found: list[tuple[int, int]] = []
    pair_or_none = tops[-1] if tops else None
    while pair_or_none is not None:
        found.append(pair_or_none)
        pair_or_none = before[pair_or_none]
    return found[::-1]


def _once(texts: Sequence[str], start: int, stop: int) -> dict[str, int]:
    places: dict[str, int] = {}
    twice: set[str] = set()
    for place in range(start, stop):
        if texts[place] in places:
            twice.add(texts[place])
        places[texts[place]] = place
    return {text: place for text, place in places.items() if text not in twice}
