"""A rule's settings as JSON and TOML have them, read into their types in this one place, and written again.

What cannot be read is named and left out: the rule goes on without it, since too many messages beat none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import datetime, time
from functools import cache
from typing import Annotated, Any

from core.model.escalation import EscalationStep, Steps
from core.model.metric_rule import STORED_NAMES, MetricRule
from core.model.outcome import Priority
from core.model.rule import JsonObject, RuleSettings
from core.model.sending import Cooldown, Digest, QuietHours, Throttle, aware
from core.size_words import in_our_words

TABLES = ("quiet_hours", "digest", "cooldown", "escalate", "standing")  # whose value has a reading of its own


def read_table(name: str, table: Mapping[str, Any] | Sequence[Any]) -> Any:
    """The table (or list of tables) under that key as its type. Raises pydantic's ValidationError, a ValueError, with every
    problem."""
    if name == "standing" and isinstance(table, Mapping) and table.get("kind") in STORED_NAMES:
        table = {**table, "kind": STORED_NAMES[table["kind"]]}
    return _adapter(name).validate_python(table)


def read_settings(stored: JsonObject) -> RuleSettings:
    """The settings of a stored rule."""
    problems: list[str] = []
    throttle, priority = stored.get("throttle"), stored["priority"]
    return RuleSettings(
        channels=tuple(stored["channels"]),
        priority=_priority(priority, problems),
        group_wait_seconds=stored["group_wait_seconds"],
        group_interval_seconds=stored["group_interval_seconds"],
        throttle=None if throttle is None else Throttle(**throttle),
        quiet_hours=_table("quiet_hours", stored, problems),
        digest=_table("digest", stored, problems),
        escalate=_table("escalate", stored, problems),
        cooldown=_table("cooldown", stored, problems),
        inhibits=tuple(stored.get("inhibits", ())),
        spread_outlets=tuple(stored.get("spread_outlets", ())),
        template=stored.get("template", ""),
        since=_since(stored.get("since"), problems),
        standing=_table("standing", stored["settings"], problems),
        tags=tuple(stored.get("tags", ())),
        unreadable=tuple(problems),
    )


def written(settings: RuleSettings) -> JsonObject:
    """The settings for the database and for JSON: what reads as the same. A default is left out of a table, so that a table
    looks the same whether the default was written or not."""
    throttle = settings.throttle
    return {
        "channels": settings.channels,
        "priority": settings.priority,
        "group_wait_seconds": settings.group_wait_seconds,
        "group_interval_seconds": settings.group_interval_seconds,
        "throttle": None if throttle is None else {"max": throttle.max, "per_seconds": throttle.per_seconds},
        "quiet_hours": written_table(settings.quiet_hours),
        "digest": written_table(settings.digest),
        "escalate": written_table(settings.escalate),
        "cooldown": written_table(settings.cooldown),
        **({"inhibits": settings.inhibits} if settings.inhibits else {}),
        **({"spread_outlets": settings.spread_outlets} if settings.spread_outlets else {}),
        **({"template": settings.template} if settings.template else {}),
        **({"tags": settings.tags} if settings.tags else {}),
        **({"since": settings.since.isoformat()} if settings.since is not None else {}),
        "settings": {} if settings.standing is None else {"standing": written_table(settings.standing)},
    }


def written_table(
    value: QuietHours | Digest | Cooldown | MetricRule | EscalationStep | tuple[EscalationStep, ...] | None,
) -> Any:
    """A table with its times of day as HH:MM, or a list of tables."""
    if value is None:
        return None
    if isinstance(value, tuple):
        return [written_table(one) for one in value]
    table = {field.name: (field.default, getattr(value, field.name)) for field in fields(value)}
    return {
        name: _plain(now)
        for name, (default, now) in table.items()
        if name == "kind" or default is MISSING or now != default
    }


def _plain(value: Any) -> Any:
    match value:
        case time():
            return value.isoformat("minutes")
        case tuple():
            return [_plain(one) for one in value]
        case _:
            return value


def _priority(stored: str, problems: list[str]) -> Priority:
    try:
        return Priority(stored)
    except ValueError:
        problems.append(f"priority: {stored!r} is unknown")
        return Priority.NORMAL


def _since(stored: str | None, problems: list[str]) -> datetime | None:
    if stored is None:
        return None
    try:
        return aware(datetime.fromisoformat(stored))
    except (TypeError, ValueError):
        problems.append(f"since: {stored!r} is no time with an offset")
        return None


def _table(name: str, stored: JsonObject, problems: list[str]) -> Any:
    table = stored.get(name)
    if table is None:
        return None
    try:
        return read_table(name, table)
    except ValueError as error:
        problems += [f"{name}: {line}" for line in _sentences(error)]
        return None


def _sentences(error: ValueError) -> list[str]:
    details = getattr(error, "errors", None)
    if details is None:
        return [str(error)]
    return [".".join(map(str, (*one["loc"], in_our_words(one["msg"])))) for one in details(include_url=False)]


@cache
def _adapter(name: str) -> Any:
    from pydantic import Field, TypeAdapter  # noqa: PLC0415 - few rules have such tables

    match name:
        case "quiet_hours":
            return TypeAdapter(QuietHours)
        case "digest":
            return TypeAdapter(Digest)
        case "escalate":
            return TypeAdapter(Steps)
        case "cooldown":
            return TypeAdapter(Cooldown)
        case _:
            return TypeAdapter(Annotated[MetricRule, Field(discriminator="kind")])
