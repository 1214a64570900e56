"""Times as publishers write them, to instants: RFC 822, RFC 3339 and W3C-DTF at once, then lines for people.

What only software writes is read here; `dates_written.py` reads what people write, `zones.py` zones, `months.py` names.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from core import bounded
from core.model.article import TimeConfidence
from ingest.parse.dates_written import BUDDHIST_AHEAD, BUDDHIST_YEARS, written
from ingest.parse.months import folded
from ingest.parse.shapes import UNKNOWN_PUBLISHER, Publisher
from ingest.parse.zones import NoSuchOffset, home_of, zone_in

_MOST_CHARACTERS = 200
_OLDEST_YEAR, _LAST_YEAR = 1990, 2100  # dates before the web are placeholders, and so are those of other centuries
_AHEAD = timedelta(days=1)  # more than a wrong time zone explains
_EPOCH = re.compile(r"\d{10}(?:\d{3}|\.\d{1,6})?")  # seconds or milliseconds since 1970
_RFC3339 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})")
_ISO = re.compile(
    r"(\d{4})-?(\d{2})?-?(\d{2})?(?:(?:[Tt\s]+|(?<=\d{8})(?=\d{4}))(\d{1,2}):?(\d{2})?(?::?(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{0,2}|[A-Za-z/_]+)?)?\s*$"
)
_NAME_IN_BRACKETS = re.compile(r"(?<=[\dZ])\[[A-Za-z_/+-]+\]$")  # RFC 9557: an offset comes before it
_WEEK = re.compile(r"([1-9]\d{3})-?W(\d{2})(?:-?(\d))?(?=[T\s]|$)")
_ORDINAL = re.compile(r"([1-9]\d{3})-(\d{3})(?=T)")
_MAIL = re.compile(
    r"(?:[A-Za-z]{3}, ?)?[0-9]{1,2} [A-Z][a-z]{2} [1-9][0-9]{3} [0-9]{2}:[0-9]{2}:[0-9]{2} ([+-][0-9]{4}|[A-Z]{1,4})"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant and how far it can be trusted."""

    at: datetime
    confidence: TimeConfidence


def parse_date(raw: str, publisher: Publisher = UNKNOWN_PUBLISHER, now: datetime | None = None) -> Moment | None:
    """The instant that a publisher's text means; None if it is unclear or impossible.

    `publisher`: its time zone counts for abbreviations and for times without a zone. `now`: what lies more than a day
    after it is refused, as is what lies before 1990.
    """
    text = " ".join(raw.split())
    if not text or len(text) > _MOST_CHARACTERS:
        return None
    moment = (
        _rfc3339(text) or _epoch(text) or _guessed(_NAME_IN_BRACKETS.sub("", text).replace("−", "-"), publisher, now)
    )
    if moment is not None and moment.at.year in BUDDHIST_YEARS and len(text) > 4:
        moment = _of_buddhist_year(moment)
    if (
        moment is None
        or not _OLDEST_YEAR <= moment.at.year <= _LAST_YEAR
        or (now is not None and moment.at > now + _AHEAD)
    ):
        return None
    return moment


def _of_buddhist_year(moment: Moment) -> Moment | None:
    """What software writes that counts years as Thailand does: 2567-10-17T20:45:00+07:00."""
    at = moment.at
    plain = bounded.wall_time(at.year - BUDDHIST_AHEAD, at.month, at.day, at.hour, at.minute, at.second)
    return None if plain is None else Moment(plain.replace(tzinfo=at.tzinfo), moment.confidence)


def plausible(at: datetime | None, now: datetime) -> datetime | None:
    """`at` unless it cannot be: before 1990, or further ahead than a wrong time zone explains."""
    return at if at is not None and datetime(_OLDEST_YEAR, 1, 1, tzinfo=UTC) <= at <= now + _AHEAD else None


def _guessed(text: str, publisher: Publisher, now: datetime | None) -> Moment | None:
    home = home_of(publisher)
    try:
        moment = _mail(text, home) or _iso(_with_ascii_digits(text), home)
        if moment is not None and moment.at.year >= _OLDEST_YEAR:
            return moment
        return _written(text, publisher, home, now)  # 1403-07-26 is of the Persian calendar
    except NoSuchOffset:  # so what stands before it is not to be believed
        return None


def _with_ascii_digits(text: str) -> str:
    return text if text.isascii() else folded(text).upper()


def _rfc3339(text: str) -> Moment | None:
    """Most feeds' times by far, read at once; what `_iso` makes of them too."""
    if _RFC3339.fullmatch(text) is None:
        return None
    at = bounded.rfc3339(text)  # None: no such day, hour or offset
    return None if at is None else Moment(at.replace(microsecond=0), TimeConfidence.EXACT)


def _epoch(text: str) -> Moment | None:
    if _EPOCH.fullmatch(text) is None:
        return None
    at = bounded.unix_time(int(text[:10]))
    return None if at is None else Moment(at, TimeConfidence.EXACT)


def _iso(text: str, home: tzinfo | None) -> Moment | None:
    found = _ISO.match(_with_month(text))
    if found is None or (len(found[1]) == 4 and text.isdecimal() and len(text) not in (4, 8, 12, 14)):
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    numbers = (
        int(part or least)
        for part, least in zip((year, month, day, hour, minute, second), (0, 1, 1, 0, 0, 0), strict=True)
    )
    plain = bounded.wall_time(*numbers)
    if plain is None:
        return None
    if hour is None:
        return Moment(plain.replace(tzinfo=home or UTC), TimeConfidence.DAY)
    if not zone:
        return Moment(plain.replace(tzinfo=home or UTC).astimezone(UTC), TimeConfidence.ASSUMED_ZONE)
    there = zone_in(f" {zone.upper() if len(zone) == 1 else zone}", plain, home)  # None: what follows may be PM
    return None if there is None else Moment(plain.replace(tzinfo=there), TimeConfidence.EXACT)


def _with_month(text: str) -> str:
    """A week's day or a day's number in its year as a day of a month: 2024-W42-4, 2024-291T10:00."""
    found = _WEEK.match(text) or _ORDINAL.match(text)
    if found is None:
        return text
    year, number = int(found[1]), int(found[2])
    try:
        if found.re is _WEEK:
            day = date.fromisocalendar(year, number, int(found[3] or 1))
        else:
            day = date.fromordinal(date(year, 1, 1).toordinal() + number - 1)
    except (ValueError, OverflowError):
        return text
    return f"{day.isoformat()}{text[found.end() :]}" if day.year == year or found.re is _WEEK else text


def _mail(text: str, home: tzinfo | None) -> Moment | None:
    """RFC 822 as most feeds have it, read at once; what `_written` makes of it, too."""
    found = _MAIL.fullmatch(text)
    told = bounded.mail_time(text) if found is not None else None
    if found is None or told is None or (told[1] is None and found[1] not in ("GMT", "UTC", "UT", "Z")):
        return None
    there = zone_in(f" {found[1]}", told[0], home)
    return None if there is None else Moment(told[0].replace(tzinfo=there), TimeConfidence.EXACT)


def _written(text: str, publisher: Publisher, home: tzinfo | None, now: datetime | None) -> Moment | None:
    """A date somewhere in a line for people."""
    found = written(text, publisher, home, now)
    if found is None:
        return None
    if not found.timed:
        return Moment(found.plain.replace(tzinfo=home or UTC), TimeConfidence.DAY)
    if found.zone is not None:
        confidence = TimeConfidence.EXACT if found.named else TimeConfidence.ASSUMED_ZONE
        return Moment(found.plain.replace(tzinfo=found.zone), confidence)
    return Moment(found.plain.replace(tzinfo=home or UTC).astimezone(UTC), TimeConfidence.ASSUMED_ZONE)
