"""The engine that a URL asks for."""

import asyncio
from contextlib import AsyncExitStack, closing
from dataclasses import replace
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient

from core.clock import Clock
from core.errors import UpgradeFirst, UserError
from core.log import sqlite_file
from core.log.consumer import raise_if_later
from core.log.kafka import KafkaLog
from core.log.kafka_client import STOP_SECONDS, close_client, kafka_errors
from core.log.kafka_options import KafkaOptions, bootstrap_of
from core.log.log import Delivery, EventLog
from core.log.memory import MemoryLog
from core.log.sqlite import SqliteLog
from core.log.topics import TOPICS


async def reach_kafka(url: str, kafka: KafkaOptions) -> None:
    """See that brokers answer under this URL, without making or changing anything. Raises Unavailable."""
    options = replace(kafka, bootstrap=bootstrap_of(url))
    with kafka_errors(options.bootstrap):
        admin = AIOKafkaAdminClient(**options.client())
        try:
            await admin.start()
            await admin.list_topics()
        finally:
            await close_client(admin, STOP_SECONDS)


async def later_records(url: str, data_dir: Path, kafka: KafkaOptions) -> list[UpgradeFirst]:
    """What stands next before a stage and is of a later release. Makes nothing, and works while others use the log.

    Raises Unavailable.
    """
    async with AsyncExitStack() as stack:
        if url.startswith("kafka:"):
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
            return KafkaLog(replace(kafka or KafkaOptions(), bootstrap=hosts), clock)
        case _:
            shown = url.rpartition("@")[2]  # never a password
            raise UserError(f"log.url {shown!r}: expected sqlite: or kafka://host:9092,host2:9092")
