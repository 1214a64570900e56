"""Comparisons as people write them: `wc>1000`, `wc > 1000`, `wc:>1000`, `published >= 2026-11-01T12:00Z`; what is none is told with
what is meant."""

import re
from datetime import date, timedelta

from alerts.rules.comparison import value_of
from alerts.rules.lexer import Token
from alerts.rules.problem import Code, Fix, replaced
from alerts.rules.reader import Reader
from alerts.rules.scanner import Kind
from alerts.rules.synonyms import field_meant
from alerts.rules.syntax import ComparedField, Comparison

_NAMES = {name.value: name for name in ComparedField}
_HEAD = re.compile(r"([A-Za-z_]+)(:?)([<>=!≤≥]*)(.*)", re.DOTALL)
_SIGNED = re.compile(r"([<>=!≤≥]+)(.*)", re.DOTALL)
_SIGNS = {"<": "<", "<=": "<=", "=<": "<=", "≤": "<=", ">": ">", ">=": ">=", "=>": ">=", "≥": ">="}
_EQUAL = ("", "=", "==")
_MOST_NUMBER = 40  # characters of a value that is worked on
_UNIT = re.compile(r"(?:sec(?:ond)?|min(?:ute)?|h(?:ou)?r|day|week|month|year|yr|word)s?\.?", re.IGNORECASE)
_NUMBER = re.compile(r"(\d[\d.,' ’_]*)\s*([A-Za-z]*)\.?")
_SPANS = {"s": "s", "sec": "s", "second": "s", "m": "m", "min": "m", "minute": "m", "h": "h", "hr": "h", "hour": "h",
          "d": "d", "day": "d", "w": "w", "week": "w"}  # fmt: skip
_LONG = {"mo": 30, "month": 30, "y": 365, "yr": 365, "year": 365}
_WORD_SPANS = {"today": "1d", "yesterday": "2d", "now": "1h"}
_FROM_NOW = re.compile(r"(?:now|today)-(\w+)|today|yesterday|now", re.IGNORECASE)
_NAMED_DAY = re.compile(
    r'\s*"?(?:(\d{1,2})(?:st|nd|rd|th|\.)?\s+([A-Za-z]{3,9})\.?|([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?),?\s+(\d{4})"?(?=[\s)]|$)'
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_PARTED = re.compile(r"(\d{1,4})[-/.](\d{1,2})(?:[-/.](\d{1,4}))?")
_RANGE = re.compile(r"\[?\s*(\S+?)\s*(?:\.\.\.?|…|–|\bto\b|(?<=\d)-(?=\d+$))\s*(\S+?)\s*\]?", re.IGNORECASE)


def compared(reader: Reader, token: Token) -> Comparison | None:
    """The comparison that begins with a token, which has been taken; None: none does, and no more has been taken."""
    head = _HEAD.fullmatch(token.text) if len(token.text) <= 2 * _MOST_NUMBER else None
    if head is None:
        return None
    name, colon, sign, value = head[1].lower(), head[2], head[3], head[4]
    following = reader.peek()
    if not sign and not value and following.kind is Kind.WORD and (more := _SIGNED.fullmatch(following.text)):
        sign, value = more[1], more[2]
        if name in _NAMES:
            token = token._replace(end=reader.take().end)
    if name not in _NAMES:
        _say_other(reader, token, name, sign, value)
        return None
    if not sign and not colon:
        return None
    if _NAMES[name] is ComparedField.PUBLISHED and (day := _named_day(reader, token.end - len(value))) is not None:
        return _read(reader, token._replace(end=day[1]), _NAMES[name], sign, day[0])
    value, end = _value(reader, value, token.end)
    return _read(reader, token._replace(end=end), _NAMES[name], sign, value)


def _named_day(reader: Reader, start: int) -> tuple[str, int] | None:
    """`1 November 2026`, `Nov. 1, 2026` at a place of the text, and where it ends; the tokens of it are taken."""
    found = _NAMED_DAY.match(reader.text, start, start + _MOST_NUMBER)
    if found is None:
        return None
    while reader.peek().kind is not Kind.END and reader.peek().start < found.end():
        reader.take()
    return found[0].strip().strip('"'), found.end()


def _value(reader: Reader, value: str, end: int) -> tuple[str, int]:
    """The value, where it stands in the next token, and the unit that stands behind a number."""
    following = reader.peek()
    if not value and following.kind in (Kind.WORD, Kind.PHRASE):
        value, end = following.text.strip('"').strip(), reader.take().end
    following = reader.peek()
    if value[:1].isdigit() and value.isdigit() and following.kind is Kind.WORD and _UNIT.fullmatch(following.text):
        value, end = f"{value} {following.text}", reader.take().end
    return value, end


def _read(reader: Reader, place: Token, field: ComparedField, sign: str, value: str) -> Comparison:
    span = (place.start, place.end)
    if not value:
        reader.say(Code.MISSING_OPERAND, place, f"a value is missing: {field.value}{sign or '>'}{_example(field)}")
        return Comparison(field, ">", _example(field), span)
    read = value_of(field, value)
    operator = _SIGNS.get(sign)
    if read is not None and operator is not None:
        return Comparison(field, operator, read, span)
    meant = _meant(field, sign, value[:_MOST_NUMBER])
    fixes = (Fix(one, replaced(reader.text, *span, one)) for one in meant)
    reader.say(Code.BAD_VALUE, place, _complaint(field), *fixes)
    return Comparison(field, ">", _example(field), span)  # a place holder: the rule is refused, reading goes on


def _complaint(field: ComparedField) -> str:
    if field is ComparedField.WORDS:
        return "wc is compared with a number of words: wc>1000, wc<=200"
    return (
        "published is compared with an age (published<2d: s, m, h, d or w), a day of UTC or a time (published>=2026-11-01,"
        " published<2026-11-01T12:00Z)"
    )


def _example(field: ComparedField) -> str:
    return "1000" if field is ComparedField.WORDS else "2d"


def _meant(field: ComparedField, sign: str, value: str) -> list[str]:
    name, operator = field.value, _SIGNS.get(sign)
    if field is ComparedField.WORDS and sign in _EQUAL and value[-1:] == "+":
        return [f"{name}>={one}" for one in _values(field, value[:-1])]
    counted = _FROM_NOW.fullmatch(value)
    if field is ComparedField.PUBLISHED and counted is not None and operator is not None:
        # Later than yesterday is younger than two days.
        turned = ("<" if operator[0] == ">" else ">") + operator[1:]
        return [f"{name}{turned}{one}" for one in _values(field, counted[1] or value)]
    ends = _RANGE.fullmatch(value)
    if operator is None and sign in _EQUAL and ends is not None and value_of(field, value) is None:
        low, high = _values(field, ends[1]), _values(field, ends[2])
        if low and high:
            return [f"({name}>={low[0]} AND {name}<={high[0]})"]
    values = _values(field, value)
    if operator is not None:
        return [f"{name}{operator}{one}" for one in values] + _months(name, operator, value)
    if sign not in _EQUAL or not values:
        return [f"NOT ({name}>={one} AND {name}<={one})" for one in values if sign in ("!=", "<>")]
    one = values[0]
    if field is ComparedField.PUBLISHED and one[-1].isalpha() and one[-1] != "Z":
        return [f"{name}<{one}"]
    both = f"({name}>={one} AND {name}<={one})"
    return [both] if field is ComparedField.PUBLISHED else [f"{name}>={one}", f"{name}<={one}", both]


def _values(field: ComparedField, value: str) -> list[str]:
    """What a value may mean, the likeliest first."""
    read = value_of(field, value)
    if read is not None:
        return [value.lower().replace(" ", "") if read[-1] in "smhd" else read]  # 24h stays 24h
    number = _NUMBER.fullmatch(value.lstrip("+~" if field is ComparedField.WORDS else "+-~"))
    if field is ComparedField.WORDS:
        return [] if number is None else _words(number[1], number[2].lower())
    if value.lower() in _WORD_SPANS:
        return [_WORD_SPANS[value.lower()]]
    if number is not None and number[2]:
        found = _span(number[1].strip(), number[2].lower())
        return [found] if found else []
    return _days(value)


def _words(digits: str, unit: str) -> list[str]:
    if unit in ("k", "thousand"):
        whole = re.fullmatch(r"(\d{1,4})(?:[.,](\d{1,3}))?", digits.strip())
        return [] if whole is None else [str(int(whole[1]) * 1000 + int((whole[2] or "0").ljust(3, "0")))]
    plain = re.sub(r"[.,' ’_]", "", digits)
    return [str(int(plain))] if unit in ("", "w", "word", "words") and plain.isdigit() and len(plain) < 9 else []


def _span(digits: str, unit: str) -> str | None:
    one = unit if unit in ("s", "m", "h", "d", "w") else unit.removesuffix("s")
    if one in _LONG and digits.isdigit() and len(digits) < 5:
        digits, one = f"{int(digits) * _LONG[one]}", "d"
    written = f"{digits.replace(',', '.')}{_SPANS[one]}" if one in _SPANS else ""
    return written if value_of(ComparedField.PUBLISHED, written) is not None else None


def _days(value: str) -> list[str]:
    """`2026/11/1`, `1.11.2026`; `1/2/2026` is the 1st of February or the 2nd of January, `1.2.2026` is never the latter."""
    if (named := _NAMED_DAY.fullmatch(value)) is not None:
        month = (named[2] or named[3]).lower()[:3]
        number = _MONTHS.index(month) + 1 if month in _MONTHS else 0
        told = f"{named[5]}-{number:02}-{int(named[1] or named[4]):02}"
        return [told] if value_of(ComparedField.PUBLISHED, told) else []
    parts = _PARTED.fullmatch(value) or re.fullmatch(r"((?:19|20)\d\d)(\d\d)(\d\d)", value)
    if parts is None or parts[3] is None:
        return []
    first, second, third = int(parts[1]), int(parts[2]), int(parts[3])
    orders = [(first, second, third)] if len(parts[1]) == 4 else [(third, second, first), (third, first, second)]
    orders = orders[:1] if "." in value else orders
    written = (f"{year:04}-{month:02}-{day:02}" for year, month, day in orders if year > 31)
    return list(dict.fromkeys(day for day in written if value_of(ComparedField.PUBLISHED, day)))


def _months(name: str, operator: str, value: str) -> list[str]:
    """`2026-11` and `2026`: from the first day of it, or until the last."""
    parts = re.fullmatch(r"(\d{4})(?:[-/.](\d{1,2}))?", value)
    if name != "published" or parts is None or not 1 <= int(parts[2] or "1") <= 12 or not 0 < int(parts[1]) < 9999:
        return []
    year, month = int(parts[1]), int(parts[2] or "1")
    begin = date(year, month, 1)
    after = date(year + 1, 1, 1) if parts[2] is None or month == 12 else date(year, month + 1, 1)
    day = begin if operator in (">=", "<") else after - timedelta(days=1)
    return [f"{name}{operator}{day.isoformat()}"]


def _say_other(reader: Reader, token: Token, name: str, sign: str, value: str) -> None:
    """`wordcount>1000`, `date>2026-11-01`."""
    meant = field_meant(name)
    if meant not in _NAMES or _SIGNS.get(sign) is None or not value:
        return
    shown = f"{meant}{sign}{value}"
    fix = Fix(shown, replaced(reader.text, token.start, token.end, shown))
    reader.say(Code.UNKNOWN_FIELD, token, f"there is no field {name}. Did you mean {meant}?", fix)
