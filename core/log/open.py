"""The engine that a URL asks for."""

from dataclasses import replace
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient

from core.clock import Clock
from core.errors import UserError
from core.log.kafka import KafkaLog
from core.log.kafka_client import STOP_SECONDS, close_client, kafka_errors
from core.log.kafka_options import KafkaOptions, bootstrap_of
from core.log.log import EventLog
from core.log.memory import MemoryLog
from core.log.sqlite import SqliteLog


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
