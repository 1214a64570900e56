"""A set of rules in machine code: one large segment, a small fresh one, and what of them no longer counts.

A change costs in proportion to itself and to the fresh segment; merging makes one large segment of all, without reading a rule
again. A segment is a compiled segment and which of its rules still count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import Self

import numpy as np
import numpy.typing as npt

from alerts.rules.aliases import AliasSet
from alerts.rules.cost import STEP_SECONDS, Effort, RuleCost
from alerts.rules.native.article import done, prepared
from alerts.rules.native.build import Builder
from alerts.rules.native.segment import Hit, Segment
from core.text.document import Document, Searchable

U8 = npt.NDArray[np.uint8]

_FRESH = 1000  # rules that may stay in the fresh segment, whatever the size of the large one
_FRESH_SHARE = 50  # and one in so many of the large segment
_PIECE = 4096  # ids looked up at a time: all of a large change at once would hold other threads up


@dataclass(frozen=True, slots=True)
class LiveSegment:
    """A segment and its living rules."""

    segment: Segment
    alive: U8
    living: int

    def without(self, keys: Sequence[str]) -> "LiveSegment":
        """The segment without these rules."""
        pieces = [self.segment.rows(keys[start : start + _PIECE]) for start in range(0, len(keys), _PIECE)]
        rows = np.concatenate([np.zeros(0, np.int32), *pieces])
        if not len(rows):
            return self
        alive = self.alive.copy()
        alive[rows] = 0
        return LiveSegment(self.segment, alive, int(np.count_nonzero(alive)))

    @property
    def improvable(self) -> bool:
        """Whether making it anew would make another one: rules that no longer count, or words whose frequency was learnt."""
        return self.living < len(self) or self.segment.tally.articles > 0

    def __len__(self) -> int:
        """How many rules are held, those that no longer count too."""
        return len(self.alive)


def made(rules: Iterable[tuple[str, str]], aliases: AliasSet) -> LiveSegment:
    """A segment of rules, (id, text) each. ValueError: a text is no rule."""
    builder = Builder()
    builder.add(rules, aliases)
    return _live(builder.segment())


def odd_ones(texts: Sequence[str], aliases: AliasSet) -> list[int]:
    """Which texts the parser has to read one by one: those that are wrong, and a few others."""
    return Builder().odd_ones(texts, aliases)


def joined(segments: Iterable[LiveSegment]) -> LiveSegment:
    """One segment of all living rules."""
    builder = Builder()
    for live in segments:
        builder.add_segment(live.segment, live.alive)
    return _live(builder.segment())


def _live(segment: Segment) -> LiveSegment:
    return LiveSegment(segment, segment.alive, int(np.count_nonzero(segment.alive)))


@dataclass(frozen=True, slots=True)
class SegmentedRules:
    """The large segment and, after changes, the fresh one."""

    segments: tuple[LiveSegment, ...] = ()

    @classmethod
    def of(cls, groups: Iterable[tuple[AliasSet, Sequence[tuple[str, str]]]]) -> Self:
        """The set of rules, (id, text) each, in groups with the same aliases."""
        builder = Builder()
        for aliases, rules in groups:
            builder.add(rules, aliases)
        return cls((_live(builder.segment()),) if builder.begins else ())

    def match(self, article: Searchable) -> list[Hit]:
        """The rules that are true of the article, in no order."""
        document = Document(article)
        text = prepared()
        text.read(document, others=any(live.segment.others for live in self.segments))
        hits: list[Hit] = []
        for live in self.segments:
            hits += live.segment.match(text, document, live.alive)
        done(text)
        return hits

    def updated(self, changed: Iterable[tuple[str, str]], removed: Iterable[str], aliases: AliasSet) -> Self:
        """The set with these rules in place of their other versions, and without the removed ones."""
        if not self.segments:
            return type(self)((made(changed, aliases),))
        rules = list(changed)
        gone = [*removed, *(key for key, _ in rules)]
        kept = [live.without(gone) for live in self.segments]
        if rules:
            kept.append(made(rules, aliases))
        if len(kept) > 2:
            kept[1:] = [joined(kept[1:])]
        return type(self)(tuple(kept))

    def merged(self) -> Self:
        """The same rules in one segment, found by what has been learnt of the words' frequency."""
        if len(self.segments) == 1 and not self.segments[0].improvable:
            return self
        return type(self)((joined(self.segments),))

    @property
    def wants_merge(self) -> bool:
        """Whether the fresh segment, or the share of the large one that no longer counts, has grown."""
        if not self.segments:
            return False
        large, fresh = self.segments[0], sum(live.living for live in self.segments[1:])
        return max(fresh, len(large) - large.living) > max(_FRESH, len(large) // _FRESH_SHARE)

    def effort(self) -> Effort:
        """What matching has taken since the segments were made."""
        tallies = [live.segment.tally for live in self.segments]
        unanchored = sum(len(live.segment.rules.lookup.always) for live in self.segments)
        return Effort(sum(t.candidates for t in tallies), sum(t.asked for t in tallies), unanchored)

    def costs(self, top: int) -> list[RuleCost]:
        """The living rules that took longest, longest first."""
        return nlargest(
            top, (cost for live in self.segments for cost in _costs(live, top)), key=lambda cost: cost.seconds
        )

    def __len__(self) -> int:
        return sum(live.living for live in self.segments)


def _costs(live: LiveSegment, top: int) -> Iterable[RuleCost]:
    segment = live.segment
    seconds = segment.effort * STEP_SECONDS
    for row, spent in list(segment.tally.python_seconds.items()):
        seconds[row] += spent
    seconds[live.alive == 0] = 0
    rows = np.argpartition(seconds, -top)[-top:] if len(seconds) > top else np.arange(len(seconds))
    for row in map(int, rows):
        if seconds[row] > 0:
            yield RuleCost(
                segment.keys.value(row), segment.tally.articles, int(segment.looked[row]), float(seconds[row])
            )
