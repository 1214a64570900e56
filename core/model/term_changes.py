"""What a list of terms gained and lost, in a size that a log of changes can keep."""

from collections.abc import Sequence
from dataclasses import dataclass

_SHOWN = 50  # terms of each kind
_WHOLE = 200  # terms of a list that is shown whole


@dataclass(frozen=True, slots=True)
class TermChanges:
    """All terms that came and went, in the order of the lists."""

    gained: tuple[str, ...]
    lost: tuple[str, ...]

    def told(self) -> dict[str, object]:
        """How many, and the first of them."""
        return {"gained": _some(self.gained), "lost": _some(self.lost)}


def term_changes(before: Sequence[str], after: Sequence[str]) -> TermChanges:
    """Linear in the two lists."""
    old, new = set(before), set(after)
    return TermChanges(
        tuple(term for term in after if term not in old), tuple(term for term in before if term not in new)
    )


def told_terms(terms: Sequence[str]) -> dict[str, object]:
    """A list of terms in a log of changes: whole where it is short, else how many they are."""
    return {"terms": list(terms)} if len(terms) <= _WHOLE else {"terms_count": len(terms)}


def _some(terms: Sequence[str]) -> object:
    return list(terms) if len(terms) <= _SHOWN else {"count": len(terms), "first": list(terms[:_SHOWN])}
