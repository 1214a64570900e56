"""From an entry's link to its article, over what lies between and behind: pages that lead on, and pages of one article.

link -> page -> leads on (meta refresh, Refresh header, script)? -> its target -> ... -> the article's first page
     first page -> "2" -> page 2 -> ... each paragraph once -> the whole article

Every page is asked for in its turn at its host, under that host's robots.txt. All of it is bounded: hops, pages, bytes, time.
What is not had of the later pages makes the article unfinished, so that it is asked for again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from core.model.article import ArticleFlag
from core.model.outcome import ArticleOutcome
from core.model.source import Entry
from ingest.parse.paging import MOST_PAGES, page_of_article
from ingest.parse.refresh import is_wall
from ingest.parse.shapes import PageLink, ParsedPage, ParseFailure
from ingest.parse.words_alike import words_of
from ingest.read.page_fetcher import NoArticle, RetryLater

MOST_HOPS = 5
_MOST_SECONDS = 30.0
_MOST_BYTES = 20 * 1024 * 1024
_ALIKE = 0.5  # of a headline's words


@dataclass(frozen=True, slots=True)
class PageAt:
    """A page as it was read. `url`: where; `size`: bytes of it; `raw`: the bytes themselves, where it is the only one."""

    found: ParsedPage | ParseFailure
    url: str
    size: int
    raw: bytes = b""
    content_type: str = ""


class ReadOne(Protocol):
    """Asks for one page and reads it. `entry`: what is known of it."""

    async def __call__(self, url: str, entry: Entry, /) -> PageAt | NoArticle | RetryLater: ...


class Joiner(Protocol):
    """Part of ingest.parse's ParserPool."""

    async def join_pages(self, pages: list[ParsedPage], entry: Entry, /) -> ParsedPage | ParseFailure: ...


@dataclass(frozen=True, slots=True)
class Following:
    """Follows links of one entry. `monotonic`: seconds of a clock that cannot jump."""

    read_one: ReadOne
    joiner: Joiner
    monotonic: Callable[[], float]

    async def read(self, entry: Entry) -> PageAt | NoArticle | RetryLater:
        """The page with the entry's article, with the pages behind it. A wall that leads to no article stays what it is."""
        began = self.monotonic()
        first = await self._first(entry, began)
        if isinstance(first, PageAt) and isinstance(first.found, ParsedPage) and first.found.pages:
            return await self._with_pages(first, first.found, entry, began)
        return first

    async def _first(self, entry: Entry, began: float) -> PageAt | NoArticle | RetryLater:
        url, seen, wall = entry.url, {entry.url}, None
        for _ in range(MOST_HOPS + 1):
            read = await self.read_one(url, entry)
            if not isinstance(read, PageAt):
                return read if wall is None or isinstance(read, RetryLater) else wall
            if isinstance(read.found, ParseFailure):
                wall = wall or (read if is_wall(read.found) else None)
            if not read.found.leads_to:
                return read if wall is None or isinstance(read.found, ParsedPage) else wall
            url = read.found.leads_to
            if url in seen or self.monotonic() - began > _MOST_SECONDS:
                return wall or NoArticle(ArticleOutcome.REDIRECT_LOOP, f"{read.url} leads on to {url}, and so on")
            seen |= {url, read.url}
        return wall or NoArticle(ArticleOutcome.REDIRECT_LOOP, f"more than {MOST_HOPS} pages that lead on")

    async def _with_pages(self, first: PageAt, page: ParsedPage, entry: Entry, began: float) -> PageAt:
        bare = replace(entry, summary="", content="")  # the feed says it of the whole, not of each page
        pages, size, number = [page], first.size, 1
        asked = {first.url}
        whole = True
        links = list(page.pages)
        while (following := next_page(first.url, number, links, asked)) is not None:
            url, number, is_sure = following
            asked.add(url)
            if len(pages) == MOST_PAGES or size > _MOST_BYTES:
                break
            if self.monotonic() - began > _MOST_SECONDS:
                whole = False
                break
            read = await self.read_one(url, bare)
            if isinstance(read, RetryLater):
                whole = False
                break
            if isinstance(read, NoArticle) or isinstance(read.found, ParseFailure) or read.url in asked - {url}:
                break
            if read.found.leads_to or not (is_sure or is_same_story(page.title, read.found.title)):
                break
            pages.append(read.found)
            asked.add(read.url)
            links += read.found.pages
            size += read.size
        found = page if len(pages) == 1 else await self.joiner.join_pages(pages, entry)
        if isinstance(found, ParseFailure):
            found = page
        if not whole:
            found = replace(found, flags=found.flags | {ArticleFlag.UNFINISHED})
        return replace(first, found=found, size=size, raw=first.raw if len(pages) == 1 else b"")


def next_page(first: str, number: int, links: list[PageLink], asked: set[str]) -> tuple[str, int, bool] | None:
    """The address of the page after the one with this number, its number, and whether the address alone makes it sure."""
    counted_from_zero = None
    for link in links:
        which = page_of_article(first, link.url)
        if which is None or link.url in asked:
            continue
        if which.number == number + 1:
            return link.url, which.number, which.is_worded
        if which.number == number == 1 and link.is_next:
            counted_from_zero = link.url, 1, which.is_worded
    return counted_from_zero


def is_same_story(title: str, other: str) -> bool:
    """Whether two pages have about the same headline, as pages of one article have."""
    words, others = set(words_of(title)), set(words_of(other))
    return not words or not others or len(words & others) >= _ALIKE * min(len(words), len(others))
