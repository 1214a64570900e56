"""Which of several texts is the article's: the one that is most like the others, and that holds what was promised. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ingest.parse.likeness import Shingles, alike, share_of, shingles

_PROMISE = 0.5  # what a kept promise weighs beside being like one other text
_TINY = 0.25  # of the median length: a menu, or the first words of the article


@dataclass(frozen=True)
class Candidate:
    """A text and what found it. `raw`: its lines before they were cleaned."""

    name: str
    lines: tuple[str, ...]
    raw: tuple[str, ...] = ()

    @cached_property
    def text(self) -> str:
        return "\n\n".join(self.lines)

    @cached_property
    def runs(self) -> Shingles:
        return shingles(self.text)


def chosen(candidates: Sequence[Candidate], promised: Shingles) -> tuple[Candidate, str]:
    """The best candidate, and why it is. The first of equals."""
    there = [one for one in candidates if one.lines]
    if len(there) < 2:
        best = there[0] if there else candidates[0]
        return best, f"{best.name}: {'nobody else found a text' if there else 'nobody found a text'}"
    middle = sorted(len(one.text) for one in there)[len(there) // 2]
    fair = [one for one in there if len(one.text) >= _TINY * middle]

    def weight(one: Candidate) -> float:
        likeness = sum(alike(one.runs, other.runs) for other in there if other is not one)
        return likeness + _PROMISE * share_of(promised, one.runs)

    best = max(fair, key=weight)
    others = " and ".join(
        other.name for other in there if other is not best and alike(best.runs, other.runs) >= _PROMISE
    )
    return best, f"{best.name}: most like {others}" if others else f"{best.name}: none is like another"
