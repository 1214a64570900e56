"""Whether two texts are one story, and whether the later one tells something new. Pure.

cover: the share of a text's sentences that the other has. fit: the share of the facts of title and lead that the other
text has, which templates filled in twice do not share. conflict: among shared sentences, those in which both sides have a
number or name that the other lacks. Cover and fit speak for one story, conflict against it.
"""

from collections.abc import Callable, Collection, Container
from dataclasses import dataclass

from ingest.stories.features import Features, Sentence

LEAST_COVER = 0.2
LEAST_FIT = 0.3
LEAST_TOTAL = 1.2
_NUMBER_WEIGHT = 3.5
_MANY_NEW = 0.17  # share of words in new sentences that makes an update
_SOME_NEW = 0.07  # the same, where one of them stands at the top
_TOP_SENTENCES = 2
_SEVERAL = 3
_AT_THE_END = 0.3
_LEADING = 8  # sentences in which a changed number is news
_TWIN = 0.6  # share of words that two wordings of one sentence have in common
_NEW_WORDS = 0.3  # share of rare words from which on a sentence tells something new

Weight = Callable[[str], float]


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


def resemblance(new: Features, old: Features, hot: Collection[int], weight: Weight) -> Resemblance:
    """Compare two texts; `hot` anchors stand in too many stories to tell anything, `weight` is how telling a word is."""
    partners = _partners(old, hot)
    live = shared_words = conflict_words = shared = 0
    for sentence in new.sentences:
        anchors = [a for a in sentence.anchors if a not in hot]
        if not anchors:
            continue
        live += sentence.words
        partner = next((partners[a] for a in anchors if a in partners), None)
        if partner is not None:
            shared += 1
            shared_words += sentence.words
            conflict_words += sentence.words if _differs(sentence, partner) else 0
    old_live = sum(s.words for s in old.sentences if any(a not in hot for a in s.anchors))
    cover = max(shared_words / live if live else 0.0, min(1.0, shared_words / old_live) if old_live else 0.0)
    if shared == 1 and len(new.sentences) > 1:
        cover *= 0.8
    fit = max(_fit(new.key, old.facts, weight), _fit(old.key, new.facts, weight))
    return Resemblance(cover, fit, conflict_words / shared_words if shared_words else 0.0, shared)


def _fit(key: Collection[str], facts: Collection[str], weight: Weight) -> float:
    """The weighted share of key facts that stand in the other text; 1 where there are none to be missed."""
    found = total = 0.0
    for fact in key:
        weighed = _NUMBER_WEIGHT if fact[0].isdecimal() else weight(fact)
        total += weighed
        if fact in facts:
            found += weighed
    return found / total if total else 1.0


@dataclass(frozen=True, slots=True)
class Told:
    """What a story has told so far: the anchors and the words of all its texts."""

    anchors: Collection[int]
    words: Container[str]


def tells_more(
    new: Features,
    told: Told,
    old: Features,
    known: Collection[int],
    rare: Callable[[str], bool],
    *,
    edited: bool = False,
) -> bool:
    """Whether a text has more than a cosmetic change to the story so far.

    `known`: anchors that stand in other stories too, and so are boilerplate; `rare`: whether a word tells something. What
    comes after the last shared sentence weighs little: there stand notes about the outlet and the author. In an edit
    of the same article (`edited`) it weighs in full: publishers append what is new.
    """
    at_the_end = 1.0 if edited else _AT_THE_END
    in_story = [any(anchor in told.anchors for anchor in sentence.anchors) for sentence in new.sentences]
    last_shared = max((place for place, shared in enumerate(in_story) if shared), default=len(in_story))
    fresh = [
        place
        for place, sentence in enumerate(new.sentences)
        if not in_story[place]
        and not any(anchor in known for anchor in sentence.anchors)
        and _is_new(sentence, told.words, rare)
    ]
    weighed = sum(new.sentences[place].words * (1.0 if place < last_shared else at_the_end) for place in fresh)
    share = weighed / max(1, new.words)
    if len(fresh) >= _SEVERAL and share >= _MANY_NEW:
        return True
    if len(fresh) >= 2 and fresh[0] < _TOP_SENTENCES and share >= _SOME_NEW:
        return True
    return any(_changed_number(sentence, told, old, known) for sentence in new.sentences[:_LEADING])


def _changed_number(sentence: Sentence, told: Told, old: Features, known: Collection[int]) -> bool:
    """Whether a sentence of the story stands here with another number."""
    if not sentence.numbers or any(anchor in known for anchor in sentence.anchors):
        return False
    partner = _twin(sentence, old)
    if partner is None or not partner.numbers - sentence.numbers:
        return False
    shared = any(anchor in partner.anchors for anchor in sentence.anchors)
    return (
        bool(sentence.numbers - partner.numbers)
        if shared
        else any(number not in told.words for number in sentence.numbers)
    )


def _twin(sentence: Sentence, old: Features) -> Sentence | None:
    """The old text's sentence of which this is another wording."""
    words = frozenset(sentence.content)
    best = max(old.sentences, key=lambda other: len(words.intersection(other.content)), default=None)
    if best is None:
        return None
    alike = len(words.intersection(best.content)) >= _TWIN * max(len(words), len(best.content))
    return best if alike else None


def _is_new(sentence: Sentence, words: Container[str], rare: Callable[[str], bool]) -> bool:
    telling = [word for word in sentence.content if rare(word)]
    return sum(word not in words for word in telling) >= _NEW_WORDS * len(telling) if telling else False


def _partners(old: Features, hot: Collection[int]) -> dict[int, Sentence]:
    return {anchor: sentence for sentence in old.sentences for anchor in sentence.anchors if anchor not in hot}


def _differs(a: Sentence, b: Sentence) -> bool:
    numbers = bool(a.numbers - b.numbers and b.numbers - a.numbers)
    return numbers or (len(a.names - b.names) > 0 and len(b.names - a.names) > 0)
