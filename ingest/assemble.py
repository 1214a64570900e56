"""An article out of its feed entry and its page: which of the two is believed for what. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime
from html import unescape

from core.db.types import storable
from core.model.article import Article, TimeConfidence
from core.model.ids import article_id, derived_id
from core.model.source import Entry
from core.net.url import domain_of
from ingest.identity import canonical_url
from ingest.novelty import plausible
from ingest.parse.shapes import ParsedPage

FULL_CHARACTERS = 800  # a feed's content from this length on is the article, unless it ends like a teaser
MOST_CHARACTERS = 1_000_000  # of a text; beyond that it is an archive, no article, and no record holds it
USEFUL_CHARACTERS = 140  # of a feed's own text, when the page cannot be had

_MEASURED = 20_000  # characters; measuring megabytes would hold up everybody else
_TAGS = re.compile(r"<[^<>]*>")
_TEASER = re.compile(
    r"(\[?(\.\.\.|…|&hellip;|&#8230;)\]?|read (more|on)\W*|continue reading\b.{0,120}|weiterlesen\W*|lire la suite\W*|"
    r"читать далее\W*|leer más\W*)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A published time and how far to trust it."""

    at: datetime | None
    confidence: TimeConfidence


def needs_page(entry: Entry) -> bool:
    """Whether the article's page has to be fetched: its feed neither carries the article nor was told to be enough."""
    if not entry.source.full_text:
        return False
    if len(entry.content) < FULL_CHARACTERS or len(plain(entry.content)) < FULL_CHARACTERS:
        return True
    return _TEASER.search(plain(entry.content[-_MEASURED:])[-200:]) is not None


def own_html(entry: Entry) -> str:
    """The longer of what the feed itself says."""
    if not entry.summary or not entry.content:
        return entry.content or entry.summary
    return max(entry.content, entry.summary, key=lambda html: len(plain(html)))


def plain(html: str) -> str:
    """Roughly the words of the beginning, to measure them."""
    return " ".join(unescape(_TAGS.sub(" ", html[:_MEASURED])).split())


def dated(entry: Entry, page: ParsedPage, now: datetime) -> Dated:
    """The page's instant, then the feed's, then what the page lets guess."""
    published = plausible(page.published, now)
    if published is not None and page.published_confidence is TimeConfidence.EXACT:
        return Dated(published, TimeConfidence.EXACT)
    if entry.published is not None:
        return Dated(entry.published, TimeConfidence.EXACT)
    if published is not None:
        return Dated(published, page.published_confidence)
    return Dated(None, TimeConfidence.UNKNOWN)


def assemble(entry: Entry, page: ParsedPage, url: str, now: datetime) -> Article:
    """The article. `url`: where its text was read; `now`: when."""
    published = dated(entry, page, now)
    canonical = canonical_url(url, page.canonical_url)
    title = storable(page.title or entry.title)
    text = storable(page.text[:MOST_CHARACTERS])
    return Article(
        article_id=article_id(canonical),
        revision=derived_id("revision", title, text),
        url=url,
        canonical_url=canonical,
        title=title,
        text=text,
        authors=tuple(map(storable, page.authors)) or entry.authors,
        section=storable(page.section) if page.section else None,
        tags=tuple(map(storable, page.tags)) or entry.tags,
        lang=page.lang or entry.lang or entry.source.lang,
        country=entry.source.country,
        source_id=entry.source.source_id,
        source_name=entry.source.name,
        domain=domain_of(canonical),
        published=published.at,
        published_confidence=published.confidence,
        updated=plausible(page.updated, now) or entry.updated,
        seen=entry.seen,
        accepted=now,
    )
