"""The results of parsers: plain records that cross the border between processes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from core.model.article import ArticleFlag, TextOrigin, TimeCandidate, TimeConfidence
from core.model.source import Entry, Source
from core.text.legal import bounded_line

MOST_ENTRIES = 1000
MOST_TITLE = 1000  # characters
MOST_NAME = 300  # of an author, tag or section
MOST_NAMES = 100  # authors or tags of one article
MOST_LINK = 4096  # as core.net.url has it
MOST_GUID = 4096
_MOST_LANGUAGE = 35  # characters of a tag (RFC 5646, 4.4.1)


def title_of(text: str) -> str:
    """A title as it is kept: one line of bounded length, without control characters."""
    return bounded_line(text, MOST_TITLE)


def names_of(texts: Iterable[str]) -> tuple[str, ...]:
    """Authors or tags as they are kept: each once, each a line of bounded length, not too many."""
    found = dict.fromkeys(name for text in islice(texts, 10 * MOST_NAMES) if (name := bounded_line(text, MOST_NAME)))
    return tuple(islice(found, MOST_NAMES))


def language_tag(language: object) -> str | None:
    """A language as the publisher wrote it, if that is a text."""
    return bounded_line(language, _MOST_LANGUAGE) or None if isinstance(language, str) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """What is known of a publisher, for a feed or page that does not say it itself.

    `time_zone` IANA, `country` ISO 3166-1 alpha-2, `lang` ISO 639-1.
    """

    time_zone: str | None = None
    country: str | None = None
    lang: str | None = None

    @classmethod
    def of(cls, source: Source) -> "Publisher":
        return cls(time_zone=source.time_zone, country=source.country, lang=source.lang)


UNKNOWN_PUBLISHER = Publisher()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPatterns:
    """What many pages of one host share, so that none of it is an article's own. `blocks`: hashes of paragraphs."""

    blocks: frozenset[int] = frozenset()
    titles: frozenset[int] = frozenset()  # of titles that several pages have


NO_PATTERNS = HostPatterns()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContext:
    """What is known of a page before it is read. `entry`: what its feed said of the article; None for a page by itself."""

    publisher: Publisher = UNKNOWN_PUBLISHER
    entry: Entry | None = None
    host: HostPatterns = NO_PATTERNS


NO_CONTEXT = PageContext()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEntry:
    """An entry of a feed or sitemap. `url` absolute where the feed allows it; bodies are HTML or text as they came.

    `lang` is ISO 639-1, `language` the tag as the publisher wrote it.
    """

    guid: str | None = None
    url: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    lang: str | None = None
    language: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    summary: str = ""
    content: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed. `ttl_seconds`: what the publisher says of how long it stays as it is; `cpu_seconds`: what parsing it cost.

    `broken`: how many of its entries have characters that were lost on the way.
    """

    title: str = ""
    link: str = ""
    lang: str | None = None
    language: str | None = None
    updated: datetime | None = None
    ttl_seconds: float | None = None
    entries: tuple[ParsedEntry, ...] = ()
    broken: int = 0
    cpu_seconds: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """A link of a page that leads to a feed, with what it calls it."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLinks:
    """Where a site's feeds may be. `announced`: by <link rel=alternate>, for readers' programs; `linked`: by <a>, for
    people; `sitemaps`: those of an index. Each address once.
    """

    title: str = ""
    lang: str | None = None
    announced: tuple[FeedLink, ...] = ()
    linked: tuple[FeedLink, ...] = ()
    sitemaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link to what may be another page of an article. `is_next`: it says that it is the next one."""

    url: str
    is_next: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedPage:
    """A page's article and facts. Paragraphs of `text` are parted by a blank line.

    `leads_to`: the address to which the page leads readers on, as it has no article, or hardly one, to show itself.
    """

    canonical_url: str
    title: str = ""
    text: str = ""
    authors: tuple[str, ...] = ()
    section: str | None = None
    tags: tuple[str, ...] = ()
    lang: str | None = None
    published: datetime | None = None
    published_confidence: TimeConfidence = TimeConfidence.UNKNOWN
    updated: datetime | None = None
    agencies: tuple[str, ...] = ()
    flags: frozenset[ArticleFlag] = frozenset()
    times: tuple[TimeCandidate, ...] = ()
    text_origin: TextOrigin = TextOrigin.PAGE
    feed_text: str = ""  # what the feed said and `text` does not hold
    left_out: tuple[int, ...] = ()  # paragraphs that the host puts under many stories
    how: str = ""  # which of the candidates for the text was chosen, and why
    leads_to: str = ""
    pages: tuple[PageLink, ...] = ()  # of the same article
    page_text: str = ""  # the page's own, where `text` is the feed's


@dataclass(frozen=True, slots=True)
class ParseFailure:
    """Why a body cannot be read; `outcome` is a word of PollOutcome or ArticleOutcome. `cpu_seconds`: what it cost to see.

    `leads_to`: the address to which the page leads readers on.
    """

    outcome: str
    detail: str
    cpu_seconds: float = field(default=0.0, compare=False)
    leads_to: str = ""
