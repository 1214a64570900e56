"""Publishers of a chaos run: three good ones whose stories come on air one by one, and hostile ones beside them.

Every story is told by one outlet and copied by another a moment later under a headline of its own: one alert is due for
it, whoever is read first. The hostile ones hold nothing that a rule asks for.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.e2e.harness import mark, text_of, title

WIRE, DAILY, GAZETTE = "127.0.1.1", "127.0.1.2", "127.0.1.3"
HOSTILE = "127.0.9.1"
COPY_SECONDS = 1.5  # how long after the wire the daily has the copy
FAR_YEAR = "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"
_DRIP_SECONDS = 15.0

Handler = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True)
class Story:
    """Story `number` is on air `seconds` after the newsroom opened."""

    number: int
    seconds: float
    copied: bool

    @property
    def mark(self) -> str:
        return mark(self.number)


def stories_of(count: int, every_seconds: float) -> list[Story]:
    """`count` stories, one every so many seconds; two of three are copied."""
    return [Story(n, n * every_seconds, copied=n % 3 != 0) for n in range(count)]


@dataclass
class Newsroom:
    """Serves feeds and pages on loopback addresses, each a host of its own. `open` starts the stories' time."""

    stories: list[Story]
    tarpit_entries: int = 200
    awake: bool = True  # the hostile ones; asleep they show an empty feed
    port: int = 0
    opened: float | None = None  # loop time
    asked: dict[str, int] = field(default_factory=dict)  # requests by hostile path
    _epoch: datetime = field(default_factory=lambda: datetime.now(UTC))  # noqa: TID251 - the newsroom's own clock
    _runner: web.AppRunner | None = None
    _tarpit: asyncio.Server | None = None
    _rng: random.Random = field(default_factory=lambda: random.Random(7))

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/wire.xml", self._feed_of(lambda story: True, ""))
        app.router.add_get("/daily.xml", self._feed_of(lambda story: story.copied, "daily-"))
        app.router.add_get("/{n:(daily-)?\\d+}.html", self._page)
        app.router.add_get("/overflow.xml", self._hostile(self._overflow))
        app.router.add_get("/doctypes.xml", self._hostile(self._doctypes))
        app.router.add_get("/noise.xml", self._hostile(self._noise))
        app.router.add_get("/tarpit.xml", self._hostile(self._tarpit_feed))
        app.router.add_get("/refusals.xml", self._hostile(self._refusals))
        app.router.add_get("/refused/{n}", self._refused)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5, handler_cancellation=True)
        await self._runner.setup()
        for host in (WIRE, DAILY, GAZETTE, HOSTILE):
            site = web.TCPSite(self._runner, host, self.port)
            await site.start()
            self.port = self.port or self._runner.addresses[0][1]
        self._tarpit = await asyncio.start_server(self._drip, "0.0.0.0", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._tarpit is not None:
            self._tarpit.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def open(self) -> None:
        """From now on stories come on air."""
        self.opened = asyncio.get_running_loop().time()
        self._epoch = datetime.now(UTC)  # noqa: TID251 - the newsroom's own clock

    def on_air(self, story: Story, late: float = 0.0) -> bool:
        """Whether feeds show the story by now; `late`: those of an outlet that is so many seconds behind."""
        now = asyncio.get_running_loop().time()
        return self.opened is not None and self.opened + story.seconds + late <= now

    def sources(self) -> str:
        """The sources as TOML."""
        good = {"Wire": f"{WIRE}:{self.port}/wire.xml", "Daily": f"{DAILY}:{self.port}/daily.xml"}
        bad = {name: f"{HOSTILE}:{self.port}/{name}.xml" for name in HOSTILE_FEEDS}
        return "".join(
            f'[[sources]]\nname = "{name}"\nurl = "http://{address}"\ninterval_seconds = 1\n'
            for name, address in (good | bad).items()
        )

    def _feed_of(self, has: Callable[[Story], bool], prefix: str) -> Handler:
        late = COPY_SECONDS if prefix else 0.0

        async def answer(request: web.Request) -> web.Response:
            items = [
                f"<item><title>{_headline(story, prefix)}</title>"
                f"<link>http://{request.host}/{prefix}{story.number}.html</link>"
                f"<guid isPermaLink='false'>{prefix}{story.number}</guid>"
                f"<pubDate>{format_datetime(self._epoch + timedelta(seconds=story.seconds + late))}</pubDate></item>"
                for story in self.stories
                if has(story) and self.on_air(story, late)
            ]
            return _rss("".join(items))

        return answer

    async def _page(self, request: web.Request) -> web.Response:
        prefix, _, number = f"-{request.match_info['n']}".rpartition("-")
        story = Story(int(number), 0.0, copied=True)
        headline = _headline(story, prefix)
        text = "".join(f"<p>{paragraph}</p>" for paragraph in text_of(story.number))
        return web.Response(
            text=f"<html lang='en'><head><title>{headline}</title></head><body><article><h1>{headline}</h1>{text}"
            "</article></body></html>",
            content_type="text/html",
        )

    # hostile ones: each its own way to hurt whoever reads it

    def _hostile(self, handler: Handler) -> Handler:
        async def answer(request: web.Request) -> web.Response:
            return await handler(request) if self.awake else _rss("")

        return answer

    async def _overflow(self, request: web.Request) -> web.Response:
        if self._count(request) % 2:
            return web.Response(status=503, headers={"Retry-After": FAR_YEAR if self._rng.random() < 0.5 else "²"})
        item = f"<item><title>Far away {self._rng.random()}</title><pubDate>{FAR_YEAR}</pubDate></item>"
        return _rss(f"<ttl>²</ttl>{item}")

    async def _doctypes(self, request: web.Request) -> web.Response:
        opening = self._rng.choice(["<!DOCTYPE [", "<!--", "<![CDATA[", "<?x "])
        return web.Response(
            text=f"<?xml version='1.0'?>{opening * 20_000}<rss><!-- {self._count(request)} --></rss>",
            content_type="text/xml",
        )

    async def _noise(self, request: web.Request) -> web.Response:
        self._count(request)
        items = "<item><title>Noise &#x110000; &amp; more</title><link>http://[bad</link></item>" * 5
        body = bytearray(_rss(items).text or "", "utf-8")
        for _ in range(20):
            body[self._rng.randrange(len(body))] = self._rng.randrange(256)
        return web.Response(
            body=bytes(body), headers={"Content-Type": "text/xml; charset=²", "Cache-Control": "max-age=²"}
        )

    async def _tarpit_feed(self, request: web.Request) -> web.Response:
        assert self._tarpit is not None
        round_, port = self._count(request), self._tarpit.sockets[0].getsockname()[1]
        items = [
            f"<item><title>Slow {round_} {n}</title><link>http://127.2.{n // 250}.{n % 250 + 1}:{port}/{n}</link>"
            f"<pubDate>{format_datetime(datetime.now(UTC))}</pubDate></item>"  # noqa: TID251 - the newsroom's own clock
            for n in range(self.tarpit_entries)
        ]
        return _rss("".join(items))

    async def _drip(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """An answer that never gets past its header."""
        with suppress(ConnectionError):
            writer.write(b"HTTP/1.1 200 OK\r\n")
            while not reader.at_eof() and not writer.is_closing():
                writer.write(b"X-Patience: yes\r\n")
                await writer.drain()
                with suppress(TimeoutError):
                    async with asyncio.timeout(_DRIP_SECONDS):
                        while await reader.read(4096):
                            pass
        writer.close()

    async def _refusals(self, request: web.Request) -> web.Response:
        round_ = self._count(request)
        links = (f"http://{HOSTILE}:{self.port}/refused/{round_}-{n}" for n in range(30))
        return _rss("".join(f"<item><title>Refused</title><link>{link}</link></item>" for link in links))

    async def _refused(self, request: web.Request) -> web.Response:
        return web.Response(status=503, headers={"Retry-After": FAR_YEAR})

    def _count(self, request: web.Request) -> int:
        self.asked[request.path] = self.asked.get(request.path, 0) + 1
        return self.asked[request.path]


HOSTILE_FEEDS = ("overflow", "doctypes", "noise", "tarpit", "refusals")


def _headline(story: Story, prefix: str) -> str:
    return f"{story.mark.capitalize()}: what is known" if prefix else title(story.number)


def _rss(inner: str) -> web.Response:
    body = (
        f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>News</title>{inner}</channel></rss>"
    )
    return web.Response(text=body, content_type="application/rss+xml")
