"""A short look at many addresses: is a feed there, a page, or nobody? Whoever brings a list wants to know before anything is added.

The beginning of the answer decides, without a parser, so that thousands take seconds. Each waits for its turn at its host; what
there is no time for is said to be not looked at.
"""

import asyncio
import html
import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.clock import Clock
from core.net.client import FetchFailure
from core.net.url import BadUrl, authority_of
from core.tasks import first_error
from ingest.discover.discover import Getter
from ingest.hosts.rate_limit import HostRateLimit, HostResting
from ingest.parse.charset import decoded
from ingest.parse.shapes import title_of
from ingest.parse.sniff import Shape, binary, is_text, shape_of
from ingest.poll.fetch import ACCEPT

AT_ONCE = 64
_VISIT_SECONDS = 10.0
_HEAD = 200_000  # bytes that are looked at
_MOST_PAGES = 300  # whose beginning is kept, to look for feeds in it
_FEEDS = frozenset({Shape.FEED, Shape.JSON_FEED, Shape.SITEMAP})
_TITLE = re.compile(
    r"<title(?:\s[^<>]{0,200})?>\s{0,50}(?:<!\[CDATA\[)?([^<\]]{1,400})|\"title\"\s{0,20}:\s{0,20}\"((?:[^\"\\]|\\.){1,400})\""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Peeked:
    """`outcome`: `ok`, or the PollOutcome that a poll would end with; `not_looked` where there was no time.

    `title`: what the feed calls itself; `page`: the beginning of a page that stands there, where it was kept.
    """

    outcome: str
    detail: str = ""
    title: str = ""
    page: bytes = field(default=b"", repr=False)

    @property
    def answered(self) -> bool:
        """Whether something stands there, feed or not, or nobody knows."""
        return self.outcome in ("ok", "not_a_feed", "not_looked")


NOT_LOOKED = Peeked(outcome="not_looked", detail="there was no time to look at it")
Progress = Callable[[int, int], None]


class Peeker:
    """Looks at addresses; several lists at the same time share the turns at hosts."""

    def __init__(self, fetcher: Getter, rate_limit: HostRateLimit, clock: Clock) -> None:
        self._fetcher = fetcher
        self._rate_limit = rate_limit
        self._clock = clock

    async def peek(self, url: str, seconds: float = _VISIT_SECONDS) -> Peeked:
        """What stands at one address. Raises Unavailable when the database does not answer."""
        try:
            async with asyncio.timeout(seconds), self._rate_limit.turn(authority_of(url), patience_seconds=seconds):
                fetched = await self._fetcher.fetch(url, accept=ACCEPT)
        except TimeoutError:
            return Peeked(outcome="timeout", detail=f"no whole answer within {seconds:.0f} s")
        except HostResting as error:
            return Peeked(outcome="not_looked", detail=str(error))
        except BadUrl as error:
            return Peeked(outcome="bad_url", detail=str(error))
        except FetchFailure as error:
            return Peeked(outcome=error.outcome.value, detail=error.detail)
        return peeked(fetched.body, fetched.headers.get("Content-Type", ""))

    async def peek_all(
        self, urls: Sequence[str], seconds: float, progress: Progress = lambda _done, _of: None
    ) -> list[Peeked]:
        """The same for many, AT_ONCE at a time, in this order; after `seconds` the others are `not_looked`."""
        until = self._clock.monotonic() + seconds
        found = [NOT_LOOKED] * len(urls)
        waiting = deque(_hosts_apart(urls))
        kept = done = 0

        async def work() -> None:
            nonlocal kept, done
            while waiting and (left := until - self._clock.monotonic()) > 0:
                place = waiting.popleft()
                one = await self.peek(urls[place], min(left, _VISIT_SECONDS))
                if one.outcome == "timeout" and left < _VISIT_SECONDS:
                    one = NOT_LOOKED  # it had less time than an address gets
                kept += bool(one.page)
                found[place] = (
                    one if kept <= _MOST_PAGES else Peeked(outcome=one.outcome, detail=one.detail, title=one.title)
                )
                done += 1
                progress(done, len(urls))

        try:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(min(AT_ONCE, len(urls))):
                    tasks.create_task(work())
        except BaseExceptionGroup as together:
            raise first_error(together) from together
        return found


def peeked(body: bytes, content_type: str) -> Peeked:
    """What a body is by its beginning. Pure."""
    head = body[:_HEAD]
    if not head.strip():
        return Peeked(outcome="parse", detail="the answer is empty")
    if kind := binary(head):
        return Peeked(outcome="not_a_feed", detail=f"{kind} stands there, not a feed")
    text = decoded(head, content_type)
    if not is_text(text):
        return Peeked(outcome="bad_encoding", detail="the bytes are no text")
    shape = shape_of(text)
    if shape in _FEEDS:
        return Peeked(outcome="ok", title=_title(text))
    if shape is Shape.SITEMAP_INDEX:
        return Peeked(outcome="not_a_feed", detail="an index of sitemaps stands there", page=head)
    if shape is Shape.HTML:
        return Peeked(outcome="not_a_feed", detail="a page stands there", title=_title(text), page=head)
    return Peeked(outcome="not_a_feed", detail="neither XML nor JSON of a kind that is known")


def _title(text: str) -> str:
    found = _TITLE.search(text, 0, 20_000)
    return "" if found is None else title_of(html.unescape(found[1] or found[2]))


def _hosts_apart(urls: Sequence[str]) -> list[int]:
    """The places of the addresses, those of one host as far apart as can be: a host lets one in at a time."""
    return [place for _, place in sorted((rank, place) for place, rank in enumerate(rank_in_host(urls)))]


def rank_in_host(urls: Sequence[str]) -> list[int]:
    """Which of its host's addresses each is, from 0."""
    seen: dict[str, int] = {}
    ranks = []
    for url in urls:
        try:
            host = authority_of(url)
        except BadUrl:
            host = url
        ranks.append(seen.get(host, 0))
        seen[host] = ranks[-1] + 1
    return ranks
