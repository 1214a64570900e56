"""How long every page and every operation that reads takes at the server, and how much it transfers, over a large archive.

    python -m bench.console [--keep FOLDER] [--database sqlite|postgresql|URL] [--articles 1000000] [--sources 10000] [--rules 10000] [--alerts 100000]

What is measured comes from the server's own table of routes: those without a parameter as they are, the others at the address to which
a page before links, or with an id that a page before showed. Nobody has to add a new page here. An admin is signed in. `slow` marks what
takes longer than 200 ms (the median of five; searches and lists of the API 1 s), a page of more than 60 kB, and what fails; then the exit
status is 1.
"""

import argparse
import asyncio
import json
import os
import re
import sys
import tempfile
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import quote

import aiohttp
from yarl import URL

from bench.archive import add_sizes, fill
from core.clock import SystemClock
from core.db.engine import Database
from core.log.memory import MemoryLog
from core.metrics import Metrics
from core.model.outcome import Stage
from core.store import users
from core.supervise import RoleState, RoleStatus
from core.tasks import kept
from core.wake_up import WakeUp
from tests.services import postgres
from tests.wirewatch.people import COOKIE, add_users, begin_session
from tests.wirewatch.statuspage import StatusPage
from wirewatch.api.server import Server
from wirewatch.app import new_fetcher
from wirewatch.config.loading import load
from wirewatch.health.collector import Collector
from wirewatch.health.parts import Health
from wirewatch.roles import Parts
from wirewatch.usecases.permission import Role

MOST_MS, MOST_SEARCH_MS, MOST_BYTES = 200, 1000, 60_000
ROUNDS = 5
SEARCHES = (
    "/search?query=earthquake",
    "/search?query=said",
    "/search?query=zyzzyva",
    "/search?query=NOT+said",
    "/search?query=lang:ko+AND+government",
    "/search?query=case(US)+SENT+sanction*",
    "/search?query=com*+AND+con*",
    "/search?query=ATLEAST/30(said)",
    "/search?query=president+AND+NOT+Obama&lang=de",
    "/search?source=Outlet+7777",
)
_LINK = re.compile(r'href="(/[^"]*)"')
_NO_PAGES = ("/static/", "/metrics", "/livez", "/readyz")
_PARAMETER = re.compile(r"\{(\w+)(?::[^{}]*)?\}")


@dataclass(slots=True)
class Measured:
    """One address: milliseconds of each round, and bytes on the wire."""

    path: str
    status: int
    size: int
    ms: list[float] = field(default_factory=list)

    @property
    def slow(self) -> bool:
        if self.status >= 500:
            return True
        if self.path.startswith("/api/"):
            return median(self.ms) > MOST_SEARCH_MS and "export" not in self.path
        most = MOST_SEARCH_MS if "query=" in self.path else MOST_MS
        return median(self.ms) > most or self.size > MOST_BYTES

    def __str__(self) -> str:
        mark = "slow" if self.slow else ""
        return f"{self.path[:70]:70} {self.status:6} {median(self.ms):8.0f} {max(self.ms):8.0f} {self.size:9,} {mark}"


@dataclass(slots=True)
class Walk:
    """Goes over all routes. `known`: values of parameters that pages showed, by the parameter's name."""

    session: aiohttp.ClientSession
    server: Server
    found: list[Measured] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)  # route -> an address that leads to it
    known: dict[str, str] = field(default_factory=dict)
    rows: dict[str, object] = field(default_factory=dict)  # answers of the API by address

    async def run(self) -> list[str]:
        """Measure everything; the routes that nothing led to."""
        routes = [route.path for route in self.server.routes() if route.method == "GET"]
        routes = [path for path in dict.fromkeys(routes) if not path.startswith(_NO_PAGES)]
        patterns = {path: re.compile(_PARAMETER.sub(r"(?P<\1>[^/?]+)", path) + "$") for path in routes}
        for path in (one for one in routes if "{" not in one):
            await self.measure(path, patterns)
        for path in SEARCHES:
            await self.measure(path, patterns)
        left = [path for path in routes if "{" in path]
        for _ in range(3):  # pages lead to pages that lead to more
            for path in list(left):
                address = self.links.get(path) or self._filled(path)
                if address is not None:
                    left.remove(path)
                    await self.measure(address, patterns)
        return left

    def _filled(self, path: str) -> str | None:
        above, _, rest = path.partition("/{")
        name = rest.partition("}")[0].partition(":")[0]
        found = _named(self.rows.get(above), (name, f"{name}_id", "name")) or self.known.get(name)
        if found is None or rest.count("{"):
            return None
        return f"{above}/{quote(found, safe='')}{rest.partition('}')[2]}"

    async def measure(self, path: str, patterns: dict[str, re.Pattern[str]]) -> None:
        """One address, several times; and the first page behind it of a list."""
        one = Measured(path, 0, 0)
        for _ in range(ROUNDS):
            began = perf_counter()
            address = URL(f"{self.server.address}{path}", encoded=True)
            async with self.session.get(address, allow_redirects=False) as answer:
                if answer.content_type == "text/event-stream":
                    return
                raw = await answer.read()
                one.ms.append(1000 * (perf_counter() - began))
                one.status, one.size = answer.status, len(raw)
                encoding = answer.headers.get("Content-Encoding", "")
        self.found.append(one)
        print(one, flush=True)
        text = _plain(raw, encoding)
        if text.startswith("{"):
            self.rows[path] = json.loads(text)
        self._learn(text, patterns)

    def _learn(self, text: str, patterns: dict[str, re.Pattern[str]]) -> None:
        for link in map(unescape, _LINK.findall(text)):
            bare = link.partition("?")[0]
            if bare in patterns:
                continue
            for path, pattern in patterns.items():
                match = pattern.match(bare)
                if match is not None and "{" in path:
                    self.links.setdefault(path, link)
                    for name, value in match.groupdict().items():
                        self.known.setdefault(name, value)


def _named(given: object, names: tuple[str, ...]) -> str | None:
    """The first value of the first of these names that the answer has, however deep."""
    for name in names:
        layer = [given]
        while layer:
            dicts = [one for one in layer if isinstance(one, dict)]
            for one in dicts:
                if isinstance(one.get(name), str):
                    return str(one[name])
            below = [value for one in dicts for value in one.values()]
            layer = below + [inner for one in layer if isinstance(one, list) for inner in one[:1]]
    return None


def _plain(raw: bytes, encoding: str) -> str:
    if encoding == "gzip":
        raw = zlib.decompress(raw, 31)
    elif encoding == "deflate":
        raw = zlib.decompress(raw)
    return raw.decode("utf-8", "replace")


@asynccontextmanager
async def serving(db: Database, folder: Path) -> AsyncIterator[StatusPage]:
    """A server over the database, with its collector at work as in production."""
    path = folder / "wirewatch.toml"
    (folder / "data").mkdir(exist_ok=True)
    path.write_text(
        '[server]\nlisten = "127.0.0.1:0"\n[[channels]]\nname = "desk"\nkind = "webhook"\nurl = "https://chat.example/"\n'
    )
    config, clock, metrics = load(path, {}), SystemClock(), Metrics()
    roles = {stage.value: RoleStatus(RoleState.RUNNING, None, 0, well=True) for stage in Stage}
    health = Health(lambda: roles)
    async with (
        MemoryLog(clock) as log,
        Server(config, health=health, metrics=metrics, clock=clock, pages=True) as server,
    ):
        collector = Collector(log, db, clock=clock, metrics=metrics, health=health)
        parts = Parts(
            config=config,
            clock=clock,
            metrics=metrics,
            owner="bench",
            db=db,
            log=log,
            fetcher=new_fetcher(config, clock),
            outbox=WakeUp(),
            rules_changed=WakeUp(),
        )
        health.db, health.started = db, True
        server.open(parts, collector)
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(kept(collector.run()))
            yield StatusPage(db, server, collector, health, metrics, roles)
            task.cancel()


@contextmanager
def place(options: argparse.Namespace) -> Iterator[tuple[str, Path]]:
    """The database's URL and a folder."""
    with ExitStack() as own:
        folder = options.keep or Path(own.enter_context(tempfile.TemporaryDirectory(prefix="wirewatch-console-")))
        folder.mkdir(parents=True, exist_ok=True)
        url = own.enter_context(postgres.server()) if options.database == "postgresql" else options.database
        yield ("sqlite:" if url == "sqlite" else url), folder


async def main(options: argparse.Namespace) -> int:
    print("load of the machine: " + ", ".join(f"{load:.1f}" for load in os.getloadavg()))
    with place(options) as (url, folder):
        async with Database.open(url, folder) as db:
            await fill(db, options, SystemClock().now())
            async with db.connection() as conn:
                there = await users.any_at_all(conn)
            if not there:
                await add_users(db, Role.ADMIN)
            async with serving(db, folder) as page:
                cookie = {COOKIE: await begin_session(page, Role.ADMIN.value)}
                headers = {"Accept-Encoding": "gzip"}
                async with aiohttp.ClientSession(cookies=cookie, headers=headers, auto_decompress=False) as session:
                    jar = session.cookie_jar
                    jar.update_cookies(cookie, URL(str(page.server.address)))
                    print(f"{'address':70} {'status':>6} {'ms':>8} {'worst':>8} {'bytes':>9}")
                    walk = Walk(session, page.server)
                    left = await walk.run()
    print(f"nothing led to: {', '.join(left) or 'none'}")
    slow = [one.path for one in walk.found if one.slow]
    print(f"{len(walk.found)} addresses, {len(slow)} slow: {', '.join(slow) or 'none'}")
    return 1 if slow else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure every page.")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--database", default="sqlite")
    add_sizes(parser)
    sys.exit(asyncio.run(main(parser.parse_args())))
