"""A page's article and what the page says of it. Each fact has its own module; here they meet. Pure."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import NamedTuple

from lxml.html import HtmlElement

from core.model.article import LEAST_CHARACTERS, TimeCandidate, TimeConfidence
from core.net.url import BadUrl, clean_url
from core.text.legal import bounded_line
from ingest.parse.agency import agencies_of
from ingest.parse.byline import authors_of
from ingest.parse.dated import chosen_time
from ingest.parse.dates import parse_date
from ingest.parse.embedded import bodies_of, data_scripts
from ingest.parse.extract import Expected, article_of, thin_out, tree_of
from ingest.parse.flags import flags_of
from ingest.parse.identity import Claims, own_address
from ingest.parse.language import declared, language_of
from ingest.parse.linked_data import LinkedData, Thing, headline_of, linked_data, text_in, texts_in, value_in
from ingest.parse.onward import onward_of
from ingest.parse.place import Place
from ingest.parse.refresh import with_onward
from ingest.parse.shapes import (
    MOST_NAME,
    NO_CONTEXT,
    PageContext,
    ParsedPage,
    ParseFailure,
    names_of,
)
from ingest.parse.times import Told, stand_ins, times_of_page
from ingest.parse.title import Facts, headlines, title_of_page, with_whole_headings
from ingest.parse.walls import wall_of

_MOST_WORDS = 50_000  # characters of keywords
_SEVERAL = frozenset(("author", "article:author", "citation_author", "dc.creator", "dcterms.creator", "article:tag"))


class _Said(NamedTuple):
    """What a page says of itself, read before its tree is changed."""

    address: str
    title: str
    meta: Mapping[str, str]
    data: LinkedData
    own: Thing
    own_page: Thing


def read_page(
    html: bytes | str, encoding: str | None, url: str, context: PageContext = NO_CONTEXT
) -> ParsedPage | ParseFailure:
    """The article on a page. `context`: for what the page does not say itself."""
    page = tree_of(with_whole_headings(html) if isinstance(html, str) else html, encoding)
    if page is None:
        return ParseFailure("parse", "the page is empty or no HTML")
    onward = onward_of(page, url, _base(page, url))
    return with_onward(_article(page, html, url, context), onward)


def _article(page: HtmlElement, html: bytes | str, url: str, context: PageContext) -> ParsedPage | ParseFailure:
    """The page's article. Changes the tree."""
    try:
        said = _said(page, url, context)
    except BadUrl as error:
        return ParseFailure("bad_url", str(error))
    wall = wall_of(
        page, said.title, url, context, is_article=bool(said.own) or said.meta.get("og:type", "").lower() == "article"
    )
    if wall is not None:
        return wall
    place = Place(page, said.title)
    now = None if context.entry is None else context.entry.seen
    moment_of = partial(parse_date, publisher=context.publisher, now=now)
    times = times_of_page(place, Told(said.own, said.own_page, said.meta), moment_of, url)
    authors = authors_of(place, said.data, said.own, said.meta, context.entry.authors if context.entry else ())
    notes = tuple(place.notes())
    flags = flags_of(page, said.own, said.meta)
    language = _declared(page, said)
    expected = _expected(page, html, said, context, authors.names)
    thin_out(page)
    fed = tuple(_fed(context))
    candidates = (*times.published, *fed, *(() if fed else stand_ins(page, times, url)))
    text, how = article_of(page, expected)
    if len(text) < LEAST_CHARACTERS:
        return ParseFailure("no_text" if not text else "too_short", f"{len(text)} characters of text")
    dated = chosen_time(candidates, now)
    return ParsedPage(
        canonical_url=said.address,
        title=said.title,
        text=text,
        lang=language_of(f"{said.title}. {text}", language, _said_language(context)),
        published=dated.at,
        published_confidence=dated.confidence,
        updated=None if times.updated is None else times.updated.at,
        authors=authors.names,
        section=bounded_line(_section(said), MOST_NAME) or None,
        tags=_tags(said),
        agencies=agencies_of(authors.agencies, text, said.data, said.own, notes),
        flags=flags,
        times=candidates,
        how=how,
    )


def _said(page: HtmlElement, url: str, context: PageContext) -> _Said:
    """Raises BadUrl."""
    meta, data = _meta(page), linked_data(page)
    canonical, og_url = _canonical(page), meta.get("og:url")
    base = _base(page, url)
    fed = context.entry.title if context.entry else ""
    bare = Facts(url, data, {}, meta, fed)
    addresses = [one for one in (clean_url(url), canonical, og_url) if one]
    own = data.own(addresses, headlines(page, bare))
    title = title_of_page(page, bare._replace(own=own))
    names = tuple(filter(None, (title, headline_of(own), fed)))
    address = own_address(url, base, Claims(canonical, og_url, data.address_of(own), names))
    return _Said(address, title, meta, data, own, data.own_page(addresses))


def _expected(
    page: HtmlElement, html: bytes | str, said: _Said, context: PageContext, authors: tuple[str, ...]
) -> Expected:
    """What is known of the article's text before it is looked for. Read before the tree is changed."""
    entry, meta = context.entry, said.meta
    titles = (
        said.title,
        headline_of(said.own),
        meta.get("og:title"),
        meta.get("twitter:title"),
        entry.title if entry else "",
    )
    return Expected(
        titles=tuple(filter(None, titles)),
        bodies=tuple(bodies_of([said.own])),
        promises=(entry.summary, entry.content) if entry else (),
        authors=authors,
        source=html if isinstance(html, str) else html.decode("utf-8", "replace"),
        scripts=tuple(data_scripts(page)),
    )


def _fed(context: PageContext) -> Iterable[TimeCandidate]:
    if context.entry is not None and context.entry.published is not None:
        yield TimeCandidate("feed", context.entry.published, TimeConfidence.EXACT)


def _canonical(page: HtmlElement) -> str | None:
    """`rel` is a list of words in any case."""
    for link in page.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and (link.get("href") or "").strip():
            return str(link.get("href"))
    return None


def _base(page: HtmlElement, url: str) -> str:
    """What the page's relative addresses start from."""
    said = next((one.get("href") for one in page.iter("base") if one.get("href")), None)
    try:
        return clean_url(said, url) if said else url
    except BadUrl:
        return url


def _declared(page: HtmlElement, said: _Said) -> str | None:
    named = declared(page.get("lang") or page.get("{http://www.w3.org/XML/1998/namespace}lang"))
    linked = declared(text_in(said.own, "inLanguage"))
    return named or linked or declared(said.meta.get("og:locale")) or declared(said.meta.get("content-language"))


def _said_language(context: PageContext) -> str | None:
    """The feed's, or the publisher's."""
    return declared((context.entry and context.entry.lang) or context.publisher.lang)


def _meta(page: HtmlElement) -> dict[str, str]:
    """What meta elements say, by name in lower case; the first of a name counts, but of authors and tags all do. A property of
    microdata has `itemprop:` before its name."""
    found: dict[str, str] = {}
    for tag in page.iter("meta"):
        content = (tag.get("content") or tag.get("value") or "").strip()
        if content:
            for name in (tag.get("property"), tag.get("name"), tag.get("http-equiv"), _itemprop(tag)):
                if name and (key := name.strip().lower()):
                    several = key in _SEVERAL and key in found and len(found[key]) < _MOST_WORDS
                    found[key] = f"{found[key]}; {content}" if several else found.get(key, content)
    return found


def _itemprop(tag: HtmlElement) -> str | None:
    """The name of a property that the page's head says; one in the body may be another article's."""
    parent = tag.getparent()
    return (
        f"itemprop:{tag.get('itemprop')}"
        if tag.get("itemprop") and parent is not None and parent.tag == "head"
        else None
    )


def _section(said: _Said) -> str:
    return text_in(said.own, "articleSection") or said.meta.get("article:section") or ""


def _tags(said: _Said) -> tuple[str, ...]:
    words = value_in(said.own, "keywords")
    if isinstance(words, list):
        return names_of(texts_in(said.own, "keywords"))
    one = text_in(said.own, "keywords") or said.meta.get("news_keywords") or said.meta.get("keywords") or ""
    return names_of(one[:_MOST_WORDS].split(","))
