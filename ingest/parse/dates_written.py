"""A time in a line for people, in any language of the press: day, clock and zone are looked for one after the other. Pure.

"Jan 15 2024 | 2:43 PM IST", "15 января 2024 г., 14:43", "2024년 1월 15일 오후 2시 43분", "Mon Jan 15 14:43:00 PST 2024".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import zip_longest

from core import bounded
from ingest.parse.months import folded, month_names
from ingest.parse.shapes import Publisher
from ingest.parse.zones import country_of, zone_in, zone_named

_FIRST_HALF = "am|a\\. ?m\\.?|오전|午前|上午|凌晨|早上|清晨|pagi|de la manana|sang|πμ|π\\.μ\\.|ص|صباحا|صبح|ق\\.ظ|एएम|এএম|காலை|முற்பகல்"
_SECOND_HALF = (
    "pm|p\\. ?m\\.?|오후|午後|下午|晚上|中午|傍晚|petang|ptg|sore|malam|de la tarde|de la noche|chieu|toi|ch|μμ|μ\\.μ\\.|م|مساء"
    "|عصر|شام|ب\\.ظ|بعد از ظهر|पीएम|পিএম|மாலை|பிற்பகல்"
)
_HALF = rf"(?P<{{}}>{_FIRST_HALF}|{_SECOND_HALF})"
_CLOCK = re.compile(
    rf"(?:{_HALF.format('before')}\s*)?(?<![\d:])(?P<hour>\d{{1,2}})(?:"
    r":(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"|\s?(?:시|時|时|點|点)\s?(?:(?P<minute2>\d{1,2})\s?(?:분|分))?(?:\s?(?P<second2>\d{1,2})\s?(?:초|秒))?"
    r"|\s?[hux]\s?(?P<minute3>\d{2})(?:m(?:in)?)?"
    r"|\.(?P<minute4>\d{2})(?:\.(?P<second4>\d{2}))?"
    rf"|(?=\s?(?:am|pm|a\. ?m|p\. ?m|h|hs|hrs|uhr|uur)\b))(?![\d:])(?:\s*{_HALF.format('after')}(?![^\W\d_]))?"
)
_SECOND = re.compile(_SECOND_HALF)
# What is spoken in one country alone tells the zone where nothing else does.
_SPOKEN_IN = {"오전": "Asia/Seoul", "오후": "Asia/Seoul", "午前": "Asia/Tokyo", "午後": "Asia/Tokyo"}

_SIGNS = re.compile(
    r"(?<!\d)(?:(?P<era>令和|平成|昭和|民國|民国)\s?(?P<in_era>\d{1,3}|元)|(?P<year>\d{4}))\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일号號]?"
)
_SIGNS_WITHOUT_YEAR = re.compile(
    r"(?<![\d年년])(?<![年년]\s)(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일号號]"
)
_DIGITS = "〇一二三四五六七八九零"
_NUMERALS = re.compile(
    "(?:[〇零一二三四五六七八九]{4}(?=年)|(?<![一二三四五六七八九十])[一二三]?十[一二三四五六七八九]?(?=[月日])|(?<![一二三四五六七八九十])[一二三四五六七八九](?=[月日]))"
)
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
_YEAR_FIRST = re.compile(
    r"(?<![\d.])(\d{4})(?:\s?[./-]\s?)(\d{1,2})(?:\s?[./-]\s?)(\d{1,2})(?![\da-su-z]|t(?!\d\d?:\d\d(?::\d\d)? ?[ap]\.?m)|-\d|\.\d+(?![\d:]))\.?"
)
_YEAR_LAST = re.compile(
    r"(?<![\d./])(?<!\d-)(\d{1,2})\s?([./-])\s?(\d{1,2})\s?[./-]\s?(\d{4})(?![\d:]|[.,]\d{1,3}(?!\d|:|\.\d\d)|-[a-z])"
)
_YEAR_SHORT = re.compile(r"^(\d{2})-(\d{2})-(\d{2})$")  # ISO 8601:2000
_ALL_SHORT = re.compile(r"(?<![\w.,:/-])(\d{2})([./-])(\d{2})\2(\d{2})(?![\w:/-]|[.,]\d)")
_MINGUO = re.compile(r"(?<![\w.,:/-])(1\d\d)([./-])(\d{1,2})\2(\d{1,2})(?![\w:/-]|[.,]\d)")
_WORD = re.compile(
    r"(?:[^\W\d_]|[\u0300-\u036f\u0900-\u0963\u0970-\u0dff\u0e31-\u0e4e\u0eb1-\u0ecd\u1000-\u109f\u1780-\u17d3])+"
)
# Vietnamese, Mongolian, Korean, and Japanese and Chinese where they put a day before the month.
_MONTH_NUMBER = re.compile(r"\bth(?:ang|g)?\.? ?(\d{1,2})\b|(?<!\d)(\d{1,2})(?: ?[월月](?= \d)| сарын)")
_YEAR = re.compile(r"(?<![\d+:])(?<!\d[.,])(1[34]\d\d|19\d\d|2[0-6]\d\d)(?![\d:])")
_YEAR_OF_TWO = re.compile(r"^[\s.,-]*['’]?(\d{2})(?![\d:.])")
_DAY_BEFORE = re.compile(
    r"(?<![\d:.])(\d{1,2})(?:st|nd|rd|th|er|ª|º|o|a|\.|:a|:e|ος|η|-?го|-?е|日)?[\s\-/.,،]*(?:(?:de|of|den|di|i|mes de|do|ng|ta['’])\s|d['’]\s?)?$"
)
_DAY_AFTER = re.compile(r"^[\s.,\-/]*(?:(?:the|den)\s)?(\d{1,2})(?:st|nd|rd|th|er|ª|º|a|an|ean)?(?![\d:])")
_STRAY = re.compile(r"(?<![\d:+.-])\d{3,}")  # may be a year that is none of ours
_MOST_WORDS_BETWEEN = 2  # a day and its year, which are a sentence's otherwise
_FIRST_OF_1900S = 70  # years of two figures from here on
_NEAR = 12  # characters between a day and its month
BUDDHIST_YEARS = range(2400, 2700)
BUDDHIST_AHEAD = 543
_MINGUO_YEARS = 1911
_THAI = re.compile("[\u0e01-\u0e4e]")
_PERSIAN_YEARS = range(1300, 1500)
_PERSIAN_MONTHS, _LONG_MONTHS = 12, 6
_YEAR_KNOWN = 1403  # it began on 20 March 2024
_BRACKETED_NAME = re.compile(r"\([^()\d]*[^\W\d_]{3}[^()\d]*\)")
_MONTH_FIRST_COUNTRIES = frozenset(("US", "PH", "FM", "PW", "MH", "GU", "PR", "AS", "MP", "VI"))
_YEAR_FIRST_COUNTRIES = frozenset(("CN", "HK", "HU", "JP", "KR", "MN", "TW"))
_AMERICAN = re.compile(r"\b(?:E[SD]?T|P[SD]?T|C[SD]T|M[SD]T|AK[SD]T|HST)\b")


@dataclass(frozen=True, slots=True)
class Written:
    """The time on a wall, and its zone where one is named. `timed`: an hour is said, not only a day."""

    plain: datetime
    zone: tzinfo | None
    timed: bool
    named: bool = True  # the zone; else it is the one country's that writes so


@dataclass(frozen=True, slots=True)
class _Place:
    """A day, and where it and its month's name begin and end."""

    day: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Day:
    year: int
    month: int
    day: int
    rest: str  # the folded text without it: of the same length, so that places in it are those of the text


def written(text: str, publisher: Publisher, home: tzinfo | None, now: datetime | None) -> Written | None:
    """A day somewhere in a line of at most some hundred characters, and its hour and zone. Raises zones.NoSuchOffset."""
    text = _BRACKETED_NAME.sub(lambda found: " " * len(found[0]) if re.search("[+-]\\d", text) else found[0], text)
    text = _in_figures(text) if "月" in text else text
    line = folded(text)
    day = _day_in(line, text, publisher, now)
    if day is None:
        return None
    clock = _CLOCK.search(day.rest)
    if clock is None:
        plain = bounded.wall_time(day.year, day.month, day.day)
        return None if plain is None else Written(plain, None, timed=False)
    hour, minute, second = _read(clock)
    if hour is None:
        return None
    plain = bounded.wall_time(day.year, day.month, day.day, hour, minute, second)
    if plain is None:
        return None
    behind = text[clock.end() :] if len(text) == len(line) else _behind(text, clock[0])
    zone = zone_in(behind, plain, home)
    if zone is not None or home is not None:
        return Written(plain, zone, timed=True)
    return Written(plain, zone_named(_SPOKEN_IN.get(clock["before"] or "")), timed=True, named=False)


def _in_figures(text: str) -> str:
    """Days whose numbers are written out in Chinese: 二〇二四年十月十七日."""
    return _NUMERALS.sub(lambda found: _number(found[0]), text)


def _number(numerals: str) -> str:
    if "十" not in numerals:
        return "".join(str(_DIGITS.index(one) % 10) for one in numerals)
    tens, _, ones = numerals.partition("十")
    return f"{_DIGITS.index(tens) if tens in _DIGITS[1:10] and tens else 1}{_DIGITS.index(ones) if ones else 0}"


def _behind(text: str, clock: str) -> str:
    """What follows the clock, where folding has changed lengths."""
    digits = clock.strip()[:5]
    place = text.find(digits)
    return text[place + len(digits) :] if place >= 0 else text


def _read(clock: re.Match[str]) -> tuple[int | None, int, int]:
    hour = int(clock["hour"])
    minute = int(next((clock[name] for name in ("minute", "minute2", "minute3", "minute4") if clock[name]), 0))
    second = int(next((clock[name] for name in ("second", "second2", "second4") if clock[name]), 0))
    half = clock["before"] or clock["after"]
    if half and hour <= 12:  # "14:43 PM" is said, too
        hour = hour % 12 + (12 if _SECOND.fullmatch(half) else 0)
    return hour, minute, second


def _day_in(line: str, text: str, publisher: Publisher, now: datetime | None) -> _Day | None:
    found = _by_signs(line, now) or _by_name(line, publisher.lang, now)
    if found is not None:
        return found
    first = _YEAR_FIRST.search(line)
    if first is not None:
        return _numbered(int(first[1]), int(first[2]), int(first[3]), _blank(line, *first.span()))
    last = _YEAR_LAST.search(line)
    if last is not None:
        one, two = int(last[1]), int(last[3])
        month_first = two > 12 or (one <= 12 and last[2] != "." and _is_american(publisher, text))
        day, month = (two, one) if month_first else (one, two)
        return _numbered(int(last[4]), month, day, _blank(line, *last.span()))
    return _in_two_figures(line, text, publisher)


def _in_two_figures(line: str, text: str, publisher: Publisher) -> _Day | None:
    """17.10.24, or 24/10/17 where the year comes first; 113/10/17 in Taiwan. A version is written so, too: see below."""
    short = _YEAR_SHORT.match(line)
    if short is not None:
        return _Day(2000 + int(short[1]), int(short[2]), int(short[3]), "")
    country = country_of(publisher)
    minguo = _MINGUO.search(line) if country == "TW" else None
    if minguo is not None:
        return _Day(_MINGUO_YEARS + int(minguo[1]), int(minguo[3]), int(minguo[4]), _blank(line, *minguo.span()))
    found = _ALL_SHORT.search(line)
    if found is None:
        return None
    rest = _blank(line, *found.span())
    if _CLOCK.search(rest) is None and rest.strip():  # then nothing tells that it is a date
        return None
    one, two, three = int(found[1]), int(found[3]), int(found[4])
    if one > 31 or country in _YEAR_FIRST_COUNTRIES:
        return _Day(_century(one), two, three, rest)
    month_first = two > 12 or (one <= 12 and found[2] != "." and _is_american(publisher, text))
    return _Day(_century(three), one if month_first else two, two if month_first else one, rest)


def _century(year: int) -> int:
    return 2000 + year if year < _FIRST_OF_1900S else 1900 + year


def _is_american(publisher: Publisher, text: str) -> bool:
    country = country_of(publisher)
    if country:
        return country in _MONTH_FIRST_COUNTRIES
    return (publisher.time_zone or "").startswith("US/") or _AMERICAN.search(text) is not None


def _by_signs(line: str, now: datetime | None) -> _Day | None:
    """Chinese, Japanese and Korean."""
    found = _SIGNS.search(line)
    if found is not None:
        year = int(found["year"] or 0)
        if found["era"]:
            year = _ERAS[found["era"]] + (1 if found["in_era"] == "元" else int(found["in_era"]))
        return _with_year(year, int(found["month"]), int(found["day"]), _blank(line, *found.span()))
    found = _SIGNS_WITHOUT_YEAR.search(line) if now is not None else None
    return None if found is None else _nearest(int(found["month"]), int(found["day"]), now, _blank(line, *found.span()))


def _by_name(line: str, lang: str | None, now: datetime | None) -> _Day | None:
    """The month whose day stands before it, else the one whose day stands behind: "mar. 16 janv." has one of each."""
    words = list(_named_months(line, lang))
    words.sort(key=lambda one: one.begins)
    for beside in (_day_before, _day_behind):
        for word in words:
            place = beside(line, word.start, word.end)
            if place is None:
                continue
            found = (_around_persian if word.persian else _around)(line, place, word.month, now)
            if found is not None:
                return found
    return None


@dataclass(frozen=True, slots=True)
class _NamedMonth:
    start: int
    end: int
    month: int
    begins: bool = False  # a name that only begins so: a weekday of another language may, too
    persian: bool = False


def _named_months(line: str, lang: str | None) -> Iterator[_NamedMonth]:
    names = month_names()
    words = list(_WORD.finditer(line))
    for word, following in zip_longest(words, words[1:]):
        if following is not None and line[word.end() : following.start()] == " ":
            month = names.month(f"{word[0]} {following[0]}", lang)
            if month:
                yield _NamedMonth(word.start(), following.end(), month)
        month = names.month(word[0], lang)
        if month:
            yield _NamedMonth(word.start(), word.end(), month, begins=not names.is_whole(word[0]))
        if persian := names.persian_month(word[0]):
            yield _NamedMonth(word.start(), word.end(), persian, persian=True)
    for found in _MONTH_NUMBER.finditer(line):
        yield _NamedMonth(found.start(), found.end(), int(found[1] or found[2]))


def _around(line: str, place: _Place, month: int, now: datetime | None) -> _Day | None:
    """A month and its day, and a year anywhere, or two figures of one behind."""
    rest = _blank(line, place.start, place.end)
    year = _YEAR.search(rest)
    if year is not None:
        between = line[place.end : year.start()] or line[year.end() : place.start]
        if sum(1 for word in _WORD.finditer(between) if len(word[0]) > 1) > _MOST_WORDS_BETWEEN:
            return None
        return _with_year(int(year[1]), month, place.day, _blank(rest, *year.span()))
    short = _YEAR_OF_TWO.match(rest[place.end :])
    if short is not None:
        number = int(short[1])
        rest = _blank(rest, place.end, place.end + short.end())
        if _THAI.search(line[place.start : place.end]) is not None:
            return _with_year(2500 + number, month, place.day, rest)
        return _Day(_century(number), month, place.day, rest)
    return None if _STRAY.search(rest) is not None else _nearest(month, place.day, now, rest)


def _around_persian(line: str, place: _Place, month: int, _now: datetime | None) -> _Day | None:
    rest = _blank(line, place.start, place.end)
    year = _YEAR.search(rest)
    if year is None or int(year[1]) not in _PERSIAN_YEARS:
        return None
    return _in_persian(int(year[1]), month, place.day, _blank(rest, *year.span()))


def _in_persian(year: int, month: int, day: int, rest: str) -> _Day | None:
    at = from_persian(year, month, day)
    return None if at is None else _Day(at.year, at.month, at.day, rest)


def _day_before(line: str, start: int, end: int) -> _Place | None:
    begin = max(0, start - _NEAR)
    found = _DAY_BEFORE.search(line[begin:start])
    return None if found is None else _Place(int(found[1]), begin + found.start(), end)


def _day_behind(line: str, start: int, end: int) -> _Place | None:
    found = _DAY_AFTER.match(line[end : end + _NEAR])
    return None if found is None else _Place(int(found[1]), start, end + found.end())


def _blank(line: str, start: int, end: int) -> str:
    """Without a part, and as long as before."""
    return line[:start] + " " * (end - start) + line[end:]


def from_persian(year: int, month: int, day: int) -> datetime | None:
    """A day of the Persian calendar in ours. Eight years in 33 are leap years, as it is from 1178 to 1633 (Birashk)."""
    last = 31 if month <= _LONG_MONTHS else 30 if month < _PERSIAN_MONTHS or _is_leap(year) else 29
    start = bounded.wall_time(2024, 3, 20)
    if not 1 <= month <= _PERSIAN_MONTHS or not 1 <= day <= last or start is None:
        return None
    years = range(min(year, _YEAR_KNOWN), max(year, _YEAR_KNOWN))
    days = sum(366 if _is_leap(one) else 365 for one in years)
    before = 30 * (month - 1) + min(month - 1, _LONG_MONTHS) + day - 1
    return start + timedelta(days=(days if year >= _YEAR_KNOWN else -days) + before)


def _is_leap(year: int) -> bool:
    return year % 33 in (1, 5, 9, 13, 17, 22, 26, 30)


def _numbered(year: int, month: int, day: int, rest: str) -> _Day | None:
    return _in_persian(year, month, day, rest) if year in _PERSIAN_YEARS else _with_year(year, month, day, rest)


def _with_year(year: int, month: int, day: int, rest: str) -> _Day:
    if year in BUDDHIST_YEARS:
        year -= BUDDHIST_AHEAD
    return _Day(year, month, day, rest)


def _nearest(month: int, day: int, now: datetime | None, rest: str) -> _Day | None:
    """In the year in which it is past, or tomorrow at most."""
    if now is None:
        return None
    for year in (now.year + 1, now.year, now.year - 1):
        at = bounded.wall_time(year, month, day)
        if at is not None and at <= now.replace(tzinfo=None) + timedelta(days=1):
            return _Day(year, month, day, rest)
    return None
