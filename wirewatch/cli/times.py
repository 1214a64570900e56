"""Times as people type them: `2h`, `7d`, `2026-03-01`, `2026-03-01T12:00Z`."""

from datetime import UTC, datetime, timedelta

import click

from core.bounded import rfc3339
from core.text.spans import span_of


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


def before(now: datetime, since: datetime | timedelta) -> datetime:
    """The time meant."""
    return now - since if isinstance(since, timedelta) else since
