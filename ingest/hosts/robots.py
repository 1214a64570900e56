"""robots.txt (RFC 9309): asked once a day per site, obeyed for article pages, never a reason to stall.

A feed that somebody configured is polled whatever robots.txt says, as a reader's browser would; its Crawl-delay holds.
"""

import re
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Protocol

from protego import Protego
from yarl import URL

from core.bounded import amount
from core.clock import Clock
from core.net.client import Fetched, FetchFailure, FetchProblem
from core.net.url import web_url

MAX_ROBOTS_BYTES = 512 * 1024  # RFC 9309 section 2.5 asks for 500 KiB at least
_FRESH = timedelta(hours=24)  # section 2.4
_UNREACHABLE = timedelta(minutes=10)
_MOST_SITES = 20_000
_MOST_SITEMAPS = 200
_MOST_DELAY_SECONDS = 86_400.0  # a longer wish is a mistake
_AGENT_LINE = re.compile(r"^\s*user[\s-]?agent\s*[:\s]\s*(?P<name>[^\s#]*).*$", re.IGNORECASE)


class Getter(Protocol):
    """What is needed of core.net's Fetcher."""

    @property
    def user_agent(self) -> str: ...

    async def fetch(self, url: str, *, max_bytes: int | None = None) -> Fetched: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """May the page be fetched, how far apart are requests wanted, and why not."""

    allowed: bool
    crawl_delay_seconds: float | None = None
    why: str = ""


class _Site:
    """A site's robots.txt, and how long it holds. `rules` None: everything is allowed, or nothing if `closed`."""

    def __init__(self, rules: Protego | None, until: datetime, *, closed: str = "") -> None:
        self.rules = rules
        self.until = until
        self.closed = closed


class Robots:
    """The robots.txt of the sites met lately."""

    def __init__(self, fetcher: Getter, clock: Clock) -> None:
        self._fetcher = fetcher
        self._clock = clock
        self._token = product_token(fetcher.user_agent)
        self._sites: OrderedDict[str, _Site] = OrderedDict()

    async def check(self, url: str) -> Verdict:
        """May `url` be fetched? Asks the site if that is not known; hold the host's turn meanwhile.

        Raises FetchFailure when the site cannot be reached at all: that says more than `robots` would.
        """
        page = web_url(url)
        site = await self._site(page)
        if site.closed:
            return Verdict(False, None, site.closed)
        if site.rules is None:
            return Verdict(True)
        allowed = site.rules.can_fetch(str(page), self._token)
        why = "" if allowed else f"robots.txt of {page.host} forbids it to {self._token}"
        return Verdict(allowed, self._delay(site.rules), why)

    def crawl_delay_seconds(self, url: str) -> float | None:
        """The site's Crawl-delay if it is known already."""
        site = self._sites.get(_robots_url(web_url(url)))
        return None if site is None or site.rules is None else self._delay(site.rules)

    async def sitemaps(self, url: str) -> tuple[str, ...]:
        """The sitemaps that the site names for everybody. Asks it if that is not known; raises as `check` does."""
        site = await self._site(web_url(url))
        found = () if site.rules is None else islice(site.rules.sitemaps, _MOST_SITEMAPS)
        return tuple(dict.fromkeys(found))

    def _delay(self, rules: Protego) -> float | None:
        return amount(rules.crawl_delay(self._token), _MOST_DELAY_SECONDS)

    async def _site(self, page: URL) -> _Site:
        place = _robots_url(page)
        known = self._sites.get(place)
        if known is None or known.until <= self._clock.now():
            known = await self._ask(place, known)
            self._sites[place] = known
            if len(self._sites) > _MOST_SITES:
                self._sites.popitem(last=False)
        self._sites.move_to_end(place)
        return known

    async def _ask(self, place: str, known: _Site | None) -> _Site:
        now = self._clock.now()
        try:
            fetched = await self._fetcher.fetch(place, max_bytes=MAX_ROBOTS_BYTES)
        except FetchFailure as failure:
            if known is not None and failure.outcome.transient:
                known.until = now + _UNREACHABLE  # section 2.4: a copy may be used while the site is unreachable
                return known
            return self._without(failure, now)
        return _Site(parse(fetched.body, self._token), now + _FRESH)

    def _without(self, failure: FetchFailure, now: datetime) -> _Site:
        if failure.outcome in (FetchProblem.HTTP_5XX, FetchProblem.RATE_LIMITED):
            # Section 2.3.1.4: complete disallow. Only for a short time, since servers are mended.
            return _Site(None, now + _UNREACHABLE, closed=f"robots.txt cannot be had ({failure.detail})")
        if failure.outcome in _NOBODY_THERE:
            raise failure
        return _Site(None, now + _FRESH)  # section 2.3.1.3: unavailable, anything may be fetched


_NOBODY_THERE = frozenset(
    {
        FetchProblem.DNS,
        FetchProblem.TLS,
        FetchProblem.CONNECT,
        FetchProblem.TIMEOUT,
        FetchProblem.BLOCKED_ADDRESS,
        FetchProblem.BAD_URL,
    }
)


def product_token(user_agent: str) -> str:
    """The name a robots.txt calls us by: the first product of the User-Agent, without its version."""
    return user_agent.partition("/")[0].partition(" ")[0].strip().lower() or "wirewatch"


def parse(body: bytes, token: str) -> Protego:
    """The rules for `token` and for everybody in a robots.txt. Linear in its size, whatever it holds."""
    return Protego.parse("\n".join(_ours(body.decode("utf-8-sig", "replace"), token)))


def _ours(text: str, token: str) -> list[str]:
    """The lines, with all names of other robots made one.

    Protego keeps the rules of each name apart, so a file of many names and many rules would cost their product.
    """
    lines = []
    for line in text.splitlines():
        match = _AGENT_LINE.match(line[:500])
        name = match["name"].lower() if match else ""
        concerns_us = match is None or name == "*" or name.replace("*", "") in (token, f"{token}bot")
        lines.append(line if concerns_us else "User-agent: somebody-else")
    return lines


def _robots_url(page: URL) -> str:
    return str(page.origin().with_path("/robots.txt"))
