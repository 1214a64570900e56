"""Time zones as publishers name them: an offset, a name of the tz database, an abbreviation. Pure.

An abbreviation is read as the publisher's own zone has it, then by the table below, then by dateparser's.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from importlib import import_module
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global

from core import bounded
from ingest.parse.shapes import Publisher

# Hours from UTC, where several countries use the letters or dateparser does not know them.
_ZONES = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "MET": 1, "MEST": 2,
    "MEZ": 1, "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3, "МСК": 3, "MSD": 4, "IST": 5.5, "PKT": 5, "NPT": 5.75, "SAST": 2,
    "WAT": 1, "CAT": 2, "EAT": 3, "GST": 4, "AST": -4, "ADT": -3, "EST": -5, "EDT": -4, "CST": -6, "IDT": 3, "IRST": 3.5,
    "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10, "BRT": -3, "ART": -3,
    "CLT": -4, "SGT": 8, "HKT": 8, "WIB": 7, "WITA": 8, "WIT": 9, "ICT": 7, "PHT": 8, "KST": 9, "JST": 9, "AWST": 8,
    "ACST": 9.5, "ACDT": 10.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "TRT": 3, "AFT": 4.5, "MMT": 6.5, "SLST": 5.5,
    "LKT": 5.5, "BDT": 6, "GET": 4, "VET": -4, "SAMT": 4, "YEKT": 5, "OMST": 6, "NOVT": 7, "KRAT": 7, "IRKT": 8, "YAKT": 9,
    "VLAT": 10, "MAGT": 11, "PETT": 12,
}  # fmt: skip
# The same letters for another zone elsewhere; the publisher's own zone tells which is meant.
_ELSEWHERE = {
    "AST": (3,), "ADT": (4,), "AMT": (-4, 4), "BST": (6, 11), "CST": (8,), "EST": (10, 11), "EDT": (11,),
    "MST": (6.5, 8), "PST": (8,), "SST": (-11, 8), "WST": (8, 13), "ECT": (-5, 1),
}  # fmt: skip
# Wall time with or without summer time, as the day has it.
_REGIONS = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}
_SPOKEN = {
    "eastern": "America/New_York",
    "central": "America/Chicago",
    "mountain": "America/Denver",
    "pacific": "America/Los_Angeles",
    "moscow": "Europe/Moscow",
    "indian": "Asia/Kolkata",
    "india": "Asia/Kolkata",
    "israel": "Asia/Jerusalem",
    "japan": "Asia/Tokyo",
    "korea": "Asia/Seoul",
    "china": "Asia/Shanghai",
    "central european": "Europe/Berlin",
}
# Of countries with several zones, that of most of the press.
_OF_COUNTRY = {
    "US": "America/New_York", "CA": "America/Toronto", "MX": "America/Mexico_City", "BR": "America/Sao_Paulo",
    "AR": "America/Argentina/Buenos_Aires", "CL": "America/Santiago", "EC": "America/Guayaquil", "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv", "ES": "Europe/Madrid", "PT": "Europe/Lisbon", "DE": "Europe/Berlin", "CY": "Asia/Nicosia",
    "KZ": "Asia/Almaty", "UZ": "Asia/Tashkent", "MN": "Asia/Ulaanbaatar", "CN": "Asia/Shanghai", "ID": "Asia/Jakarta",
    "MY": "Asia/Kuala_Lumpur", "PS": "Asia/Gaza", "AU": "Australia/Sydney", "NZ": "Pacific/Auckland",
    "CD": "Africa/Kinshasa", "PG": "Pacific/Port_Moresby", "FM": "Pacific/Pohnpei", "KI": "Pacific/Tarawa",
    "GL": "America/Nuuk", "PF": "Pacific/Tahiti", "VN": "Asia/Ho_Chi_Minh",
}  # fmt: skip
_COUNTRY = 2  # letters of a country's code
_MOST_OFFSET = 15 * 3600  # seconds; no place is further from Greenwich

_OFFSET = r"([+-])\s?(\d{1,2})(?::?(\d{2}))?(?![\d:.])"
_NUMBERED = re.compile(rf"\s*\(?(?:GMT|UTC|UT|Z)\s?{_OFFSET}", re.IGNORECASE)
_BARE = re.compile(r"[\s,]*\(?([+-])(\d{2}):?(\d{2})?(?![\d:.,/-]|\s+[^\W\d_]{3}|\s+\d(?!\d{3}\s*$))")
_TOO_MANY_DIGITS = re.compile(r"(?<!\d)[+-]\d{5}")
_IANA = re.compile(r"\b([A-Z][A-Za-z]+(?:/[A-Za-z][\w+-]*){1,2})")
_LETTERS = re.compile(r"(?<![^\W\d_])([A-ZМСК]{1,5}|мск|Мск|gmt|utc)(?![^\W_])")
_LONG_NAME = re.compile(
    r"\b(eastern|central european|central|mountain|pacific|moscow|indian|india|israel|japan|korea|china) (?:(?:standard|daylight|summer) )?time\b",
    re.IGNORECASE,
)


_AFTER_CLOCK = re.compile(r"\s*(eastern|mountain|pacific)\b", re.IGNORECASE)  # "8:45 PM Eastern, January 17"


@lru_cache(maxsize=256)
def zone_named(name: str | None) -> tzinfo | None:
    """The zone of an IANA name; None for what is none."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@lru_cache(maxsize=1024)
def country_of(publisher: Publisher) -> str | None:
    """The publisher's country in capitals: its own, else that of its time zone or of its language's region."""
    region = (publisher.lang or "").partition("-")[2]
    told = publisher.country or get_global("zone_territories").get(publisher.time_zone or "") or region
    return told.upper() if len(told) == _COUNTRY else None


@lru_cache(maxsize=1024)
def home_of(publisher: Publisher) -> tzinfo | None:
    """The publisher's time zone: its own, else its country's."""
    own = zone_named(publisher.time_zone)
    if own is not None or not publisher.country:
        return own
    country = publisher.country.upper()
    zones = get_global("territory_zones").get(country, ())
    name = _OF_COUNTRY.get(country) or (zones[0] if len(zones) == 1 else None)
    return zone_named(name)


class NoSuchOffset(ValueError):
    """An offset that no place on earth has: what stands before it is not to be believed."""


def zone_in(text: str, plain: datetime, home: tzinfo | None) -> tzinfo | None:
    """The zone that is named in what follows a time; None where none is. Raises NoSuchOffset."""
    if _TOO_MANY_DIGITS.search(text) is not None:
        raise NoSuchOffset
    numbered = _NUMBERED.search(text) or _BARE.search(text)
    if numbered is not None:
        minutes = int(numbered[2]) * 60 + int(numbered[3] or 0)
        return offset_of(numbered[1], minutes)
    named = _IANA.search(text)
    if named is not None and (found := zone_named(named[1])) is not None:
        return found
    spoken = _LONG_NAME.search(text) or _AFTER_CLOCK.match(text)
    if spoken is not None:
        return zone_named(_SPOKEN[spoken[1].lower()])
    for letters in _LETTERS.finditer(text):
        found = abbreviated(letters[1].upper(), plain, home)
        if found is not None:
            return found
    return None


def offset_of(sign: str, minutes: int) -> tzinfo:
    """So many minutes east (`+`) or west of Greenwich. Raises NoSuchOffset."""
    seconds = 60 * (-minutes if sign == "-" else minutes)
    found = bounded.offset(seconds) if abs(seconds) <= _MOST_OFFSET else None
    if found is None:
        raise NoSuchOffset
    return found


def abbreviated(name: str, plain: datetime, home: tzinfo | None) -> tzinfo | None:
    """The zone of an abbreviation in capitals; None for what is none."""
    if home is not None and _is_at_home(plain, name, home):
        return home
    if name in _REGIONS:
        return ZoneInfo(_REGIONS[name])
    if name in _ZONES:
        return bounded.offset(3600 * _ZONES[name]) or UTC
    seconds = _other_zones().get(name)
    return None if seconds is None else bounded.offset(seconds)


def _is_at_home(plain: datetime, name: str, home: tzinfo) -> bool:
    """Whether the abbreviation is one that the zone uses at some time of the year, or has where it is ambiguous."""
    here = plain.replace(tzinfo=home)
    hours = (here.utcoffset() or timedelta()).total_seconds() / 3600
    if here.tzname() == name or hours in _ELSEWHERE.get(name, ()):
        return True
    return any(plain.replace(month=month, day=1, tzinfo=home).tzname() == name for month in (1, 7))


@cache
def _other_zones() -> dict[str, float]:
    """dateparser's table, without single letters and words of dates."""
    told = import_module("dateparser.timezones").timezone_info_list
    named = {name: float(seconds) for part in told for name, seconds in part["timezones"]}
    return {
        name: seconds
        for name, seconds in named.items()
        if name.isalpha()
        and len(name) > 2
        and name not in _NO_ZONES
        and seconds % _QUARTER == 0  # else a town's, long ago
    }


_QUARTER = 900
# Words that stand behind times in capitals, too: "20:45 | MOST READ".
_NO_ZONES = frozenset(
    "AM PM MAR MAY SEP SEPT DEC NOV OCT ACT ART EAST WAST CAST COST DUST FORT HAR HAT HAY MALT MART MIST MIT MOST MUST NET NEST NUT"
    " PEST SET STAT SWAT TOT VOLT ANT APT CAPT CUT DFT RET THA VOST YET".split()
)
