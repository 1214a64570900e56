"""An article out of its feed entry and its page: which of the two is believed for what. Pure."""

import re
from datetime import datetime

from core.db.types import storable
from core.model.article import Article, ArticleFlag, TimeCandidate, TimeConfidence
from core.model.ids import article_id, derived_id
from core.model.source import Entry
from core.net.url import domain_of
from core.text.sentences import sentence_starts
from ingest.parse.dated import Dated, chosen_time
from ingest.parse.dates import plausible
from ingest.parse.identity import canonical_url
from ingest.parse.shapes import ParsedPage
from ingest.story.corrections import is_correction

_WORDS = re.compile(r"\w+")
MOST_CHARACTERS = 1_000_000  # of a text; beyond that it is an archive, no article, and no record holds it
_NOTE_CHARACTERS = 2000  # at either end of a text, where notes of a correction stand
_FIRST, _LAST = 3, 4  # sentences


def dated(entry: Entry, page: ParsedPage, now: datetime) -> Dated:
    """Which of all that say it is believed: of what the page says, and the feed."""
    return chosen_time(_times(entry, page), now)


def flags_of(page: ParsedPage, dated: Dated) -> frozenset[ArticleFlag]:
    """What is remarkable about an article: as its page says to machines, and as its text and times show."""
    shown = set()
    if dated.uncertain:
        shown.add(ArticleFlag.UNCERTAIN_TIME)
    if is_correction(page.title, _sentences(page.text)):
        shown.add(ArticleFlag.CORRECTION)
    return page.flags | shown


def _times(entry: Entry, page: ParsedPage) -> tuple[TimeCandidate, ...]:
    said = page.times
    if not said and page.published is not None:
        said = (TimeCandidate("json_ld", page.published, page.published_confidence),)
    if entry.published is not None and not any(one.origin == "feed" for one in said):
        said = (*said, TimeCandidate("feed", entry.published, TimeConfidence.EXACT))
    return said


def _sentences(text: str) -> list[str]:
    """Those at both ends, where notes stand."""
    if len(text) > 2 * _NOTE_CHARACTERS:
        return [*_sentences(text[:_NOTE_CHARACTERS])[:_FIRST], *_sentences(text[-_NOTE_CHARACTERS:])[-_LAST:]]
    starts = sentence_starts(text)
    return [text[begin:end].strip() for begin, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def assemble(entry: Entry, page: ParsedPage, url: str, now: datetime) -> Article:
    """The article. `url`: where its text was read; `now`: when."""
    published = dated(entry, page, now)
    canonical = canonical_url(url, page.canonical_url) if entry.has_page else entry.url
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
        authors=tuple(map(storable, page.authors)) or (() if page.agencies else entry.authors),
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
        source_added=entry.source_added,
        accepted=now,
        teams=entry.source.teams,
        feed_title=feed_title,
        feed_text=feed_text,
        text_origin=page.text_origin,
        agencies=tuple(map(storable, page.agencies)),
        flags=tuple(sorted(flags_of(page, published))),
        times=_times(entry, page),
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
