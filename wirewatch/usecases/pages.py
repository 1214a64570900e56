"""Lists in pages: a cursor names the last row that was given by what never changes of it.

So rows that arrive meanwhile make no other row come twice or not at all.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

import orjson

from wirewatch.usecases.refusals import BadCursor

MOST = 1000  # rows a page
_DIGITS = 18
Key = tuple[str, ...]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page. `limit` None: all that is left, for who reads it on the spot. `cursor`: the `next` of the page before."""

    limit: int | None = MOST
    cursor: str | None = None

    def _after(self, name: str, parts: int) -> Key | None:
        """The key of the last row that was given of the list `name`, of so many parts; None at its beginning. Raises BadCursor."""
        if self.cursor is None:
            return None
        try:
            found = orjson.loads(urlsafe_b64decode(self.cursor.encode()))
        except (ValueError, Error):
            found = None
        whole = isinstance(found, list) and len(found) == 1 + parts and all(isinstance(part, str) for part in found)
        if not whole or found[0] != name:
            raise BadCursor
        return tuple(found[1:])

    def after_id(self, name: str) -> str | None:
        """The id of the last row that was given of the list `name`, in the order of ids; None at its beginning. Raises BadCursor."""
        key = self._after(name, 1)
        return None if key is None else key[0]

    def after_name(self, name: str) -> tuple[str, str] | None:
        """The same for a list in the order of a name and an id."""
        key = self._after(name, 2)
        return None if key is None else (key[0], key[1])

    def after_moment(self, name: str) -> tuple[datetime, str] | None:
        """The same for a list in the order of a time and an id."""
        key = self._after(name, 2)
        if key is None:
            return None
        try:
            moment = datetime.fromisoformat(key[0])
            if moment.tzinfo is not None:
                return moment.astimezone(UTC), key[1]
        except (ValueError, OverflowError):  # the latter: beyond the years that a calendar has, in UTC
            pass
        raise BadCursor

    def after_number(self, name: str) -> int | None:
        """The same for a list in the order of falling numbers: below which one it goes on; None at its beginning."""
        key = self._after(name, 1)
        return None if key is None else _numbered(key[0])

    def after_numbered_moment(self, name: str) -> tuple[datetime, int] | None:
        """The same for a list in the order of a time and a number."""
        key = self.after_moment(name)
        return None if key is None else (key[0], _numbered(key[1]))

    def at_number(self, name: str, number: int) -> str:
        """The cursor of what lies below that number."""
        return cursor(name, str(number))

    @property
    def asked(self) -> int | None:
        """How many rows to ask the store for: one more than are given says whether there is a next page."""
        return None if self.limit is None else self.limit + 1

    def page(self, name: str, rows: Sequence[T], key: Callable[[T], tuple[datetime | str, ...]]) -> "Page[T]":
        """The page of the rows that were asked for."""
        if self.limit is None or len(rows) <= self.limit:
            return Page(tuple(rows), None)
        given = tuple(rows[: self.limit])
        return Page(given, cursor(name, *key(given[-1])))

    def page_by_name(self, name: str, rows: Iterable[T], key: Callable[[T], tuple[str, str]]) -> "Page[T]":
        """The page of a list that is read as a whole, by name and team. Raises BadCursor.

        It is sorted here, as cursors are compared, whatever order a database has for letters.
        """
        after = self._after(name, 2)
        left = [row for row in sorted(rows, key=key) if after is None or key(row) > after]
        return self.page(name, left[: self.asked], key)


def number_in(text: str) -> int | None:
    """The number that the text is, of no more digits than a number in a database has; None where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def _numbered(part: str) -> int:
    number = number_in(part)
    if number is None:
        raise BadCursor
    return number


def cursor(name: str, *key: datetime | str) -> str:
    """The `next` behind the row of the list `name` with this key."""
    parts = [part.isoformat() if isinstance(part, datetime) else part for part in key]
    return urlsafe_b64encode(orjson.dumps([name, *parts])).decode()


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`next`: the cursor of what follows; None at the end."""

    items: tuple[T, ...]
    next: str | None
