"""A bounded run of random blows against a newsroom, and what must come of it: every due alert once.

    python -m tests.e2e.chaos.chaos [--grown] [--stories 200] [--seed 1]

Each blow hurts one thing and mends it again; which and when comes from the seed. Afterwards every story has exactly one
alert, nothing else was told, every process is ready, and no message was taken twice unless a process died just then.
"""

import argparse
import asyncio
import errno
import os
import random
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

from tests.e2e.chaos.newsroom import Newsroom, stories_of
from tests.e2e.chaos.world import Process, Receiver, config, kill_a_child
from tests.services import kafka, postgres

PATIENCE_SECONDS = 120.0  # a bound that is only reached when something is broken
TMPFS_BYTES = 96 * 1024 * 1024
IN_FLIGHT_SECONDS = 10.0  # between a receiver's answer and the record of it, on a busy machine
_WORST = 5  # shown in a report


@dataclass
class Run:
    """A run while it goes on."""

    newsroom: Newsroom
    receiver: Receiver
    processes: Sequence[Process]
    rng: random.Random
    data: Path | None = None  # a small tmpfs with the data directory
    broker: kafka.Broker | None = None
    database: postgres.Server | None = None
    blows: Counter[str] = field(default_factory=Counter)
    deaths: list[float] = field(default_factory=list)  # loop times at which a process of ours was stopped or killed
    told: list[str] = field(default_factory=list)

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def missing(self) -> list[str]:
        """Marks of stories that no alert has told."""
        told = " ".join(arrival.title for arrival in self.receiver.arrivals).lower()
        return [story.mark for story in self.newsroom.stories if story.mark not in told]

    def victim(self) -> Process:
        return self.rng.choice(self.processes)

    async def pause(self, least: float, most: float) -> None:
        await asyncio.sleep(self.rng.uniform(least, most))


Blow = Callable[[Run], Awaitable[None]]


async def kill_process(run: Run) -> None:
    process = run.victim()
    run.deaths.append(run.now())
    await process.kill()
    await run.pause(0.0, 1.5)
    await process.start()


async def stop_process(run: Run) -> None:
    process = run.victim()
    run.deaths.append(run.now())
    await process.terminate()
    await process.start()


async def freeze_process(run: Run) -> None:
    process = run.victim()
    run.deaths.append(run.now())  # what it had sent and not recorded may be another's meanwhile
    process.signal(signal.SIGSTOP)
    await run.pause(1.0, 4.0)
    process.signal(signal.SIGCONT)


async def kill_child(run: Run) -> None:
    parents = [process for process in run.processes if process.children()]
    if parents:  # none where all are just starting
        run.told.append(kill_a_child(run.rng.choice(parents), run.rng))


async def hurt_receiver(run: Run) -> None:
    run.receiver.mode = run.rng.choice(["error", "busy", "hang_up", "cut"])
    await run.pause(1.0, 3.0)
    run.receiver.mode = "ok"


async def fill_disk(run: Run) -> None:
    """No byte left where log and database are, for a moment."""
    assert run.data is not None
    ballast = run.data / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
    run.deaths.append(run.now())  # what was sent could not be recorded
    await run.pause(1.0, 4.0)
    run.deaths.append(run.now())
    ballast.unlink()


async def kill_broker(run: Run) -> None:
    assert run.broker is not None
    await asyncio.to_thread(run.broker.kill)
    await run.pause(0.5, 4.0)
    await asyncio.to_thread(run.broker.start)


async def kill_database(run: Run) -> None:
    assert run.database is not None
    run.deaths.append(run.now())
    await asyncio.to_thread(run.database.kill)
    await run.pause(0.5, 4.0)
    run.deaths.append(run.now())
    await asyncio.to_thread(run.database.start)


COMMON: tuple[Blow, ...] = (kill_process, stop_process, freeze_process, kill_child, hurt_receiver)


async def play(run: Run, blows: Sequence[Blow]) -> None:
    """Start all, let stories come on air under blows, then mend everything and wait for what is due."""
    for process in run.processes:
        await process.start()
    await until(run, lambda: run.newsroom.port != 0, "the newsroom is there")
    await _all_ready(run)
    run.newsroom.open()
    bag: list[Blow] = []
    while not run.newsroom.on_air(run.newsroom.stories[-1]):
        if not bag:
            bag = run.rng.sample(blows, len(blows))  # each once before any comes again
        blow = bag.pop()
        run.blows[blow.__name__] += 1
        await blow(run)
        await run.pause(0.5, 2.0)
    await until(run, lambda: not run.missing(), "every due alert has arrived")
    await _all_ready(run)
    for process in run.processes:
        code = await process.terminate()
        assert code == 0, f"{process.name} ended with {code}\n{process.log()[-3000:]}"


async def until(run: Run, condition: Callable[[], bool], what: str) -> None:
    deadline = run.now() + PATIENCE_SECONDS
    while not condition():
        if run.now() > deadline:
            logs = "\n".join(f"--- {process.name}\n{process.log()[-6000:]}" for process in run.processes)
            raise AssertionError(f"time is up before {what}; {summary(run)}\nmissing: {run.missing()}\n{logs}")
        await asyncio.sleep(0.1)


async def _all_ready(run: Run) -> None:
    deadline, said = run.now() + PATIENCE_SECONDS, ""
    for process in run.processes:
        while True:
            ready, said = await process.ready()
            if ready:
                break
            if run.now() > deadline:
                raise AssertionError(f"{process.name} is not ready: {said}\n{process.log()[-4000:]}")
            await asyncio.sleep(0.3)


def verify(run: Run) -> None:
    """Every story once, nothing else, and no repeat without a reason."""
    first = list(run.receiver.first().values())
    alerts = Counter(story.mark for story in run.newsroom.stories for one in first if story.mark in one.title.lower())
    assert {mark: count for mark, count in alerts.items() if count != 1} == {}, f"told twice; {summary(run)}"
    surplus = [one for one in first if one.event != "alert.created" or one.rule != "council"]
    assert surplus == [], f"{len(surplus)} messages that nobody asked for; {summary(run)}"
    assert len(first) == len(run.newsroom.stories), summary(run)
    unexplained = [
        one
        for notification_id in run.receiver.repeats()
        if not _near(run.deaths, (one := run.receiver.first()[notification_id]).at)
    ]
    assert unexplained == [], f"taken twice though nothing had died: {unexplained}; {summary(run)}"


def _near(deaths: Sequence[float], at: float) -> bool:
    return any(-1.0 <= death - at <= IN_FLIGHT_SECONDS for death in deaths)


def latencies(run: Run, numbers: Collection[int] | None = None) -> list[float]:
    """Seconds from a story's coming on air to its alert; `numbers`: of these stories only."""
    opened = run.newsroom.opened
    assert opened is not None
    asked = [story for story in run.newsroom.stories if numbers is None or story.number in numbers]
    return [
        arrival.at - opened - story.seconds
        for arrival in run.receiver.first().values()
        for story in asked
        if story.mark in arrival.title.lower()
    ]


def p95(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=20)[-1] if len(seconds) > 1 else float("nan")


def summary(run: Run) -> str:
    """One line for the report."""
    took = latencies(run)
    blows = ", ".join(f"{name} {count}" for name, count in sorted(run.blows.items()))
    repeats = sum(run.receiver.repeats().values())
    return f"{len(took)} of {len(run.newsroom.stories)} told, p95 {p95(took):.1f} s; {repeats} posts repeated; {blows}; {run.told[-_WORST:]}"


@contextmanager
def small_disk(folder: Path) -> Iterator[Path | None]:
    """A tmpfs of TMPFS_BYTES, or None where this machine does not let us mount one."""
    place = folder / "disk"
    place.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={TMPFS_BYTES},mode=700", "tmpfs", str(place)]
    mounted = (
        os.geteuid() == 0 and subprocess.run(["mount", *options], check=False, capture_output=True).returncode == 0
    )
    try:
        yield place if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(place)], check=True)


async def embedded(folder: Path, stories: int, seed: int, every_seconds: float = 0.5, *, hostile: bool = True) -> Run:
    """One process on its own log and database, beside hostile feeds."""
    async with AsyncExitStack() as stack:
        disk = stack.enter_context(small_disk(folder))
        newsroom = await stack.enter_async_context(Newsroom(stories_of(stories, every_seconds), awake=hostile))
        receiver = await stack.enter_async_context(Receiver())
        written = config(
            newsroom.sources(),
            receiver.url,
            log='url = "sqlite:"',
            database="sqlite:",
            data_dir=(disk or folder) / "data",
        )
        run = Run(newsroom, receiver, [Process("one", folder, written)], random.Random(seed), disk)
        stack.push_async_callback(_kill_all, run)
        await play(run, (*COMMON, fill_disk) if disk else COMMON)
        return run


async def grown(folder: Path, stories: int, seed: int, every_seconds: float = 0.5, *, hostile: bool = True) -> Run:
    """Three processes on Apache Kafka and PostgreSQL, both of which die as well, beside hostile feeds."""
    async with AsyncExitStack() as stack:
        broker = stack.enter_context(kafka.mortal_broker())
        lasting = [setting for setting in postgres.SETTINGS if not setting.startswith("synchronous_commit")]
        database = stack.enter_context(postgres.mortal_server(lasting))
        newsroom = await stack.enter_async_context(Newsroom(stories_of(stories, every_seconds), awake=hostile))
        receiver = await stack.enter_async_context(Receiver())
        written = config(
            newsroom.sources(),
            receiver.url,
            log=f'url = "kafka://{broker.address}"\nkafka = {{session_seconds = 6}}',
            database=database.url,
            data_dir=folder / "data-@NAME@",
        )
        roles = [f"--role={role}" for role in ("story", "match", "alert")]
        processes = [
            Process("first", folder, written),
            Process("second", folder, written),
            Process("third", folder, written, *roles),
        ]
        run = Run(newsroom, receiver, processes, random.Random(seed), broker=broker, database=database)
        stack.push_async_callback(_kill_all, run)
        await play(run, (*COMMON, kill_broker, kill_database))
        return run


@dataclass(frozen=True, slots=True)
class Attacked:
    """Seconds from air to alert of stories told before an attack and during it."""

    calm: list[float]
    attacked: list[float]

    @property
    def factor(self) -> float:
        return p95(self.attacked) / p95(self.calm)


async def attack(folder: Path, stories: int, tarpit_entries: int = 1000, every_seconds: float = 0.5) -> Attacked:
    """One process, nothing dies: half of the stories are told in peace, half while the hostile feeds are awake."""
    async with AsyncExitStack() as stack:
        newsroom = Newsroom(stories_of(stories, every_seconds), tarpit_entries=tarpit_entries, awake=False)
        await stack.enter_async_context(newsroom)
        receiver = await stack.enter_async_context(Receiver())
        data = folder / "data"
        written = config(newsroom.sources(), receiver.url, log='url = "sqlite:"', database="sqlite:", data_dir=data)
        process = Process("one", folder, written)
        run = Run(newsroom, receiver, [process], random.Random(0))
        stack.push_async_callback(_kill_all, run)
        await process.start()
        await _all_ready(run)
        newsroom.open()
        half = stories // 2
        await until(run, lambda: newsroom.on_air(newsroom.stories[half]), "half of the stories")
        newsroom.awake = True
        await until(run, lambda: not run.missing(), "every due alert has arrived")
        verify(run)
        return Attacked(latencies(run, range(half)), latencies(run, range(half, stories)))


async def _kill_all(run: Run) -> None:
    for process in run.processes:
        await process.kill()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--grown", action="store_true", help="on Apache Kafka and PostgreSQL")
    parser.add_argument("--stories", type=int, default=200)
    parser.add_argument("--every", type=float, default=0.5, help="seconds between stories")
    parser.add_argument("--calm", action="store_true", help="the hostile feeds stay asleep")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    kind = grown if options.grown else embedded
    with tempfile.TemporaryDirectory() as folder:
        run = asyncio.run(kind(Path(folder), options.stories, options.seed, options.every, hostile=not options.calm))
    print(summary(run))
    verify(run)


if __name__ == "__main__":
    main()
