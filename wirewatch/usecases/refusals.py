"""Why a use case refuses: each kind with a code that programs can rely on, and a sentence for people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar, Self

from alerts.rules.problem import Problem, render
from core.errors import UserError
from core.model.naming import a_name

_ALIKE = 0.5  # how alike a known name must be to be suggested
_MOST_KNOWN = 2000  # names that are compared with it: a misspelt one keeps nobody waiting


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like it, if any does; among very many names, of those that begin alike."""
    names = list(known)
    if len(names) > _MOST_KNOWN:
        begins = name[:2].casefold()
        names = [one for one in names if one[:2].casefold() == begins][:_MOST_KNOWN]
    return next(iter(get_close_matches(name, names, n=1, cutoff=_ALIKE)), None)


@dataclass(frozen=True, slots=True)
class Place:
    """One of several things that are wrong with a document. `place`: a JSON pointer into it (RFC 6901)."""

    place: str
    detail: str


class Refused(UserError):
    """Nothing was done. `code` stays the same for ever; the message may change. `fix`: the nearest name that there is.

    `places`: everything that is wrong, where there may be several things.
    """

    code: ClassVar[str] = "refused"
    fix: str | None = None
    places: tuple[Place, ...] = ()

    def at(self, places: Iterable[Place]) -> Self:
        """The same refusal, with every place."""
        self.places = tuple(places)
        return self


class NotPermitted(Refused):
    """The actor does not hold the permission."""

    code = "not_permitted"


class NotSignedIn(Refused):
    """Nobody knows who asks."""

    code = "not_signed_in"


class TooManyRequests(Refused):
    """More than are allowed in this time. `seconds`: until the next."""

    code = "too_many_requests"

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


class ForeignOrigin(Refused):
    """A page of another site asks, with what the browser sends along for somebody who knows nothing of it."""

    code = "foreign_origin"


class Invalid(Refused):
    """The request is invalid, or impossible in the present state. `field`: the invalid part."""

    code = "invalid"

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Unreadable(Invalid):
    """A text is no query. `problems`: all that is wrong with it, each with its place in `text` and its fixes."""

    def __init__(self, text: str, problems: Sequence[Problem], field: str = "query") -> None:
        super().__init__("\n".join(render(problem, text) for problem in problems), field)
        self.text = text
        self.problems = tuple(problems)


def checked_name(name: str) -> str:
    """A name for something new. Raises Invalid."""
    try:
        return a_name(name)
    except ValueError as error:
        raise Invalid(str(error), "name") from None


class BadCursor(Invalid):
    """The cursor is unknown, or belongs to another list."""

    code = "bad_cursor"

    def __init__(self) -> None:
        super().__init__("cursor: expected the `next` of an earlier answer of this list")


class Conflict(Refused):
    """Nothing would change, or the name is in use."""

    code = "conflict"


class Stale(Refused):
    """It was changed meanwhile. `tag`: what it has now."""

    code = "stale"

    def __init__(self, message: str, tag: str) -> None:
        super().__init__(message)
        self.tag = tag


class ManagedInFile(Refused):
    """A file manages it; it is changed there."""

    code = "managed_in_file"


class Gone(Refused):
    """It was there, and is over."""

    code = "gone"


class NotFound(Refused):
    """There is no such thing."""

    code = "not_found"

    @classmethod
    def of(cls, kind: str, name: str, known: Iterable[str], *, plural: str = "") -> Self:
        """With the known name that looks most like it, or the command that lists them."""
        near = nearest(name, known)
        hint = f"did you mean {near!r}?" if near else f"`wirewatch {plural or kind + 's'} list` shows them"
        refused = cls(f"there is no {kind} {name!r}; {hint}")
        refused.fix = near
        return refused
