"""A set of rules in machine code: one large layer, a small fresh one, and what of them no longer counts.

A change costs in proportion to itself and to the fresh layer; merging makes one large layer of all, without reading a rule
again. A layer is a compiled part and which of its rules still count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import Self

import numpy as np
import numpy.typing as npt

from alerts.rules.aliases import AliasSet
from alerts.rules.cost import Effort, RuleCost
from alerts.rules.native.article import done, prepared
from alerts.rules.native.build import Builder
from alerts.rules.native.part import Hit, Part
from core.text.document import Document, Searchable

U8 = npt.NDArray[np.uint8]

_FRESH = 1000  # rules that may stay in the fresh layer, whatever the size of the large one
_FRESH_SHARE = 50  # and one in so many of the large layer
_PIECE = 4096  # ids looked up at a time: all of a large change at once would hold other threads up
STEP_SECONDS = 20e-9  # of a step of machine code, roughly; docs/matching.md


@dataclass(frozen=True, slots=True)
class Layer:
    """A part and its living rules."""

    part: Part
    alive: U8
    living: int

    def without(self, keys: Sequence[str]) -> "Layer":
        """The layer without these rules."""
        pieces = [self.part.rows(keys[start : start + _PIECE]) for start in range(0, len(keys), _PIECE)]
        rows = np.concatenate([np.zeros(0, np.int32), *pieces])
        if not len(rows):
            return self
        alive = self.alive.copy()
        alive[rows] = 0
        return Layer(self.part, alive, int(np.count_nonzero(alive)))

    @property
    def improvable(self) -> bool:
        """Whether making it anew would make another one: rules that no longer count, or words whose frequency was learnt."""
        return self.living < len(self) or self.part.tally.articles > 0

    def __len__(self) -> int:
        """How many rules are held, those that no longer count too."""
        return len(self.alive)


def made(rules: Iterable[tuple[str, str]], aliases: AliasSet) -> Layer:
    """A layer of rules, (id, text) each. ValueError: a text is no rule."""
    builder = Builder()
    builder.add(rules, aliases)
    return _layer(builder.part())


def odd_ones(texts: Sequence[str], aliases: AliasSet) -> list[int]:
    """Which texts the parser has to read one by one: those that are wrong, and a few others."""
    return Builder().odd_ones(texts, aliases)


def joined(layers: Iterable[Layer]) -> Layer:
    """One layer of all living rules."""
    builder = Builder()
    for layer in layers:
        builder.add_part(layer.part, layer.alive)
    return _layer(builder.part())


def _layer(part: Part) -> Layer:
    return Layer(part, part.alive, int(np.count_nonzero(part.alive)))


@dataclass(frozen=True, slots=True)
class Layers:
    """The large layer and, after changes, the fresh one."""

    layers: tuple[Layer, ...] = ()

    @classmethod
    def of(cls, groups: Iterable[tuple[AliasSet, Sequence[tuple[str, str]]]]) -> Self:
        """The set of rules, (id, text) each, in groups with the same aliases."""
        layers = tuple(made(rules, aliases) for aliases, rules in groups)
        return cls(layers if len(layers) < 2 else (joined(layers),))

    def match(self, article: Searchable) -> list[Hit]:
        """The rules that are true of the article, in no order."""
        document = Document(article)
        text = prepared()
        text.read(document, others=any(layer.part.others for layer in self.layers))
        hits: list[Hit] = []
        for layer in self.layers:
            hits += layer.part.match(text, document, layer.alive)
        done(text)
        return hits

    def updated(self, changed: Iterable[tuple[str, str]], removed: Iterable[str], aliases: AliasSet) -> Self:
        """The set with these rules in place of their other versions, and without the removed ones."""
        if not self.layers:
            return type(self)((made(changed, aliases),))
        rules = list(changed)
        gone = [*removed, *(key for key, _ in rules)]
        kept = [layer.without(gone) for layer in self.layers]
        if rules:
            kept.append(made(rules, aliases))
        if len(kept) > 2:
            kept[1:] = [joined(kept[1:])]
        return type(self)(tuple(kept))

    def merged(self) -> Self:
        """The same rules in one layer, found by what has been learnt of the words' frequency."""
        if len(self.layers) == 1 and not self.layers[0].improvable:
            return self
        return type(self)((joined(self.layers),))

    @property
    def wants_merge(self) -> bool:
        """Whether the fresh layer, or the share of the large one that no longer counts, has grown."""
        if not self.layers:
            return False
        large, fresh = self.layers[0], sum(layer.living for layer in self.layers[1:])
        return max(fresh, len(large) - large.living) > max(_FRESH, len(large) // _FRESH_SHARE)

    def effort(self) -> Effort:
        """What matching has taken since the layers were made."""
        tallies = [layer.part.tally for layer in self.layers]
        unanchored = sum(len(layer.part.rules.lookup.always) for layer in self.layers)
        return Effort(sum(t.candidates for t in tallies), sum(t.asked for t in tallies), unanchored)

    def costs(self, top: int) -> list[RuleCost]:
        """The living rules that took longest, longest first."""
        return nlargest(
            top, (cost for layer in self.layers for cost in _costs(layer, top)), key=lambda cost: cost.seconds
        )

    def __len__(self) -> int:
        return sum(layer.living for layer in self.layers)


def _costs(layer: Layer, top: int) -> Iterable[RuleCost]:
    part = layer.part
    seconds = part.effort * STEP_SECONDS
    for row, spent in list(part.tally.python_seconds.items()):
        seconds[row] += spent
    seconds[layer.alive == 0] = 0
    rows = np.argpartition(seconds, -top)[-top:] if len(seconds) > top else np.arange(len(seconds))
    for row in map(int, rows):
        if seconds[row] > 0:
            yield RuleCost(part.keys.value(row), part.tally.articles, int(part.looked[row]), float(seconds[row]))
