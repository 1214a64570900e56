"""Whether two texts are one story, and whether the later one tells something new. Pure.

cover: the share of a text's sentences that the other has. conflict: among shared sentences, those in which both sides
have a number or name that the other lacks, as when a template is filled in twice.
"""

from collections.abc import Collection
from dataclasses import dataclass

from ingest.stories.features import Features, Sentence

LEAST_COVER = 0.4
MOST_CONFLICT = 0.25
_MANY_NEW = 0.17  # share of words in new sentences that makes an update
_SOME_NEW = 0.07  # the same, where one of them stands at the top
_TOP_SENTENCES = 2
_SEVERAL = 3
_AT_THE_END = 0.3
_LEADING = 8  # sentences in which a changed number is news


@dataclass(frozen=True, slots=True)
class Resemblance:
    """How alike two texts are."""

    cover: float
    conflict: float
    shared: int

    @property
    def same(self) -> bool:
        return self.cover >= LEAST_COVER and self.conflict <= MOST_CONFLICT and self.shared > 0


def resemblance(new: Features, old: Features, hot: Collection[int]) -> Resemblance:
    """Compare two texts; `hot` anchors stand in too many stories to tell anything."""
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
    return Resemblance(cover, conflict_words / shared_words if shared_words else 0.0, shared)


def tells_more(
    new: Features, told: Collection[int], old: Features, known: Collection[int], *, edited: bool = False
) -> bool:
    """Whether a text has more than a cosmetic change to the story so far.

    `told`: anchors of all its texts; `known`: anchors that stand in other stories too, and so are boilerplate. What
    comes after the last shared sentence weighs little: there stand notes about the outlet and the author. In an edit
    of the same article (`edited`) it weighs in full: publishers append what is new.
    """
    at_the_end = 1.0 if edited else _AT_THE_END
    in_story = [any(anchor in told for anchor in sentence.anchors) for sentence in new.sentences]
    last_shared = max((place for place, shared in enumerate(in_story) if shared), default=len(in_story))
    fresh = [
        place
        for place, sentence in enumerate(new.sentences)
        if not in_story[place] and not any(anchor in known for anchor in sentence.anchors)
    ]
    weighed = sum(new.sentences[place].words * (1.0 if place < last_shared else at_the_end) for place in fresh)
    share = weighed / max(1, new.words)
    if len(fresh) >= _SEVERAL and share >= _MANY_NEW:
        return True
    if len(fresh) >= 2 and fresh[0] < _TOP_SENTENCES and share >= _SOME_NEW:
        return True
    partners = _partners(old, known)
    for sentence in new.sentences[:_LEADING]:
        partner = next((partners[a] for a in sentence.anchors if a in partners), None)
        if partner is not None and sentence.numbers - partner.numbers and partner.numbers - sentence.numbers:
            return True
    return False


def _partners(old: Features, hot: Collection[int]) -> dict[int, Sentence]:
    return {anchor: sentence for sentence in old.sentences for anchor in sentence.anchors if anchor not in hot}


def _differs(a: Sentence, b: Sentence) -> bool:
    numbers = bool(a.numbers - b.numbers and b.numbers - a.numbers)
    return numbers or (len(a.names - b.names) > 0 and len(b.names - a.names) > 0)
