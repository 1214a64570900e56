"""What a channel makes of one request, in time and whatever its defects."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import structlog

from alerts.channels.channel import Channel, SendFailure
from core.errors import WirewatchError
from core.model.outcome import FailureReason

T = TypeVar("T")
_logger = structlog.get_logger(__name__)


async def guarded(request: Awaitable[T], channel: Channel, seconds: float) -> T | SendFailure:
    """A bug in one channel is a failure of its message, which is tried again; nobody else suffers."""
    try:
        async with asyncio.timeout(seconds):
            return await request
    except SendFailure as failure:
        return failure
    except TimeoutError:
        return SendFailure(FailureReason.TIMEOUT, "the channel did not finish in time", retriable=True)
    except Exception as defect:
        if isinstance(defect, WirewatchError | MemoryError):
            raise
        _logger.exception("channel_defect", channel=channel.name, kind=channel.kind)
        return SendFailure(FailureReason.OTHER, f"defect in the channel: {type(defect).__name__}", retriable=True)
