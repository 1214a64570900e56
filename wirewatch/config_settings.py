"""What a rule's tables in a file may say (quiet hours, digest, standing condition), and what is wrong with them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import time
from typing import Any

from pydantic import TypeAdapter, ValidationError

from alerts.pipeline.settings import DIGEST, QUIET_HOURS
from alerts.pipeline.standing import STANDING, FirstSeen, Frequency, Silent, Spike
from core.config import KeyPath, nearest

KINDS: Mapping[str, type[Frequency | Spike | FirstSeen | Silent]] = {
    "frequency": Frequency,
    "spike": Spike,
    "first_seen": FirstSeen,
    "silence": Silent,
}
_TABLES: Mapping[str, TypeAdapter[Any]] = {"quiet_hours": QUIET_HOURS, "digest": DIGEST, "standing": STANDING}


def setting_problems(name: str, table: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    """What is wrong with a table of that name: the keys that lead to it, and a sentence."""
    try:
        _TABLES[name].validate_python(table)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            keys = tuple(part for part in detail["loc"] if part not in KINDS)
            yield (name, *keys), _message(name, table, keys, detail)


def _message(name: str, table: Mapping[str, Any], keys: Sequence[str | int], detail: Any) -> str:
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
            message = str(detail["msg"]).removeprefix("Value error, ")
            return message.replace("Input should be", "expected", 1)


def _fields(name: str, table: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys that such a table may have."""
    if name == "standing":
        return tuple(field.name for field in fields(KINDS[table["kind"]]))
    kind = {"quiet_hours": ("start", "end", "time_zone", "days"), "digest": ("at", "time_zone", "days")}
    return kind[name]


def json_of(value: Any) -> Any:
    """TOML's local times as the text that the settings are kept as."""
    match value:
        case dict():
            return {key: json_of(inner) for key, inner in value.items()}
        case list():
            return [json_of(inner) for inner in value]
        case time():
            return value.isoformat("minutes")
        case _:
            return value
