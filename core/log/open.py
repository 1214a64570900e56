"""Opens the engine that a URL names."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path

from core.clock import Clock
from core.errors import UpgradeFirst, UserError
from core.log import sqlite_file
from core.log.consumer import raise_if_later
from core.log.kafka_options import KafkaOptions, bootstrap_of
from core.log.log import Delivery, EventLog
from core.log.memory import MemoryLog
from core.log.sqlite import SqliteLog
from core.log.topics import TOPICS


async def reach_kafka(url: str, kafka: KafkaOptions) -> None:
    """See that brokers answer under this URL, without making or changing anything. Raises Unavailable, UserError."""
    with _aiokafka_installed(url):
        from core.log.kafka_client import reach  # noqa: PLC0415 - only who uses Kafka needs its client
    await reach(replace(kafka, bootstrap=bootstrap_of(url)))


async def later_records(url: str, data_dir: Path, kafka: KafkaOptions) -> list[UpgradeFirst]:
    """What stands next before a stage and is of a later release. Makes nothing, and works while others use the log.

    Raises Unavailable.
    """
    async with AsyncExitStack() as stack:
        if url.startswith("kafka:"):
            with _aiokafka_installed(url):
                from core.log.kafka import KafkaLog  # noqa: PLC0415 - only who uses Kafka needs its client
            log = KafkaLog(replace(kafka, bootstrap=bootstrap_of(url)), topics=())
            waiting = (await stack.enter_async_context(log)).waiting
        elif (path := data_dir / "log.db").exists():
            reader = stack.enter_context(closing(sqlite_file.connect(path, writer=False)))

            async def waiting(group: str, topic: str) -> list[Delivery]:
                return await asyncio.to_thread(sqlite_file.waiting, reader, group, topic)
        else:
            return []
        found = []
        for topic in TOPICS:
            if topic.read_by is not None and topic.record is not None:
                try:
                    raise_if_later(await waiting(topic.read_by, topic.name), topic.record)
                except UpgradeFirst as e:
                    found.append(e)
        return found


def open_log(url: str, data_dir: Path, kafka: KafkaOptions | None = None, clock: Clock | None = None) -> EventLog:
    """`sqlite:` (in `data_dir`), `kafka://host:port,host:port` or `memory:`; to be entered with `async with`.

    Raises UserError for anything else.
    """
    scheme, _, rest = url.partition(":")
    match scheme:
        case "sqlite" if not rest:
            return SqliteLog(data_dir, clock)
        case "memory" if not rest:
            return MemoryLog(clock)
        case "kafka" if rest.startswith("//") and "@" not in rest and (hosts := bootstrap_of(url)):
            with _aiokafka_installed(url):
                from core.log.kafka import KafkaLog  # noqa: PLC0415 - only who uses Kafka needs its client
            return KafkaLog(replace(kafka or KafkaOptions(), bootstrap=hosts), clock)
        case _:
            shown = url.rpartition("@")[2]  # never a password
            raise UserError(f"log.url {shown!r}: expected sqlite: or kafka://host:9092,host2:9092")


@contextmanager
def _aiokafka_installed(url: str) -> Iterator[None]:
    """Around the import of what uses it: it has no wheels for some machines (docs/operations.md)."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name != "aiokafka":
            raise
        raise UserError(
            f"log.url {url!r}: the package aiokafka is not installed; install it with `pip install 'wirewatch[kafka]'`, "
            'or use the embedded log, log.url = "sqlite:"'
        ) from None
