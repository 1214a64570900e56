"""Moments as a reader sees them: in their zone, always with its offset. Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

from core.bounded import FIRST_YEAR, LAST_YEAR


def exact(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`14:03 +01:00` of a moment today, else `2026-11-27 14:03 +01:00`."""
    there, today = moment.astimezone(zone), now.astimezone(zone).date()
    return f"{there:%H:%M} {_offset(there)}" if there.date() == today else f"{there:%Y-%m-%d %H:%M} {_offset(there)}"


def full(moment: datetime, zone: ZoneInfo) -> str:
    """`2026-11-27 14:03:09 +01:00`."""
    there = moment.astimezone(zone)
    return f"{there:%Y-%m-%d %H:%M:%S} {_offset(there)}"


def _offset(there: datetime) -> str:
    """`+01:00`; UTC by its name."""
    offset = f"{there:%z}"
    return "UTC" if there.tzname() == "UTC" else f"{offset[:3]}:{offset[3:5]}"


def typed(text: str, zone: ZoneInfo) -> datetime:
    """A day or a time as somebody types it, in their zone where it has no offset. Raises ValueError."""
    found = datetime.fromisoformat(text)  # a day is its midnight
    if not FIRST_YEAR <= found.year <= LAST_YEAR:  # what leaves the calendar in another zone is no time
        raise ValueError(f"expected a year from {FIRST_YEAR} to {LAST_YEAR}")
    return found.replace(tzinfo=zone) if found.tzinfo is None else found
