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
    if digest.cron is not None:
        return _by_cron(digest, now, back=False)
    return min(moment for moment in _moments(digest, now, range(-1, _DAYS_AHEAD)) if moment > now)


def next_times(digest: Digest, now: datetime, count: int) -> list[datetime]:
    """So many of the digest's times after `now`, in the digest's zone."""
    zone, found = ZoneInfo(digest.time_zone), []
    for _ in range(count):
        now = next_time(digest, now)
        found.append(now.astimezone(zone))
    return found


def digest_times(digest: Digest, now: datetime) -> str:
    """The next five times, for people: in the digest's zone, with their offsets."""
    return ", ".join(f"{moment:%a %Y-%m-%d %H:%M %z}" for moment in next_times(digest, now, 5))


def last_time(digest: Digest, now: datetime) -> datetime:
    """The last of the digest's times before `now` (UTC)."""
    if digest.cron is not None:
        return _by_cron(digest, now, back=True)
    return max(moment for moment in _moments(digest, now, range(-_DAYS_AHEAD, 2)) if moment < now)


def _moments(digest: Digest, now: datetime, days: range) -> Iterator[datetime]:
    zone = ZoneInfo(digest.time_zone)
    today = now.astimezone(zone).date()
    for ahead in days:
        day = today + timedelta(days=ahead)
        if ALL_DAYS[day.weekday()] in digest.days:
            yield from (_instant(day, at, zone, fold=0) for at in digest.at)


def _by_cron(digest: Digest, now: datetime, *, back: bool) -> datetime:
    """On days when clocks change as Debian's cron has it: a time that is skipped comes right after, one that comes twice once."""
    from cronsim import CronSim  # noqa: PLC0415 - few rules have one

    assert digest.cron is not None  # noqa: S101 - asked before
    try:
        found: datetime = next(CronSim(digest.cron, now.astimezone(ZoneInfo(digest.time_zone)), reverse=back))
    except StopIteration:  # nothing so long ago
        found = now - timedelta(days=366)
    return found.astimezone(UTC)


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
