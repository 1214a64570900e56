"""Where articles come from, and what a poll yields."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from core.model.instant import Instant
from core.model.team import DEFAULT_TEAM

MOST_TAGS = 20  # of one source
PATIENCE_SECONDS = 28_800.0


class SourceKind(StrEnum):
    """What stands at a source's URL."""

    AUTO = "auto"
    FEED = "feed"
    SITEMAP = "sitemap"
    PAGE = "page"

    @classmethod
    def _missing_(cls, _: object) -> Self:
        """A later release's word: look at what stands there."""
        return cls.AUTO


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A publisher's feed, sitemap or page. `country` ISO 3166-1 alpha-2, `lang` ISO 639-1, `time_zone` IANA.

    `site`: the publisher's home page, where its feed is looked for when it is lost.
    """

    source_id: str
    name: str
    url: str
    kind: SourceKind = SourceKind.AUTO
    interval_seconds: float | None = None  # fixed interval; None: the adaptive schedule
    full_text: bool = True  # fetch the article's page
    country: str | None = None
    lang: str | None = None
    time_zone: str | None = None
    patience_seconds: float = (
        PATIENCE_SECONDS  # for how long a page that could not be had is asked for again; 0: once only
    )
    teams: tuple[str, ...] = ()  # ids of those that subscribe to it; none: the default team alone
    since: Instant | None = (
        None  # what it shows at first and is younger alerts; None: what is younger than the source here
    )
    tags: tuple[str, ...] = ()  # of people, to find it by
    site: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A team that reads the source at an address, and what it calls it. `team`: its name."""

    url: str
    name: str
    team: str = DEFAULT_TEAM


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a feed or sitemap tells of one article. Topic `entries`, key: the host of `url`, or the id if it needs no page.

    `entry_id` is the article id of `url`, which is clean; the page may later name another canonical URL. Without a page of
    its own (`has_page`) the article is what the feed tells, and `url` tells it from others behind a `#`.
    """

    entry_id: str
    source: Source
    url: str
    title: str = ""
    guid: str | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    lang: str | None = None
    published: Instant | None = None
    updated: Instant | None = None
    summary: str = ""  # HTML or text, as the feed has it
    content: str = ""  # HTML or text of the whole article, where the feed carries it
    seen: Instant  # when the poll saw it
    has_page: bool = True
    source_added: Instant | None = None  # it was there before that: no news to anybody
