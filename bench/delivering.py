"""What channels cost that have nothing to send, and how long one that was down takes to catch up.

    python -m bench.delivering idle --channels 200 --seconds 20
    python -m bench.delivering drain --down-seconds 120

`idle` takes the CPU time of a deliver stage by itself, of a run without any channel beside it. In `drain` a message comes
every second while nobody listens at the receiver's port; then somebody does, and answers each after `--answer-seconds`.
"""

import asyncio
import base64
import logging
import random
import socket
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import click
import structlog
from aiohttp import web

from alerts.channels.channel import Channel
from alerts.channels.kind import ChannelTools
from alerts.channels.registry import build_channel, channel_settings
from alerts.deliver.stage import DeliverParts, DeliverStage
from core.clock import SystemClock
from core.db.engine import Database
from core.metrics import Metrics
from core.net.client import Fetcher
from core.net.guard import AddressGuard
from core.store import notifications
from core.wake_up import WakeUp
from tests.alerts.making import alert, notification

_SECRET = "whsec_" + base64.b64encode(bytes(32)).decode()
_PATIENCE_SECONDS = 900.0


class Receiver:
    """Counts what comes, once it listens."""

    def __init__(self, answer_seconds: float) -> None:
        self.ids: set[str] = set()
        self.requests = 0
        self._answer_seconds = answer_seconds
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/hook"

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        app = web.Application()
        app.router.add_post("/hook", self._take)
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", self._port).start()
            yield
        finally:
            await runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        self.requests += 1
        await request.read()
        await asyncio.sleep(self._answer_seconds)
        self.ids.add(request.headers["webhook-id"])
        return web.Response()


@asynccontextmanager
async def delivering(db: Database, urls: dict[str, str], wake_up: WakeUp) -> AsyncIterator[None]:
    """A stage with a webhook at each of the urls, by the channel's name."""
    clock = SystemClock()
    async with Fetcher(AddressGuard(["127.0.0.0/8"]), "wirewatch/bench", clock) as fetcher:
        stage = DeliverStage(
            DeliverParts(db=db, clock=clock, metrics=Metrics(), chance=random.random, owner="bench", wake_up=wake_up),
            [_webhook(fetcher, name, url) for name, url in urls.items()],
        )
        async with asyncio.TaskGroup() as group:
            task = group.create_task(stage.run())
            yield
            task.cancel()


def _webhook(fetcher: Fetcher, name: str, url: str) -> Channel:
    settings = channel_settings({"name": name, "kind": "webhook", "url": url, "secret": _SECRET})
    return build_channel(settings, ChannelTools(poster=fetcher, base_dir=Path(), guard=fetcher.guard))


@click.group()
def main() -> None:
    """The deliver stage, idle and after an outage."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


@main.command()
@click.option("--channels", type=int, default=200, show_default=True)
@click.option("--seconds", type=float, default=20.0, show_default=True)
def idle(channels: int, seconds: float) -> None:
    """CPU time of channels that have nothing to send."""
    with tempfile.TemporaryDirectory() as folder:
        for count in (0, channels):
            used = asyncio.run(_idle(Path(folder), count, seconds))
            click.echo(f"{count} idle channels: {100 * used / seconds:.2f} % of a core over {seconds:g} s")


async def _idle(folder: Path, channels: int, seconds: float) -> float:
    urls = {f"c{n}": f"http://127.0.0.1:1/{n}" for n in range(channels)}
    async with Database.open("sqlite:", folder) as db, delivering(db, urls, WakeUp()):
        await asyncio.sleep(2.0)
        before = time.process_time()
        await asyncio.sleep(seconds)
        return time.process_time() - before


@main.command()
@click.option("--down-seconds", type=float, default=120.0, show_default=True)
@click.option("--each-seconds", type=float, default=1.0, show_default=True, help="Between two messages.")
@click.option("--answer-seconds", type=float, default=0.05, show_default=True)
def drain(down_seconds: float, each_seconds: float, answer_seconds: float) -> None:
    """From when a receiver is back until it has all that came while it was down."""
    with tempfile.TemporaryDirectory() as folder:
        click.echo(asyncio.run(_drain(Path(folder), down_seconds, each_seconds, answer_seconds)))


async def _drain(folder: Path, down_seconds: float, each_seconds: float, answer_seconds: float) -> str:
    receiver, wake_up, count = Receiver(answer_seconds), WakeUp(), int(down_seconds / each_seconds)
    async with Database.open("sqlite:", folder) as db, delivering(db, {"desk": receiver.url}, wake_up):
        for number in range(count):
            await _put(db, number, wake_up)
            await asyncio.sleep(each_seconds)
        async with receiver.listening(), asyncio.timeout(_PATIENCE_SECONDS):
            back, first = time.monotonic(), 0.0
            while len(receiver.ids) < count:
                await asyncio.sleep(0.01)
                first = first or (time.monotonic() - back if receiver.ids else 0.0)
            took = time.monotonic() - back
        tried = await _attempts(db)
    return (
        f"{count} messages, receiver down for {down_seconds:g} s: the first {first:.1f} s after it was back, "
        f"the last {took:.1f} s after; {tried} sends in all"
    )


async def _put(db: Database, number: int, wake_up: WakeUp) -> None:
    now = SystemClock().now()
    async with db.transaction() as conn:
        item = replace(notification(alert(story=f"bench-{number}")), created=now, matched=now)
        await notifications.add(conn, item, now)
    wake_up.notify()


async def _attempts(db: Database) -> int:
    async with db.connection() as conn:
        return sum(row.attempts for row in await notifications.list_rows(conn, limit=10_000))


if __name__ == "__main__":
    main()
