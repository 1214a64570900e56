"""A Writer on Kafka: a transactional producer, whose number the broker takes from it when another one begins under its name.

Each append is a transaction, so that it is there as a whole or not at all; all readers of ours read what was committed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import aiokafka
from aiokafka.errors import (
    IllegalOperation,
    InvalidProducerEpoch,
    InvalidTxnState,
    KafkaError,
    OutOfOrderSequenceNumber,
    ProducerFenced,
)

from core.errors import Fenced, Unavailable
from core.log.kafka_client import STOP_SECONDS, close_client, kafka_errors
from core.log.log import Record, check

_FENCED = (ProducerFenced, InvalidProducerEpoch)
_BROKEN = (InvalidTxnState, OutOfOrderSequenceNumber, IllegalOperation, AssertionError)


async def send(producer: aiokafka.AIOKafkaProducer, topic: str, records: Sequence[Record]) -> None:
    """Hand over all records and wait for all acknowledgements; raises the first failure."""
    sent = []
    for record in records:
        one = await producer.send(topic, record.value, key=record.key.encode(), headers=list(record.headers))
        one.add_done_callback(_look)  # only the first failure is raised; none is left unseen
        sent.append(one)
    await asyncio.wait(sent)
    for one in sent:
        if one.cancelled():  # a client that is being closed drops what it holds; that is no answer, and no stop of ours
            raise KafkaError("cancelled by the client")
        if (error := one.exception()) is not None:
            raise error


def _look(sent: asyncio.Future[object]) -> None:
    if not sent.cancelled():
        sent.exception()


class KafkaWriter:
    """Owns its producer."""

    def __init__(
        self,
        producer: aiokafka.AIOKafkaProducer,
        name: str,
        bootstrap: str,
        ready: Callable[[str], Awaitable[str]],
        seconds: float,
    ) -> None:
        """`ready`: makes sure that a topic is there; its name in the cluster."""
        self._producer = producer
        self._name = name
        self._bootstrap = bootstrap
        self._ready = ready
        self._seconds = seconds
        self.closed = False

    async def append(self, topic: str, records: Sequence[Record]) -> None:
        check(records)
        if not records:
            return
        if self.closed:
            raise Unavailable(f"Kafka at {self._bootstrap}: the writer {self._name!r} is closed")
        named = await self._ready(topic)
        with kafka_errors(self._bootstrap):
            try:
                async with asyncio.timeout(self._seconds):
                    await self._producer.begin_transaction()
                    await send(self._producer, named, records)
                    await self._producer.commit_transaction()
            except _FENCED as e:
                await self.close()
                raise Fenced(f"another process has taken over {self._name!r}") from e
            except (KafkaError, TimeoutError, *_BROKEN) as e:
                await self.close()  # the broker drops what was begun when the next one takes the name
                raise Unavailable(
                    f"Kafka at {self._bootstrap} did not acknowledge an append to {topic!r}: {str(e) or type(e).__name__}"
                ) from e
            except asyncio.CancelledError:
                await self.close()
                raise

    async def close(self) -> None:
        if not self.closed:
            self.closed = True
            await close_client(self._producer, STOP_SECONDS)
