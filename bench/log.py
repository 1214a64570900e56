"""Appends a second of the event log's engines by batch size and by how many append at once, in one run.

python -m bench.log [--seconds 2] [--kafka host:port]
"""

import argparse
import asyncio
import os
import tempfile
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from time import perf_counter

from core.log.log import EventLog, Record
from core.log.memory import MemoryLog
from core.log.open import open_log
from core.log.sqlite import SqliteLog

VALUE = os.urandom(3000)  # 3 KB: an article of about 470 words
TOPIC = "stories"  # eight partitions


async def appends(log: EventLog, batch: int, writers: int, seconds: float) -> float:
    """Acknowledged records a second."""
    end = perf_counter() + seconds
    done = 0

    async def write(number: int) -> None:
        nonlocal done
        count = 0
        while perf_counter() < end:
            count += 1
            await log.append(TOPIC, [Record(f"{number}-{count}-{i}", VALUE) for i in range(batch)])
            done += batch

    start = perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for number in range(writers):
            tasks.create_task(write(number))
    return done / (perf_counter() - start)


async def reads(log: EventLog) -> float:
    """Records a second that one member of a group fetches."""
    subscription = await log.subscribe("bench", [TOPIC])
    start, count = perf_counter(), 0
    while found := await subscription.fetch(256, 1.0):
        count += len(found)
        if count >= 50_000:
            break
    taken = perf_counter() - start
    await subscription.close()
    return count / taken


async def wake(log: EventLog, rounds: int = 200) -> float:
    """Median milliseconds from the call of append to the record in the hands of a waiting member."""
    subscription = await log.subscribe("wake", ["matches"])
    taken: list[float] = []
    for i in range(rounds):
        start = perf_counter()
        async with asyncio.TaskGroup() as tasks:
            waiting = tasks.create_task(subscription.fetch(1, 5.0))
            await log.append("matches", [Record(str(i), VALUE)])
        if waiting.result():
            taken.append(perf_counter() - start)
    await subscription.close()
    return sorted(taken)[len(taken) // 2] * 1000


async def measure(name: str, engine: AbstractAsyncContextManager[EventLog], seconds: float) -> None:
    async with engine as log:
        await log.append(TOPIC, [Record("warm", b"up")])
        for batch, writers in ((1, 1), (1, 64), (50, 1), (50, 8), (500, 1)):
            rate = await appends(log, batch, writers, seconds)
            print(f"{name:<8} {batch:>4} records x {writers:>2} writers {rate:>10,.0f} appends/s", flush=True)
        print(f"{name:<8} one reader {await reads(log):>24,.0f} records/s", flush=True)
        print(f"{name:<8} append to waiting reader, median {await wake(log):.2f} ms", flush=True)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--kafka", default=os.environ.get("KAFKA_BOOTSTRAP_SERVERS"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        await measure("memory", MemoryLog(), arguments.seconds)
        await measure("sqlite", SqliteLog(Path(folder)), arguments.seconds)
        if arguments.kafka:
            await measure("kafka", open_log(f"kafka://{arguments.kafka}", Path(folder)), arguments.seconds)


if __name__ == "__main__":
    asyncio.run(main())
