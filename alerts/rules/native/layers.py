"""Layers of a rule set: a compiled part and which of its rules still count. What alerts.rules.ruleset is made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest

import numpy as np
import numpy.typing as npt

from alerts.rules.aliases import AliasSet
from alerts.rules.cost import RuleCost
from alerts.rules.native.article import done, prepared
from alerts.rules.native.build import Builder
from alerts.rules.native.part import Hit, Part
from core.text.document import Document, Searchable

U8 = npt.NDArray[np.uint8]

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


def matched(layers: Sequence[Layer], article: Searchable) -> list[Hit]:
    """The rules of all layers that are true of an article."""
    document = Document(article)
    text = prepared()
    text.read(document, others=any(layer.part.others for layer in layers))
    hits: list[Hit] = []
    for layer in layers:
        hits += layer.part.match(text, document, layer.alive)
    done(text)
    return hits


def slowest(layers: Sequence[Layer], top: int) -> list[RuleCost]:
    """The living rules that took longest, longest first."""
    return nlargest(top, (cost for layer in layers for cost in _costs(layer, top)), key=lambda cost: cost.seconds)


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
