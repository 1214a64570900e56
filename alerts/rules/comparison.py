"""Comparisons of a rule: `wc>1000`, `published<2d`. What their values are, and whether an article meets one.

A day is one of UTC, and is compared as a whole: `published>2026-11-01` begins on the 2nd, `published<=2026-11-01` ends with the 1st.
An age counts from when the article was seen, so that a verdict never changes.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from alerts.rules.syntax import ComparedField, Comparison
from core.text.document import Document
from core.text.spans import span_of

_MOST_DIGITS = 9
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[tT](\d\d:\d\d(?::\d\d)?)(?:[zZ]|([+-]\d\d):?(\d\d)?)?")
_UNITS = (("d", 86400), ("h", 3600), ("m", 60))

_Size = TypeVar("_Size", int, timedelta, date, datetime)


def value_of(field: ComparedField, written: str) -> str | None:
    """The one spelling of a value: `1000`, `2d`, `2026-11-01`, `2026-11-01T12:00Z`; None: it is no value."""
    if field is ComparedField.WORDS:
        plain = written.isascii() and written.isdigit() and len(written) <= _MOST_DIGITS
        return str(int(written)) if plain else None
    age = span_of(written.lower())
    if age is not None:
        return _age(age.total_seconds())
    if _DAY.fullmatch(written):
        return written if _day(written) is not None else None
    moment = _moment(written)
    return None if moment is None else _written(moment)


def held(node: Comparison, document: Document) -> bool:
    """Whether the article meets it; one without a time of publication meets none of `published`."""
    if node.field is ComparedField.WORDS:
        return _holds(node.operator, len(document.body), int(node.value))
    published = document.article.published
    if published is None:
        return False
    age = span_of(node.value)
    if age is not None:
        return _holds(node.operator, _age_of(document, published), age)
    day = _day(node.value)
    if day is not None:
        return _holds(node.operator, published.astimezone(UTC).date(), day)
    moment = _moment(node.value)
    return moment is not None and _holds(node.operator, published, moment)


def found(node: Comparison, document: Document) -> str:
    """What the article has in place of what is asked: `wc is 734`."""
    if node.field is ComparedField.WORDS:
        return f"wc is {len(document.body)}"
    published = document.article.published
    if published is None:
        return "no time of publication is known"
    if span_of(node.value) is not None:
        return f"published {_rough(_age_of(document, published))} before it was seen"
    return f"published is {_written(published)}"


def equal_or_above(node: Comparison) -> Comparison:
    """`wc>999` as `wc>=1000`, `wc<1000` as `wc<=999`: two spellings of one meaning."""
    if node.field is not ComparedField.WORDS or node.operator in ("<=", ">="):
        return node
    step = 1 if node.operator == ">" else -1
    value = int(node.value) + step
    return node if value < 0 else Comparison(node.field, f"{node.operator}=", str(value), node.span)


def implies(one: Comparison, other: Comparison) -> bool:
    """Whether every article that meets the one meets the other: of `published<2d` and `published<3d`, the first does."""
    one, other = equal_or_above(one), equal_or_above(other)
    if one.field is not other.field or one.operator[0] != other.operator[0]:
        return False
    values = _sizes(one, other)
    if values is None:
        return False
    if values[0] == values[1]:
        return other.operator.endswith("=") or not one.operator.endswith("=")
    return values[0] < values[1] if one.operator[0] == "<" else values[0] > values[1]


def is_always(node: Comparison) -> bool | None:
    """True: every article meets it; False: none does; None: neither."""
    node = equal_or_above(node)
    if node.field is not ComparedField.WORDS or int(node.value) > 0:
        return None
    return False if node.operator == "<" else True if node.operator == ">=" else None


def excludes(one: Comparison, other: Comparison) -> bool:
    """Whether no article meets both: `wc>100` and `wc<50`."""
    one, other = equal_or_above(one), equal_or_above(other)
    if one.field is not other.field or one.operator[0] == other.operator[0]:
        return False
    values = _sizes(one, other)
    if values is None:
        return False
    low, high = values if one.operator[0] == ">" else values[::-1]
    return low > high or (low == high and not (one.operator[1:] and other.operator[1:]))


def _sizes(one: Comparison, other: Comparison) -> tuple[float, float] | None:
    """Their values as numbers; None: an age is nothing to a day."""
    if one.field is ComparedField.WORDS:
        return int(one.value), int(other.value)
    ages = span_of(one.value), span_of(other.value)
    if ages[0] is not None and ages[1] is not None:
        return ages[0].total_seconds(), ages[1].total_seconds()
    days = _day(one.value), _day(other.value)
    if days[0] is not None and days[1] is not None:
        return days[0].toordinal(), days[1].toordinal()
    moments = _moment(one.value), _moment(other.value)
    if moments[0] is None or moments[1] is None:
        return None
    return moments[0].timestamp(), moments[1].timestamp()


def _age_of(document: Document, published: datetime) -> timedelta:
    return max(document.article.seen - published, timedelta())


def _age(seconds: float) -> str:
    for sign, size in _UNITS:
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.0f}{sign}"
    return f"{seconds:f}".rstrip("0").rstrip(".") + "s"


def _rough(age: timedelta) -> str:
    seconds = int(age.total_seconds())
    for sign, size in _UNITS:
        if seconds >= size:
            return f"{seconds / size:.3g}{sign}" if sign != "d" else f"{seconds // size}d {seconds % size // 3600}h"
    return f"{seconds}s"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    read = _MOMENT.fullmatch(text)
    if read is None:
        return None
    zone = f"{read[3]}:{read[4] or '00'}" if read[3] else "+00:00"
    try:
        return datetime.fromisoformat(f"{read[1]}T{read[2]}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _written(moment: datetime) -> str:
    told = moment.astimezone(UTC)
    return told.strftime("%Y-%m-%dT%H:%M:%SZ" if told.second else "%Y-%m-%dT%H:%MZ").rjust(17, "0")


def _holds(operator: str, has: _Size, value: _Size) -> bool:
    match operator:
        case "<":
            return has < value
        case "<=":
            return has <= value
        case ">":
            return has > value
        case _:
            return has >= value
