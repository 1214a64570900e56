"""An outgoing feed: what an address opens, and what readers see there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What a token opens: a channel's entries, or those of one of its rules; `entries` at most."""

    channel: str
    rule_id: str | None
    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """`content`: what readers see (title, url, html, author, lang, tags). `updated`: since when it has been so."""

    channel: str
    entry_id: str
    rule_id: str
    published: datetime
    updated: datetime
    content: dict[str, Any]
