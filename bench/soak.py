"""Twelve receivers, four of them sick, and deliver processes that are killed again and again.

alerts at a steady pace -> outbox -> processes (SIGKILL, a new one) -> receivers, each alert to one of them -> what came, when

Sick are one that never answers, one that answers 500 for a while, one that takes a message in 20 ms and says 429 to the rest, and one
that closes the connection after it took a message. Times are scaled: "ten minutes" of 500 are a tenth of the run, a
message that nobody takes is given up after a quarter of it, and back-off begins at 0.2 s.
"""

import asyncio
import base64
import json
import logging
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog

from alerts.channels.kind import ChannelTools
from alerts.channels.registry import build_channel, channel_settings
from alerts.deliver.context import DeliverSettings
from alerts.deliver.endpoint import EndpointPolicy
from alerts.deliver.retry_policy import RetryPolicy
from alerts.deliver.stage import DeliverParts, DeliverStage
from bench.receiver import receiver
from core.clock import SystemClock
from core.db.engine import Database
from core.metrics import Metrics
from core.model.alert import Notification
from core.model.outcome import NotificationState
from core.net.client import Fetcher
from core.net.guard import AddressGuard
from core.retry import Backoff
from core.store import leases, notifications, outbox
from core.wake_up import WakeUp
from tests.alerts.making import alert, notification

_HEALTHY = tuple(f"ok/well{number}" for number in range(8))
_SICK = ("hang/mute", "failing/broken", "busy/crowded", "closing/abrupt")
_PUT_SECONDS = 0.2
_SECRET = "whsec_" + base64.b64encode(bytes(32)).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Soak:
    """`seconds`: within which the alerts come; kills are spread over them. `deliverers`: processes at one time."""

    alerts: int
    kills: int
    seconds: float
    deliverers: int = 1
    database: str = "sqlite:"
    sick: bool = True

    @property
    def channels(self) -> tuple[str, ...]:
        return (*_HEALTHY, *_SICK) if self.sick else _HEALTHY


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`p50`, `p95`: seconds from an alert's row to its arrival, at the healthy. `twice`: arrivals beyond the first of an id."""

    p50: float
    p95: float
    arrived: int
    dead: int
    missing: int
    unfinished: int
    twice: int
    unmarked: int
    seconds: float


def soak_report(soak: Soak) -> str:
    """In words: healthy channels alone, beside sick ones, and with kills."""
    calm = replace(soak, kills=0, alerts=soak.alerts // 4, seconds=soak.seconds / 4)
    alone, beside = run(replace(calm, sick=False, alerts=calm.alerts * len(_HEALTHY) // 12)), run(calm)
    killed = run(soak)
    return "\n".join(
        [
            f"healthy channels alone: p50 {alone.p50:.3f} s, p95 {alone.p95:.3f} s",
            f"beside four sick ones:  p50 {beside.p50:.3f} s, p95 {beside.p95:.3f} s ({beside.p95 / alone.p95:.2f} times)",
            (
                f"{soak.kills} kills, {soak.alerts} alerts: {killed.arrived} arrived, {killed.dead} dead, {killed.missing} missing, "
                f"{killed.unfinished} unfinished, {killed.twice} repeats under their old id, {killed.unmarked} twice in the books, "
                f"p95 {killed.p95:.2f} s, {killed.seconds:.0f} s"
            ),
        ]
    )


def run(soak: Soak) -> Found:
    """Alerts into an outbox, processes that send and are killed, and what came of it."""
    with tempfile.TemporaryDirectory() as folder, receiver(mends_after=soak.seconds / 10 + 3) as url:
        return asyncio.run(_run(soak, Path(folder), url))


async def _run(soak: Soak, folder: Path, url: str) -> Found:
    began, chance = time.monotonic(), random.Random(1)
    plan = folder / "soak.json"
    plan.write_text(json.dumps({**asdict(soak), "url": url}))
    created: dict[str, tuple[str, float]] = {}
    async with Database.open(soak.database, folder) as db:
        processes = [_start(plan, seat) for seat in range(soak.deliverers)]
        try:
            await _warm(db, soak, processes)
            async with asyncio.TaskGroup() as group:
                group.create_task(_put(db, soak, created))
                group.create_task(_kill(soak, plan, processes, chance))
            await _finished(db, soak, processes)
        finally:
            for process in processes:
                process.kill()
                process.wait()
        states = await _states(db)
    came = json.loads(await asyncio.to_thread(lambda: urllib.request.urlopen(f"{url}/kept").read()))
    return _judged(created, states, came, time.monotonic() - began)


def _start(plan: Path, seat: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "bench.soak", str(plan), str(seat)])


async def _warm(db: Database, soak: Soak, processes: "list[subprocess.Popen[bytes]]") -> None:
    """Until a process sends: its start is no latency."""
    now = SystemClock().now()
    item = replace(notification(alert(story=uuid4().hex), channel=_key(_HEALTHY[0])), created=now, matched=now)
    async with db.transaction() as conn:
        await notifications.add(conn, item, now)
    await _finished(db, soak, processes)


async def _put(db: Database, soak: Soak, created: dict[str, tuple[str, float]]) -> None:
    """Some alerts every moment, as the stage that decides writes them."""
    began, this_run, number = time.monotonic(), uuid4().hex, 0  # a database may have had another
    while number < soak.alerts:
        await asyncio.sleep(_PUT_SECONDS)
        due = min(int((time.monotonic() - began) * soak.alerts / soak.seconds) + 1, soak.alerts)
        now = SystemClock().now()
        rows: list[tuple[Notification, datetime]] = []
        for place in range(number, due):
            name = soak.channels[place % len(soak.channels)]
            item = replace(
                notification(alert(story=f"{this_run}-{place}"), channel=_key(name)), created=now, matched=now
            )
            rows.append((item, now))
            created[item.notification_id] = (name, now.timestamp())
        async with db.transaction() as conn:
            await notifications.add_many(conn, rows)
        number = due


async def _kill(soak: Soak, plan: Path, processes: "list[subprocess.Popen[bytes]]", chance: random.Random) -> None:
    for _ in range(soak.kills):
        await asyncio.sleep(soak.seconds / (soak.kills + 1) * chance.uniform(0.7, 1.3))
        seat = chance.randrange(len(processes))
        processes[seat].send_signal(signal.SIGKILL)
        processes[seat].wait()
        processes[seat] = _start(plan, seat)


async def _finished(db: Database, soak: Soak, processes: "list[subprocess.Popen[bytes]]") -> None:
    """Until all is delivered or dead, within reason."""
    with suppress(TimeoutError):
        async with asyncio.timeout(soak.seconds + 120):
            while True:
                async with db.connection() as conn:
                    if not any(queue.pending for queue in await outbox.queue_stats(conn)):
                        return
                if any(process.poll() is not None for process in processes):
                    raise RuntimeError("a deliver process ended by itself")
                await asyncio.sleep(0.5)


async def _states(db: Database) -> dict[str, tuple[NotificationState, int]]:
    """Where each notification stands, and how often it was written down as delivered."""
    found: dict[str, tuple[NotificationState, int]] = {}
    async with db.connection() as conn:
        for row in await notifications.list_rows(conn, limit=None):
            key = row.notification.notification_id
            tried = await notifications.attempts(conn, key) if row.attempts > 1 else []
            found[key] = (row.state, max(sum(one.reason is None for one in tried), 1))
    return found


def _judged(
    created: dict[str, tuple[str, float]],
    states: dict[str, tuple[NotificationState, int]],
    came: dict[str, dict[str, list[float]]],
    seconds: float,
) -> Found:
    arrivals = {key: times for by_id in came.values() for key, times in by_id.items()}
    healthy = sorted(
        min(arrivals[key]) - at for key, (name, at) in created.items() if name in _HEALTHY and key in arrivals
    )
    states = {key: states[key] for key in created}
    delivered = {key for key, (state, _) in states.items() if state is NotificationState.DELIVERED}
    dead = {key for key, (state, _) in states.items() if state is NotificationState.DEAD}
    return Found(
        p50=healthy[len(healthy) // 2],
        p95=healthy[len(healthy) * 95 // 100],
        arrived=len(arrivals),
        dead=len(dead),
        missing=len((created.keys() - arrivals.keys()) - dead) + len(delivered - arrivals.keys()),
        unfinished=len(created) - len(delivered) - len(dead),
        twice=sum(len(times) - 1 for times in arrivals.values()),
        unmarked=sum(1 for _, times in states.values() if times > 1),
        seconds=seconds,
    )


def _key(name: str) -> str:
    return name.partition("/")[2]


async def _deliver(plan: Path, told: dict[str, Any], seat: str) -> None:
    """A process that sends until it is killed."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    clock, owner = SystemClock(), f"seat{seat}-{os.getpid()}"
    async with (
        Database.open(told["database"], plan.parent) as db,
        Fetcher(AddressGuard(["127.0.0.0/8"]), "wirewatch/bench", clock) as fetcher,
    ):
        async with db.transaction() as conn:
            await leases.free_all(conn, f"seat{seat}")  # as a role does that takes its seat again
        tools = ChannelTools(poster=fetcher, base_dir=plan.parent, guard=fetcher.guard)
        names = (*_HEALTHY, *_SICK) if told["sick"] else _HEALTHY
        raw = [
            {
                "name": _key(name),
                "kind": "webhook",
                "url": f"{told['url']}/{name}",
                "secret": _SECRET,
                "timeout_seconds": 1,
            }
            for name in names
        ]
        stage = DeliverStage(
            DeliverParts(db=db, clock=clock, metrics=Metrics(), chance=random.random, owner=owner, wake_up=WakeUp()),
            [build_channel(channel_settings(one), tools) for one in raw],
            settings=_settings(told["seconds"]),
        )
        await stage.run()


def _settings(seconds: float) -> DeliverSettings:
    patience = seconds / 4
    return DeliverSettings(
        retry=RetryPolicy(
            backoff=Backoff(first_seconds=0.2, max_seconds=patience / 4, factor=2.0),
            max_age_hours=patience / 3600,
            least_attempts=2,
            least_failing_seconds=1.0,
        ),
        endpoint=EndpointPolicy(backoff=Backoff(first_seconds=0.2, max_seconds=5.0, factor=1.05)),
        poll_seconds=0.1,
        tend_seconds=0.5,
    )


if __name__ == "__main__":
    asyncio.run(_deliver(Path(sys.argv[1]), json.loads(Path(sys.argv[1]).read_text()), sys.argv[2]))
