"""How long what is kept."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Days to keep: from acceptance, match, last change, delivery. `entries`: since a feed showed them last."""

    articles: float = 30
    entries: float = 60
    traces: float = 14
    findings: float = 90
    alerts: float = 365
    notifications: float = 90
    silences: float = 365
    dead_letters: float = 30
    audit: float = 730
    stats: float = 365
    raw_pages: float = 1
