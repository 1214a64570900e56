"""What a feed that was found would bring, and which of several is the best. Pure."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.model.source import SourceKind
from core.net.url import BadUrl, clean_url
from core.text.visible import one_line
from ingest.parse.shapes import ParsedEntry, ParsedFeed

_LATELY = timedelta(days=14)
_ALIVE = timedelta(days=14)
_SHORTEST_SPAN = timedelta(hours=6)  # a rate from less would be a guess
_WHOLE = 800  # characters of a text that needs no page, as the reader has it
_SAMPLE = 5  # entries that are shown
_SAME = 0.8  # of the entries of the smaller one: the same feed in another format
_BESIDE = ("comment", "kommentar", "podcast", "sport", "horoscop")


class How(StrEnum):
    """How a feed was found."""

    ADDRESS = "address"  # it stands at the very address
    ANNOUNCED = "announced"  # the page announces it to readers' programs
    LINKED = "linked"  # the page links to it
    SITEMAP = "sitemap"  # robots.txt names it
    WELL_KNOWN = "well_known"  # it stands where many sites have theirs


_WEIGHT = {How.ADDRESS: 3.0, How.ANNOUNCED: 1.0, How.LINKED: 0.5, How.SITEMAP: -1.0, How.WELL_KNOWN: 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """An entry of a feed, for people."""

    title: str
    url: str
    published: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brings:
    """What a feed shows now. `a_day`: by the dates of two weeks, None without dates; `whole`: how many entries carry their text."""

    entries: int
    newest: datetime | None
    a_day: float | None
    whole: int
    lang: str | None
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """A feed of a site. `same_as`: the address of a better one with the same entries."""

    url: str
    title: str
    kind: SourceKind
    how: How
    brings: Brings
    same_as: str | None = None


def brings(feed: ParsedFeed, now: datetime) -> Brings:
    """What the feed would bring, by what it shows."""
    dated = sorted((at for entry in feed.entries if (at := _date(entry)) is not None), reverse=True)
    newest_first = sorted(
        feed.entries, key=lambda entry: _date(entry) or datetime.min.replace(tzinfo=now.tzinfo), reverse=True
    )
    return Brings(
        entries=len(feed.entries),
        newest=next((at for at in dated if at <= now + timedelta(days=1)), None),
        a_day=_a_day(dated, now),
        whole=sum(max(len(entry.content), len(entry.summary)) >= _WHOLE for entry in feed.entries),
        lang=feed.lang or _most([entry.lang for entry in feed.entries if entry.lang]),
        samples=tuple(
            Sample(title=one_line(entry.title)[:200], url=entry.url, published=_date(entry))
            for entry in newest_first[:_SAMPLE]
        ),
    )


def is_news_sitemap(feed: ParsedFeed) -> bool:
    """Whether a sitemap tells of news: addresses with headlines, and not all pages of a site."""
    return any(entry.title for entry in feed.entries)


def entry_addresses(feed: ParsedFeed) -> frozenset[str]:
    """Which articles a feed shows, to tell it from others."""
    return frozenset(filter(None, (_clean(entry.url) for entry in feed.entries)))


def ranked(found: Iterable[tuple[FoundFeed, frozenset[str]]], now: datetime) -> tuple[FoundFeed, ...]:
    """The best first; one with the same entries as a better one says so, and comes behind all others.

    More news, news lately, whole texts and the publisher's own word count for a feed; comments and sitemaps against it.
    """
    order = sorted(found, key=lambda one: (-_score(one[0], now), len(one[0].url), one[0].url))
    first: list[tuple[FoundFeed, frozenset[str]]] = []
    again: list[FoundFeed] = []
    for feed, entries in order:
        twin = next((other.url for other, theirs in first if _alike(entries, theirs)), None)
        if twin is None:
            first.append((feed, entries))
        else:
            again.append(replace(feed, same_as=twin))
    return (*(feed for feed, _ in first), *again)


def _score(feed: FoundFeed, now: datetime) -> float:
    told = feed.brings
    score = _WEIGHT[feed.how] + math.log2(1 + (told.a_day or 0.0))
    if told.newest is None or told.newest < now - _ALIVE:
        score -= 3.0
    if not told.entries:
        score -= 5.0
    if told.entries and told.whole * 2 > told.entries:
        score += 1.0
    if any(word in f"{feed.url} {feed.title}".lower() for word in _BESIDE):
        score -= 4.0
    return score


def _a_day(dated: Sequence[datetime], now: datetime) -> float | None:
    lately = [at for at in dated if now - _LATELY <= at <= now]
    if not lately:
        return 0.0 if dated else None
    span = max(now - lately[-1], _SHORTEST_SPAN)
    return round(len(lately) / (span / timedelta(days=1)), 1)


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    smaller = min(len(one), len(other))
    return smaller > 0 and len(one & other) >= _SAME * smaller and max(len(one), len(other)) <= 2 * smaller


def _date(entry: ParsedEntry) -> datetime | None:
    return entry.published or entry.updated


def _most(words: Sequence[str]) -> str | None:
    return max(set(words), key=lambda word: (words.count(word), word), default=None) if len(words) <= 1000 else words[0]


def _clean(url: str) -> str:
    try:
        return clean_url(url)
    except BadUrl:
        return ""
