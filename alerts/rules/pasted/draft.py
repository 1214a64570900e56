"""A text while it is mended: where each of its characters stood in the text as it was pasted, and what was mended so far."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from alerts.rules.problem import Code


class Kind(NamedTuple):
    """A kind of slip: the problem that it is, and the sentence that says so. `{}` is the place as it was written.
    `words`: it may also be meant as words of a phrase."""

    code: Code
    said: str
    words: bool = False


class Edit(NamedTuple):
    """`start`, `end`: characters of the draft; `shown`: the place that is told, where it is another."""

    start: int
    end: int
    new: str
    kind: Kind | None  # None: a trace of another edit, which says all
    shown: tuple[int, int] | None = None


class Slip(NamedTuple):
    """`start`, `end`: characters of the text as it was pasted."""

    kind: Kind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Draft:
    """`origins`: of each character, and of the end, its place in the pasted text."""

    text: str
    origins: Sequence[int]
    slips: tuple[Slip, ...] = field(default=())

    @classmethod
    def of(cls, text: str) -> "Draft":
        return cls(text, range(len(text) + 1))

    def edited(self, edits: Iterable[Edit]) -> "Draft":
        """The draft after edits, which do not overlap; one that overlaps an earlier one is left out."""
        pieces: list[str] = []
        origins: list[int] = []
        slips = list(self.slips)
        at = 0
        for edit in sorted(edits, key=lambda one: (one.start, one.end)):
            if edit.start < at:
                continue
            pieces += (self.text[at : edit.start], edit.new)
            origins.extend(self.origins[at : edit.start])
            origins.extend([self.origins[edit.start]] * len(edit.new))
            if edit.kind is not None:
                first, last = edit.shown or (edit.start, edit.end)
                slips.append(Slip(edit.kind, self.origins[first], self.origins[last]))
            at = edit.end
        if not pieces:
            return self
        pieces.append(self.text[at:])
        origins.extend(self.origins[at:])
        return Draft("".join(pieces), origins, tuple(slips))
