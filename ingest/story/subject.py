"""Whether what two texts share is about what their titles say. Pure.

Outlets print the same notice under every text: about the outlet, its rights, its app. Where a text is short, the notice is
most of it. Names and numbers of title and lead tell such texts apart; where there are few, as in scripts without
capitals, the words of the titles do: what a copy shares with its original is about their titles, a notice is about neither.
Where there are no spaces between words, two or three characters that follow one another stand for a word.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, product
from typing import NamedTuple

from ingest.story.features import Features

_LEAD_SENTENCES = 2
_SAME_TITLE = 0.6  # share of their words that two wordings of one title have in common
_SAME_LEAD = 0.5  # the same of two sentences at the top
_ENOUGH = 0.5  # share of a title's words in what is about it: the others are in other forms

Weight = Callable[[int], float]
Pairs = Sequence[tuple[int, int]]
Units = frozenset[tuple[int, ...]]


class Subject(NamedTuple):
    """`fit`: how much of one of the titles stands in what both texts share. `conflict`: how much of the titles, where it stands
    in sentences that both have, each text has instead of the other's: a template that is filled in again. From 0 to 1."""

    fit: float
    conflict: float


def subject_of(new: Features, old: Features, pairs: Pairs, weight: Weight) -> Subject:
    """What the titles say of the sentences that two texts share.

    `pairs`: sentences of the new text and of the old one that are the same; `weight`: how telling a word is. Where names and
    numbers tell enough, fit is 1. The same title above both fits where the leads have words in common, too: some stand
    above a text every day.
    """
    if not new.title and not old.title:
        return Subject(1.0, 0.0)
    width = max(new.width, old.width)

    def weigh(units: Units) -> float:
        return sum(map(weight, chain.from_iterable(units)))

    def alike(one: Units, other: Units) -> float:
        return weigh(one & other) / max(min(weigh(one), weigh(other)), 1e-9)

    twins = _twins(new, old, pairs, width)
    leads = [_lead(one, width) for one in (new, old)]
    twins += [(one, other) for one, other in product(*leads) if alike(one, other) >= _SAME_LEAD]
    shared = _joined(one & other for one, other in twins)
    titles = [_units(one.title, width) for one in (new, old)]
    found = max(weigh(title & shared) / weigh(title) for title in titles if title)
    if any((one - other) & titles[0] and (other - one) & titles[1] for one, other in twins if one is not other):
        texts = [_units(one.words, width) | title for one, title in zip((new, old), titles, strict=True)]
        conflict = _conflict(titles, texts, twins, weigh)
        if conflict:
            return Subject(found, conflict)
    if found < _ENOUGH and all(titles) and alike(*titles) >= _SAME_TITLE:
        found = max(found, *(weigh(lead & shared) / weigh(lead) for lead in map(_joined, leads) if lead), 0.0)
    return Subject(min(1.0, found / _ENOUGH), 0.0)


def _conflict(
    titles: Sequence[Units],
    texts: Sequence[Units],
    twins: Iterable[tuple[Units, Units]],
    weigh: Callable[[Units], float],
) -> float:
    """The share of the titles' words in twin sentences that the other text lacks; 0 unless each lacks some."""
    told, lacking = [0.0, 0.0], [0.0, 0.0]
    for twin in twins:
        for side in (0, 1):
            named = titles[side] & twin[side]
            told[side] += weigh(named)
            lacking[side] += weigh(named - texts[1 - side])
    return sum(lacking) / sum(told) if all(lacking) else 0.0


def _lead(text: Features, width: int) -> list[Units]:
    return [_units(text.words_of(place), width) for place in range(min(_LEAD_SENTENCES, len(text.anchors)))]


def _twins(new: Features, old: Features, pairs: Pairs, width: int) -> list[tuple[Units, Units]]:
    """Both wordings of the sentences that are the same; one object where they are the same word for word."""
    theirs = {partner: _units(old.words_of(partner), width) for _, partner in pairs}  # one may have very many twins
    twins = []
    for place, partner in pairs:
        words, other = new.words_of(place), theirs[partner]
        twins.append((other if words == old.words_of(partner) else _units(words, width), other))
    return twins


def _joined(lead: Iterable[Units]) -> Units:
    return frozenset[tuple[int, ...]]().union(*lead)


def _units(words: Sequence[int], width: int) -> Units:
    return frozenset(zip(*[words[start:] for start in range(min(width, len(words)))], strict=False))
