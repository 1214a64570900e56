"""When a rule's messages go out: throttle, quiet hours, digest. Times of day are local to their IANA zone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from annotated_types import Ge, Gt, Le, Len, MinLen


class Weekday(StrEnum):
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


ALL_DAYS = tuple(Weekday)
_CENTURY_SECONDS = 36_525 * 86_400.0


@dataclass(frozen=True, slots=True)
class _Checked:
    """pydantic's AfterValidator, without loading pydantic where nothing is validated: commands start in a fraction of a
    second by what they do not load."""

    check: Callable[[Any], Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], Any]) -> Any:
        from pydantic_core import core_schema  # noqa: PLC0415 - who asks for this has loaded it

        return core_schema.no_info_after_validator_function(self.check, handler(source))


def checked(check: Callable[[Any], Any]) -> Any:
    """For `Annotated`: the value as this makes it, or its ValueError as the problem of the key."""
    return _Checked(check)


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


def aware(moment: datetime) -> datetime:
    """The time in UTC. ValueError without an offset."""
    if moment.utcoffset() is None:
        raise ValueError("expected a time with its offset, such as 2026-03-02T08:00:00Z")
    return moment.astimezone(UTC)


Zone = Annotated[str, checked(_known_zone)]
TimeOfDay = Annotated[time, checked(_plain)]
Days = Annotated[tuple[Weekday, ...], MinLen(1)]


@dataclass(frozen=True, slots=True)
class Throttle:
    """At most `max` alerts of a rule in any `per_seconds`."""

    max: int
    per_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cooldown:
    """After a message the rule rests `first_seconds`, after the next `factor` times as long, at most `max_seconds`.

    When nothing came for `reset_seconds` after a rest, it begins anew.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    first_seconds: Annotated[float, Gt(0), Le(_CENTURY_SECONDS)]
    factor: Annotated[float, Ge(1), Le(100)] = 2.0
    max_seconds: Annotated[float, Gt(0), Le(_CENTURY_SECONDS)] = 86_400.0
    reset_seconds: Annotated[float, Ge(0), Le(_CENTURY_SECONDS)] = 86_400.0

    def __post_init__(self) -> None:
        if self.max_seconds < self.first_seconds:
            raise ValueError("max_seconds is below first_seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From `start` to `end` (past midnight where `end` is not later), on windows that begin on one of `days`.

    What happens then is held and sent as one digest at the end; priority flash passes.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    start: TimeOfDay
    end: TimeOfDay
    time_zone: Zone
    days: Days = ALL_DAYS

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise ValueError("start and end are the same: such quiet hours would never end")


def _cron(expression: str) -> str:
    from cronsim import CronSim, CronSimError  # noqa: PLC0415 - few rules have one

    try:
        next(CronSim(expression, datetime(2026, 1, 1)))  # noqa: DTZ001 - any time of any zone
    except (CronSimError, StopIteration):
        raise ValueError(
            f'"{expression[:100]}" is no cron expression; expected minute, hour, day, month and weekday, such as "0 8,17 * * mon-fri"'
        ) from None
    return expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """Alerts are collected and sent together at these times of day, or at those of a cron expression."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    at: Annotated[tuple[TimeOfDay, ...], Len(0, 48)] = ()
    cron: Annotated[str, checked(_cron)] | None = None
    time_zone: Zone
    days: Days = ALL_DAYS

    def __post_init__(self) -> None:
        if bool(self.at) == (self.cron is not None):
            raise ValueError("exactly one of `at` and `cron` is needed")
        if self.cron is not None and self.days != ALL_DAYS:
            raise ValueError("a cron expression names its days itself; leave `days` out")
