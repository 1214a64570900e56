"""How long after a kill -9 the next alert arrives: `python -m bench.restart [--kafka] [--times 5]`.

A feed, its pages, a receiver and `wirewatch run`; each time it is killed, two articles appear, and it is started again. The
time runs from the start of the process to the second alert at the receiver. `--kafka`: with a broker of its own.
"""

import argparse
import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.e2e.harness import World
from tests.services.kafka import broker

RULES = [("council", "harbour AND council AND vote")]
FIRST, MORE = 20, 2


@contextmanager
def log_url(*, kafka: bool) -> Iterator[str]:
    if not kafka:
        yield "sqlite:"
        return
    with broker() as address:
        yield f"kafka://{address}"


async def measure(url: str, times: int) -> list[float]:
    took = []
    with TemporaryDirectory() as folder:
        async with World(Path(folder), FIRST, log_url=url, rules=RULES) as world:
            await world.process.start()
            await world.process.until(lambda: len(world.sink.bodies) >= FIRST, "the first alerts have arrived")
            for _ in range(times):
                await asyncio.sleep(2)
                await world.process.kill()
                world.articles += MORE
                world.publisher.count = world.articles
                began = time.perf_counter()
                await world.process.start()
                await world.process.until(lambda: world.due() <= set(world.sink.alerts()), "the next alerts")
                took.append(time.perf_counter() - began)
            assert await world.process.terminate() == 0
    return took


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kafka", action="store_true")
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    with log_url(kafka=options.kafka) as url:
        took = asyncio.run(measure(url, options.times))
    print(f"{url}: median {median(took):.1f} s, {min(took):.1f} to {max(took):.1f} s in {len(took)} restarts")


if __name__ == "__main__":
    main()
