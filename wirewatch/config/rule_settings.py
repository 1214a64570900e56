"""Reads a rule's tables in a file (quiet hours, digest, standing condition), and finds their problems."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from pydantic import ValidationError

from core.config import KeyPath, nearest
from core.model.metric_rule import KINDS, OTHER_NAMES
from core.model.rule_tables import read_table
from core.model.sending import ALL_DAYS
from core.size_words import in_our_words
from wirewatch.config.hints import time_hint, zone_hint

TableProblem = tuple[KeyPath, str]  # the keys that lead to it, and a sentence
_TAGS = {*KINDS, *OTHER_NAMES}


def read_setting(name: str, table: Mapping[str, Any] | Sequence[Any]) -> tuple[Any, list[TableProblem]]:
    """A table (or list of tables) of that name as its type, or None and what is wrong with it."""
    try:
        return read_table(name, table), []
    except ValidationError as error:
        return None, list(_problems(name, table, error))


def _problems(name: str, table: Mapping[str, Any] | Sequence[Any], error: ValidationError) -> Iterator[TableProblem]:
    details = error.errors(include_url=False)
    for detail in details:
        if detail["type"] == "too_short" and any(other["loc"][:-1] == detail["loc"] for other in details):
            continue  # the value was invalid, and is reported
        keys = tuple(part for part in detail["loc"] if part not in _TAGS)
        yield (name, *keys), _message(name, table, keys, detail)


def _message(name: str, table: Mapping[str, Any] | Sequence[Any], keys: Sequence[str | int], detail: Any) -> str:
    match detail["type"]:
        case "unexpected_keyword_argument":
            known = _fields(name, table)
            return "unknown key" + (nearest(str(keys[-1]), known) or f"; known here: {', '.join(known)}")
        case "missing":
            return "missing"
        case "union_tag_not_found":
            return f"`kind` is missing; expected one of {', '.join(KINDS)}"
        case "union_tag_invalid":
            return f"kind: expected one of {', '.join(KINDS)}" + nearest(str(detail["ctx"]["tag"]), list(KINDS))
        case _:
            if str(detail["type"]).startswith("time_"):
                return f'expected a time of day such as "22:00"{time_hint(detail["input"])}'
            if keys[-1:] == ("at",) or (len(keys) > 1 and keys[-2] == "days"):
                return _in_a_list(str(keys[-1]), detail["input"])
            message = in_our_words(str(detail["msg"]))
            if message.startswith("unknown time zone"):
                message += zone_hint(str(detail["input"]))
            return message.replace("Input should be", "expected", 1)


def _in_a_list(key: str, got: object) -> str:
    if key == "at":
        return 'expected times of day in a list: ["08:00", "18:00"]'
    near = nearest(str(got).lower()[:3], ALL_DAYS)
    return f"expected one of {', '.join(ALL_DAYS)}{near}"


def _fields(name: str, table: Mapping[str, Any] | Sequence[Any]) -> tuple[str, ...]:
    """The keys that such a table may have."""
    if isinstance(table, Mapping) and name == "standing":
        kind = str(table["kind"])
        return tuple(field.name for field in fields(KINDS[OTHER_NAMES.get(kind, kind)]))
    known = {
        "quiet_hours": ("start", "end", "time_zone", "days"),
        "digest": ("at", "cron", "time_zone", "days"),
        "cooldown": ("first_seconds", "factor", "max_seconds", "reset_seconds"),
        "escalate": ("after_seconds", "channels", "priorities"),
    }
    return known[name]
