"""The one HTTP client against a web that misbehaves."""

import asyncio
import gzip
import ssl
import tracemalloc
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web as http
from aiohttp.abc import AbstractResolver, ResolveResult

from core.model.outcome import ArticleOutcome, PollOutcome
from core.net import failure
from core.net.client import MAX_REDIRECTS, Fetcher, FetchFailure, FetchProblem, FetchSettings, Redirect
from core.net.guard import AddressGuard
from tests.fakes.clock import FakeClock
from tests.fakes.web import Answer, FakeWeb

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


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw-deflate", None])
async def test_a_body_is_decoded_whatever_its_encoding(web: FakeWeb, fetcher: Fetcher, encoding: str | None) -> None:
    body = b"<rss>" + b"news " * 50_000
    web.serve("/feed", body, encoding=encoding)
    assert (await fetcher.fetch(web.url("/feed"))).body == body


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
        (b"this is no gzip", "gzip"),
        (gzip.compress(b"news" * 1000, mtime=0)[:-12], "gzip"),
        (b"\x1b\x00\x00", "br"),
        (gzip.compress(gzip.compress(b"x", mtime=0), mtime=0), "gzip, gzip"),
        (gzip.compress(b"", mtime=0) * 300, "gzip"),
    ],
    ids=["no gzip", "cut", "no brotli", "packed twice", "many empty streams"],  # bytes as names would hold the time
)
async def test_a_body_that_is_not_what_it_says_is_bad_encoding(
    web: FakeWeb, fetcher: Fetcher, body: bytes, encoding: str
) -> None:
    web.serve("/feed", body, headers={"Content-Encoding": encoding})
    assert (await failed(fetcher, web.url("/feed"))).outcome is FetchProblem.BAD_ENCODING


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
            await fetcher.post(url, b"{}", {})
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
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
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
    posted = await fetcher.post(web.url("/hook"), b'{"a":1}', {"webhook-id": "n1", "Content-Type": "application/json"})
    assert (posted.status, posted.headers["retry-after"], len(posted.body)) == (503, "7", 4096)
    seen = web.last("/hook")
    assert (seen.method, seen.body, seen.headers["webhook-id"]) == ("POST", b'{"a":1}', "n1")
    assert seen.headers["Content-Type"] == "application/json"


async def test_a_post_follows_no_redirect(web: FakeWeb, fetcher: Fetcher) -> None:
    web.redirect("/hook", "/elsewhere", 307)
    assert (await fetcher.post(web.url("/hook"), b"{}", {})).status == 307
    assert web.count("/elsewhere") == 0


async def test_a_post_that_is_not_answered_is_a_timeout_that_names_no_address(web: FakeWeb, fetcher: Fetcher) -> None:
    web.hang("/secret-hook")
    with pytest.raises(FetchFailure) as caught:
        await fetcher.post(web.url("/secret-hook"), b"{}", {}, timeout_seconds=0.1)
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
    [b"HTTP/1.1 99999 OK\r\n\r\n", b"\x00\x1b]0;pwned\x07\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nx"],
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
