"""An Article out of what was pushed, and all that is wrong with what cannot be one. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.db.types import storable
from core.model.article import Article, TextOrigin, TimeConfidence
from core.model.ids import article_id, derived_id
from core.model.pushed import PushedArticle
from core.model.source import Source
from core.net.url import BadUrl, clean_url, domain_of, host_of, is_homepage
from core.text.language_code import language_code
from ingest.read.assemble import MOST_CHARACTERS, revision_of

MOST_TITLE = 2000  # characters
MOST_WORD = 500  # characters of any other field
MOST_ITEMS = 100  # authors, tags
_AHEAD = timedelta(days=1)  # clocks and zones differ; what is later is no time of an article
_CODE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_BREAK = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Wrong:
    """`place`: the member, `detail`: what was expected."""

    place: str
    detail: str


def problems_of(pushed: PushedArticle, now: datetime) -> list[Wrong]:
    """All that is wrong with it; empty: it can be an article."""
    return list(_problems(pushed, now))


def _problems(pushed: PushedArticle, now: datetime) -> Iterator[Wrong]:
    yield from _address(pushed.url)
    if not pushed.title.strip():
        yield Wrong("title", "expected the headline; it is empty")
    yield from _too_long(pushed)
    if pushed.lang is not None and not _CODE.fullmatch(pushed.lang):
        yield Wrong("lang", f"expected a code such as `en` or `en-GB`, not {pushed.lang[:40]!r}")
    if pushed.country is not None and not _COUNTRY.fullmatch(pushed.country):
        yield Wrong("country", f"expected a code of two letters such as `IN`, not {pushed.country[:40]!r}")
    for place, moment in (("published", pushed.published), ("updated", pushed.updated)):
        if moment is not None and moment - now > _AHEAD:
            yield Wrong(place, f"{moment.isoformat()} lies in the future")


def _address(text: str) -> Iterator[Wrong]:
    try:
        url = clean_url(text)
    except BadUrl as error:
        yield Wrong("url", f"expected the address of the article: {error}")
        return
    if is_homepage(url):
        yield Wrong("url", "expected the address of one article; this is the front page of its site")


def _too_long(pushed: PushedArticle) -> Iterator[Wrong]:
    limits = (
        ("title", pushed.title, MOST_TITLE),
        ("text", pushed.text, MOST_CHARACTERS),
        ("source", pushed.source, MOST_WORD),
        ("section", pushed.section or "", MOST_WORD),
        *(("authors", one, MOST_WORD) for one in pushed.authors),
        *(("tags", one, MOST_WORD) for one in pushed.tags),
    )
    for place, text, most in limits:
        if len(text) > most:
            yield Wrong(place, f"{len(text):,} characters, expected at most {most:,}")
    for place, items in (("authors", pushed.authors), ("tags", pushed.tags)):
        if len(items) > MOST_ITEMS:
            yield Wrong(place, f"{len(items)} items, expected at most {MOST_ITEMS}")


def source_of(pushed: PushedArticle, known: Source | None, team_id: str) -> Source:
    """The source that it is shown under: the one that is known, or one that exists in the name alone."""
    if known is not None:
        return known
    name = storable(pushed.source.strip()) or host_of(clean_url(pushed.url))
    return Source(source_id=derived_id("pushed", team_id, name.casefold()), name=name, url="", teams=(team_id,))


def article_of(pushed: PushedArticle, source: Source, now: datetime) -> Article:
    """The article, in the language that it is said to be in; of what has no problems."""
    url = clean_url(pushed.url)
    title, text = storable(pushed.title.strip()), _paragraphs(storable(pushed.text))
    return Article(
        article_id=article_id(url),
        revision=revision_of(title, text, "", ""),
        url=url,
        canonical_url=url,
        title=title,
        text=text,
        authors=tuple(map(storable, filter(None, map(str.strip, pushed.authors)))),
        section=storable(pushed.section) if pushed.section else None,
        tags=tuple(map(storable, filter(None, map(str.strip, pushed.tags)))),
        lang=language_code(pushed.lang or source.lang) or None,
        country=pushed.country.upper() if pushed.country else source.country,
        source_id=source.source_id,
        source_name=source.name,
        domain=domain_of(url),
        published=pushed.published,
        published_confidence=TimeConfidence.UNKNOWN if pushed.published is None else TimeConfidence.EXACT,
        updated=pushed.updated,
        seen=pushed.seen or now,
        accepted=now,
        teams=source.teams,
        text_origin=TextOrigin.PUSHED,
    )


def _paragraphs(text: str) -> str:
    parts = _BREAK.split(text.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n\n".join(part.strip() for part in parts if part.strip())
