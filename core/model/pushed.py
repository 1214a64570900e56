"""An article that the customer's own crawler has read."""

from dataclasses import dataclass

from core.model.instant import Instant
from core.model.team import DEFAULT_TEAM


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedArticle:
    """Topic `pushed`, key: any; articles of one key stay in order. Paragraphs of `text` are parted by a blank line.

    `source`: the name or id of a source that the team reads, or any other name; empty: the host of `url`. `team`: the name or
    id of the team whose rules look at it, where its source is none that we know. `by`: who pushed it; `seen`: when.
    """

    url: str
    title: str
    text: str = ""
    source: str = ""
    lang: str | None = None
    country: str | None = None
    published: Instant | None = None
    updated: Instant | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    tags: tuple[str, ...] = ()
    team: str = DEFAULT_TEAM
    by: str = ""
    seen: Instant | None = None
