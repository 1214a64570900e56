"""A chaos run's surroundings: receiver, processes and services, each of which can be hurt and mended again."""

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
import orjson
from aiohttp import web

from tests.e2e.harness import ROOT, SECRET, free_port


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that the receiver took: it answered 2xx at `at` (loop time)."""

    at: float
    notification_id: str
    event: str
    rule: str
    title: str


@dataclass
class Receiver:
    """Takes webhooks, or does what `mode` says: ok, error, busy, hang_up, cut (200, then the connection is reset)."""

    mode: str = "ok"
    url: str = ""
    arrivals: list[Arrival] = field(default_factory=list)
    refused: int = 0
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=10_000_000)
        app.router.add_post("/hook", self._hook)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = "http://{}:{}/hook".format(*self._runner.addresses[0][:2])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _hook(self, request: web.Request) -> web.StreamResponse:
        body: dict[str, Any] = orjson.loads(await request.read())
        if self.mode == "error":
            self.refused += 1
            return web.Response(status=500)
        if self.mode == "busy":
            self.refused += 1
            return web.Response(status=429, headers={"Retry-After": "1"})
        if self.mode == "hang_up":
            self.refused += 1
            _reset(request)
            return web.Response()
        title = body["articles"][0]["title"] if body.get("articles") else ""
        rule = body.get("rule", {}).get("name", "")
        now = asyncio.get_running_loop().time()
        self.arrivals.append(Arrival(now, request.headers["webhook-id"], body["event"], rule, title))
        if self.mode == "cut":
            response = web.StreamResponse(headers={"Content-Length": "50"})
            await response.prepare(request)
            await response.write(b"cut off")
            _reset(request)
            return response
        return web.Response(status=204)

    def first(self) -> dict[str, Arrival]:
        """By notification, when it was taken first."""
        found: dict[str, Arrival] = {}
        for arrival in self.arrivals:
            found.setdefault(arrival.notification_id, arrival)
        return found

    def repeats(self) -> Counter[str]:
        """How often each notification was taken beyond the first time."""
        times = Counter(arrival.notification_id for arrival in self.arrivals)
        return Counter({notification_id: count - 1 for notification_id, count in times.items() if count > 1})


def _reset(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


class Process:
    """One `wirewatch run`; what it writes goes to `<name>.log` in the folder."""

    def __init__(self, name: str, folder: Path, config: str, *arguments: str) -> None:
        self.name = name
        self.port = free_port()
        self._folder = folder
        self._arguments = arguments
        self._config = config.replace("@PORT@", str(self.port)).replace("@NAME@", name)
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """None while it does not run."""
        return None if self._process is None or self._process.returncode is not None else self._process.pid

    async def start(self) -> None:
        path = self._folder / f"{self.name}.toml"
        path.write_text(self._config, encoding="utf-8")
        environ = {name: value for name, value in os.environ.items() if not name.startswith("WIREWATCH_")}
        command = [sys.executable, "-m", "wirewatch.cli.main", "run", "--config", str(path), *self._arguments]
        with (self._folder / f"{self.name}.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command, env=environ, cwd=ROOT, stdout=log, stderr=log
            )

    def signal(self, which: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(which)

    async def kill(self) -> None:
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGKILL)
        if self._process is not None:
            await self._process.wait()

    async def terminate(self) -> int:
        """Ask it to end; its exit code."""
        assert self._process is not None
        self.signal(signal.SIGTERM)
        return await self._process.wait()

    def children(self) -> list[int]:
        """Ids of its child processes and theirs."""
        return [] if self.pid is None else list(_children(self.pid))

    async def ready(self) -> tuple[bool, str]:
        """What /readyz says now."""
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session,
                session.get(f"http://127.0.0.1:{self.port}/readyz") as answer,
            ):
                return answer.status == 200, await answer.text()
        except (aiohttp.ClientError, OSError) as error:
            return False, f"{type(error).__name__}: {error}"

    def log(self) -> str:
        path = self._folder / f"{self.name}.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def _children(pid: int) -> Iterator[int]:
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found = [int(child) for child in tasks.read_text(encoding="ascii").split()]
        except OSError:
            continue  # the thread has ended
        for child in found:
            yield child
            yield from _children(child)


def kill_a_child(process: Process, rng: random.Random) -> str:
    """SIGKILL one child process, as the kernel's memory killer does; which one, for the report."""
    children = process.children()
    if not children:
        return "no child"
    victim = rng.choice(children)
    try:
        name = Path(f"/proc/{victim}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")[:60]
        os.kill(victim, signal.SIGKILL)
    except OSError:
        return "it has ended by itself"
    return f"{name} of {process.name}"


def config(sources: str, hook: str, *, log: str, database: str, data_dir: Path) -> str:
    """The configuration of all processes of a run."""
    return f"""
data_dir = "{data_dir}"
[server]
listen = "127.0.0.1:@PORT@"
[log]
{log}
[database]
url = "{database}"
[fetch]
allow_networks = ["127.0.0.0/8"]
host_interval_seconds = 0.0
retry_seconds = [1, 2, 5, 10, 20]
[[rules]]
name = "council"
query = "harbour AND council AND vote"
channels = ["desk"]
[[rules]]
name = "never"
query = "harbour AND submarine"
channels = ["desk"]
[[channels]]
name = "desk"
kind = "webhook"
url = "{hook}"
secret = "{SECRET}"
{sources}"""
