"""Addresses of the pages of one article: its first page's with the number of another. Pure.

/story -> /story/2, /story/page/2, /story-seite-2, /story?page=2;  /story.html -> /story_2.html, /story.html?p=2, /story/2.html
"""

import re
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

MOST_PAGES = 10  # of one article that are read
_LAST = 99
_WORD = (
    r"pages?|pg|p|seite|pagina|página|strona|strana|stranica|side|sida|sivu|sayfa|trang|halaman|oldal|страница|сторінка|σελίδα|"
    r"part|teil|parte|ページ"
)
_PARAMETER = re.compile(
    rf"(?:{_WORD}|s|paged|page[_-]?(?:no|num|number|nr|id|index)|pagenumber|pagewanted|pagenr|pn|seitennr|start|slide)",
    re.IGNORECASE,
)
# A quick look at a link as it is written, before its address is read.
_ROUGHLY = re.compile(r"\d{1,2}(?:\.[a-z]{2,5})?/?(?:[?#]|$)|[?&;][^=&]{1,40}=\d{1,2}(?:[&#]|$)", re.IGNORECASE)
_EXTENSION = re.compile(r"\.(?:[sxp]?html?|php\d?|aspx?|jsp|jspa|cms|ece|cfm|do|xml|amp)$", re.IGNORECASE)
_TAIL = re.compile(rf"(?P<before>[/_,.;:~-])?(?:(?P<word>{_WORD})[-_/.,=]?)?(?P<number>\d{{1,2}})", re.IGNORECASE)
_FIRST = re.compile(rf"[/_,.;:~-](?:{_WORD})[-_/.,=]?0?1$", re.IGNORECASE)
_INDEX = re.compile(r"(?<=/)(?:index|default)$", re.IGNORECASE)


class PageNumber(NamedTuple):
    """Which page of an article an address is. `is_worded`: the address says so by a word; a bare number may mean anything."""

    number: int
    is_worded: bool


def may_be_page(href: str) -> bool:
    """Whether a link might be one to a page of an article, at a glance."""
    return len(href) <= 4096 and _ROUGHLY.search(href) is not None


def host_and_path(url: str) -> tuple[str, str]:
    """Host and port, without `www.`, and the path in its letters. `url`: as core.net.url writes it."""
    parts = urlsplit(url)
    return parts.netloc.lower().removeprefix("www."), unquote(parts.path).rstrip("/")


def page_of_article(first: str, link: str) -> PageNumber | None:
    """Which page of the article with its first page at `first` stands at `link`; None: none of it."""
    (host, path), (other_host, other_path) = host_and_path(first), host_and_path(link)
    if host != other_host:
        return None
    query, other_query = _pairs(first), _pairs(link)
    if path == other_path:
        return _by_query(query, other_query)
    return _by_path(path, other_path) if query == other_query else None


def _by_query(first: dict[str, str], link: dict[str, str]) -> PageNumber | None:
    changed = [name for name in link if first.get(name) != link[name]]
    if len(changed) != 1 or first.keys() - link.keys() or not _PARAMETER.fullmatch(changed[0]):
        return None
    if first.get(changed[0], "1") not in ("", "0", "1", "01"):
        return None  # a number of another kind, or no first page
    return _numbered(link[changed[0]], is_worded=True)


def _by_path(first: str, link: str) -> PageNumber | None:
    stem, extension = _parted(first)
    other, other_extension = _parted(link)
    for begin, end in ((stem, extension), (first, "")):  # /story-2.html, /story.html/2
        if end.lower() != other_extension.lower():
            continue
        start = _FIRST.sub("", begin)
        found = _TAIL.fullmatch(other, len(start)) if other.startswith(start) else None
        if found is not None and found["before"] is not None:
            return _numbered(found["number"], is_worded=found["word"] is not None)
        shorter = _INDEX.sub("", start)
        if shorter != start and other.startswith(shorter):  # /story/index.html -> /story/index2.html, /story/2.html
            rest = re.sub(r"^(?:index|default)(?=\W|_|\d)", "", other[len(shorter) :], flags=re.IGNORECASE)
            if found := _TAIL.fullmatch(rest):
                return _numbered(found["number"], is_worded=found["word"] is not None)
    return None


def _parted(path: str) -> tuple[str, str]:
    found = _EXTENSION.search(path)
    return (path, "") if found is None else (path[: found.start()], found[0])


def _pairs(url: str) -> dict[str, str]:
    """The parameters that say something."""
    pairs = (pair.partition("=") for pair in urlsplit(url).query.split("&")[:50])
    return {unquote(name).lower(): value for name, _, value in pairs if value}


def _numbered(text: str, *, is_worded: bool) -> PageNumber | None:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:4]) <= _LAST or len(text) > 2:
        return None
    return PageNumber(int(text), is_worded)
