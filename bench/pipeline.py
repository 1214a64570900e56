"""The whole embedded pipeline under load: articles as full-content feeds, 1,000 rules, a webhook receiver.

    python -m bench.pipeline [--articles 3000] [--rules 1000] [--rate 50] [--part latency]

Two parts, each with a fresh data directory and a real `wirewatch run` process:
throughput: all articles are there at once; seconds from the first poll until the last one is matched.
latency: articles appear at --rate a second; seen-to-delivered as the receiver sees it.
Besides: longest stall of the event loop, CPU per article by stage, peak memory of the process and its children.
"""

import argparse
import asyncio
import itertools
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

import aiohttp
import orjson
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
PER_FEED = 100
_LOOKS_A_SCRAPE = 12  # one in three seconds: a scrape costs the process tens of milliseconds
SECRET = "whsec_d2lyZXdhdGNoLWJlbmNobWFyay1zZWNyZXQtZm9yLXdlYmhvb2s="


@dataclass
class Newsroom:
    """JSON feeds with whole texts; an article is on air from its moment (loop time), and dated then."""

    articles: list[dict[str, Any]]
    on_air: list[float]
    epoch: datetime  # of the loop's time
    url: str = ""
    delivered: list[float] = field(default_factory=list)

    async def feed(self, request: web.Request) -> web.Response:
        """Each feed holds every n-th article, the newest PER_FEED that are on air."""
        number, feeds = int(request.match_info["n"]), self.feeds
        now = asyncio.get_running_loop().time()
        mine = [i for i in range(number, len(self.articles), feeds) if self.on_air[i] <= now][-PER_FEED:]
        items = [
            {
                "id": self.articles[i]["id"],
                "url": f"{self.url}/a/{self.articles[i]['id']}.html",
                "title": self.articles[i]["title"],
                "content_html": "".join(f"<p>{p}</p>" for p in self.articles[i]["text"].split("\n\n")),
                "date_published": (self.epoch + timedelta(seconds=self.on_air[i])).isoformat(timespec="seconds"),
            }
            for i in mine
        ]
        body = orjson.dumps({"version": "https://jsonfeed.org/version/1.1", "title": f"Feed {number}", "items": items})
        return web.Response(body=body, content_type="application/feed+json")

    async def hook(self, request: web.Request) -> web.Response:
        payload = orjson.loads(await request.read())
        arrived = datetime.now(UTC)  # noqa: TID251 - the benchmark's own clock
        if payload["event"] == "alert.created":
            seen = datetime.fromisoformat(payload["articles"][0]["seen"])
            self.delivered.append((arrived - seen).total_seconds())
        return web.Response(status=204)

    @property
    def feeds(self) -> int:
        return max(1, -(-len(self.articles) // PER_FEED))


def rules(n: int) -> list[str]:
    """Rules of the shared matching workload."""
    with tempfile.TemporaryDirectory() as folder:
        maker = SHARED / "bench" / "matching" / "make_workload.py"
        articles = SHARED / "data" / "stories" / "articles.jsonl"
        subprocess.run([sys.executable, maker, "--articles", articles, "--rules", str(n), "--out", folder], check=True)
        return [json.loads(line)["query"] for line in (Path(folder) / "rules.jsonl").open(encoding="utf-8")]


def config(newsroom: Newsroom, queries: list[str], port: int, interval: float) -> str:
    sources = "".join(
        f'[[sources]]\nname = "feed {n}"\nurl = "{newsroom.url}/feed/{n}.json"\ninterval_seconds = {interval}\nfull_text = false\n'
        for n in range(newsroom.feeds)
    )
    written = "".join(
        f'[[rules]]\nname = "r{n}"\nquery = {json.dumps(q, ensure_ascii=False)}\nchannels = ["desk"]\n'
        for n, q in enumerate(queries)
    )
    return f"""
data_dir = "data"
[server]
listen = "127.0.0.1:{port}"
[fetch]
allow_networks = ["127.0.0.0/8"]
host_interval_seconds = 0.0
[[channels]]
name = "desk"
kind = "webhook"
url = "{newsroom.url}/hook"
secret = "{SECRET}"
{sources}{written}"""


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


class Scrape:
    """One reading of /metrics."""

    def __init__(self, text: str) -> None:
        self._samples = [s for f in text_string_to_metric_families(text) for s in f.samples]

    def sum(self, name: str, **labels: str) -> float:
        return sum(s.value for s in self._samples if s.name == name and labels.items() <= s.labels.items())

    def by(self, name: str, label: str) -> dict[str, float]:
        return {s.labels[label]: s.value for s in self._samples if s.name == name}


def memory_mb(pid: int) -> float:
    """Proportional memory of a process and its children, in MB."""
    total = 0.0
    for p in itertools.chain([pid], children(pid)):
        try:
            rollup = Path(f"/proc/{p}/smaps_rollup").read_text(encoding="ascii")
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
    return total


def cpu_seconds(pid: int) -> tuple[float, float]:
    """What a process and what its children have used so far, in user and kernel together."""

    def used(one: int) -> float:
        try:
            fields = Path(f"/proc/{one}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    return used(pid), sum(map(used, children(pid)))


def children(pid: int) -> Iterator[int]:
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, tasks.read_text(encoding="ascii").split()):
            yield child
            yield from children(child)


@asynccontextmanager
async def running(newsroom: Newsroom, queries: list[str], interval: float) -> AsyncIterator[tuple[int, str, Path]]:
    """A wirewatch process on the newsroom; yields its pid, its address and its folder."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "wirewatch.toml"
        path.write_text(config(newsroom, queries, port, interval), encoding="utf-8")
        env = {**os.environ, "WIREWATCH_FAULT": ""}
        with (Path(folder) / "log").open("wb") as log:
            command = [sys.executable, "-m", "wirewatch.cli.main", "run", "--config", str(path)]
            process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            yield process.pid, f"http://127.0.0.1:{port}", Path(folder)
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            code = await process.wait()
            if code:
                print((Path(folder) / "log").read_text(encoding="utf-8")[-3000:], file=sys.stderr)


async def scrape(session: aiohttp.ClientSession, url: str) -> Scrape | None:
    try:
        async with session.get(f"{url}/metrics") as response:
            return Scrape(await response.text())
    except aiohttp.ClientError:
        return None


def report(name: str, final: Scrape, done: float, seconds: float, peak: float, cpu_used: tuple[float, float]) -> None:
    cpu = final.by("news_stage_cpu_seconds_total", "stage")
    print(f"## {name}")
    print(f"articles {done:.0f} in {seconds:.1f} s: {done / seconds:.0f} a second")
    print(f"alerts {final.sum('news_alerts_total', outcome='created'):.0f}, peak memory {peak:.0f} MB with children")
    print(f"longest stall of the event loop {1000 * final.sum('news_event_loop_stall_max_seconds'):.0f} ms")
    own, parsers = (1000 * used / done for used in cpu_used)
    print(f"CPU ms per article: {own + parsers:.2f} in all, {own:.2f} in the process, {parsers:.2f} in its parsers")
    print("by stage:", ", ".join(f"{stage} {1000 * used / done:.2f}" for stage, used in cpu.items() if used))
    sums, counts = (final.by(f"news_latency_seconds_{what}", "stage") for what in ("sum", "count"))
    print("mean seconds:", ", ".join(f"{stage} {sums[stage] / n:.2f}" for stage, n in counts.items() if n))


@dataclass
class Used:
    """CPU seconds of process and parsers over time, so that they can be told for when the last article was matched."""

    pid: int
    at: list[tuple[float, float, float]] = field(default_factory=list)

    def look(self) -> None:
        self.at.append((time.time(), *cpu_seconds(self.pid)))  # noqa: TID251 - the benchmark's own clock

    def between(self, began: float, ended: float) -> tuple[float, float]:
        first, last = (min(self.at, key=lambda one: abs(one[0] - moment)) for moment in (began, ended))
        return last[1] - first[1], last[2] - first[2]


def span(folder: Path) -> tuple[float, float]:
    """When the first entry was polled and the last article matched, in seconds since 1970, by the process's own traces."""
    with closing(sqlite3.connect(f"file:{folder}/data/wirewatch.db?mode=ro", uri=True)) as db:
        ((first,),) = db.execute("SELECT min(at) FROM traces WHERE stage = 'poll'")
        ((last,),) = db.execute("SELECT max(at) FROM traces WHERE stage = 'match'")
    return first / 1e6, last / 1e6


async def measure(name: str, newsroom: Newsroom, queries: list[str], interval: float, total: int) -> None:
    """Run until `total` articles are matched and what they raised is delivered."""
    newsroom.delivered.clear()
    async with running(newsroom, queries, interval) as (pid, url, folder), aiohttp.ClientSession() as session:
        peak, used = 0.0, Used(pid)
        for looks in itertools.count():
            await asyncio.sleep(0.25)
            used.look()
            if looks % _LOOKS_A_SCRAPE:
                continue
            peak = max(peak, memory_mb(pid))
            now = await scrape(session, url)
            if now is None:
                continue
            matched = now.sum("news_match_duration_seconds_count")
            waiting = now.sum("news_notification_queue_length")
            delivered = len(newsroom.delivered) >= now.sum("news_alerts_total", outcome="created")
            if matched >= total and not waiting and delivered:
                break
        assert now is not None
        began, ended = span(folder)
        report(name, now, matched, ended - began, peak, used.between(began, ended))
    if len(newsroom.delivered) >= 20:
        cuts = quantiles(newsroom.delivered, n=100)
        print(
            f"seen to delivered: p50 {cuts[49]:.2f} s, p95 {cuts[94]:.2f} s, p99 {cuts[98]:.2f} s of {len(newsroom.delivered)}"
        )


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=3000)
    parser.add_argument("--rules", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=50.0, help="articles a second in the latency part")
    parser.add_argument("--part", choices=["both", "throughput", "latency"], default="both")
    options = parser.parse_args()
    source = (SHARED / "data" / "stories" / "articles.jsonl").open(encoding="utf-8")
    articles = [json.loads(line) for line in itertools.islice(source, options.articles)]
    queries = rules(options.rules)
    began = asyncio.get_running_loop().time()
    epoch = datetime.now(UTC) - timedelta(seconds=began)  # noqa: TID251 - the benchmark's own clock
    newsroom = Newsroom(articles, [began] * len(articles), epoch)
    app = web.Application()
    app.router.add_get("/feed/{n}.json", newsroom.feed)
    app.router.add_post("/hook", newsroom.hook)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    newsroom.url = "http://{}:{}".format(*runner.addresses[0][:2])
    if options.part != "latency":
        await measure("throughput", newsroom, queries, 60.0, len(articles))  # each feed is polled once
    if options.part != "throughput":
        start = asyncio.get_running_loop().time() + 8  # the process is up by then
        newsroom.on_air = [start + i / options.rate for i in range(len(articles))]
        await measure(f"latency at {options.rate:.0f} articles a second", newsroom, queries, 2.0, len(articles))
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
