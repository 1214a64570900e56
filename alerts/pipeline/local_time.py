"""Wall-clock windows and times as instants, right on the days when clocks change."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.model.sending import ALL_DAYS, Digest, QuietHours

_DAYS_AHEAD = 9  # a week, and one day on each side for zones


def quiet_until(hours: QuietHours, now: datetime) -> datetime | None:
    """When the quiet hours that hold at `now` end (UTC); None: none hold. Windows that touch are one."""
    windows = sorted(_windows(hours, now))
    until: datetime | None = None
    for start, end in windows:
        if start <= (until or now) < end:
            until = end
    return until


def next_time(digest: Digest, now: datetime) -> datetime:
    """The first of the digest's times after `now` (UTC)."""
    zone = ZoneInfo(digest.time_zone)
    today = now.astimezone(zone).date()
    moments = [
        _instant(today + timedelta(days=ahead), at, zone, fold=0)
        for ahead in range(-1, _DAYS_AHEAD)
        if ALL_DAYS[(today + timedelta(days=ahead)).weekday()] in digest.days
        for at in digest.at
    ]
    return min(moment for moment in moments if moment > now)


def _windows(hours: QuietHours, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    zone = ZoneInfo(hours.time_zone)
    today = now.astimezone(zone).date()
    for ahead in range(-2, _DAYS_AHEAD):
        day = today + timedelta(days=ahead)
        if ALL_DAYS[day.weekday()] not in hours.days:
            continue
        last = day if hours.end > hours.start else day + timedelta(days=1)
        # Where an hour happens twice, quiet hours begin with its first and end with its second passing.
        yield _instant(day, hours.start, zone, fold=0), _instant(last, hours.end, zone, fold=1)


def _instant(day: date, at: time, zone: ZoneInfo, *, fold: int) -> datetime:
    """The instant of a local time. One that the clocks skip is as far after the jump as it is past its beginning,
    for both folds (PEP 495 would put fold=1 before it)."""
    local = datetime.combine(day, at, tzinfo=zone)
    first = local.replace(fold=0).astimezone(UTC)
    second = local.replace(fold=1).astimezone(UTC)
    return max(first, second) if fold or first > second else first
