"""Pages that lead readers on to another address in place of an article: which of those addresses is followed. Pure."""

import re
from dataclasses import replace
from typing import NamedTuple

from core.net.url import BadUrl, web_url
from ingest.parse.feed_text import is_flash
from ingest.parse.shapes import PageLink, ParsedPage, ParseFailure

_MOST_SECONDS = 10.0  # a page that leads on later is there to be read
_MUCH = 1500  # characters: a page with so much text is there to be read, wherever it leads
_EMPTY = frozenset({"no_text", "too_short", "parse"})
_MOST_REFRESH = 5000  # characters
_REFRESH = re.compile(r"\s*(\d{0,6})[\d.]*(?:\s*[;,]\s*|\s+|(?=url))(?:url\s*=\s*)?(.*)", re.IGNORECASE | re.DOTALL)


class Onward(NamedTuple):
    """`at_once`: where browsers go from here soon. `otherwise`: where those without script, or with it, go."""

    at_once: str = ""
    otherwise: str = ""
    is_linked: bool = False  # `otherwise` is what a link of the page leads to, too
    pages: tuple[PageLink, ...] = ()


def with_onward(found: ParsedPage | ParseFailure, onward: Onward) -> ParsedPage | ParseFailure:
    """What was read, and where the page leads on. A page with an article of its own leads nowhere else."""
    if isinstance(found, ParseFailure):
        return replace(found, leads_to=onward.at_once or ("" if is_wall(found) else onward.otherwise))
    leads_to = onward.at_once if len(found.text) < _MUCH else ""
    if not leads_to and onward.is_linked and is_flash(found.text):
        leads_to = onward.otherwise
    return replace(found, leads_to=leads_to, pages=onward.pages)


def is_wall(failure: ParseFailure) -> bool:
    """Whether a page was found to be something other than an article; others are empty, or cannot be read."""
    return failure.outcome not in _EMPTY


def with_refresh(found: ParsedPage | ParseFailure, header: str, url: str) -> ParsedPage | ParseFailure:
    """What was read, and where the answer's `Refresh` field leads on, if the page itself leads nowhere."""
    if not header or found.leads_to or (isinstance(found, ParsedPage) and len(found.text) >= _MUCH):
        return found
    return replace(found, leads_to=refresh_target(header, url))


def refresh_target(said: str, url: str, base: str | None = None) -> str:
    """Where `0; url=...` leads within seconds, as HTML's standard reads it; "" for a page that loads itself again, or nowhere."""
    found = _REFRESH.match(said[:_MOST_REFRESH])
    if found is None or float(found[1] or 0) > _MOST_SECONDS:
        return ""
    target = found[2].strip()
    if target[:1] in ("'", '"'):
        target = target[1:].partition(target[0])[0]
    return elsewhere(target, url, base or url)


def elsewhere(target: str, url: str, base: str) -> str:
    address = address_at(target, base) if target.strip() else ""
    return "" if address == address_at(url, url) else address


def address_at(href: str, base: str) -> str:
    try:
        return str(web_url(href, base))
    except BadUrl:
        return ""
