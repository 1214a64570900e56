"""Kills the process within 0.6 s of a delivered alert, again and again, and counts what is missing and what came twice.

    python -m bench.kills --times 12 --stories 25 --answer-seconds 0.05

Every round publishes new stories, starts `wirewatch run`, waits for an alert, and kills. The receiver takes
`--answer-seconds` to answer, in which a message has arrived and the sender cannot know.
"""

import asyncio
import random
import tempfile
import time
from functools import partial
from pathlib import Path

import click

from tests.e2e.harness import Sink, World

RULES = [("council", "harbour AND council AND vote")]
WITHIN_SECONDS = 0.6


@click.command()
@click.option("--times", type=int, default=12, show_default=True)
@click.option("--stories", type=int, default=25, show_default=True, help="New ones in each round.")
@click.option("--answer-seconds", type=float, default=0.05, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def main(times: int, stories: int, answer_seconds: float, seed: int) -> None:
    """Count repeats of random kills."""
    asyncio.run(_main(times, stories, answer_seconds, random.Random(seed)))


async def _main(times: int, stories: int, answer_seconds: float, chance: random.Random) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with World(Path(folder), stories, rules=RULES) as world:
            world.sink.answer_seconds = answer_seconds
            for number in range(times):
                seen, started = len(world.sink.bodies), time.monotonic()
                await world.process.start()
                await world.process.until(partial(_more, world.sink, seen), "an alert")
                took = time.monotonic() - started
                await asyncio.sleep(chance.uniform(0, WITHIN_SECONDS))
                await world.process.kill()
                sent = len(world.sink.bodies)
                click.echo(f"kill {number + 1}: {sent - seen} alerts, the first {took:.1f} s after the start")
                world.publisher.count += stories
            killed = sum(world.sink.sends.values())
            await world.process.start()
            await world.process.until(lambda: _due(world) <= set(world.sink.alerts()), "every due alert")
            await world.process.terminate()
            _report(world, times, killed)


def _more(sink: Sink, seen: int) -> bool:
    return len(sink.bodies) > seen


def _due(world: World) -> set[tuple[str, str]]:
    return {("council", f"{world.publisher.url}/{n}.html") for n in range(world.publisher.count)}


def _report(world: World, times: int, killed: int) -> None:
    sink: Sink = world.sink
    alerts = sink.alerts()
    marked = sum(bool(body.get("possible_repeat")) for body in sink.bodies.values())
    click.echo(
        f"{times} kills, {killed} posts up to the last, {len(_due(world))} alerts due in all: "
        f"{len(_due(world) - set(alerts))} missing, {sum(count > 1 for count in alerts.values())} under two ids, "
        f"{sum(count - 1 for count in sink.sends.values())} posts repeated, {marked} marked as possible repeats"
    )


if __name__ == "__main__":
    main()
