"""One guarded HTTP client for feeds, pages and webhooks: address check, caps, deadlines, one word for each failure."""

import asyncio
import ssl
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Self

import aiohttp
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from core.clock import Clock
from core.net import failure
from core.net.decoding import ACCEPT_ENCODING, BadContentEncoding, Decoder
from core.net.failure import FetchFailure, FetchProblem
from core.net.guard import AddressGuard
from core.net.lenient import MOST_FIELD_BYTES, MOST_FIELDS, LenientConnector, is_document, was_cut_off
from core.net.resolver import PooledResolver
from core.net.url import BadUrl, web_url

__all__ = ["FetchFailure", "FetchProblem", "FetchSettings", "Fetched", "Fetcher", "Posted", "Redirect"]

MAX_REDIRECTS = 5
EXCERPT_BYTES = 4096  # of the answer to a channel
_EXCERPT_SECONDS = 2.0  # for the beginning of an answer to a POST, once its status came
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_VALIDATORS = ("ETag", "Last-Modified")  # of a body that broke off: it must be asked for again
_ERRORS = (aiohttp.ClientError, OSError, ValueError)  # asyncio's TimeoutError is an OSError, UnicodeError a ValueError


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """`deadline_seconds` covers a whole fetch with its redirects; the others one wait on a socket."""

    max_bytes: int = 10 * 1024 * 1024  # after decompression
    deadline_seconds: float = 60.0
    connect_seconds: float = 10.0
    read_seconds: float = 20.0
    max_connections: int = 256


@dataclass(frozen=True, slots=True)
class Redirect:
    """One hop: the status and where it led."""

    status: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A 2xx answer with its decoded body, or 304 with none. `url`: where it came from in the end.

    Not `whole`: the compressed body broke off, and this is what came of it.
    """

    status: int
    url: str
    headers: Mapping[str, str]  # names in any case
    body: bytes
    redirects: tuple[Redirect, ...] = ()
    whole: bool = True
    downgraded: bool = False  # a redirect led from https to http

    @property
    def not_modified(self) -> bool:
        return self.status == HTTPStatus.NOT_MODIFIED

    @property
    def moved_to(self) -> str | None:
        """Where the resource lives now: the end of the permanent redirects that the way began with."""
        moved = None
        for hop in self.redirects:
            if hop.status not in _PERMANENT:
                break
            moved = hop.url
        return moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """The answer to a channel, whatever its status; `body` is its beginning as text, or what of it came (not `whole`)."""

    status: int
    headers: Mapping[str, str]
    body: str
    whole: bool = True


class Fetcher:
    """Use as an async context manager; safe for many tasks at once. Keeps no cookies, reads no proxy settings."""

    def __init__(
        self,
        guard: AddressGuard,
        user_agent: str,
        clock: Clock,
        settings: FetchSettings | None = None,
        *,
        private: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """`private`: URL -> headers that a fetch of it carries, to the URL's own server and to no other."""
        self.private = private or {}
        self._guard = guard
        self._user_agent = user_agent
        self._clock = clock
        self._settings = settings or FetchSettings()
        self._session: aiohttp.ClientSession | None = None
        self._resolver: PooledResolver | None = None

    @property
    def user_agent(self) -> str:
        return self._user_agent

    @property
    def guard(self) -> AddressGuard:
        """Who may be reached now."""
        return self._guard

    def adopt(self, guard: AddressGuard, settings: FetchSettings, private: Mapping[str, Mapping[str, str]]) -> None:
        """From the next request on: who may be reached, how much is read and how long, and what is sent to whom alone."""
        self._guard, self._settings, self.private = guard, settings, private

    async def __aenter__(self) -> Self:
        limits = self._settings
        self._resolver = PooledResolver()
        self._session = aiohttp.ClientSession(
            connector=LenientConnector(
                socket_factory=lambda address: self._guard.socket_factory(address),  # noqa: PLW0108 - the guard of the moment
                resolver=self._resolver,
                limit=limits.max_connections,
                ttl_dns_cache=300,
            ),
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=limits.connect_seconds, sock_read=limits.read_seconds
            ),
            headers={"User-Agent": self._user_agent},
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # ours counts what comes out while it comes
            max_line_size=MOST_FIELD_BYTES,
            max_field_size=MOST_FIELD_BYTES,
            max_headers=MOST_FIELDS,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None
        if self._resolver is not None:
            await self._resolver.close()
            self._resolver = None

    async def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: str = "*/*",
        max_bytes: int | None = None,
    ) -> Fetched:
        """GET, conditional on `etag` and `last_modified` (RFC 9110 section 13), up to MAX_REDIRECTS redirects followed.

        Raises FetchFailure for everything but 2xx and 304; a body over `max_bytes` once decoded is `too_large`.
        """
        headers = {"Accept": accept, "Accept-Encoding": ACCEPT_ENCODING}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        way = _Way(url, self.private.get(url, {}))
        try:
            async with asyncio.timeout(self._settings.deadline_seconds):
                return await self._follow(way, headers, max_bytes or self._settings.max_bytes)
        except _ERRORS as e:
            raise failure.of_error(e, way.url) from e

    async def request(  # noqa: PLR0913 - one call, everything named
        self,
        method: str,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        timeout_seconds: float = 30.0,
        *,
        tls: ssl.SSLContext | None = None,
        answer_bytes: int = EXCERPT_BYTES,
    ) -> Posted:
        """Ask once, as channels do; redirects are answers, not followed. Raises FetchFailure only when there is no answer.

        The status is the answer: a body that drips or breaks off after it makes no failure of it, and is not waited for.
        `tls`: other certificates than the system's, or one of our own. `answer_bytes`: how much of the answer is kept.
        """
        try:
            async with (
                asyncio.timeout(timeout_seconds) as limit,
                self._open().request(
                    method,
                    web_url(url),
                    data=body or None,
                    headers={"Accept-Encoding": "identity", **headers},
                    allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._settings.connect_seconds),
                    ssl=True if tls is None else tls,
                ) as response,
            ):
                limit.reschedule(None)
                excerpt, whole = await _beginning(response, answer_bytes)
                return Posted(status=response.status, headers=_plain(response.headers), body=excerpt, whole=whole)
        except _ERRORS as e:
            raise failure.of_error(e, "") from e  # a webhook's URL may be a secret

    async def _follow(self, way: "_Way", headers: Mapping[str, str], max_bytes: int) -> Fetched:
        target = web_url(way.url)
        while True:
            cookies = way.cookies(target)
            sent = {**headers, **way.private(target)}
            async with self._open().get(target, headers=sent, cookies=cookies, allow_redirects=False) as response:
                if response.status not in _REDIRECTS:
                    return await self._answer(response, way, max_bytes)
                target = way.step(response, target)

    async def _answer(self, response: aiohttp.ClientResponse, way: "_Way", max_bytes: int) -> Fetched:
        status = response.status
        retry_after = failure.retry_after_seconds(response.headers.get("Retry-After"), self._clock.now())
        if status != HTTPStatus.NOT_MODIFIED and not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise failure.of_status(status, way.url, retry_after)
        body, whole = b"", True
        if status != HTTPStatus.NOT_MODIFIED:
            body, whole = await _body(response, way.url, max_bytes)
        return Fetched(
            status=status,
            url=way.url,
            headers=_plain(response.headers, () if whole else _VALIDATORS),
            body=body,
            whole=whole,
            redirects=tuple(way.hops),
            downgraded=way.downgraded,
        )

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("the fetcher is used outside its `async with`")
        return self._session


class _Way:
    """The redirects of one fetch so far."""

    def __init__(self, url: str, private: Mapping[str, str]) -> None:
        self.url = url
        self._private = private
        self._start: URL | None = None
        self.hops: list[Redirect] = []
        self.downgraded = False
        self._seen: set[tuple[str, str]] = set()
        self._jar: aiohttp.CookieJar | None = None

    def private(self, target: URL) -> Mapping[str, str]:
        """The headers that only the server is sent at which the way began, and it also where it moved on to TLS."""
        start = self._start = self._start or target
        moved_to_tls = (start.scheme, target.scheme) == ("http", "https") and start.is_default_port()
        same = target.host == start.host and (
            target.origin() == start.origin() or (moved_to_tls and target.is_default_port())
        )
        return self._private if same else {}

    def cookies(self, target: URL) -> dict[str, str]:
        """What was set on the way, for the hosts that set it: some sites redirect until their cookie comes back."""
        if self._jar is None:
            return {}
        return {name: morsel.value for name, morsel in self._jar.filter_cookies(target).items()}

    def step(self, response: aiohttp.ClientResponse, origin: URL) -> URL:
        """Where to go next; raises FetchFailure for a loop, too many hops and a redirect to nowhere."""
        status, location = response.status, response.headers.get("Location")
        self._seen.add((str(origin), str(self.cookies(origin))))
        if response.cookies:
            self._jar = self._jar or aiohttp.CookieJar(unsafe=True)
            self._jar.update_cookies(response.cookies, origin)
        if not location:
            raise FetchFailure(FetchProblem.HTTP_4XX, f"HTTP {status} without a Location", url=self.url, status=status)
        try:
            target = web_url(location, str(origin))
        except BadUrl as e:
            raise FetchFailure(FetchProblem.BAD_URL, f"a redirect to {e}", url=self.url, status=status) from e
        if (str(target), str(self.cookies(target))) in self._seen:
            raise FetchFailure(FetchProblem.REDIRECT_LOOP, f"redirects lead back to {target}", url=self.url)
        if len(self.hops) == MAX_REDIRECTS:
            raise FetchFailure(FetchProblem.REDIRECT_LOOP, f"more than {MAX_REDIRECTS} redirects", url=self.url)
        self.downgraded |= origin.scheme == "https" and target.scheme == "http"
        self.url = str(target)
        self.hops.append(Redirect(status, self.url))
        return target


async def _body(response: aiohttp.ClientResponse, url: str, max_bytes: int) -> tuple[bytes, bool]:
    """The decoded body, and whether it is whole."""
    too_large = FetchFailure(FetchProblem.TOO_LARGE, f"over {max_bytes:,} bytes", url=url, status=response.status)
    if (response.content_length or 0) > max_bytes:
        raise too_large
    decoder = Decoder(response.headers.get("Content-Encoding", ""), max_bytes)
    received, body = 0, bytearray()
    async for data in response.content.iter_chunked(65536):
        received += len(data)
        if received > max_bytes:  # a compressed stream can be endless and yield nothing
            raise too_large
        for piece in decoder.feed(data):
            body += piece
            if len(body) > max_bytes:
                raise too_large
            await asyncio.sleep(0)  # the event loop has others to serve between two pieces
    for piece in decoder.finish():
        body += piece
        if len(body) > max_bytes:
            raise too_large
    if was_cut_off(response) and not (decoder.whole or is_document(body)):
        detail = f"the answer breaks off after {received:,} bytes"
        raise FetchFailure(FetchProblem.CONNECT, detail, url=url, status=response.status, broke=True)
    return bytes(body), not decoder.cut


async def _beginning(response: aiohttp.ClientResponse, most: int) -> tuple[str, bool]:
    """What came of an answer's body within reason, decoded, and whether that was all of it or enough."""
    data, whole = bytearray(), False
    decoder = Decoder(response.headers.get("Content-Encoding", ""), most)
    try:
        async with asyncio.timeout(_EXCERPT_SECONDS):
            async for piece in response.content.iter_chunked(EXCERPT_BYTES):
                for part in decoder.feed(piece):
                    data += part
                    if len(data) >= most:
                        return _text(data[:most]), True
        whole = not was_cut_off(response)
    except _ERRORS:
        response.close()
    with suppress(BadContentEncoding):
        for part in decoder.finish():
            data += part[:most]
    return _text(data[:most]), whole and not decoder.cut


def _text(data: bytes | bytearray) -> str:
    return data.decode("utf-8-sig", "replace")


def _plain(headers: CIMultiDictProxy[str], left_out: Iterable[str] = ()) -> Mapping[str, str]:
    plain = CIMultiDict(headers)
    for name in left_out:
        plain.popall(name, None)
    return CIMultiDictProxy(plain)
