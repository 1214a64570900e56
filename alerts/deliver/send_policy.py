"""What people want of a channel beside how to reach it: its cap by the hour, and where its messages go while it fails."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.model.channel import Pause, channel_key

FALLBACK_AFTER_SECONDS = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SendPolicy:
    """`max_per_hour` None: no cap. `cap_flash`: it holds for flash, too. `fallback`: a channel's key, empty where there is none.

    `gone_since`: since when its receiver is gone, and it is paused for that.
    """

    max_per_hour: int | None = None
    cap_flash: bool = False
    fallback: str = ""
    gone_since: datetime | None = None
    fallback_after_seconds: float = FALLBACK_AFTER_SECONDS


def policy_of(settings: Mapping[str, Any], team_id: str, pause: Pause | None = None) -> SendPolicy:
    """Of a stored channel. What is not a number there is one in a variable of the environment, which caps nothing."""
    most, after = settings.get("max_per_hour"), settings.get("fallback_after_seconds", FALLBACK_AFTER_SECONDS)
    fallback = settings.get("fallback")
    return SendPolicy(
        max_per_hour=most if isinstance(most, int) else None,
        cap_flash=settings.get("cap_flash") is True,
        fallback=channel_key(team_id, fallback) if isinstance(fallback, str) and fallback else "",
        gone_since=pause.since if pause is not None and pause.because else None,
        fallback_after_seconds=float(after) if isinstance(after, int | float) else FALLBACK_AFTER_SECONDS,
    )
