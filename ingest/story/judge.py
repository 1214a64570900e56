"""Whether two texts are one story, and whether the later one tells something new. Pure.

cover: the share of a text's sentences that the other has. fit: the share of the facts of title and lead that the other
text has, which templates filled in twice do not share. conflict: among shared sentences, those in which both sides have a
number or name that the other lacks. Cover and fit speak for one story, conflict against it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from ingest.story.features import Features
from ingest.story.subject import Weight, subject_of

LEAST_COVER = 0.2
LEAST_FIT = 0.3
LEAST_TOTAL = 1.2
MOST_TOTAL = 2.0  # nothing resembles a text more than all of itself
_NUMBER_WEIGHT = 3.5
_MANY_NEW = 0.17  # share of words in new sentences that makes an update
_SOME_NEW = 0.07  # the same, where one of them stands at the top
_TOP_SENTENCES = 2
_SEVERAL = 3
_ITEM = 0.5  # share of a text's words below which what it shares may be an item among others
_ABOUT = 0.34  # share of its other sentences that name something of that item
_AT_THE_END = 0.3
_NEW_WORDS = 0.3  # share of rare words from which on a sentence tells something new

_NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Resemblance:
    """How alike two texts are."""

    cover: float
    fit: float
    conflict: float
    shared: int

    @property
    def total(self) -> float:
        return self.cover + self.fit - self.conflict

    @property
    def same(self) -> bool:
        return self.shared > 0 and self.cover >= LEAST_COVER and self.fit >= LEAST_FIT and self.total >= LEAST_TOTAL


def resemblance(
    new: Features, old: Features, hot: frozenset[int], weight: Weight, *, corrects: bool = False
) -> Resemblance:
    """Compare two texts; `hot` anchors stand in too many stories to tell anything, `weight` is how telling a name is.

    `corrects`: the new text says that it corrects an earlier one, so another number or name does not speak against it.

    Where cover is too low, fit and conflict are left at 0, and so is conflict where fit is too low: they change nothing.
    """
    partners = {anchor: place for place, anchors in enumerate(old.anchors) for anchor in anchors if anchor not in hot}
    pairs = _pairs(new, hot, partners)
    shared_words = sum([new.length(place) for place, _ in pairs])
    live = min(_live(new, hot), _live(old, hot))
    cover = min(1.0, shared_words / live) if shared_words else 0.0
    if len(pairs) == 1 and len(new.anchors) > 1:
        cover *= 0.8
    if cover < LEAST_COVER:
        return Resemblance(cover, 0.0, 0.0, len(pairs))
    fits = _fit(new, old.facts, weight), _fit(old, new.facts, weight)
    fit = max(fits)
    subject = subject_of(new, old, pairs, weight)
    fit = min(fit, subject.fit)
    if fit < LEAST_FIT:
        return Resemblance(cover, fit, 0.0, len(pairs))
    shared = [place for place, _ in pairs], [partner for _, partner in pairs]
    if _is_item(new, shared[0], old, fits[0]) or _is_item(old, shared[1], new, fits[1]):
        return Resemblance(cover, min(fits), 0.0, 0)
    if corrects:
        return Resemblance(cover, fit, 0.0, len(pairs))
    conflict_words = sum([new.length(place) for place, partner in pairs if _differ(new, place, old, partner)])
    return Resemblance(cover, fit, max(subject.conflict, conflict_words / shared_words), len(pairs))


def _pairs(new: Features, hot: frozenset[int], partners: Mapping[int, int]) -> list[tuple[int, int]]:
    """The sentences that have a partner in the other text, and that partner."""
    found = []
    for place, anchors in enumerate(new.anchors):
        for anchor in anchors:
            if anchor in partners and anchor not in hot:
                found.append((place, partners[anchor]))
                break
    return found


def _live(text: Features, hot: frozenset[int]) -> int:
    """Words of the sentences that tell something."""
    if hot.isdisjoint(chain.from_iterable(text.anchors)):
        return text.borders[-1]
    return sum([text.length(place) for place, anchors in enumerate(text.anchors) if not hot.issuperset(anchors)])


def _fit(text: Features, facts: Mapping[int, int], weight: Weight) -> float:
    """The weighted share of key facts that stand in the other text; 1 where there are none to be missed."""
    total = _NUMBER_WEIGHT * len(text.key_numbers)
    found = _NUMBER_WEIGHT * len(text.key_numbers & facts.keys())
    for name in text.key_names:
        weighed = weight(name)
        total += weighed
        if name in facts:
            found += weighed
    return found / total if total else 1.0


def _is_item(many: Features, shared: Sequence[int], one: Features, fit: float) -> bool:
    """Whether what a text shares with another is an item among others: a list of the day's news is no text of each story."""
    if sum([many.length(place) for place in shared]) >= _ITEM * many.borders[-1]:
        return False
    others = [place for place in range(len(many.anchors)) if place not in shared]
    named = [many.names[place] for place in others if place in many.names]
    about = sum(not names.isdisjoint(one.facts.keys()) for names in named)
    if min(shared, default=0) < _TOP_SENTENCES:
        title = many.key_names.difference(*many.names.values())
        return len(named) >= _SEVERAL and not about and bool(title) and title.isdisjoint(one.facts.keys())
    if many.key_names:
        fit = len(many.key_names & one.facts.keys()) / len(many.key_names)
    return fit < LEAST_FIT and about <= _ABOUT * len(others)


@dataclass(frozen=True, slots=True)
class Told:
    """The content of a story so far: the anchors and the words of all its texts."""

    anchors: frozenset[int]
    words: frozenset[int]


def tells_more(
    new: Features,
    told: Told,
    known: frozenset[int],
    rare: Callable[[int], bool],
    *,
    edited: bool = False,
) -> bool:
    """Whether a text has more than a cosmetic change to the story so far.

    `known`: anchors that stand in other stories too, and so are boilerplate; `rare`: whether a word tells something. What
    comes after the last shared sentence weighs little: there stand notes about the outlet and the author. In an edit
    of the same article (`edited`) it weighs in full: publishers append what is new.
    """
    at_the_end = 1.0 if edited else _AT_THE_END
    in_story = [not told.anchors.isdisjoint(anchors) for anchors in new.anchors]
    last_shared = max((place for place, shared in enumerate(in_story) if shared), default=len(in_story))
    fresh = [
        place
        for place, anchors in enumerate(new.anchors)
        if not in_story[place] and known.isdisjoint(anchors) and _is_new(new.words_of(place), told.words, rare)
    ]
    weighed = sum(new.length(place) * (1.0 if place < last_shared else at_the_end) for place in fresh)
    share = weighed / max(1, len(new.words))
    if len(fresh) >= _SEVERAL and share >= _MANY_NEW:
        return True
    return len(fresh) >= 2 and fresh[0] < _TOP_SENTENCES and share >= _SOME_NEW


def _is_new(sentence: Sequence[int], words: frozenset[int], rare: Callable[[int], bool]) -> bool:
    telling = [word for word in {*sentence} if rare(word)]
    return sum(word not in words for word in telling) >= _NEW_WORDS * len(telling) if telling else False


def _differ(a: Features, at: int, b: Features, there: int) -> bool:
    """Whether both of two sentences have numbers, or names, that the other lacks."""
    return _both_lack(a.numbers.get(at), b.numbers.get(there)) or _both_lack(a.names.get(at), b.names.get(there))


def _both_lack(some: frozenset[int] | None, others: frozenset[int] | None) -> bool:
    return some is not None and others is not None and not some <= others and not others <= some
