"""A process that uses the log until it is killed: `log_process.py append|consume engine where topic single`.

append: prints the number of every acknowledged record. consume: commits the first half of what it is given, prints how
many that were, and holds the rest.
"""

import asyncio
import sys
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from core.log.log import Delivery, EventLog, Record, TopicPartition
from tests.contract.log_engines import open_engine


async def append(log: EventLog, topic: str) -> None:
    numbers = count()

    async def write() -> None:
        while True:
            number = next(numbers)
            await log.append(topic, [Record(str(number), str(number).encode())])
            print(number, flush=True)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(4):
            tasks.create_task(write())


async def consume(log: EventLog, topic: str) -> None:
    subscription = await log.subscribe("killed", [topic])
    found: list[Delivery] = []
    while len(found) < 10:
        found += await subscription.fetch(10 - len(found), 5)
    await subscription.commit({TopicPartition(topic, 0): found[5].offset})
    print(5, flush=True)
    await asyncio.sleep(3600)


async def main() -> None:
    task, engine, where, topic, single = sys.argv[1:]
    async with open_engine(engine, where, (topic, single)) as log:
        await (append(log, topic) if task == "append" else consume(log, single))


if __name__ == "__main__":
    asyncio.run(main())
