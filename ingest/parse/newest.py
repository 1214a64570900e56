"""The newest entries of a feed that has too many, chosen before it is parsed: time must be bounded. Pure.

Most feeds begin with the newest, some end with it. Where the entries have dates, those decide; where they have none, as many
are taken from the beginning as from the end.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import pairwise

from ingest.parse.dates import parse_date
from ingest.parse.shapes import MOST_ENTRIES, Publisher

_DATE = re.compile(r"<(?:\w{1,20}:)?(?:pubDate|published|updated|date|issued|modified|created)(?:\s[^<>]{0,100})?>\s*(?:<!\[CDATA\[)?([^<\]]{4,60})", re.IGNORECASE)  # fmt: skip
_MOST_CHARACTERS = 200_000  # of an entry in which its date is looked for
_SAMPLE = 40
_MOST_HARD = 2000  # dates in forms that take long to read


def newest(total: int, date_at: Callable[[int], str], publisher: Publisher) -> list[int]:
    """The places of the newest entries in their order; `date_at`: what one says of its time, "" if it does not."""
    if total <= MOST_ENTRIES:
        return list(range(total))
    reader = _Dates(publisher)
    sample = [moment for n in range(_SAMPLE) if (moment := reader.read(date_at(n * (total - 1) // (_SAMPLE - 1))))]
    if len(sample) * 2 < _SAMPLE:
        half = MOST_ENTRIES // 2
        return [*range(half), *range(total - half, total)]
    if all(a >= b for a, b in pairwise(sample)):
        return list(range(MOST_ENTRIES))
    if all(a <= b for a, b in pairwise(sample)):
        return list(range(total - MOST_ENTRIES, total))
    moments: list[float] = []
    for n in range(total):  # one without a date is as old as the one before it
        found = reader.read(date_at(n))
        moments.append(found if found is not None else moments[-1] if moments else sample[0])
    return sorted(sorted(range(total), key=lambda n: moments[n], reverse=True)[:MOST_ENTRIES])


def date_in(entry: str) -> str:
    """What an entry of XML says of its time."""
    found = _DATE.search(entry, 0, _MOST_CHARACTERS)
    return found[1].strip() if found else ""


class _Dates:
    """Reads dates quickly where they are in the forms of feeds."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._hard = 0

    def read(self, raw: str) -> float | None:
        for form in (datetime.fromisoformat, parsedate_to_datetime):
            try:
                moment = form(raw)
                return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
            except (ValueError, TypeError, IndexError, OverflowError):
                continue
        self._hard += 1
        found = parse_date(raw, self._publisher) if raw and self._hard <= _MOST_HARD else None
        return None if found is None else found.at.timestamp()
