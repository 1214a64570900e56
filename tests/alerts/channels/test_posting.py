"""What is kept of answers that repeat our secrets, are monstrous, or are no HTTP."""

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from alerts.channels.channel import SendFailure
from alerts.channels.posting import post
from core.clock import SystemClock
from core.net.client import Fetcher
from core.net.guard import AddressGuard
from tests.alerts.making import NOW

URL = "https://hooks.example/services/T0aB1cD2e/B3fG4hI5j/kLmN6oPqR7sTuV8w"
TOKEN = "xoxb-12345-abcdeFGH"
HEADERS = {
    "Content-Type": "application/json",
    "webhook-signature": "v1,c2lnbmF0dXJlIQ==",
    "Authorization": f"Bearer {TOKEN}",
}


@dataclass
class Answers:
    """A poster that gives one answer."""

    body: str
    status: int = 400
    headers: Mapping[str, str] = field(default_factory=dict)
    whole: bool = True

    async def request(self, *_: object, **__: object) -> "Answers":
        return self


async def told(body: str, secrets: frozenset[str] = frozenset()) -> str:
    with pytest.raises(SendFailure) as failed:
        await post(Answers(body), URL, b"{}", HEADERS, timeout_seconds=1.0, now=NOW, secrets=secrets)
    return failed.value.detail


@pytest.mark.parametrize(
    "secret",
    [
        URL,
        "/services/T0aB1cD2e/B3fG4hI5j/kLmN6oPqR7sTuV8w",
        "kLmN6oPqR7sTuV8w",
        TOKEN,
        f"Bearer {TOKEN}",
        base64.b64encode(TOKEN.encode()).decode(),
        "v1,c2lnbmF0dXJlIQ==",
        "c2lnbmF0dXJlIQ==",
    ],
)
async def test_an_answer_that_repeats_a_secret_is_kept_without_it(secret: str) -> None:
    detail = await told(f"you sent {secret} and that is wrong")
    assert secret not in detail
    assert detail.startswith("HTTP 400: you sent ")
    assert detail.endswith("and that is wrong")


@pytest.mark.parametrize("filler", [270, 280, 285, 290, 295, 300])
async def test_a_secret_at_the_edge_of_what_is_kept_is_not_kept_in_part(filler: int) -> None:
    detail = await told("x" * filler + f" {TOKEN} and more")
    assert "xoxb" not in detail
    assert len(detail) <= 300


async def test_a_secret_at_which_the_answer_breaks_off_is_not_kept_in_part() -> None:
    assert "xoxb-1" not in await told(f"{' ' * 4000}token {TOKEN[:12]}", frozenset({TOKEN}))


async def test_an_answer_of_bytes_and_controls_is_one_harmless_line() -> None:
    detail = await told(bytes(range(256)).decode("utf-8", "replace") + "\x1b[2J\u202e" + "\n" * 50)
    assert detail.isprintable()
    assert len(detail) <= 300


@asynccontextmanager
async def speaking(answer: bytes, times: int = 1) -> AsyncIterator[str]:
    """A server that says that much whatever it is asked."""

    async def speak(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            for _number in range(times):
                writer.write(answer)
                await writer.drain()
        except ConnectionError:
            pass  # it has heard enough
        finally:
            writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook/{TOKEN}"


@pytest.mark.parametrize(
    ("answer", "times"),
    [
        (b"HTTP/1.1 500 No\r\n" + b"X-A: " + b"b" * 1_000_000 + b"\r\n\r\n", 1),
        (b"HTTP/1.1 500 No\r\n" + b"".join(b"X-%d: y\r\n" % number for number in range(50_000)) + b"\r\n", 1),
        (b"HTTP/1.1 500 No\r\n\r\n" + b"\xff" * 1_000_000, 20),
        (b"\x00\x01\x02" * 100_000, 10),
        (f"HTTP/1.1 4OO {TOKEN}\r\n{TOKEN}\r\n\r\n".encode(), 1),
    ],
    ids=["a long header", "many headers", "megabytes", "no HTTP", "an echo that is no HTTP"],
)
async def test_a_hostile_answer_is_a_failure_of_bounded_size(answer: bytes, times: int) -> None:
    async with (
        Fetcher(AddressGuard(["127.0.0.0/8"]), "wirewatch/test", SystemClock()) as fetcher,
        speaking(answer, times) as url,
    ):
        with pytest.raises(SendFailure) as failed:
            await post(fetcher, url, b"{}", HEADERS, timeout_seconds=20.0, now=NOW)
    assert len(failed.value.detail) <= 300
    assert failed.value.detail.isprintable()
    assert TOKEN not in failed.value.detail
