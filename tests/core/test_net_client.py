"""The one HTTP client against a web that misbehaves."""

import asyncio
import gzip
import random
import ssl
import sys
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import brotli
import pytest
from aiohttp import web as http
from aiohttp.abc import AbstractResolver, ResolveResult

from core.model.outcome import ArticleOutcome, PollOutcome
from core.net import failure
from core.net.client import MAX_REDIRECTS, Fetcher, FetchFailure, FetchProblem, FetchSettings, Redirect
from core.net.decoding import Decoder
from core.net.guard import AddressGuard
from tests.fakes.clock import FakeClock
from tests.fakes.web import Answer, FakeWeb

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LOOPBACK = AddressGuard(["127.0.0.0/8"])
AGENT = "wirewatch-test/1 (+https://example.com/bot)"
QUICK = FetchSettings(max_bytes=1 << 20, deadline_seconds=0.4, connect_seconds=0.2, read_seconds=0.3)


@pytest.fixture
async def web() -> AsyncIterator[FakeWeb]:
    async with FakeWeb() as fake:
        yield fake


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(LOOPBACK, AGENT, FakeClock(), FetchSettings(max_bytes=1 << 20)) as made:
        yield made


async def failed(fetcher: Fetcher, url: str, **options: str) -> FetchFailure:
    with pytest.raises(FetchFailure) as caught:
        await fetcher.fetch(url, **options)  # type: ignore[arg-type] # only text options here
    return caught.value


async def test_a_fetch_brings_body_headers_and_place(web: FakeWeb, fetcher: Fetcher) -> None:
    web.serve("/feed", "<rss/>", content_type="application/rss+xml", etag='"1"')
    fetched = await fetcher.fetch(web.url("/feed"), accept="application/rss+xml")
    assert (fetched.status, fetched.body, fetched.url) == (200, b"<rss/>", web.url("/feed"))
    assert fetched.headers["etag"] == fetched.headers["ETag"] == '"1"'
    assert web.last("/feed").headers["User-Agent"] == AGENT
    assert web.last("/feed").headers["Accept"] == "application/rss+xml"
    assert "If-None-Match" not in web.last("/feed").headers


async def test_a_matching_etag_brings_304_and_no_body(web: FakeWeb, fetcher: Fetcher) -> None:
    web.serve("/feed", "<rss/>", etag='W/"1"')
    fetched = await fetcher.fetch(web.url("/feed"), etag='W/"1"')
    assert fetched.not_modified
    assert fetched.body == b""


async def test_an_unchanged_date_brings_304(web: FakeWeb, fetcher: Fetcher) -> None:
    web.serve("/feed", "<rss/>", last_modified="Mon, 02 Mar 2026 09:00:00 GMT")
    fetched = await fetcher.fetch(web.url("/feed"), last_modified="Mon, 02 Mar 2026 09:00:00 GMT")
    assert fetched.not_modified


BODY = b"<rss>" + b"news of the day, " * 5000 + b"</rss>"


def deflated(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


ENCODED = {
    "gzip": (gzip.compress(BODY, mtime=0), "gzip"),
    "gzip in other letters": (gzip.compress(BODY, mtime=0), " X-GZip"),
    "deflate": (zlib.compress(BODY), "deflate"),
    "deflate without its header": (deflated(BODY), "deflate"),
    "brotli": (brotli.compress(BODY), "br"),
    "zstd": (zstd.compress(BODY), "zstd"),
    "zstd in two frames": (zstd.compress(BODY[:9]) + zstd.compress(BODY[9:]), "zstd"),
    "plain": (BODY, ""),
    "gzip that nobody claims": (gzip.compress(BODY, mtime=0), ""),
    "zstd that nobody claims": (zstd.compress(BODY), "identity"),
    "plain claimed gzip": (BODY, "gzip"),
    "plain claimed deflate": (BODY, "deflate"),
    "plain claimed brotli": (BODY, "br"),
    "plain claimed zstd": (BODY, "zstd"),
    "gzip claimed deflate": (gzip.compress(BODY, mtime=0), "deflate"),
    "gzip claimed brotli": (gzip.compress(BODY, mtime=0), "br"),
    "an encoding of no name": (BODY, "utf-8"),
    "none": (BODY, "none"),
    "twice": (gzip.compress(gzip.compress(BODY, mtime=0), mtime=0), "gzip, gzip"),
    "twice, claimed once": (gzip.compress(gzip.compress(BODY, mtime=0), mtime=0), "gzip"),
    "once, claimed twice": (gzip.compress(BODY, mtime=0), "gzip, gzip"),
    "gzip, then brotli": (brotli.compress(gzip.compress(BODY, mtime=0)), "gzip, br"),
    "brotli, then gzip": (gzip.compress(brotli.compress(BODY), mtime=0), "br, gzip"),
    "a small body": (gzip.compress(b"{}", mtime=0), "gzip"),
    "a small brotli body": (brotli.compress(b"{}"), "br"),
    "one byte": (b"x", "gzip"),
}


@pytest.mark.parametrize("name", ENCODED)
async def test_a_body_is_decoded_by_what_it_is(web: FakeWeb, fetcher: Fetcher, name: str) -> None:
    packed, encoding = ENCODED[name]
    web.serve("/feed", packed, headers={"Content-Encoding": encoding} if encoding else {}, etag='"1"')
    fetched = await fetcher.fetch(web.url("/feed"))
    assert fetched.body == (BODY if len(packed) > 30 else b"x" if name == "one byte" else b"{}")
    assert fetched.headers["etag"] == '"1"'
    assert web.last("/feed").headers["Accept-Encoding"] == "gzip, deflate, br, zstd"


@pytest.mark.parametrize("name", ENCODED)
@pytest.mark.parametrize("size", [1, 7, 4096])
def test_in_how_many_parts_a_body_comes_does_not_matter(name: str, size: int) -> None:
    packed, encoding = ENCODED[name]
    decoder = Decoder(encoding)
    parts = [packed[at : at + size] for at in range(0, len(packed), size)]
    body = b"".join(piece for part in parts for piece in decoder.feed(part)) + b"".join(decoder.finish())
    assert body == (BODY if len(packed) > 30 else b"x" if name == "one byte" else b"{}")
    assert not decoder.cut


async def test_several_gzip_streams_are_one_body_and_what_follows_is_ignored(web: FakeWeb, fetcher: Fetcher) -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two") + b"\0\0\0rubbish"
    web.serve("/feed", packed, headers={"Content-Encoding": "gzip"})
    assert (await fetcher.fetch(web.url("/feed"))).body == b"one two"


async def test_an_empty_body_needs_no_stream(web: FakeWeb, fetcher: Fetcher) -> None:
    web.serve("/feed", b"", headers={"Content-Encoding": "gzip"})
    assert (await fetcher.fetch(web.url("/feed"))).body == b""


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(b"news" * 1000, mtime=0)[:12], "gzip"),
        (gzip.compress(b"news", mtime=0)[:10] + b"\xff" * 40, ""),
        (b"\x1b\x00\x00", "br"),
        (b"\x01\x02\x03\x04\x05", "deflate"),
        (gzip.compress(b"", mtime=0) * 300, "gzip"),
        (zstd.compress(b"", 3) * 300, "zstd"),
        (b"x", "gzip, gzip, gzip, gzip, gzip"),
        (zstd.compress(b"x" * (1 << 20), options={zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.checksum_flag: 0})[:4] + b"\x00\xa8" + b"\x01" * 40, "zstd"),
    ],
    ids=["cut at once", "damaged", "no brotli", "no deflate", "many empty streams", "many empty frames", "five", "a wide window"],  # bytes as names would hold the time
)  # fmt: skip
async def test_a_body_of_which_nothing_can_be_decoded_is_bad_encoding(
    web: FakeWeb, fetcher: Fetcher, body: bytes, encoding: str
) -> None:
    web.serve("/feed", body, headers={"Content-Encoding": encoding} if encoding else {})
    assert (await failed(fetcher, web.url("/feed"))).outcome is FetchProblem.BAD_ENCODING


@pytest.mark.parametrize("encoding", ["gzip", "zstd", "br", "deflate"])
async def test_a_stream_that_breaks_off_gives_what_came_and_is_asked_for_again(
    web: FakeWeb, fetcher: Fetcher, encoding: str
) -> None:
    noise = random.Random(1).randbytes(200_000).hex().encode()
    packed = {"gzip": gzip.compress, "zstd": zstd.compress, "br": brotli.compress, "deflate": zlib.compress}[encoding](
        noise
    )
    web.serve("/feed", packed[: len(packed) // 2], headers={"Content-Encoding": encoding}, etag='"1"')
    fetched = await fetcher.fetch(web.url("/feed"))
    assert noise.startswith(fetched.body) or encoding == "br"
    assert 1000 < len(fetched.body) < len(noise)
    assert not fetched.whole
    assert "etag" not in fetched.headers, "a 304 would hide the rest for ever"


# Made when the test runs: each takes seconds, and every worker of a run imports this file.
BOMBS: dict[str, Callable[[], bytes]] = {
    "in a bomb": lambda: gzip.compress(gzip.compress(b"\0" * (1 << 26))),
    "brotli": lambda: brotli.compress(b"\0" * (1 << 26)),
    "zstd": lambda: zstd.compress(b"\0" * (1 << 26)),
    "of empty blocks": lambda: gzip.compress(gzip.compress(b"", mtime=0)[:10] + b"\0\0\0\xff\xff" * (1 << 22)),
}


@pytest.mark.parametrize("kind", BOMBS)
async def test_a_bomb_of_any_kind_is_noticed_while_it_is_small(web: FakeWeb, fetcher: Fetcher, kind: str) -> None:
    web.serve("/bomb", BOMBS[kind](), headers={"Content-Encoding": "br"})
    tracemalloc.start()
    try:
        failure_ = await failed(fetcher, web.url("/bomb"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert failure_.outcome in (FetchProblem.TOO_LARGE, FetchProblem.BAD_ENCODING)
    assert peak < 16 << 20


async def test_a_gzip_bomb_ends_while_it_is_small(web: FakeWeb, fetcher: Fetcher) -> None:
    web.bomb("/bomb", 1 << 29)
    tracemalloc.start()
    try:
        failure_ = await failed(fetcher, web.url("/bomb"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert failure_.outcome is FetchProblem.TOO_LARGE
    assert peak < 16 << 20


@pytest.mark.parametrize("encoding", [None, "gzip"])
async def test_an_endless_body_is_cut_and_the_server_hung_up_on(
    web: FakeWeb, fetcher: Fetcher, encoding: str | None
) -> None:
    # A gzip stream of stored blocks that hold nothing: endless input that decodes to no output at all.
    piece = b"\x00\x00\x00\xff\xff" * 4000 if encoding else b"x" * 20_000
    head = gzip.compress(b"")[:10] if encoding else b""

    async def handle(request: http.Request) -> http.StreamResponse:
        response = http.StreamResponse(headers={"Content-Encoding": encoding} if encoding else {})
        await response.prepare(request)
        await response.write(head)
        try:
            while True:
                await response.write(piece)
        except ConnectionError:
            web.aborted += 1
        return response

    web.handle("/endless", handle)
    assert (await failed(fetcher, web.url("/endless"))).outcome is FetchProblem.TOO_LARGE


async def test_a_body_that_announces_too_much_is_not_begun(web: FakeWeb, fetcher: Fetcher) -> None:
    web.serve("/feed", b"x" * 2000)
    with pytest.raises(FetchFailure) as caught:
        await fetcher.fetch(web.url("/feed"), max_bytes=1999)
    assert caught.value.outcome is FetchProblem.TOO_LARGE
    assert len((await fetcher.fetch(web.url("/feed"), max_bytes=2000)).body) == 2000


async def test_a_server_that_does_not_answer_is_a_timeout(web: FakeWeb) -> None:
    web.hang("/hang")
    async with Fetcher(LOOPBACK, AGENT, FakeClock(), QUICK) as fetcher:
        assert (await failed(fetcher, web.url("/hang"))).outcome is FetchProblem.TIMEOUT


async def test_a_body_that_drips_meets_the_deadline(web: FakeWeb) -> None:
    web.drip("/drip")
    async with Fetcher(LOOPBACK, AGENT, FakeClock(), QUICK) as fetcher:
        assert (await failed(fetcher, web.url("/drip"))).outcome is FetchProblem.TIMEOUT


async def test_redirects_are_followed_and_told(web: FakeWeb, fetcher: Fetcher) -> None:
    web.redirect("/old", "/new", 301)
    web.redirect("/new", web.url("/newest#top"), 308)
    web.redirect("/newest", "../feed?x=1", 302)
    web.serve("/feed", "<rss/>")
    fetched = await fetcher.fetch(web.url("/old"))
    assert fetched.url == web.url("/feed?x=1")
    assert fetched.redirects == (
        Redirect(301, web.url("/new")),
        Redirect(308, web.url("/newest")),
        Redirect(302, web.url("/feed?x=1")),
    )
    assert fetched.moved_to == web.url("/newest")


async def test_a_temporary_redirect_moves_nothing(web: FakeWeb, fetcher: Fetcher) -> None:
    web.redirect("/a", "/b", 302)
    web.redirect("/b", "/c", 301)
    web.serve("/c", "<rss/>")
    assert (await fetcher.fetch(web.url("/a"))).moved_to is None


async def test_redirects_in_a_circle_and_without_end_are_a_loop(web: FakeWeb, fetcher: Fetcher) -> None:
    web.redirect("/a", "/b")
    web.redirect("/b", "/a")
    for n in range(10):
        web.redirect(f"/{n}", f"/{n + 1}")
    assert (await failed(fetcher, web.url("/a"))).outcome is FetchProblem.REDIRECT_LOOP
    before = web.count()
    assert (await failed(fetcher, web.url("/0"))).outcome is FetchProblem.REDIRECT_LOOP
    assert web.count() - before == MAX_REDIRECTS + 1


async def test_a_site_that_redirects_until_its_cookie_comes_back_is_satisfied(web: FakeWeb, fetcher: Fetcher) -> None:
    async def handle(request: http.Request) -> http.StreamResponse:
        if request.cookies.get("consent") == "1":
            return http.Response(text="the article")
        return http.Response(status=302, headers={"Location": "/a", "Set-Cookie": "consent=1; Path=/"})

    web.handle("/a", handle)
    assert (await fetcher.fetch(web.url("/a"))).body == b"the article"
    await fetcher.fetch(web.url("/a"))
    assert web.count("/a") == 4, "nothing is kept from one fetch to the next"


async def test_a_cookie_goes_back_to_the_host_that_set_it_only(web: FakeWeb, fetcher: Fetcher) -> None:
    web.serve("/a", status=302, headers={"Location": web.url("/b", host=1), "Set-Cookie": "secret=1"})
    web.serve("/b", "x")
    await fetcher.fetch(web.url("/a"))
    assert "Cookie" not in web.last("/b").headers


async def test_a_cookie_that_changes_at_every_hop_still_ends_as_a_loop(web: FakeWeb, fetcher: Fetcher) -> None:
    async def handle(request: http.Request) -> http.StreamResponse:
        count = int(request.cookies.get("n", "0")) + 1
        return http.Response(status=302, headers={"Location": "/a", "Set-Cookie": f"n={count}"})

    web.handle("/a", handle)
    assert (await failed(fetcher, web.url("/a"))).outcome is FetchProblem.REDIRECT_LOOP
    assert web.count("/a") == MAX_REDIRECTS + 1


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://e.com/", "gopher://127.0.0.1:70/"])
async def test_a_redirect_out_of_the_web_is_refused(web: FakeWeb, fetcher: Fetcher, target: str) -> None:
    web.redirect("/a", target)
    assert (await failed(fetcher, web.url("/a"))).outcome is FetchProblem.BAD_URL


async def test_a_redirect_without_a_place_is_the_servers_error(web: FakeWeb, fetcher: Fetcher) -> None:
    web.serve("/a", status=302)
    assert (await failed(fetcher, web.url("/a"))).outcome is FetchProblem.HTTP_4XX


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (404, "http_4xx"),
        (410, "http_4xx"),
        (300, "http_4xx"),
        (429, "rate_limited"),
        (500, "http_5xx"),
        (599, "http_5xx"),
    ],
)
async def test_each_status_has_its_outcome(web: FakeWeb, fetcher: Fetcher, status: int, outcome: str) -> None:
    web.serve("/a", status=status)
    failure_ = await failed(fetcher, web.url("/a"))
    assert (failure_.outcome, failure_.status) == (outcome, status)
    assert failure_.retry_after_seconds is None


@pytest.mark.parametrize(
    ("status", "wish", "seconds"), [(429, "120", 120), (503, "Mon, 02 Mar 2026 09:10:00 GMT", 600)]
)
async def test_the_hosts_wish_to_be_left_alone_is_told(
    web: FakeWeb, fetcher: Fetcher, status: int, wish: str, seconds: float
) -> None:
    web.serve("/a", status=status, headers={"Retry-After": wish})
    assert (await failed(fetcher, web.url("/a"))).retry_after_seconds == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("99999999999999999999", 86400),
        ("Mon, 02 Mar 2020 09:10:00 GMT", 0),
        ("Mon, 02 Mar 2099 09:10:00 GMT", 86400),
        ("-5", None),
        ("soon", None),
        ("١٢", None),
        ("²", None),
        ("9" * 5000, 86400),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None),
        ("Mon, 01 Jan 2024 00:00:00 +99999999999999", None),
        ("Mon, 01 Jan 9999 23:59:59 -1200", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_with_care(value: str | None, seconds: float | None) -> None:
    assert failure.retry_after_seconds(value, datetime(2026, 3, 2, 9, tzinfo=UTC)) == seconds


NOT_CANONICAL = ["http://127.1:{port}/", "http://2130706433:{port}/", "http://0:{port}/", "http://0177.0.0.1:{port}/"]
PROBES = [
    *NOT_CANONICAL,
    "http://127.0.0.1:{port}/",
    "http://0x7f000001:{port}/",
    "http://localhost:{port}/",
    "http://[::1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://192.0.0.8/",
    "http://224.0.0.1/",
    "http://10.0.0.1/",
]


@pytest.mark.parametrize("probe", PROBES)
async def test_no_spelling_of_a_private_address_is_reached(web: FakeWeb, probe: str) -> None:
    web.serve("/", "secret")
    web.redirect("/out", probe.format(port=1))
    async with Fetcher(AddressGuard(), AGENT, FakeClock(), QUICK) as fetcher:
        url = probe.format(port=web.url("/").split(":")[2].strip("/"))
        # aiohttp refuses an address in a spelling that is not canonical before it comes to a socket
        refused = FetchProblem.BAD_URL if probe in NOT_CANONICAL else FetchProblem.BLOCKED_ADDRESS
        assert (await failed(fetcher, url)).outcome is refused
        with pytest.raises(FetchFailure) as caught:
            await fetcher.request("POST", url, b"{}", {})
        assert caught.value.outcome is refused
    assert web.requests == []


@pytest.mark.parametrize(
    "probe", ["http://127.0.0.2:{port}/", "http://[::ffff:127.0.0.2]:{port}/", "http://169.254.169.254/"]
)
async def test_a_redirect_into_a_private_network_is_blocked(web: FakeWeb, probe: str) -> None:
    web.redirect("/out", probe.format(port=web.url("/").split(":")[2].strip("/")))
    async with Fetcher(AddressGuard(["127.0.0.1/32"]), AGENT, FakeClock(), QUICK) as fetcher:
        failure_ = await failed(fetcher, web.url("/out"))
    assert failure_.outcome is FetchProblem.BLOCKED_ADDRESS
    assert "allow_networks" in failure_.detail
    assert [seen.host for seen in web.requests] == ["127.0.0.1"]


class RebindingResolver(AbstractResolver):
    """Answers with whatever its owner wants it to be now."""

    def __init__(self, answers: list[str]) -> None:
        self.answers = answers

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        address = self.answers.pop(0)
        return [ResolveResult(hostname=host, host=address, port=port, family=2, proto=6, flags=0)]

    async def close(self) -> None:
        pass


async def test_a_name_that_resolves_to_a_private_address_is_blocked(web: FakeWeb) -> None:
    async with Fetcher(AddressGuard(), AGENT, FakeClock(), QUICK) as fetcher:
        connector = fetcher._open().connector
        assert isinstance(connector, aiohttp.TCPConnector)
        connector._resolver = RebindingResolver(["127.0.0.1"])
        port = web.url("/").split(":")[2].strip("/")
        failure_ = await failed(fetcher, f"http://rebind.example:{port}/")
    assert failure_.outcome is FetchProblem.BLOCKED_ADDRESS
    assert web.requests == []


async def test_a_name_nobody_knows_is_dns(fetcher: Fetcher) -> None:
    assert (await failed(fetcher, "http://no-such-host.invalid/")).outcome is FetchProblem.DNS


async def test_a_closed_port_is_connect(fetcher: Fetcher) -> None:
    server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    assert (await failed(fetcher, f"http://127.0.0.1:{port}/")).outcome is FetchProblem.CONNECT


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nsh",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1_000_000,
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
        b"HTTP/1.1 200",
        b"http",
        b"HTTP/1.1 abc\r\n\r\n",
    ],
)
async def test_a_server_that_speaks_no_http_is_connect(fetcher: Fetcher, answer: bytes) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert (await failed(fetcher, f"http://127.0.0.1:{port}/")).outcome is FetchProblem.CONNECT


LENGTH = b"Content-Length: %d\r\n" % len(b"<rss>x</rss>")
OK = b"HTTP/1.1 200 OK\r\n"
CARELESS = {
    "a field of 60 kB": OK + b"Content-Security-Policy: " + b"y" * 60_000 + b"\r\n" + LENGTH + b"\r\n<rss>x</rss>",
    "800 fields": OK + b"Set-Cookie: a=b\r\n" * 800 + LENGTH + b"\r\n<rss>x</rss>",
    "a name with spaces": OK + b"X Powered By: y\r\n" + LENGTH + b"\r\n<rss>x</rss>",
    "a space before the colon": OK + b"Content-Length : 12\r\n\r\n<rss>x</rss>",
    "a name with brackets": OK + b"X(a)@[b]: y\r\n" + LENGTH + b"\r\n<rss>x</rss>",
    "a name of other letters": OK + "X-Заг: y\r\n".encode() + LENGTH + b"\r\n<rss>x</rss>",
    "no name": OK + b": y\r\n" + LENGTH + b"\r\n<rss>x</rss>",
    "a line that is no field": OK + b"PHP Warning in line 3\r\n" + LENGTH + b"\r\n<rss>x</rss>",
    "bad bytes": OK + b'X: \xff\xe9\x00\x01\r\nETag: "\xe9"\r\n' + LENGTH + b"\r\n<rss>x</rss>",
    "a field in two lines": OK + b" X: a\r\nX: a\r\n\tb\r\n" + LENGTH + b"\r\n<rss>x</rss>",
    "no reason": b"HTTP/1.1 200\r\n" + LENGTH + b"\r\n<rss>x</rss>",
    "bare line feeds": b"HTTP/1.1 200 OK\nContent-Length: 12\n\n<rss>x</rss>",
    "HTTP/2 in words": b"HTTP/2 200\r\n" + LENGTH + b"\r\n<rss>x</rss>",
    "small letters": b"http/1.1 200 ok\r\n" + LENGTH + b"\r\n<rss>x</rss>",
    "blank lines before": b"\r\n\n" + OK + LENGTH + b"\r\n<rss>x</rss>",
    "an interim answer": b"HTTP/1.1 103 Early Hints\r\nLi nk: a\r\n\r\n" + OK + LENGTH + b"\r\n<rss>x</rss>",
    "HTTP/1.0 without a length": b"HTTP/1.0 200 OK\r\n\r\n<rss>x</rss>",
    "HTTP/1.1 without a length": OK + b"\r\n<rss>x</rss>",
    "the length twice": OK + LENGTH * 2 + b"\r\n<rss>x</rss>",
    "the length twice in a line": OK + b"Content-Length: 12, 12\r\n\r\n<rss>x</rss>",
    "two lengths": OK + LENGTH + b"Content-Length: 3\r\n\r\n<rss>x</rss>",
    "a length and chunks": OK + LENGTH + b"Transfer-Encoding: chunked\r\n\r\nc\r\n<rss>x</rss>\r\n0\r\n\r\n",
    "no number": OK + b"Content-Length: abc\r\n\r\n<rss>x</rss>",
    "less than nothing": OK + b"Content-Length: -5\r\n\r\n<rss>x</rss>",
    "an endless number": OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n<rss>x</rss>",
    "more than there is": OK + b"Content-Length: 100\r\n\r\n<rss>x</rss>",
    "less than there is": OK + b"Content-Length: 5\r\n\r\n<rss>x</rss>",
    "rubbish behind": OK + LENGTH + b"\r\n<rss>x</rss>\r\n<!-- served in 3 ms -->",
    "chunks without an end": OK + b"Transfer-Encoding: chunked\r\n\r\nc\r\n<rss>x</rss>\r\n",
    "chunks with half an end": OK + b"Transfer-Encoding: chunked\r\n\r\nc\r\n<rss>x</rss>\r\n0\r\n",
    "chunks with spaces": OK + b"Transfer-Encoding: chunked\r\n\r\nc  \r\n<rss>x</rss>\r\n0 \r\n\r\n",
    "no chunks": OK + b"Transfer-Encoding: chunked\r\n\r\n<rss>x</rss>",
    "chunked twice": OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n<rss>x</rss>\r\n0\r\n\r\n",
    "identity": OK + b"Transfer-Encoding: identity\r\n" + LENGTH + b"\r\n<rss>x</rss>",
    "the type twice": OK + b"Content-Type: text/html\r\nContent-Type: text/xml\r\n" + LENGTH + b"\r\n<rss>x</rss>",
    "packed, and longer in words": OK + b"Content-Encoding: gzip\r\nContent-Length: 999\r\n\r\n" + gzip.compress(b"<rss>x</rss>"),
}  # fmt: skip


@pytest.mark.parametrize("name", CARELESS)
@pytest.mark.parametrize("slow", [False, True])
async def test_careless_answers_are_read(fetcher: Fetcher, name: str, slow: bool) -> None:  # noqa: FBT001 - a table's column
    if slow and len(CARELESS[name]) > 8000:
        pytest.skip("too long for bytes one by one")

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in (bytes((byte,)) for byte in CARELESS[name]) if slow else (CARELESS[name],):
            writer.write(part)
            await writer.drain()
            if slow:
                await asyncio.sleep(0)
        writer.close()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        fetched = await fetcher.fetch(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    at_once = name in ("less than there is", "rubbish behind") and slow  # what comes later is not seen, as in browsers
    assert at_once or fetched.body == b"<rss>x</rss>"
    for value in fetched.headers.values():
        value.encode()


async def test_where_the_length_is_doubtful_no_second_answer_comes_from_the_connection(fetcher: Fetcher) -> None:
    connections = 0

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                await reader.readuntil(b"\r\n\r\n")
                forged = OK + LENGTH + b"\r\n<rss>y</rss>"
                writer.write(OK + LENGTH + LENGTH + b"\r\n<rss>x</rss>" + forged)
        writer.close()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        assert [(await fetcher.fetch(url)).body for _ in range(3)] == [b"<rss>x</rss>"] * 3
    assert connections == 3


async def test_a_connection_serves_many_requests_where_all_is_well(web: FakeWeb, fetcher: Fetcher) -> None:
    sockets = set()

    async def handle(request: http.Request) -> http.StreamResponse:
        sockets.add(request.transport.get_extra_info("peername") if request.transport else None)
        return http.Response(text="x") if len(sockets) % 2 else http.Response(status=304)

    web.handle("/a", handle)
    for _ in range(3):
        await fetcher.fetch(web.url("/a"))
    assert len(sockets) == 1


async def test_a_port_without_tls_is_tls(web: FakeWeb, fetcher: Fetcher) -> None:
    url = web.url("/").replace("http:", "https:")
    assert (await failed(fetcher, url)).outcome is FetchProblem.TLS


async def test_a_certificate_nobody_signed_is_tls(fetcher: Fetcher, tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        "openssl",
        *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"),
        *("-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "cert.pem"),
        cwd=tmp_path,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert await process.wait() == 0
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    async with await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", 0, ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        assert (await failed(fetcher, f"https://127.0.0.1:{port}/")).outcome is FetchProblem.TLS


async def test_a_post_is_sent_once_and_answered_whatever_the_status(web: FakeWeb, fetcher: Fetcher) -> None:
    web.serve("/hook", "x" * 10_000, status=503, headers={"Retry-After": "7"})
    posted = await fetcher.request(
        "POST", web.url("/hook"), b'{"a":1}', {"webhook-id": "n1", "Content-Type": "application/json"}
    )
    assert (posted.status, posted.headers["retry-after"], len(posted.body)) == (503, "7", 4096)
    seen = web.last("/hook")
    assert (seen.method, seen.body, seen.headers["webhook-id"]) == ("POST", b'{"a":1}', "n1")
    assert seen.headers["Content-Type"] == "application/json"


async def test_a_post_follows_no_redirect(web: FakeWeb, fetcher: Fetcher) -> None:
    web.redirect("/hook", "/elsewhere", 307)
    assert (await fetcher.request("POST", web.url("/hook"), b"{}", {})).status == 307
    assert web.count("/elsewhere") == 0


async def test_a_post_that_is_not_answered_is_a_timeout_that_names_no_address(web: FakeWeb, fetcher: Fetcher) -> None:
    web.hang("/secret-hook")
    with pytest.raises(FetchFailure) as caught:
        await fetcher.request("POST", web.url("/secret-hook"), b"{}", {}, timeout_seconds=0.1)
    assert caught.value.outcome is FetchProblem.TIMEOUT
    assert "secret" not in str(caught.value)
    assert caught.value.url == ""


async def test_the_answers_to_a_sequence_come_in_turn(web: FakeWeb, fetcher: Fetcher) -> None:
    web.sequence("/a", [Answer(status=500), Answer(body=b"ok")])
    await failed(fetcher, web.url("/a"))
    assert (await fetcher.fetch(web.url("/a"))).body == b"ok"


@pytest.mark.parametrize("url", ["", "not a url", "file:///etc/passwd", "http://"])
async def test_no_url_is_a_bad_url(fetcher: Fetcher, url: str) -> None:
    assert (await failed(fetcher, url)).outcome is FetchProblem.BAD_URL


def test_every_problem_is_a_word_of_both_closed_sets() -> None:
    for problem in FetchProblem:
        assert PollOutcome(problem).value == ArticleOutcome(problem).value == problem.value


async def test_private_headers_go_to_the_server_of_their_url_and_to_no_other(web: FakeWeb) -> None:
    web.serve("/feed", "<rss/>")
    web.sequence("/moved", [Answer(status=302, headers={"Location": "/feed"})])
    web.sequence("/away", [Answer(status=302, headers={"Location": web.url("/feed", host=1)})])
    web.sequence("/there-and-back", [Answer(status=302, headers={"Location": web.url("/back", host=1)})])
    web.sequence("/back", [Answer(status=302, headers={"Location": web.url("/feed")})])
    mine = {"Authorization": "Basic secret", "X-Api-Key": "k"}
    private = {web.url(path): mine for path in ("/moved", "/away", "/there-and-back")}
    async with Fetcher(LOOPBACK, AGENT, FakeClock(), private=private) as fetcher:
        await fetcher.fetch(web.url("/moved"))
        assert web.last("/feed").headers["X-Api-Key"] == "k"
        await fetcher.fetch(web.url("/away"))
        assert web.last("/away").headers["Authorization"] == "Basic secret"
        assert "Authorization" not in web.last("/feed").headers
        assert "X-Api-Key" not in web.last("/feed").headers
        await fetcher.fetch(web.url("/there-and-back"))
        assert "Authorization" not in web.last("/back").headers
        await fetcher.fetch(web.url("/feed"))
        assert "Authorization" not in web.last("/feed").headers


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 99999 OK\r\n\r\n", b"\x00\x1b]0;pwned\x07\r\n\r\n", b"HTTP/1.1\r\n200 OK\r\n\r\nx"],
)
async def test_an_answer_that_is_no_http_is_told_in_one_line(fetcher: Fetcher, answer: bytes) -> None:
    async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    async with await asyncio.start_server(answers, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(FetchFailure) as failed:
            await fetcher.fetch(f"http://127.0.0.1:{port}/?token=abcdef")
    assert failed.value.outcome is FetchProblem.CONNECT
    assert failed.value.detail.startswith("what it answers is no HTTP: ")
    assert failed.value.detail.isprintable()
    assert "abcdef" not in failed.value.detail
