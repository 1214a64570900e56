"""Times as publishers write them, to instants. A zone's abbreviation is read as the source's own zone has it.

RFC 822, RFC 3339 and W3C-DTF, and what stands on pages: "Jan 15 2024 | 2:43 PM IST".
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core import bounded
from core.model.article import TimeConfidence
from ingest.parse.shapes import UNKNOWN_PUBLISHER, Publisher

_OLDEST_YEAR = 1990  # dates before the web are placeholders
_AHEAD = timedelta(days=1)  # more than a wrong time zone explains
# Hours from UTC. Those that several countries use for different zones are settled by the source's zone first.
_ZONES = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "MET": 1, "MEST": 2,
    "MEZ": 1, "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3, "MSD": 4, "IST": 5.5, "PKT": 5, "NPT": 5.75, "SAST": 2,
    "WAT": 1, "CAT": 2, "EAT": 3, "GST": 4, "AST": -4, "ADT": -3, "EST": -5, "EDT": -4, "CST": -6,
    "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10, "BRT": -3, "ART": -3,
    "CLT": -4, "SGT": 8, "HKT": 8, "WIB": 7, "ICT": 7, "PHT": 8, "KST": 9, "JST": 9, "AWST": 8, "ACST": 9.5,
    "ACDT": 10.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip
# The same letters for another zone elsewhere; the source's own zone tells which is meant.
_ELSEWHERE = {
    "AST": (3,), "ADT": (4,), "AMT": (-4, 4), "BST": (6, 11), "CST": (8, -5), "CDT": (-4,), "EST": (10,), "GST": (-2,),
    "IST": (1, 2), "MST": (6.5, 8), "PST": (8,), "SST": (-11, 8), "WST": (8, 13),
}  # fmt: skip
# Wall time with or without summer time, as the day has it.
_REGIONS = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}
_MONTH_NAMES = (
    "jan january januar januari janvier janeiro enero gennaio января январь січня stycznia ocak",
    "feb february februar februari février fevrier febrero febbraio fevereiro февраля февраль лютого lutego şubat",
    "mar march märz maerz mars marzo março maart mrt марта март березня marca mart",
    "apr april avril abril aprile апреля апрель квітня kwietnia nisan",
    "may mai mayo maggio maio mei maj мая май травня maja mayıs",
    "jun june juni juin junio giugno junho июня июнь червня czerwca haziran",
    "jul july juli juillet julio luglio julho июля июль липня lipca temmuz",
    "aug august août aout agosto augustus augusti августа август серпня sierpnia ağustos",
    "sep sept september septembre septiembre settembre setembro сентября сентябрь вересня września eylül",
    "oct october oktober octobre octubre ottobre outubro октября октябрь жовтня października ekim",
    "nov november novembre noviembre novembro ноября ноябрь листопада listopada kasım",
    "dec december dezember décembre decembre diciembre dicembre dezembro декабря декабрь грудня grudnia aralık",
)


def _with_short_forms() -> dict[str, int]:
    """Every name, and every beginning of three letters or more that means one month only."""
    months: dict[str, set[int]] = {}
    for number, names in enumerate(_MONTH_NAMES, 1):
        for name in names.split():
            for end in range(3, len(name) + 1):
                months.setdefault(name[:end], set()).add(number)
    whole = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
    return {name: next(iter(numbers)) for name, numbers in months.items() if len(numbers) == 1} | whole


_MONTHS = _with_short_forms()
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")  # seconds or milliseconds since 1970
_RFC3339 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})")
_ISO = re.compile(
    r"(\d{4})-?(\d{2})?-?(\d{2})?(?:[T\s]+(\d{1,2}):?(\d{2})?(?::?(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{0,2}|[A-Za-z/_]+)?)?\s*$"
)
_TIME = re.compile(
    r"(?:(?P<half>오전|오후|午前|午後|上午|下午)\s*)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?"
    r"\s*(?P<ap>[ap])?\.?(?:m\b\.?)?",
    re.IGNORECASE,
)
_SECOND_HALF = frozenset(("p", "오후", "午後", "下午"))
_SPOKEN_IN = {"오전": "Asia/Seoul", "오후": "Asia/Seoul", "午前": "Asia/Tokyo", "午後": "Asia/Tokyo"}
_DAY_FIRST = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th|\.|º)?[\s-]+(?:de\s+)?([^\W\d_]{3,})\.?,?[\s-]+(?:de\s+)?(\d{4})\b")
_MONTH_FIRST = re.compile(r"\b([^\W\d_]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_NUMERIC = re.compile(
    r"\b(\d{4})[./년-]\s*(\d{1,2})[./월-]\s*(\d{1,2})(?![\dA-Za-z]|-\d)|\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b"
)
_ZONE = re.compile(r"(?:([+-])(\d{2}):?(\d{2})|\b([A-Z]{1,5}T|UTC|Z|GMT|MSK|MEZ|MESZ|UT|WIB)\b)(?:([+-]\d{1,2})\b)?")


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
    if not text or len(text) > 200:
        return None
    moment = _rfc3339(text) or _epoch(text) or _guessed(text, _home(publisher.time_zone))
    if moment is None or moment.at.year < _OLDEST_YEAR or (now is not None and moment.at > now + _AHEAD):
        return None
    return moment


def plausible(at: datetime | None, now: datetime) -> datetime | None:
    """`at` unless it cannot be: before 1990, or further ahead than a wrong time zone explains."""
    return at if at is not None and datetime(_OLDEST_YEAR, 1, 1, tzinfo=UTC) <= at <= now + _AHEAD else None


def _guessed(text: str, home: tzinfo | None) -> Moment | None:
    mail = bounded.mail_time(text)
    if mail is not None and mail[1] is not None and bounded.offset(mail[1]) is None:
        return None  # no place on earth has such an offset, so what goes before it is not to be believed
    return _iso(text, home) or _rfc822(text, home, mail) or _written(text, home)


def _home(name: str | None) -> tzinfo | None:
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


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
    found = _ISO.match(text)
    if found is None or (len(found[1]) == 4 and text.isdecimal() and len(text) not in (4, 6, 8)):
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
    return _placed(plain, zone or "", home)


def _rfc822(text: str, home: tzinfo | None, found: tuple[datetime, int | None] | None) -> Moment | None:
    if found is None or not re.search(r"\d:\d", text):
        return None
    plain, _ = found  # its zone is read here, since the source's own goes first
    zone = re.search(r"\(?([A-Za-z]{1,5}|[+-]\d{2}:?\d{2})\)?\s*$", text)
    return _placed(plain, zone[1] if zone else "", home)


def _written(text: str, home: tzinfo | None) -> Moment | None:
    """A date somewhere in a line for people."""
    day = _day_of(text)
    if day is None:
        return None
    year, month, date = day
    clock = _TIME.search(_without_day(text))
    if clock is None:
        midnight = bounded.wall_time(year, month, date)
        return None if midnight is None else Moment(midnight.replace(tzinfo=home or UTC), TimeConfidence.DAY)
    hour, half = int(clock["hour"]), clock["half"] or clock["ap"]
    if half:
        hour = hour % 12 + (12 if half.lower() in _SECOND_HALF else 0)
    plain = bounded.wall_time(year, month, date, hour, int(clock["minute"]), int(clock["second"] or 0))
    if plain is None:
        return None
    zone = _ZONE.search(text, text.find(clock[0]) + len(clock[0]) - 1)
    return _placed(plain, zone[0] if zone else "", home or _home(_SPOKEN_IN.get(half or "")))


def _day_of(text: str) -> tuple[int, int, int] | None:
    for found in _DAY_FIRST.finditer(text):
        if found[2].lower() in _MONTHS:
            return int(found[3]), _MONTHS[found[2].lower()], int(found[1])
    for found in _MONTH_FIRST.finditer(text):
        if found[1].lower() in _MONTHS:
            return int(found[3]), _MONTHS[found[1].lower()], int(found[2])
    numeric = _NUMERIC.search(text)
    if numeric is None:
        return None
    if numeric[1]:
        return int(numeric[1]), int(numeric[2]), int(numeric[3])
    return int(numeric[6]), int(numeric[5]), int(numeric[4])


def _without_day(text: str) -> str:
    return _NUMERIC.sub(" ", text)


def _placed(plain: datetime, zone: str, home: tzinfo | None) -> Moment | None:
    """The wall time in its zone."""
    found = re.fullmatch(r"([+-])(\d{2}):?(\d{2})?", zone)
    if found:
        minutes = int(found[2]) * 60 + int(found[3] or 0)
        there = bounded.offset(60 * (-minutes if found[1] == "-" else minutes))
        return None if there is None else _exact(plain, there)
    name = zone.upper()
    if name and home is not None and _is_at_home(plain, name, home):
        return _exact(plain, home)
    if name in _REGIONS:
        return _exact(plain, ZoneInfo(_REGIONS[name]))
    if name in _ZONES:
        return _exact(plain, bounded.offset(3600 * _ZONES[name]) or UTC)
    if "/" in zone and (named := _home(zone)) is not None:
        return _exact(plain, named)
    assumed = TimeConfidence.ASSUMED_ZONE
    return Moment(plain.replace(tzinfo=home or UTC).astimezone(UTC), assumed)


def _is_at_home(plain: datetime, name: str, home: tzinfo) -> bool:
    """Whether the abbreviation is one that the zone uses at some time of the year, or has where it is ambiguous."""
    here = plain.replace(tzinfo=home)
    hours = (here.utcoffset() or timedelta()).total_seconds() / 3600
    if here.tzname() == name or hours in _ELSEWHERE.get(name, ()):
        return True
    return any(plain.replace(month=month, day=1, tzinfo=home).tzname() == name for month in (1, 7))


def _exact(plain: datetime, zone: tzinfo) -> Moment:
    return Moment(plain.replace(tzinfo=zone), TimeConfidence.EXACT)
