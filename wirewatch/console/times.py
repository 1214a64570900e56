"""Moments as a reader sees them: in their zone, always with its offset. Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo


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
