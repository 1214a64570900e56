"""Numbers and times that somebody outside wrote: read within bounds, or not at all. Nothing here raises. Pure.

`str.isdigit` holds for superscripts, `int` refuses more than 4,300 digits, `float` reads `nan` and `inf`, and a date in
the year 10^20 overflows; so nobody else turns a stranger's text into a number or a time.
"""

import math
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

_MOST_DIGITS = 18
_MOST_CHARACTERS = 200  # of a time
# Far enough from both ends of the calendar that no zone, sum or difference leaves it.
FIRST_YEAR, LAST_YEAR = 1000, 9000
_MOST_OFFSET_SECONDS = 86_400 - 1


def whole(text: str | None, most: int) -> int | None:
    """A number of ASCII digits, 0 to `most`; a larger one is `most`. None for all else."""
    digits = (text or "").strip()
    if not digits.isascii() or not digits.isdigit():
        return None
    digits = digits.lstrip("0") or "0"
    return most if len(digits) > _MOST_DIGITS else min(int(digits), most)


def amount(value: object, most: float) -> float | None:
    """A finite number from 0 on, as a number or as text; more than `most` is `most`. None for all else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and (len(value) > _MOST_CHARACTERS or not value.isascii()):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    except OverflowError:
        number = math.inf if isinstance(value, int) and value > 0 else -1.0
    return min(number, most) if number >= 0 else None  # nan is not


def wall_time(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime | None:
    """The time on a wall, its zone still unknown; None where there is no such time between FIRST_YEAR and LAST_YEAR."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - its zone is found by the caller
    except (ValueError, OverflowError):
        return None


def offset(seconds: float) -> timezone | None:
    """A zone so far east of UTC; None where none can be: a day or more."""
    return timezone(timedelta(seconds=seconds)) if abs(seconds) <= _MOST_OFFSET_SECONDS else None


def rfc3339(text: str) -> datetime | None:
    """What `datetime.fromisoformat` reads, within the years above."""
    try:
        found = datetime.fromisoformat(text[:_MOST_CHARACTERS])
    except (ValueError, OverflowError):
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def unix_time(seconds: float) -> datetime | None:
    """Seconds since 1970 as an instant."""
    try:
        found = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return found if found.year <= LAST_YEAR else None


def mail_time(text: str) -> tuple[datetime, int | None] | None:
    """RFC 822 and 5322, and what looks alike: the time on the wall, and the offset in seconds where a number says it."""
    if len(text) > _MOST_CHARACTERS:
        return None
    try:
        parts = parsedate_tz(text)
    except (ValueError, OverflowError, LookupError, TypeError, AttributeError):  # it was not written for strangers
        return None
    plain = None if parts is None else wall_time(*parts[:6])
    return None if parts is None or plain is None else (plain, parts[9])


def http_date(text: str) -> datetime | None:
    """A time in a header (RFC 9110, 5.6.7) as an instant; UTC where it names no zone."""
    found = mail_time(text)
    if found is None:
        return None
    plain, seconds = found
    zone = offset(seconds or 0)
    return None if zone is None else plain.replace(tzinfo=zone).astimezone(UTC)
