"""What a rule may say about how its alerts go out. Times of day are local to their IANA zone."""

from dataclasses import dataclass as plain_dataclass
from datetime import time
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter
from pydantic.dataclasses import dataclass

from core.model.rule import RuleSettings, Throttle

_STRICT = ConfigDict(extra="forbid")


class Weekday(StrEnum):
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


ALL_DAYS = tuple(Weekday)


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'unknown time zone "{name}"; expected an IANA name such as Europe/Berlin') from None
    return name


def _plain(value: time) -> time:
    if value.tzinfo is not None or value.second or value.microsecond:
        raise ValueError("expected a time of day as HH:MM; its zone goes into time_zone")
    return value


Zone = Annotated[str, AfterValidator(_known_zone)]
TimeOfDay = Annotated[time, AfterValidator(_plain)]
Days = Annotated[tuple[Weekday, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class QuietHours:
    """From `start` to `end` (past midnight where `end` is not later), on windows that begin on one of `days`.

    What happens then is held and sent as one digest at the end; priority flash passes.
    """

    start: TimeOfDay
    end: TimeOfDay
    time_zone: Zone
    days: Days = ALL_DAYS

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise ValueError("start and end are the same: such quiet hours would never end")


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Digest:
    """Alerts are collected and sent together at these times of day."""

    at: Annotated[tuple[TimeOfDay, ...], Field(min_length=1, max_length=48)]
    time_zone: Zone
    days: Days = ALL_DAYS


@plain_dataclass(frozen=True, slots=True, kw_only=True)
class SendSettings:
    """When a rule's messages go out.

    `group_wait_seconds`: how long the first alert waits for others of the rule; 0: nothing is grouped.
    `group_interval_seconds`: the least time from one group of the rule to the next.
    """

    group_wait_seconds: float = 0.0
    group_interval_seconds: float = 0.0
    throttle: Throttle | None = None
    quiet_hours: QuietHours | None = None
    digest: Digest | None = None


QUIET_HOURS = TypeAdapter(QuietHours)
DIGEST = TypeAdapter(Digest)


def send_settings(stored: RuleSettings) -> SendSettings:
    """The settings of a stored rule, its quiet hours and digest read. Raises ValueError if one cannot be meant."""
    quiet_hours, digest = stored.quiet_hours, stored.digest
    return SendSettings(
        group_wait_seconds=stored.group_wait_seconds,
        group_interval_seconds=stored.group_interval_seconds,
        throttle=stored.throttle,
        quiet_hours=None if quiet_hours is None else QUIET_HOURS.validate_python(quiet_hours),
        digest=None if digest is None else DIGEST.validate_python(digest),
    )
