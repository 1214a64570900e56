"""The sample newsroom on loopback: each outlet is a web site of its own, its feeds and pages grow as the hour passes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from aiohttp import web
from jinja2 import Environment, PackageLoader

from wirewatch.demo.feeds import FORMATS, Edition
from wirewatch.demo.outlets import NewsItem, Outlet

TICKER = (  # unrelated headlines on every page: a rule that fires on them reads what is not the article
    "North Korea sends arms to Russia by rail",
    "Sanctions list names tankers and vessels",
    "US tariff on rods may rise",
    "Chip export licence rules widen",
)


@dataclass(frozen=True, slots=True)
class Hour:
    """The simulated hour: when it began and how fast it passes."""

    started: datetime
    seconds_per_minute: float

    def minute(self, now: datetime) -> float:
        """Minutes of the hour passed; stays at 60."""
        return min(60.0, max(0.0, (now - self.started).total_seconds() / self.seconds_per_minute))


class Newsstand:
    """Serves all outlets, one port each, until closed."""

    def __init__(self, outlets: Sequence[Outlet], hour: Hour, now: Callable[[], datetime]) -> None:
        self._outlets = outlets
        self._hour = hour
        self._now = now
        self._runners: list[web.AppRunner] = []
        self._templates = Environment(loader=PackageLoader("wirewatch.demo", "templates"), autoescape=True)
        self.feeds: dict[str, str] = {}  # outlet key -> address of its feed

    async def start(self) -> None:
        for outlet in self._outlets:
            app = web.Application()
            file_name = FORMATS[outlet.format][0]
            site = _Site(outlet, self)
            app.router.add_get(f"/{file_name}", site.feed)
            app.router.add_get("/news/{slug}.html", site.page)
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            self._runners.append(runner)
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            host, port = runner.addresses[0][:2]
            site.base = f"http://{host}:{port}"
            self.feeds[outlet.key] = f"{site.base}/{file_name}"

    async def close(self) -> None:
        for runner in self._runners:
            await runner.cleanup()

    def begin(self, hour: Hour) -> None:
        """Start the hour anew; nothing has been published before its first minute."""
        self._hour = hour

    def edition(self, outlet: Outlet, base: str) -> Edition:
        """What the outlet shows at this moment."""
        hour = self._hour
        return Edition(outlet, base, hour.started, hour.seconds_per_minute, hour.minute(self._now()))

    def render(self, edition: Edition, item: NewsItem) -> str:
        """An article's page with everything around it that is not the article."""
        return self._templates.get_template(f"{edition.outlet.layout}.html").render(
            outlet=edition.outlet,
            item=item,
            url=edition.url(item),
            published=edition.time(item.minute),
            updated=edition.time(item.updated_minute or item.minute),
            ticker=TICKER,
        )


class _Site:
    def __init__(self, outlet: Outlet, stand: Newsstand) -> None:
        self._outlet = outlet
        self._stand = stand
        self.base = ""

    async def feed(self, request: web.Request) -> web.Response:
        _, content_type, write = FORMATS[self._outlet.format]
        body = write(self._stand.edition(self._outlet, self.base)).encode(self._outlet.encoding, "xmlcharrefreplace")
        etag = blake2b(body, digest_size=8).hexdigest()
        if any(tag.value == etag for tag in request.if_none_match or ()):
            return web.Response(status=304, headers={"ETag": f'"{etag}"'})
        return web.Response(body=body, headers={"ETag": f'"{etag}"', "Content-Type": content_type})

    async def page(self, request: web.Request) -> web.Response:
        edition = self._stand.edition(self._outlet, self.base)
        for item in edition.items:
            if item.slug == request.match_info["slug"]:
                return web.Response(text=self._stand.render(edition, item), content_type="text/html")
        raise web.HTTPNotFound
