"""An article out of its feed entry and its page: which of the two is believed for what. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime

from core.db.types import storable
from core.model.article import Article, TimeConfidence
from core.model.ids import article_id, derived_id
from core.model.source import Entry
from core.net.url import domain_of
from ingest.parse.dates import plausible
from ingest.parse.identity import canonical_url
from ingest.parse.shapes import ParsedPage

_WORDS = re.compile(r"\w+")
MOST_CHARACTERS = 1_000_000  # of a text; beyond that it is an archive, no article, and no record holds it


@dataclass(frozen=True, slots=True)
class Dated:
    """A published time and how far to trust it."""

    at: datetime | None
    confidence: TimeConfidence


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
    feed_title = "" if is_same_title(entry.title, title) else storable(entry.title)
    feed_text = storable(page.feed_text[: MOST_CHARACTERS - len(text)])
    return Article(
        article_id=article_id(canonical),
        revision=revision_of(title, text, feed_title, feed_text),
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
        teams=entry.source.teams,
        feed_title=feed_title,
        feed_text=feed_text,
        text_origin=page.text_origin,
        agencies=tuple(map(storable, page.agencies)),
        flags=tuple(sorted(page.flags)),
        times=page.times,
    )


def revision_of(title: str, text: str, feed_title: str, feed_text: str) -> str:
    """Of what rules see. Of an article with nothing beside its page it is that of earlier releases."""
    fed = (feed_title, feed_text) if feed_title or feed_text else ()
    return derived_id("revision", title, text, *fed)


def is_same_title(one: str, other: str) -> bool:
    """Whether two headlines have the same words."""
    return folded_words(one) == folded_words(other)


def folded_words(text: str) -> list[str]:
    return _WORDS.findall(text.replace("\u00ad", "").casefold())
