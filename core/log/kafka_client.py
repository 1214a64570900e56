"""Shared by all our aiokafka clients: translates their failures into our errors, and closes them without hiding another error.

aiokafka (0.14) cancels tasks of its own and awaits them, when it closes and when a broker goes away. That raises
CancelledError in its caller, over the original error, and leaves connections open. Here such a cancellation is a
failure, and only a task that was really asked to stop is stopped.
"""

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

import aiokafka
import structlog
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import ConsumerStoppedError, KafkaError
from aiokafka.protocol.group import LeaveGroupRequest

from core.errors import Unavailable
from core.log.kafka_options import KafkaOptions
from core.tasks import cancellations

STOP_SECONDS = 2.0  # for a client to close
_CUT_SECONDS = 1.0
_AWAY_SECONDS = 5.0

_logger = structlog.get_logger(__name__)


@contextmanager
def kafka_errors(bootstrap: str) -> Iterator[None]:
    """Foreign failures become Unavailable, here and nowhere else; so does a cancellation that nobody asked for."""
    before = cancellations()
    try:
        yield
    except (KafkaError, ConsumerStoppedError, OSError) as e:  # TimeoutError is an OSError
        raise Unavailable(f"Kafka at {bootstrap}: {str(e) or type(e).__name__}") from e
    except asyncio.CancelledError as e:
        if cancellations() > before:
            raise
        raise Unavailable(f"Kafka at {bootstrap}: the client dropped the request") from e


async def reach(options: KafkaOptions) -> None:
    """See that brokers answer, without making or changing anything. Raises Unavailable."""
    with kafka_errors(options.bootstrap):
        admin = AIOKafkaAdminClient(**options.client())
        try:
            await admin.start()
            await admin.list_topics()
        finally:
            await close_client(admin, STOP_SECONDS)


class _Client(Protocol):
    """The part below consumers, producers and admin clients that owns the connections."""

    def close(self) -> Awaitable[None]: ...


async def close_client(
    client: aiokafka.AIOKafkaConsumer | aiokafka.AIOKafkaProducer | AIOKafkaAdminClient, seconds: float
) -> None:
    """Close a client within about `seconds`, to its end even when we are cancelled meanwhile. Never fails."""
    closing = asyncio.ensure_future(_closed(client, seconds))  # noqa: TID251 - a group would hand our cancellation on
    try:
        await asyncio.shield(closing)
    except asyncio.CancelledError:
        await asyncio.wait([closing])  # it is bounded
        raise


async def _closed(
    client: aiokafka.AIOKafkaConsumer | aiokafka.AIOKafkaProducer | AIOKafkaAdminClient, seconds: float
) -> None:
    admin = isinstance(client, AIOKafkaAdminClient)
    if not await _finished(client.close() if admin else client.stop(), seconds):
        _logger.warning("kafka_client_cut", client=type(client).__name__)
        below: _Client = client.client if isinstance(client, aiokafka.AIOKafkaProducer) else client._client  # noqa: SLF001
        await _finished(below.close(), _CUT_SECONDS)  # else its connections stay


async def _finished(work: Awaitable[None], seconds: float) -> bool:
    """Whether it ended well within that time. A time-out inside a client may swallow a cancellation, so we do not wait for it."""
    task = asyncio.ensure_future(work)  # noqa: TID251 - a group would wait for it
    done, _ = await asyncio.wait([task], timeout=seconds)
    if not done:
        task.cancel()
        return False
    with suppress(asyncio.CancelledError):
        return task.exception() is None
    return False


async def send_dead_away(admin: AIOKafkaAdminClient, group: str, client_id: str) -> None:
    """Have members of that client id leave the group: their process is dead, and its group need not wait to notice."""
    try:
        async with asyncio.timeout(_AWAY_SECONDS):
            for answer in await admin.describe_consumer_groups([group]):
                for described in answer.groups:
                    for member in described[5]:
                        if client_id in member[1:3]:
                            coordinator = await admin.find_coordinator(group)
                            await admin._send_request(LeaveGroupRequest(group, member[0]), coordinator)  # noqa: SLF001
                            _logger.info("dead_member_sent_away", group=group)
    except (KafkaError, TimeoutError) as error:
        _logger.info("dead_members_unknown", group=group, error=str(error))  # then the group notices by itself
