"""`wirewatch webhook listen`: what it says of what arrives is what a receiver should know, and nobody brings it down."""

import asyncio
import base64
import io
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import orjson
import pytest

from alerts.channels.message import message_of
from alerts.channels.signing import PrivateKey, keys_of, signed_headers
from alerts.channels.webhook import webhook_body
from core.clock import SystemClock
from tests.alerts.making import notification
from wirewatch.webhook_listen import Answers, Arrived, Listener

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
PRIVATE = "whsk_" + base64.b64encode(bytes(range(32))).decode()
BODY = webhook_body(message_of(notification()), attempt=1)
CLOCK = SystemClock()


def listener(
    *keys: object, told: Callable[[Arrived], None] = lambda _: None, answers: Answers | None = None
) -> Listener:
    return Listener(list(keys), answers or Answers(), told, CLOCK)  # type: ignore[arg-type] # keys of all kinds


def signed(secret: str = SECRET, body: bytes = BODY, *, ago: int = 0, notification_id: str = "n1") -> dict[str, str]:
    at = CLOCK.now() - timedelta(seconds=ago)
    return signed_headers(keys_of(secret), notification_id=notification_id, timestamp=at, body=body)


@pytest.mark.parametrize("secret", [SECRET, PRIVATE, f"{PRIVATE} {SECRET}"])
def test_what_is_as_promised_is_told_as_right(secret: str) -> None:
    for key in keys_of(secret):
        checked = key.public if isinstance(key, PrivateKey) else key
        found = listener(checked).judge("POST", "/hook", signed(secret), BODY)
        assert (found.signature, found.problems, found.seen) == ("right", (), 0)
        assert found.body["event"] == "alert.created"


@pytest.mark.parametrize(
    ("headers", "body", "told"),
    [
        (signed(), BODY + b" ", "the signature is wrong; refuse it"),
        (signed("whsec_" + base64.b64encode(bytes(32)).decode()), BODY, "the signature is wrong; refuse it"),
        ({k: v for k, v in signed().items() if k != "webhook-signature"}, BODY, "the signature is missing; refuse it"),
        ({k: v for k, v in signed().items() if k != "webhook-id"}, BODY, "no header webhook-id"),
        ({**signed(), "webhook-timestamp": "soon"}, BODY, "no number in the header webhook-timestamp"),
        (signed(body=b"hello"), b"hello", "the body is no JSON"),
        (signed(body=b"{}"), b"{}", "'version' is a required property"),
        (
            signed(body=BODY.replace(b"alert.created", b"alert.made")),
            BODY.replace(b"alert.created", b"alert.made"),
            "event: ",
        ),
        ({**signed(), "webhook-signature": "v1 , ,x v1,??? v9,abc"}, BODY, "the signature is wrong"),
    ],
)
def test_what_a_receiver_must_refuse_is_told(headers: Mapping[str, str], body: bytes, told: str) -> None:
    found = listener(*keys_of(SECRET)).judge("POST", "/", headers, body)
    assert [problem for problem in found.problems if told in problem]


@pytest.mark.parametrize(("ago", "told"), [(301, "s ago; refuse it"), (-302, "s in the future; refuse it"), (200, "")])
def test_an_old_signature_is_told(ago: int, told: str) -> None:
    found = listener(*keys_of(SECRET)).judge("POST", "/", signed(ago=ago), BODY)
    assert found.signature == "right"
    assert [told in problem for problem in found.problems] == ([True] if told else [])


def test_a_repeat_is_counted_by_its_id() -> None:
    one = listener(*keys_of(SECRET))
    seen = [one.judge("POST", "/", signed(notification_id=name), BODY).seen for name in ("n1", "n2", "n1", "n1")]
    assert seen == [0, 0, 1, 2]


@asynccontextmanager
async def serving(one: Listener) -> AsyncIterator[str]:
    where: asyncio.Queue[str] = asyncio.Queue()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(
            one.serve("127.0.0.1", 0, lambda host, port: where.put_nowait(f"http://{host}:{port}/hook"))
        )
        yield await where.get()
        task.cancel()


async def test_it_answers_as_told_and_tells_each_request() -> None:
    heard: list[Arrived] = []
    one = listener(told=heard.append, answers=Answers(status=503, retry_after="7"))
    async with serving(one) as url, aiohttp.ClientSession() as session:
        async with session.post(url, data=BODY, headers=signed()) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (503, "7")
        async with session.get(url) as answer:
            assert answer.status == 503
        async with session.post(url, data=io.BytesIO(b"x" * 2_000_000)) as answer:
            assert answer.status == 413
    assert [(arrived.method, arrived.signature) for arrived in heard] == [
        ("POST", "not checked"),
        ("GET", "not checked"),
    ]
    assert heard[1].problems[0] == "GET where a webhook is a POST"


def test_what_it_tells_is_json() -> None:
    found = listener(*keys_of(SECRET)).judge("POST", "/", signed(), BODY)
    assert orjson.loads(orjson.dumps(found.as_json()))["signature"] == "right"
