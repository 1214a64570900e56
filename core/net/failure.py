"""What can go wrong with a request, classified once, in the words of the outcomes."""

import asyncio
import ssl
from datetime import datetime
from enum import StrEnum
from functools import cache
from http import HTTPStatus

from core.bounded import http_date, whole
from core.errors import WirewatchError
from core.net.decoding import BadContentEncoding
from core.net.guard import BLOCKED_ERRNO, BlockedAddress
from core.net.url import BadUrl

MAX_RETRY_AFTER_SECONDS = 86400.0  # a longer wish is a mistake or a way to silence us


class FetchProblem(StrEnum):
    """Why there is no usable answer; each word is one of PollOutcome's and ArticleOutcome's."""

    BAD_URL = "bad_url"
    HTTP_4XX = "http_4xx"
    HTTP_5XX = "http_5xx"
    RATE_LIMITED = "rate_limited"
    REDIRECT_LOOP = "redirect_loop"
    TIMEOUT = "timeout"
    DNS = "dns"
    TLS = "tls"
    CONNECT = "connect"
    BLOCKED_ADDRESS = "blocked_address"
    TOO_LARGE = "too_large"
    BAD_ENCODING = "bad_encoding"

    @property
    def transient(self) -> bool:
        """Another try in a moment may go better."""
        return self in _TRANSIENT


_TRANSIENT = frozenset(
    {
        FetchProblem.HTTP_5XX,
        FetchProblem.RATE_LIMITED,
        FetchProblem.TIMEOUT,
        FetchProblem.DNS,
        FetchProblem.CONNECT,
    }
)


class FetchFailure(WirewatchError):
    """A request that yielded nothing to read. `url`: the hop it failed at; `retry_after_seconds`: the host's wish.

    `broke`: the connection did, after it was made, so that the request may have arrived.
    """

    def __init__(
        self,
        outcome: FetchProblem,
        detail: str,
        *,
        url: str = "",
        status: int | None = None,
        retry_after_seconds: float | None = None,
        broke: bool = False,
    ) -> None:
        super().__init__(f"{outcome}: {detail}")
        self.outcome = outcome
        self.detail = detail
        self.url = url
        self.status = status
        self.retry_after_seconds = retry_after_seconds
        self.broke = broke


def of_error(error: BaseException, url: str) -> FetchFailure:
    """The failure that a foreign error means."""
    problem = _problem(error)
    text = str(error) or type(error).__name__
    if problem is FetchProblem.TIMEOUT:
        text = "no answer in time"
    elif problem is FetchProblem.BLOCKED_ADDRESS and isinstance(inner := getattr(error, "os_error", error), OSError):
        text = inner.strerror or text
    elif problem is FetchProblem.CONNECT and isinstance(message := getattr(error, "message", None), str):
        text = f"what it answers is no HTTP: {' '.join(message.split())}"  # aiohttp draws an arrow below its line
    return FetchFailure(problem, text[:300], url=url, broke=problem is FetchProblem.CONNECT and _was_connected(error))


def of_status(status: int, url: str, retry_after: float | None) -> FetchFailure:
    """The failure that a status outside 2xx means, redirects aside."""
    try:
        phrase = f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        phrase = f"HTTP {status}"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        problem = FetchProblem.RATE_LIMITED
    else:
        problem = FetchProblem.HTTP_5XX if status >= HTTPStatus.INTERNAL_SERVER_ERROR else FetchProblem.HTTP_4XX
    return FetchFailure(problem, phrase, url=url, status=status, retry_after_seconds=retry_after)


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """Retry-After (RFC 9110 section 10.2.3: seconds or an HTTP date) as seconds from `now`, 0 to 24 h; None if unreadable."""
    text = (value or "").strip()
    seconds = whole(text, int(MAX_RETRY_AFTER_SECONDS))
    if seconds is not None:
        return float(seconds)
    moment = http_date(text)
    if moment is None:
        return None
    return min(max((moment - now).total_seconds(), 0.0), MAX_RETRY_AFTER_SECONDS)


def _problem(error: BaseException) -> FetchProblem:
    if isinstance(error, BlockedAddress) or getattr(error, "errno", None) == BLOCKED_ERRNO:
        return FetchProblem.BLOCKED_ADDRESS
    for kinds, problem in _kinds():
        if isinstance(error, kinds):
            return problem
    return FetchProblem.CONNECT  # the connection broke, or what came is no HTTP


def _was_connected(error: BaseException) -> bool:
    import aiohttp  # noqa: PLC0415 - as below

    return not isinstance(error, aiohttp.ClientConnectorError)


@cache
def _kinds() -> tuple[tuple[tuple[type[BaseException], ...], FetchProblem], ...]:
    """In this order: aiohttp's errors inherit from several of these. Made late, since aiohttp takes long to load."""
    import aiohttp  # noqa: PLC0415

    tls = (
        aiohttp.ClientSSLError,
        aiohttp.ClientConnectorCertificateError,
        aiohttp.ServerFingerprintMismatch,
        ssl.SSLError,
    )
    return (
        (tls, FetchProblem.TLS),
        ((aiohttp.ClientConnectorDNSError,), FetchProblem.DNS),
        ((TimeoutError, asyncio.TimeoutError), FetchProblem.TIMEOUT),
        ((BadContentEncoding,), FetchProblem.BAD_ENCODING),
        ((BadUrl, aiohttp.InvalidURL), FetchProblem.BAD_URL),
        ((UnicodeError,), FetchProblem.DNS),  # a name that DNS cannot carry
    )
