"""Times as people type them: `2h`, `7d`, `2026-03-01`, `2026-03-01T12:00Z`."""

import re
from datetime import UTC, datetime, timedelta

import click

from core.bounded import rfc3339

_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_LONGEST = timedelta(days=36500)


class Span(click.ParamType[timedelta]):
    """A span of time above zero."""

    name = "duration"

    def convert(self, value: str | timedelta, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        found = span_of(value)
        if found is None:
            self.fail(f"{value!r} is no span of time; expected a number and s, m, h, d or w, such as 2h", param, ctx)
        return found


class Since(click.ParamType[datetime | timedelta]):
    """A time, or a span before now."""

    name = "time"

    def convert(
        self, value: str | datetime | timedelta, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime | timedelta:
        if not isinstance(value, str):
            return value
        span = span_of(value)
        if span is not None:
            return span
        found = rfc3339(value)
        if found is None:
            message = f"{value!r} is no time; expected a span such as 7d, or 2026-03-01 or 2026-03-01T12:00Z"
            self.fail(message, param, ctx)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


SPAN = Span()
SINCE = Since()


def span_of(text: str) -> timedelta | None:
    """`90m` as a span; None if the text is not a span."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        return None
    seconds = float(found[1]) * _SECONDS[found[2]]
    return timedelta(seconds=seconds) if 0 < seconds <= _LONGEST.total_seconds() else None


def before(now: datetime, since: datetime | timedelta) -> datetime:
    """The time meant."""
    return now - since if isinstance(since, timedelta) else since
