"""The address that names each entry of a feed: its link, where that leads to a page of its own; else one that is made of
where the entry stands and what tells it from the others. Pure.

link, to a page of its own ------------------------------> the link
several entries share it, and differ by their fragments -> the link with its fragment: a post of a live page
the front page, one page for all, or no link at all -----> the guid, if that is an address; else the page (or the feed's
                                                           site), and behind `#` what the entry's guid or title makes

What is made is the same at every poll, opens sensibly in a browser, and is never fetched for the entry's text.
"""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from core.db.types import storable
from core.model.ids import derived_id
from core.model.source import Source
from core.net.url import BadUrl, clean_url, host_of, is_homepage, is_route, part_of, tells_article
from ingest.parse.redirectors import target_of
from ingest.parse.shapes import ParsedEntry

_NO_SLUG = re.compile(r"[^0-9A-Za-z._-]+")
_MOST_SLUG = 40  # characters of a guid that are shown in an address
_DIGITS = 12  # hexadecimal, of what tells an entry from all others of its source
_WEB = ("http://", "https://")
_VERSIONS = 2  # entries of one guid and link that are one article before and after an edit


class FrontPage(BadUrl):
    """The entry leads to the front page of its site, and tells nothing."""


@dataclass(frozen=True, slots=True)
class Address:
    """`url` is clean; behind a `#` stands what tells the entry from others at the same page. `page`: the link without.

    `part`: the link's fragment, where `url` does without it since no other entry has the link.
    """

    url: str
    page: str
    has_page: bool = True
    part: str = ""


class Addresses:
    """Of the entries that a body shows. `site`: the feed's own, as it says; `feed_url`: what links are relative to."""

    def __init__(self, shown: Sequence[ParsedEntry], source: Source, feed_url: str, site: str = "") -> None:
        self._source = source
        self._feed_url = feed_url
        self._site = _clean(site, feed_url) or _clean(source.url, feed_url) or ""
        self._own = frozenset((_clean(source.url, feed_url), _clean(feed_url, feed_url)))  # where no article is
        self._total = len(shown)
        links = Counter(map(_link, shown))
        # By a link that several have, and by its fragments.
        self._groups: dict[str, dict[str, list[ParsedEntry]]] = {
            link: {} for link, times in links.items() if times > 1 and link
        }
        self._many: dict[tuple[str, str], bool] = {}
        guids = Counter(entry.guid for entry in shown if entry.guid)
        titles: dict[str, set[tuple[str, str]]] = {guid: set() for guid, times in guids.items() if times > 1}
        for entry in shown:
            if (group := self._groups.get(_link(entry))) is not None:
                group.setdefault(part_of(entry.url), []).append(entry)
            if entry.guid in titles:
                titles[entry.guid].add((_link(entry), folded(entry.title)))
        self._shared_guids = frozenset(guid for guid, shows in titles.items() if _is_shared(shows))

    def shares_guid(self, entry: ParsedEntry) -> bool:
        """Whether its guid names several articles, and so none."""
        return entry.guid in self._shared_guids

    def of(self, entry: ParsedEntry, *, shared: bool = False) -> Address:
        """Raises BadUrl for an entry that tells nothing and leads nowhere. `shared`: its link was another entry's before."""
        link = target_of(entry.url)
        page = _clean(link, self._feed_url) if link.strip() else None
        page = None if page in self._own else page
        if page is None or is_homepage(page):
            return self._without_page(entry, page)
        part = part_of(link)
        if part and is_route(part) and not tells_article(page):
            return Address(f"{page}#{part}", page, has_page=False)
        if part and (shared or len(self._groups.get(_link(entry), ())) > 1):
            return self._post(entry, page, part)
        if shared or self._is_of_many(_link(entry), ""):
            return self._by_guid(entry, page) or self._made(entry, page)
        return Address(page, page, part=part)

    def _without_page(self, entry: ParsedEntry, page: str | None) -> Address:
        """Of an entry that links to the front page, or to nothing that could be fetched."""
        if not (entry.title.strip() or entry.summary.strip() or entry.content.strip()):
            if page is None:
                clean_url(entry.url, self._feed_url)  # says what is wrong with it
                raise BadUrl("the entry links to its feed, and tells nothing")
            raise FrontPage("the entry links to the front page")
        found = self._by_guid(entry, page)
        if found is not None:
            return found
        part = part_of(entry.url) if page is not None else ""
        if page is not None and part:
            return self._post(entry, page, part)
        return self._made(entry, page or self._site)

    def _post(self, entry: ParsedEntry, page: str, part: str) -> Address:
        if self._is_of_many(_link(entry), part):
            return self._made(entry, page)
        return Address(f"{page}#{part}", page, has_page=False)

    def _by_guid(self, entry: ParsedEntry, page: str | None) -> Address | None:
        """The guid's address, where it is one and no other entry's."""
        guid = (entry.guid or "").strip()
        if not guid.lower().startswith(_WEB) or self.shares_guid(entry):
            return None
        url = _clean(guid, self._feed_url)
        if url is None or is_homepage(url):
            return None
        part = part_of(guid)
        if part and (url == page or is_route(part)):
            return Address(f"{url}#{part}", url, has_page=False)
        if page is not None and (
            url == page or host_of(url).removeprefix("www.") != host_of(page).removeprefix("www.")
        ):
            return None
        return Address(url, url)

    def _made(self, entry: ParsedEntry, page: str) -> Address:
        slug = _NO_SLUG.sub("-", "" if self.shares_guid(entry) else (entry.guid or ""))[:_MOST_SLUG].strip("-.")
        name = derived_id("entry", self._source.source_id, *self._name(entry))[:_DIGITS]
        return Address(f"{page}#{slug or 'entry'}-{name}", page, has_page=False)

    def _name(self, entry: ParsedEntry) -> tuple[str, ...]:
        """What tells an entry from the others of its source: its guid, or its title and date, or its text."""
        if entry.guid and not self.shares_guid(entry):
            return ("guid", storable(guid_name(entry.guid)))
        if entry.title.strip():
            return ("title", storable(folded(entry.title)), entry.published.isoformat() if entry.published else "")
        return ("text", storable(folded(entry.content or entry.summary)))

    def _is_of_many(self, link: str, part: str) -> bool:
        """Whether those with one link and fragment are several articles: by their guids, or by their titles."""
        if (link, part) not in self._many:
            some = self._groups.get(link, {}).get(part, [])
            self._many[link, part] = len(some) > 1 and self._are_many(some)
        return self._many[link, part]

    def _are_many(self, some: Sequence[ParsedEntry]) -> bool:
        parts = 3 if len(some) > _VERSIONS else 2  # of a name; two entries whose dates alone differ are one, edited
        shown = {self._name(one)[:parts]: (folded(one.title), folded(one.content or one.summary)) for one in some}
        if len(some) == _VERSIONS < self._total / 2 and all(kind == "title" for kind, *_ in shown):
            return False  # one article under two headlines, in a feed whose other links differ
        return len(set(shown.values())) > 1


def guid_name(guid: str) -> str:
    """A guid without what some servers change from poll to poll: case, spaces, scheme, `www.`, a slash at the end."""
    name = "".join(guid.casefold().split())
    for prefix in (*_WEB, "www."):
        name = name.removeprefix(prefix)
    return name.rstrip("/") or name


def folded(text: str) -> str:
    """The words alone."""
    return " ".join(text.casefold().split())


def _is_shared(shows: Collection[tuple[str, str]]) -> bool:
    """Whether a guid that is shown with those links and titles is several articles'."""
    links, titles = {link for link, _ in shows}, {title for _, title in shows}
    if len(titles) <= 1:
        return False
    return len(links) > 1 or "" in links or len(titles) > _VERSIONS


def _link(entry: ParsedEntry) -> str:
    """Roughly: what two entries with one link have in common."""
    return entry.url.partition("#")[0].strip()


def _clean(url: str, base: str) -> str | None:
    try:
        return clean_url(url, base)
    except BadUrl:
        return None
