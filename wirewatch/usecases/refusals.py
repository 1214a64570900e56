"""Why a use case refuses: each kind with a code that programs can rely on, and a sentence for people."""

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice
from typing import ClassVar, Self

from core.errors import UserError

_ALIKE = 0.5  # how alike a known name must be to be suggested
MOST_KNOWN = 10_000  # names that are looked through for it: a misspelt one keeps nobody waiting


class Refused(UserError):
    """Nothing was done. `code` stays the same for ever; the message may change."""

    code: ClassVar[str] = "refused"


class NotPermitted(Refused):
    """The actor does not hold the permission."""

    code = "not_permitted"


class Invalid(Refused):
    """What was asked for cannot be meant, or cannot be done as things are. `field`: the part of it that is wrong."""

    code = "invalid"

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class BadCursor(Invalid):
    """The cursor is none of ours, or of another list."""

    code = "bad_cursor"


class Conflict(Refused):
    """It is so already, or another thing has the name."""

    code = "conflict"


class ManagedInFile(Refused):
    """A file manages it; it is changed there."""

    code = "managed_in_file"


class NotFound(Refused):
    """There is no such thing."""

    code = "not_found"

    @classmethod
    def of(cls, kind: str, name: str, known: Iterable[str], *, plural: str = "") -> Self:
        """With the known name that looks most like it, or the command that lists them."""
        near = get_close_matches(name, list(islice(known, MOST_KNOWN)), n=1, cutoff=_ALIKE)
        hint = f"did you mean {near[0]!r}?" if near else f"`wirewatch {plural or kind + 's'} list` shows them"
        return cls(f"there is no {kind} {name!r}; {hint}")
