"""An article as wirewatch read it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from core.model.instant import Instant
from core.model.team import DEFAULT_TEAM

LEAST_CHARACTERS = 80  # of a text: with fewer an article is little more than its headline


class TimeConfidence(StrEnum):
    """How far the published time can be trusted."""

    EXACT = "exact"  # an instant with its zone
    ASSUMED_ZONE = "assumed_zone"  # the zone is the source's
    DAY = "day"  # only the day is known
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, _: object) -> Self:
        """A later release's word: it is only shown."""
        return cls.UNKNOWN


class TextOrigin(StrEnum):
    """Where an article's text was read."""

    PAGE = "page"
    FEED = "feed"  # the page has none, less, or could not be had
    HEADLINE = "headline"  # neither has any: the headline is all there is
    PUSHED = "pushed"  # somebody else's crawler read it
    OTHER = "other"  # a later release's word: it is only shown

    @classmethod
    def _missing_(cls, _: object) -> Self:
        return cls.OTHER


class ArticleFlag(StrEnum):
    """What is remarkable about an article; only shown."""

    PAYWALL = "paywall"  # its publisher says that a part is for subscribers
    LIVE_BLOG = "live_blog"
    CORRECTION = "correction"  # it says of itself that it was corrected
    UNCERTAIN_TIME = "uncertain_time"  # those who say when it was published differ by a day or more
    BROKEN_CHARACTERS = "broken_characters"  # some of its bytes are no text of its encoding
    UNFINISHED = "unfinished"  # it says that more will follow, or it is shorter than its feed promised
    OTHER = "other"  # a later release's word

    @classmethod
    def _missing_(cls, _: object) -> Self:
        return cls.OTHER


@dataclass(frozen=True, slots=True)
class TimeCandidate:
    """When an article was published, as one place says it. `origin`: json_ld, meta, itemprop, time, feed, url, text or guess."""

    origin: str
    at: Instant
    confidence: TimeConfidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The article's own text and facts. Topic `articles`. Paragraphs of `text` are parted by a blank line.

    `article_id` is derived from `canonical_url`; `revision` from title and text, so an edited article is told from a
    repeated record. `seen` is when the poll saw it, `accepted` when it was read.

    Rules see `feed_title` beside `title`, and `feed_text` beside `text`: what the feed said and the page does not repeat.
    """

    article_id: str
    revision: str = ""
    url: str
    canonical_url: str
    title: str
    text: str
    authors: tuple[str, ...] = ()
    section: str | None = None
    tags: tuple[str, ...] = ()
    lang: str | None = None
    country: str | None = None
    source_id: str
    source_name: str
    domain: str
    published: Instant | None = None
    published_confidence: TimeConfidence = TimeConfidence.UNKNOWN
    updated: Instant | None = None
    seen: Instant
    accepted: Instant
    teams: tuple[str, ...] = ()  # of its source: whose rules look at it; none: the default team alone
    feed_title: str = ""  # the feed's headline, where it is not the page's
    feed_text: str = ""  # what the feed said and `text` does not; paragraphs are parted by a blank line
    text_origin: TextOrigin = TextOrigin.PAGE
    agencies: tuple[str, ...] = ()  # whose report it is: AP, Reuters, AFP, dpa, Yonhap, ...
    flags: tuple[ArticleFlag, ...] = ()
    times: tuple[TimeCandidate, ...] = ()  # all that say when it was published
    source_added: Instant | None = None  # it stood in its source at the first poll, and is no news before that time
    reread: bool = (
        False  # a revision by us: read in full, or better, later. Its publisher changed nothing: no second alert
    )

    def read_by(self, team_id: str) -> bool:
        """Whether the team subscribes to a source of it."""
        return team_id in (self.teams or (DEFAULT_TEAM,))
