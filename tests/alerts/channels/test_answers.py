"""What a receiver's answer means, byte for byte: a message that was taken is not sent again, one that was refused is told."""

import gzip
from collections.abc import AsyncIterator

import pytest

from alerts.channels.channel import SendFailure, Sending
from alerts.channels.message import message_of
from alerts.channels.registry import build_channel, channel_settings
from core.clock import SystemClock
from core.net.client import Fetcher
from core.net.guard import AddressGuard
from tests.alerts.making import NOW, notification
from tests.fakes.breaking import Breaking
from tests.fakes.channel_tools import tools

OK = b"HTTP/1.1 200 OK\r\n"
ADDED = {
    "googlechat": "/v1/spaces/AAAA/messages?key=k&token=t",
    "discord": "/api/webhooks/1/abcdefghijklmnopqrstuvwxyz0123456789",
}


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(AddressGuard(["127.0.0.0/8"]), "wirewatch/test", SystemClock()) as open_fetcher:
        yield open_fetcher


async def is_taken(fetcher: Fetcher, kind: str, answer: bytes) -> bool:
    """Whether one message, answered so before the connection is closed, counts as delivered."""
    async with Breaking(answer, politely=True) as receiver:
        url = receiver.url + ADDED.get(kind, "")
        channel = build_channel(channel_settings({"name": "desk", "kind": kind, "url": url}), tools(fetcher))
        try:
            await channel.send(message_of(notification()), Sending(notification_id="n", attempt=1, now=NOW))
        except SendFailure:
            return False
        finally:
            assert receiver.requests == 1
    return True


def packed(body: bytes) -> bytes:
    """Without the time, which would give a case another name in each worker."""
    return gzip.compress(body, 1, mtime=0)


def whole(body: bytes, *fields: bytes) -> bytes:
    return b"".join((OK, *(field + b"\r\n" for field in fields), b"Content-Length: %d\r\n\r\n" % len(body), body))


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n" + whole(b""),
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + whole(b""),
        b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 204 No Content\r\n\r\n<p>Thanks</p>",
        b"HTTP/1.0 200 OK\r\n\r\nhello",
        b"HTTP/1.1 299\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhel",
        OK + b"Content-Length: 99999999999999\r\n\r\nhello",
        whole(b"hello", b"Content-Encoding: gzip"),
        whole(b"hello", b"Content-Encoding: br"),
        pytest.param(whole(packed(bytes(50_000_000)), b"Content-Encoding: gzip"), id="a bomb"),
    ],
)
async def test_every_2xx_says_that_a_webhook_took_the_message(fetcher: Fetcher, answer: bytes) -> None:
    assert await is_taken(fetcher, "webhook", answer)
    assert await is_taken(fetcher, "webhook", answer), "nor does it spoil the next request"


@pytest.mark.parametrize(
    ("kind", "answer", "taken"),
    [
        ("slack", whole(packed(b"ok"), b"Content-Encoding: gzip"), True),
        ("slack", whole(packed(b'{"ok":false}'), b"Content-Encoding: gzip"), False),
        ("slack", whole("\ufeffok".encode()), True),
        ("slack", whole('\ufeff{"ok":true}'.encode()), True),
        ("slack", OK + b"Content-Length: 2\r\n\r\n", True),
        ("slack", OK + b"Content-Length: 2\r\n\r\no", True),
        ("slack", OK + b'Content-Length: 11\r\n\r\n{"ok":tr', True),
        ("slack", OK + b'Content-Length: 50\r\n\r\n{"ok":fal', False),
        ("slack", OK + b'Content-Length: 50\r\n\r\n{"warning":"x","ok":fal', False),
        ("slack", OK + b'Content-Length: 50\r\n\r\n{"error":"inv', False),
        ("slack", OK + b"Content-Length: 50\r\n\r\ninvalid_pay", False),
        ("mattermost", OK + b"Content-Length: 2\r\n\r\no", True),
        ("discord", OK + b'Content-Length: 90\r\n\r\n{"id":"123', True),
        ("googlechat", OK + b'Content-Length: 90\r\n\r\n{"na', True),
        ("googlechat", OK + b'Content-Length: 90\r\n\r\n{"error":{"co', False),
        ("teams", whole(b"Webhook message delivery failed with error: HTTP error 429"), False),
    ],
)
async def test_a_chat_says_it_in_its_answer_however_that_comes(
    fetcher: Fetcher, kind: str, answer: bytes, *, taken: bool
) -> None:
    assert await is_taken(fetcher, kind, answer) is taken
