"""The Kafka producers of a process: one for each cluster and its security, begun when it is first used, shared by channels.

Each is idempotent and waits for all replicas. One that failed is dropped: some errors are for good, a new one starts from scratch.
"""

import asyncio
from collections import OrderedDict
from contextlib import suppress
from importlib.util import find_spec
from types import TracebackType
from typing import Any, Self

from core.errors import ConfigError
from core.log.kafka_options import KafkaOptions

_MOST = 16  # clusters at once; the one that was not used for longest is left
MAX_RECORD_BYTES = 1_000_000
_INSTALL = "the package aiokafka is not installed; install it with `pip install 'wirewatch[kafka]'`"


def need_aiokafka(where: str) -> None:
    """Raises ConfigError where the extra is missing."""
    if find_spec("aiokafka") is None:
        raise ConfigError([f"{where}: {_INSTALL}"])


class KafkaProducers:
    """`log`: how the event log's own cluster is reached; without brokers where the log is embedded. Use as an async context manager."""

    def __init__(self, log: KafkaOptions | None = None) -> None:
        self.log = log or KafkaOptions()
        self._producers: OrderedDict[KafkaOptions, Any] = OrderedDict()
        self._starting = asyncio.Lock()

    async def get(self, options: KafkaOptions) -> Any:
        """A started producer. Raises what aiokafka raises, UserError for options that cannot work."""
        async with self._starting:
            producer = self._producers.pop(options, None) or await _started(options)
            self._producers[options] = producer
            idle = self._producers.popitem(last=False)[1] if len(self._producers) > _MOST else None
        if idle is not None:
            await _closed(idle)
        return producer

    async def drop(self, options: KafkaOptions, producer: Any) -> None:
        """Let one go after a failure; what it still holds is not sent."""
        if self._producers.get(options) is producer:
            del self._producers[options]
        await _closed(producer)

    async def close(self) -> None:
        """Close all. Idempotent."""
        while self._producers:
            await _closed(self._producers.popitem()[1])

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


async def _started(options: KafkaOptions) -> Any:
    import aiokafka  # noqa: PLC0415 - only who uses Kafka needs its client

    producer = aiokafka.AIOKafkaProducer(
        **options.client(), acks="all", enable_idempotence=True, max_request_size=MAX_RECORD_BYTES + 100_000
    )
    started = False
    try:
        await producer.start()
        started = True
    finally:
        if not started:
            await _closed(producer)
    return producer


async def _closed(producer: Any) -> None:
    from core.log.kafka_client import STOP_SECONDS, close_client  # noqa: PLC0415 - only who uses Kafka needs it

    with suppress(Exception):  # it is being left; what it says to that helps nobody
        await close_client(producer, STOP_SECONDS)
