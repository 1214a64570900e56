"""A length of time in words, for sentences about sources. Pure."""

from datetime import timedelta


def span_words(span: timedelta) -> str:
    """The largest unit that it fills: "3 hours"."""
    seconds = max(span.total_seconds(), 0.0)
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = round(seconds / size)
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "less than a minute"
