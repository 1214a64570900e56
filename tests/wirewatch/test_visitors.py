"""Who is served over HTTP: names that are ours, numbers that are some, and connections that come to an end."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from tests.wirewatch.statuspage import StatusPage, status_page
from wirewatch.api import visitors
from wirewatch.config.host_names import host_name
from wirewatch.config.loading import load


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    async with status_page(
        tmp_path, server='public_url = "https://News.Intern.example:8443/w"\nhosts = ["serve"]'
    ) as made:
        yield made


def port(page: StatusPage) -> int:
    return int(str(page.server.address).rpartition(":")[2])


async def raw(page: StatusPage, request: str) -> str:
    """What comes back for these bytes, until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port(page))
    writer.write(request.encode("latin-1"))
    async with asyncio.timeout(30):
        answer = await reader.read()
    writer.close()
    return answer.decode("latin-1")


async def status(page: StatusPage, host: str | None, target: str = "/api/v1/alerts", more: str = "") -> int:
    named = "" if host is None else f"Host: {host}\r\n"
    answer = await raw(page, f"GET {target} HTTP/1.1\r\n{named}{more}Connection: close\r\n\r\n")
    return int(answer.split()[1])


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:8080", "127.0.0.1", "127.9.9.9:1", "[::1]:8080", "[::ffff:127.0.0.1]", "localhost:8080", "LOCALHOST.",
     "news.intern.example", "News.Intern.Example.:8443", "serve:8080", "127.0.0.1:"],
)  # fmt: skip
async def test_names_of_ours_and_loopback_are_served(page: StatusPage, host: str) -> None:
    assert await status(page, host) == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example:8080", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "serve.evil.example:80",
     "10.0.0.7:8080", "[2001:db8::7]:8080", "169.254.169.254", "0.0.0.0:8080", "2130706433", "0x7f000001"],
)  # fmt: skip
async def test_another_name_is_refused_on_every_path(page: StatusPage, host: str) -> None:
    for path in ("/api/v1/alerts", "/", "/readyz", "/metrics", "/static/style.css", "/nope"):
        assert await status(page, host, path) == 421


@pytest.mark.parametrize(
    "host",
    [None, "", "evil.example@127.0.0.1", "127.0.0.1, evil.example", "127.0.0.1/x", "a b", "[::1", "h:99999", "h:x"],
)
async def test_no_name_is_refused(page: StatusPage, host: str | None) -> None:
    assert await status(page, host) == 400


async def test_two_names_and_the_name_in_the_target_count(page: StatusPage) -> None:
    assert await status(page, "127.0.0.1", more="Host: evil.example\r\n") == 400
    assert await status(page, "127.0.0.1", target="http://evil.example/api/v1/alerts") == 421
    assert await status(page, "evil.example", target="http://127.0.0.1/api/v1/alerts") == 421
    assert await status(page, "127.0.0.1", target="http://127.0.0.1/api/v1/alerts") == 200


async def test_what_a_proxy_adds_is_not_believed(page: StatusPage) -> None:
    more = "X-Forwarded-Host: 127.0.0.1\r\nForwarded: host=127.0.0.1\r\nX-Host: 127.0.0.1\r\n"
    assert await status(page, "evil.example", more=more) == 421
    assert await status(page, "127.0.0.1", more="X-Forwarded-Host: evil.example\r\n") == 200


async def test_the_refusal_says_how_to_allow_the_name_and_nothing_else(page: StatusPage) -> None:
    async with aiohttp.ClientSession(headers={"Host": "evil.example"}) as session:
        async with session.get(f"{page.server.address}/") as answer:
            text = await answer.text()
        async with session.get(f"{page.server.address}/api/v1/sources") as answer:
            told = orjson.loads(await answer.read())
            assert "Access-Control-Allow-Origin" not in answer.headers
    assert "evil.example" in text
    assert "server.hosts" in text
    assert told["code"] == "unknown_host"


async def test_the_liveness_probe_answers_under_any_name(page: StatusPage) -> None:
    assert await status(page, "10.0.0.7:8080", "/livez") == 200
    assert (await raw(page, "GET /livez HTTP/1.0\r\n\r\n")).split()[1] == "200"
    assert (await raw(page, "GET / HTTP/1.0\r\n\r\n")).split()[1] == "400"


async def test_another_origin_is_given_no_leave_to_read(page: StatusPage) -> None:
    async with aiohttp.ClientSession(headers={"Origin": "https://evil.example"}) as session:
        async with session.options(f"{page.server.address}/api/v1/alerts") as answer:
            assert answer.status == 405
        async with session.get(f"{page.server.address}/api/v1/alerts") as answer:
            assert not [name for name in answer.headers if name.lower().startswith("access-control")]


@given(st.text(max_size=80))
def test_any_text_is_a_name_in_one_spelling_or_none(text: str) -> None:
    name = host_name(text)
    assert name is None or (
        name.isascii() and name == name.lower() and host_name(f"[{name}]" if ":" in name else name) == name
    )


def test_a_name_in_other_letters_is_known_as_it_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "wirewatch.toml"
    path.write_text('[server]\nhosts = ["Nachrichten.müller.example."]\n', encoding="utf-8")
    assert "nachrichten.xn--mller-kva.example" in load(path, {}).server.names


# --- numbers


async def test_a_limit_that_is_no_number_in_reach_is_refused(page: StatusPage) -> None:
    odd = [
        "%C2%B2",
        "9" * 5000,
        "%D9%A3",
        "-1",
        "+5",
        "1e2",
        "0x10",
        "%205",
        "5%0A",
        "1_0",
        "",
        "0",
        "1001",
        "NaN",
        "%00",
    ]
    async with aiohttp.ClientSession() as session:
        for number in odd:
            for endpoint in ("alerts", "deliveries"):
                async with session.get(
                    URL(f"{page.server.address}/api/v1/{endpoint}?limit={number}", encoded=True)
                ) as answer:
                    told = orjson.loads(await answer.read())
                    assert (answer.status, told["code"]) == (400, "bad_limit"), number


# --- connections


async def test_half_a_request_and_a_dripping_one_come_to_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitors, "IDLE_SECONDS", 0.3)
    async with status_page(tmp_path) as page:
        half = await raw(page, "GET / HTTP/1.1\r\nHost: 127.0")
        silent = await raw(page, "")
        reader, writer = await asyncio.open_connection("127.0.0.1", port(page))
        sent = 0
        async with asyncio.timeout(30):
            with contextlib.suppress(ConnectionError):
                for letter in "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: " + "x" * 3000:
                    writer.write(letter.encode())
                    await writer.drain()
                    sent += 1
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(0.02):
                            assert await reader.read(100) == b""
                            break
        writer.close()
        assert (half, silent) == ("", "")
        assert sent < 3000


async def test_who_does_not_take_the_answer_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "SEND_SECONDS", 0.2)
    async with status_page(tmp_path) as page:
        for number in range(200):
            await page.add_source(f"{number} {'long name ' * 500}", f"https://{number}.example/feed")
        reader, writer = await asyncio.open_connection("127.0.0.1", port(page), limit=1024)
        writer.write(b"GET /api/v1/sources HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 20)
        async with asyncio.timeout(30):
            while page.server.connections:  # noqa: ASYNC110 - aiohttp tells nobody of a connection that ended
                await asyncio.sleep(0.05)
        assert not reader.at_eof()
        writer.close()


async def test_above_the_most_connections_the_oldest_goes_and_probes_are_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitors, "MOST_CONNECTIONS", 8)
    async with status_page(tmp_path) as page:
        held = [await asyncio.open_connection("127.0.0.1", port(page)) for _ in range(40)]
        assert await status(page, "127.0.0.1", "/livez") == 200
        assert page.server.connections <= 8
        async with asyncio.timeout(30):
            assert await held[0][0].read() == b""
        for _, writer in held:
            writer.close()


async def test_bytes_that_are_no_http_leave_no_line_in_the_log(
    page: StatusPage, caplog: pytest.LogCaptureFixture
) -> None:
    for junk in (
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n",
        "GET /\x00 HTTP/1.1\r\n\r\n",
        "G\x1b]0;x T / HTTP/9.9\r\n\r\n",
    ):
        await raw(page, junk)
    assert not caplog.records


# --- whatever a visitor sends


async def test_no_value_in_a_request_is_answered_with_500(page: StatusPage) -> None:
    values = ["%00", "%ED%A0%80", "%FF", "x" * 7000, "%", "%zz", "%0d%0aX: y", "%C2%9B", "http://[::1", "http://a:99999/",
              "http://%ff/", "http://" + "a" * 5000, "%D9%A3", "%F4%90%80%80", "http://xn--a/", "http://a.example/%00"]  # fmt: skip
    places = ["api/v1/alerts?limit=", "api/v1/alerts?outcome=", "api/v1/deliveries?channel=", "api/v1/deliveries?state=",
              "api/v1/trace?article=", "api/v1/alerts/", "alerts/", "?renew=", ""]  # fmt: skip
    async with aiohttp.ClientSession() as session:
        for value in values:
            for place in places:
                target = URL(f"{page.server.address}/{place}{value}", encoded=True)
                async with session.get(target, allow_redirects=False) as answer:
                    assert answer.status < 500, (place, value[:40])
