"""The watch for flatlines: since when there has been nothing, when to alert, and that it alerts once. Pure.

armed --nothing for a window--> alerted --something came--> armed again

Time in which nobody watched (the process was down) does not count: `paused_seconds` puts the due time off.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from alerts.pipeline.metric_rule import span_text
from core.model.metric_rule import Flatline


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """`revision`: the rule's when it was armed. `since`: when the silence began. `told`: whether it alerted."""

    revision: int
    since: datetime
    paused_seconds: float = 0.0
    told: bool = False

    def stored(self) -> dict[str, Any]:
        """As the payload of a timer."""
        return {**asdict(self), "since": self.since.isoformat()}

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        """A payload again."""
        return cls(**{**payload, "since": datetime.fromisoformat(payload["since"])})


def seen(watch: Watch, last: datetime | None) -> Watch:
    """The watch as it stands with the newest match or article, if any."""
    if last is None or last <= watch.since:
        return watch
    return Watch(revision=watch.revision, since=last)


def paused(watch: Watch, seconds: float) -> Watch:
    """The watch after that long without anybody watching."""
    return replace(watch, paused_seconds=watch.paused_seconds + seconds)


def due_at(watch: Watch, window_seconds: float) -> datetime:
    """When there has been nothing for a whole window."""
    return watch.since + timedelta(seconds=window_seconds + watch.paused_seconds)


def nothing(standing: Flatline, watch: Watch) -> str:
    """The sentence."""
    what = "no match" if standing.source is None else f"no article from {standing.source}"
    return f"{what} for {span_text(standing.window_seconds)}, since {watch.since:%Y-%m-%d %H:%M} UTC"
