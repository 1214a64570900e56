"""When a page says that its article was published and updated: every place that says it, and which of them is believed. Pure.

The page's own words to machines come first, then the time shown in the article, then the feed. A clock in the page's
header, a list of other articles and a sentence of the story are no such places.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import NamedTuple

from htmldate import find_date
from lxml import etree
from lxml.html import HtmlElement

from core.model.article import TimeCandidate, TimeConfidence
from ingest.parse.dated import ORIGINS, PAGE_ORIGINS
from ingest.parse.dates import Moment, parse_date
from ingest.parse.linked_data import Thing, texts_in
from ingest.parse.place import Place
from ingest.parse.scope import in_scope, is_around, is_box, is_teaser, names_of_element, visible_text
from ingest.parse.time_labels import PUBLISHED_LABEL, UPDATED_LABEL, is_labelled

_PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "article:published", "og:published_time", "og:pubdate",
    "article.published", "datepublished", "date_published", "date-published", "published_time", "published_at", "publishdate",
    "publish-date", "publish_date", "publication_date", "publication-date", "pubdate", "pub_date", "published", "published-date",
    "rnews:datepublished", "originalpublicationdate", "article_date_original", "dc.date.issued", "dcterms.issued",
    "dcterms.available", "dc.date.published", "dcterms.date", "dc.date", "dc.date.created", "dcterms.created", "dc.created",
    "sailthru.date", "parsely-pub-date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "vr:published_time",
    "bt:pubdate", "ptime", "weibo:article:create_at", "dcsext.articlefirstpublished", "iso-8601-publish-date",
    "shareaholic:article_published_time", "citation_publication_date", "citation_date", "creation_date", "created", "date",
)  # fmt: skip
_UPDATED_META = (
    "article:modified_time", "og:updated_time", "og:article:modified_time", "article:modified", "datemodified", "date_modified",
    "modified_time", "dc.date.modified", "dcterms.modified", "dc.modified", "rnews:datemodified", "utime", "bt:moddate",
    "weibo:article:update_at", "updated", "updated_time", "updated_at", "moddate", "last-updated", "last_updated", "lastmod",
    "last-modified", "last_modified", "lastmodified", "revision_date",
)  # fmt: skip
_LIKE_PUBLISHED = re.compile(
    r"publish\w*[\W_]*(?:date|time|at|on)\b|(?:date|time)[\W_]*publish|pub[\W_]*date", re.IGNORECASE
)
_TIME_TAGS = frozenset(("time", "relative-time", "time-ago", "local-time", "timeago"))
_IN_URL = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:([/_-])(0?[1-9]|1[012])\2(0?[1-9]|[12]\d|3[01])|/?(0[1-9]|1[012])/?(0[1-9]|[12]\d|3[01]))(?!\d)"
)
_IN_URL_WORD = re.compile(r"/((?:19|20)\d\d)/(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*/(\d{1,2})(?!\d)", re.IGNORECASE)  # fmt: skip
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DATED_CLASS = re.compile(
    r"(?<!up)(?<!vali)(?<!candi)date|time(?!line|r)|publi(?:sh|cat)|posted|datum|fecha|(?:^|\s)data(?:$|\s)",
    re.IGNORECASE,
)
_UPDATED_CLASS = re.compile(r"updat|modif|aktualis|actualiz|revis|lastmod", re.IGNORECASE)
_PUBLISHED_CLASS = re.compile(r"publi(?:sh|cat)|posted|created", re.IGNORECASE)  # "entry-date published updated"
_ATTRIBUTES = ("content", "datetime", "title", "data-datetime", "data-published", "data-date", "data-time", "data-timestamp", "data-utc")  # fmt: skip
_BARS = re.compile(r"\s*[|·•]\s*")  # "By Jane Doe | 2 March 2026"
_MOST_ELEMENTS = 4000  # of a page that are looked at for times
_MOST_LINE = 150  # characters of a line that is a time and little else
_MOST_WORDS = 14
_MOST_BARE, _MOST_BARE_WORDS, _LEAST_DIGITS = (
    45,
    5,
    5,
)  # characters, words and digits of a line that is nothing but a date
_DAY = timedelta(days=1)
_MARKED = "cut"  # the name that an element is given which goes
# What holds no day of the article, or one that has been read.
_NO_DAY = ("p", "li", "td", "blockquote", "pre", "nav", "footer", "aside", "script", "style", "h1", "h2", "h3", "time")


MomentOf = Callable[[str], Moment | None]  # reads a text as its publisher means it


class Times(NamedTuple):
    """All that say when an article was published, best first; and when it was last changed."""

    published: tuple[TimeCandidate, ...]
    updated: TimeCandidate | None


class Told(NamedTuple):
    """What a page tells to machines: the object of its article, that of the page, its meta elements."""

    own: Thing
    own_page: Thing
    meta: Mapping[str, str]


def times_of_page(place: Place, told: Told, moment_of: MomentOf, url: str) -> Times:
    """What the page says. `place`: where its article stands."""
    published: list[TimeCandidate] = []
    updated: list[TimeCandidate] = []
    for origin, raws, changed in _told(told):
        _add(updated if changed else published, origin, raws, moment_of)
    for found, raw in _shown(place, moment_of):
        _add(updated if found.endswith("!") else published, found.removesuffix("!"), (raw,), moment_of)
    if (day := _day_in(url)) is not None:
        published.append(TimeCandidate("url", day.at, day.confidence))
    ranked = sorted(published, key=lambda one: ORIGINS.index(one.origin))
    return Times(tuple(ranked), next(iter(updated), None))


def stand_ins(page: HtmlElement, times: Times, url: str) -> Iterator[TimeCandidate]:
    """What stands for a published time that neither page nor feed states: that of the last change, a day that is guessed."""
    if any(one.origin in PAGE_ORIGINS[:5] for one in times.published):
        return
    if times.updated is not None:
        yield times.updated
    elif not times.published and (guess := guessed_day(page, url)) is not None:
        yield guess


def guessed_day(page: HtmlElement, url: str) -> TimeCandidate | None:
    """htmldate's day: better than none, never to be relied on. Running text is cut first: it tells of other days."""
    bare = _without_prose(page)
    try:
        day = find_date(bare, url=url, original_date=True, extensive_search=False)
    except (ValueError, TypeError, AttributeError, RecursionError):  # it meets pages that nobody meant to be parsed
        return None
    found = parse_date(day) if day else None
    if found is None:
        return None
    return TimeCandidate("guess", found.at.replace(hour=0, minute=0, second=0, microsecond=0), TimeConfidence.DAY)


def _told(told: Told) -> Iterator[tuple[str, Iterable[str], bool]]:
    """Origin, texts best first, and whether they tell of a change."""
    yield "json_ld", texts_in(told.own, "datePublished"), False
    yield "json_ld", texts_in(told.own, "uploadDate"), False
    yield "json_ld", texts_in(told.own, "dateCreated"), False
    yield "json_ld", texts_in(told.own, "dateModified"), True
    yield "meta", (told.meta.get(name, "") for name in _PUBLISHED_META), False
    yield "meta", (raw for name, raw in told.meta.items() if _LIKE_PUBLISHED.search(name)), False
    yield "meta", (told.meta.get(name, "") for name in _UPDATED_META), True
    yield "itemprop", (told.meta.get("itemprop:datepublished", ""), told.meta.get("itemprop:datecreated", "")), False
    yield "itemprop", (told.meta.get("itemprop:datemodified", ""),), True
    yield "json_ld", texts_in(told.own_page, "datePublished"), False
    yield "json_ld", texts_in(told.own_page, "dateModified"), True


def _add(found: list[TimeCandidate], origin: str, raws: Iterable[str], moment_of: MomentOf) -> None:
    """The first of the texts that is a time, unless the place has said one."""
    if any(one.origin == origin for one in found):
        return
    for raw in raws:
        moment = moment_of(raw) if raw and raw.strip() else None
        if moment is not None:
            found.append(TimeCandidate(origin, moment.at, moment.confidence))
            return


def _shown(place: Place, moment_of: MomentOf) -> Iterator[tuple[str, str]]:
    """What readers are shown within the article: origin (with `!` where it tells of a change) and text."""
    lines: list[tuple[str, str]] = []
    for element in place.elements(_MOST_ELEMENTS):
        kind = _kind(element)
        if (
            kind is None
            or is_around(element, place.holders)
            or not place.holds(element)
            or is_teaser(element, place.holders)
        ):
            continue
        origin, changed = kind
        raw = next((said for name in _ATTRIBUTES if (said := element.get(name))), "")
        shown = visible_text(element)[:_MOST_LINE]
        if origin == "itemprop" and not in_scope(element, place.holders):
            continue
        if origin == "text":
            lines.append(("text!" if changed else "text", _fuller(raw, shown, moment_of)))
            continue
        yield origin + "!" * changed, _fuller(raw, shown, moment_of)
    yield from _labelled(place)
    yield from lines
    for line in place.lines_near(_MOST_LINE):
        parts = () if _UPDATED_CLASS.search(line) or UPDATED_LABEL.search(line) else (line, *_BARS.split(line))
        yield from (("text", part) for part in parts if len(part) <= _MOST_BARE and _is_bare(part, moment_of))


def _kind(element: HtmlElement) -> tuple[str, bool] | None:
    """Where an element tells a time, and whether that of a change; None where it tells none."""
    property_ = (element.get("itemprop") or element.get("property") or "").lower()
    name = names_of_element(element)
    called = f"{name} {property_}"
    changed = _UPDATED_CLASS.search(called) is not None and _PUBLISHED_CLASS.search(called) is None
    if property_.endswith(("datepublished", "datecreated", "datemodified", "uploaddate")) and element.tag != "meta":
        return "itemprop", changed
    if element.tag == "meta" and (element.get("itemprop") or "").lower().startswith("date"):
        return "itemprop", changed
    if element.tag in _TIME_TAGS:
        return "time", changed
    if _DATED_CLASS.search(name) and not len(element) > 4:
        return "text", changed
    return None


def _fuller(raw: str, shown: str, moment_of: MomentOf) -> str:
    """The attribute's time, unless it is a day only and the text beside it tells the hour of that day."""
    said = moment_of(raw) if raw.strip() else None
    if said is None:
        return shown
    if said.confidence is TimeConfidence.DAY:
        told: Moment | None = moment_of(shown)
        if told is not None and told.confidence is not TimeConfidence.DAY and abs(told.at - said.at) < 2 * _DAY:
            return shown
    return raw


def _labelled(place: Place) -> Iterator[tuple[str, str]]:
    """Lines such as "First Published: Jan 15 2024 | 2:43 PM IST", outside of running text."""
    for line in chain(place.lines(_MOST_LINE), place.lines_near(_MOST_LINE)):
        for pattern, origin in ((PUBLISHED_LABEL, "text"), (UPDATED_LABEL, "text!")):
            rest = is_labelled(line, pattern)
            if rest is not None and len(rest.split()) <= _MOST_WORDS:
                yield origin, rest


def _is_bare(line: str, moment_of: MomentOf) -> bool:
    """Whether a line is a date and nothing else: "October 3, 2024"."""
    words = re.findall(r"[^\W\d_]{2,}", line)
    return (
        len(words) <= _MOST_BARE_WORDS and len(re.findall(r"\d", line)) >= _LEAST_DIGITS and moment_of(line) is not None
    )


def _day_in(url: str) -> Moment | None:
    """The day in an address, which says no hour."""
    path = url.split("?", maxsplit=1)[0]
    numbers: tuple[int, int, int] | None = None
    if found := _IN_URL_WORD.search(path):
        numbers = int(found[1]), _MONTHS.index(found[2].lower()) + 1, int(found[3])
    elif found := _IN_URL.search(path):
        numbers = int(found[1]), int(found[3] or found[5]), int(found[4] or found[6])
    if numbers is None:
        return None
    try:
        at = datetime(*numbers, tzinfo=UTC)
    except ValueError:
        return None
    return Moment(at, TimeConfidence.DAY) if at.year >= 1995 else None


def _without_prose(page: HtmlElement) -> HtmlElement:
    """A copy without running text, lists of other articles, and clocks: what is left may hold the article's day."""
    bare = deepcopy(page)
    for element in bare.iter(etree.Element):
        for name in ("text", "tail"):  # paragraphs that are only parted by breaks
            if len(getattr(element, name) or "") > _MOST_LINE:
                setattr(element, name, None)
    for element in [one for one in bare.iter(etree.Element) if is_box(one) or _is_page_header(one)]:
        element.tag = _MARKED
    etree.strip_elements(bare, _MARKED, *_NO_DAY, with_tail=False)
    return bare


def _is_page_header(element: HtmlElement) -> bool:
    return element.tag == "header" and next(element.iter("h1"), None) is None
