"""The translation of another system's query: our query, and a note for each construct that changed or has no equivalent."""

from dataclasses import dataclass
from enum import StrEnum

from alerts.rules.problem import Problem


class NoteKind(StrEnum):
    """How far a construct survives the translation."""

    CHANGED = "changed"  # written otherwise, means the same
    APPROXIMATE = "approximate"  # finds a little more or less
    DROPPED = "dropped"  # left out


@dataclass(frozen=True, slots=True)
class Note:
    """`start`, `end`: the construct, in characters of the query that was given."""

    kind: NoteKind
    start: int
    end: int
    message: str


@dataclass(frozen=True, slots=True)
class Translation:
    """`query` parses in our language; None where there are problems, whose places are in the query that was given."""

    query: str | None
    notes: tuple[Note, ...] = ()
    problems: tuple[Problem, ...] = ()
