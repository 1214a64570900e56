"""A newsroom, a receiver and a real `wirewatch run` process, to be killed and started again."""

import asyncio
import os
import random
import signal
import socket
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson
from aiohttp import ClientSession, web
from sqlalchemy import select

from core.db.engine import Database
from core.db.tables_alerts import notifications
from tests.services.nursery import Child, nursery

ROOT = Path(__file__).resolve().parents[2]
LOADED = ("wirewatch.cli.commands.run", "core.db.postgresql", "core.log.kafka")  # what takes long in a start
SECRET = "whsec_d2lyZXdhdGNoLWVuZC10by1lbmQtdGVzdC1zZWNyZXQ="
PATIENCE_SECONDS = 90  # a bound that is only reached when something is broken

WORDS = [
    "anchor",
    "barge",
    "cable",
    "ditch",
    "ember",
    "ferry",
    "gravel",
    "hinge",
    "island",
    "jetty",
    "kettle",
    "ladder",
    "marsh",
    "needle",
    "oyster",
    "pier",
    "quarry",
    "rope",
    "sail",
    "timber",
    "urchin",
    "valve",
    "wagon",
    "yarn",
    "zinc",
    "lantern",
    "mortar",
    "plank",
    "rudder",
    "saddle",
    "tunnel",
    "willow",
    "beacon",
    "canvas",
    "dredge",
    "flint",
    "gable",
    "hammer",
    "inlet",
    "kiln",
    "lever",
    "mason",
    "notch",
    "outlet",
    "pulley",
    "ridge",
    "shovel",
    "thatch",
    "vessel",
    "weir",
]


def text_of(n: int) -> list[str]:
    """Paragraphs that no other article of the series shares: otherwise they would rightly be one story."""
    rng = random.Random(n)
    sentences = [" ".join(rng.choices(WORDS, k=12)).capitalize() + "." for _ in range(8)]
    told = f"The harbour council will vote on the {rng.choice(WORDS)} of {mark(n)} and the {rng.choice(WORDS)}."
    return [" ".join([told, *sentences[:4]]), " ".join(sentences[4:])]


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


@dataclass
class Publisher:
    """Serves an RSS feed of `count` articles with teasers, and their pages."""

    count: int
    url: str = ""
    asked: Counter[int] = field(default_factory=Counter)
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/feed.xml", self._feed)
        app.router.add_get("/{n}.html", self._page)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = "http://{}:{}".format(*self._runner.addresses[0][:2])

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _feed(self, _: web.Request) -> web.Response:
        date = formatdate(usegmt=True)  # what has none is a back number at the first poll
        items = "".join(
            f"<item><title>{title(n)}</title><link>{self.url}/{n}.html</link>"
            f"<guid isPermaLink='false'>note-{n}</guid><description>Teaser {n}</description>"
            f"<pubDate>{date}</pubDate></item>"
            for n in range(self.count)
        )
        text = f"<rss version='2.0'><channel><title>Notes</title><link>{self.url}/</link>{items}</channel></rss>"
        return web.Response(text=text, content_type="application/rss+xml")

    async def _page(self, request: web.Request) -> web.Response:
        n = int(request.match_info["n"])
        self.asked[n] += 1
        if n == 1 and self.asked[n] == 1:
            return web.Response(status=503)  # once busy, so that an entry is put aside and read again
        head = f"<html lang='en'><head><title>{title(n)}</title></head><body><article><h1>{title(n)}</h1>"
        paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in text_of(n))
        return web.Response(text=f"{head}{paragraphs}</article></body></html>", content_type="text/html")


def title(n: int) -> str:
    return f"{WORDS[n % len(WORDS)].capitalize()} and {WORDS[(7 * n + 3) % len(WORDS)]} of {mark(n)}"


def mark(n: int) -> str:
    """A word that stands in one article only."""
    return "zorn" + "".join(chr(ord("a") + int(digit)) for digit in f"{n:03d}")


@dataclass
class Sink:
    """Receives webhooks and counts them by id and by what they are about; it answers after `answer_seconds`."""

    url: str = ""
    answer_seconds: float = 0.0
    sends: Counter[str] = field(default_factory=Counter)
    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/hook", self._hook)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = "http://{}:{}/hook".format(*self._runner.addresses[0][:2])

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _hook(self, request: web.Request) -> web.Response:
        notification_id = request.headers["webhook-id"]
        self.sends[notification_id] += 1
        self.bodies[notification_id] = orjson.loads(await request.read())
        await asyncio.sleep(self.answer_seconds)
        return web.Response(status=204)

    def alerts(self) -> Counter[tuple[str, str]]:
        """(rule, article's address) -> number of different notifications about it."""
        return Counter((b["rule"]["name"], b["articles"][0]["url"]) for b in self.bodies.values())


@dataclass
class Process:
    """`wirewatch run` in a folder of its own. `root`: where its code is."""

    folder: Path
    config: str
    root: Path = ROOT
    port: int = field(default_factory=free_port)
    _process: asyncio.subprocess.Process | Child | None = None
    _log_length: int = 0  # when it was started last

    def write_config(self) -> Path:
        path = self.folder / "wirewatch.toml"
        path.write_text(self.config.replace("@PORT@", str(self.port)), encoding="utf-8")
        return path

    async def start(self, *arguments: str, fault: str | None = None) -> None:
        env = {k: v for k, v in os.environ.items() if not k.startswith("WIREWATCH_")}
        if fault:
            env["WIREWATCH_FAULT"] = fault
        command = ["wirewatch.cli.main", "run", "--config", str(self.write_config()), *arguments]
        self._log_length = len(self.log())
        path = self.folder / "run.log"
        if self.root == ROOT:
            self._process = await nursery(*LOADED).start(*command, environment=env, log=path)
            return
        with path.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", *command, env=env, cwd=self.root, stdout=log, stderr=log
            )

    async def ended(self) -> int:
        """Wait for the end and return the exit code (negative: the signal)."""
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), PATIENCE_SECONDS)

    async def terminate(self) -> int:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        return await self.ended()

    async def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def ready(self) -> tuple[bool, dict[str, Any]]:
        """What /readyz says: whether it is ready, and its parts."""
        async with ClientSession() as session, session.get(f"http://127.0.0.1:{self.port}/readyz") as answer:
            said = orjson.loads(await answer.read())
            assert said["ready"] is (answer.status == 200)
            return answer.status == 200, said["parts"]

    async def until_told(self, told: Callable[[bool, dict[str, Any]], bool]) -> dict[str, Any]:
        """Ask /readyz until `told(ready, parts)`; the parts."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not told(*(said := await self.ready())):  # noqa: ASYNC110 - another process sends no event
                await asyncio.sleep(0.2)
        return said[1]

    async def metric(self, sample: str) -> float:
        """A sample of /metrics, named with its labels as it stands there."""
        async with ClientSession() as session, session.get(f"http://127.0.0.1:{self.port}/metrics") as answer:
            lines = (await answer.text()).splitlines()
        return float(next(line.rpartition(" ")[2] for line in lines if line.startswith(f"{sample} ")))

    async def until_started(self) -> None:
        """Wait until the process started last has all its parts and heeds signals."""
        await self.until(lambda: '"event": "started"' in self.log()[self._log_length :], "it has started")

    def log(self) -> str:
        path = self.folder / "run.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    async def until(self, condition: Callable[[], bool], what: str, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until the condition holds; fail with the process's log when it ends or never does."""
        assert self._process is not None
        loop = asyncio.get_running_loop()
        deadline = loop.time() + patience_seconds
        while not condition():
            ended = self._process.returncode is not None
            if ended or loop.time() > deadline:
                how = f"the process ended with {self._process.returncode}" if ended else "time is up"
                raise AssertionError(f"{how} before {what}\n{self.log()[-6000:]}")
            await asyncio.sleep(0.05)


@dataclass
class World:
    """Publisher, receiver and process, closed in order whatever happens."""

    folder: Path
    articles: int
    log_url: str = "sqlite:"
    topic_prefix: str = ""
    database_url: str = "sqlite:"
    rules: Sequence[tuple[str, str]] = ()
    publisher: Publisher = field(init=False)
    sink: Sink = field(default_factory=Sink)
    process: Process = field(init=False)

    async def __aenter__(self) -> Self:
        self.publisher = Publisher(self.articles)
        await self.publisher.start()
        await self.sink.start()
        self.process = Process(self.folder, self._config())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.process.kill()
        await self.publisher.close()
        await self.sink.close()

    def _config(self) -> str:
        rules = "".join(
            f"[[rules]]\nname = {name!r}\nquery = {query!r}\nchannels = ['desk']\n" for name, query in self.rules
        )
        return f"""
data_dir = "data"
[server]
listen = "127.0.0.1:@PORT@"
[log]
url = "{self.log_url}"
kafka = {{topic_prefix = "{self.topic_prefix}", session_seconds = 3}}
[database]
url = "{self.database_url}"
[fetch]
allow_networks = ["127.0.0.0/8"]
host_interval_seconds = 0.0
retry_seconds = [1, 2, 5, 10]
parser_processes = 1
[[sources]]
name = "Notes"
url = "{self.publisher.url}/feed.xml"
interval_seconds = 1
[[channels]]
name = "desk"
kind = "webhook"
url = "{self.sink.url}"
secret = "{SECRET}"
{rules}"""

    async def begun_notifications(self) -> set[str]:
        """Ids of what a sender had begun to send, with no end written down. Only while no process runs."""
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        async with Database.open(self.database_url, data) as db, db.connection() as conn:
            begun = select(notifications.c.notification_id).where(notifications.c.begun.is_not(None))
            return set((await conn.execute(begun)).scalars())

    def due(self) -> set[tuple[str, str]]:
        """Every alert that must arrive: the series' rule for each article, the marked article's rule once."""
        return {("council", f"{self.publisher.url}/{n}.html") for n in range(self.articles)}
