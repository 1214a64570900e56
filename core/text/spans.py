"""Spans of time as people type them: `90s`, `2h`, `7d`."""

import re
from datetime import timedelta

_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_LONGEST = timedelta(days=36500)


def span_of(text: str) -> timedelta | None:
    """`90m` as a span; None if the text is not a span above zero."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        return None
    seconds = float(found[1]) * _SECONDS[found[2]]
    return timedelta(seconds=seconds) if 0 < seconds <= _LONGEST.total_seconds() else None


def written_span(seconds: float) -> str:
    """The shortest text that is the same span: 5400 -> `90m`."""
    for sign in ("d", "h", "m"):
        if seconds >= _SECONDS[sign] and seconds % _SECONDS[sign] == 0:
            return f"{seconds / _SECONDS[sign]:.0f}{sign}"
    return f"{seconds:g}s" if float(f"{seconds:g}") == seconds else f"{seconds:f}s"
