"""One guarded request for all channels over HTTP, and the one place that says what its answer means."""

import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Protocol

from alerts.channels.channel import Confirmation, Receipt, SendFailure
from core.masking import secrets_in, without
from core.model.outcome import FailureReason
from core.net.failure import FetchFailure, FetchProblem, retry_after_seconds
from core.text.visible import one_line

ANSWER_BYTES = 4096  # how much of an answer is kept
_MOST_CHARACTERS, _SHOWN_CHARACTERS = 20_000, 300
# What a request carries that is no secret. All others may be: signatures, tokens, headers of the receiver's own.
_PLAIN_HEADERS = frozenset(
    {"content-type", "accept", "accept-encoding", "user-agent", "webhook-id", "webhook-timestamp"}
)
_PIECES, _LEAST_PIECE = re.compile(r"[\s,;=]+"), 8
_RETRIED = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_REASONS: dict[int, FailureReason] = {
    HTTPStatus.UNAUTHORIZED: FailureReason.AUTH_ERROR,
    HTTPStatus.FORBIDDEN: FailureReason.AUTH_ERROR,
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED: FailureReason.AUTH_ERROR,
    HTTPStatus.REQUEST_TIMEOUT: FailureReason.TIMEOUT,
    HTTPStatus.GONE: FailureReason.GONE,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: FailureReason.PAYLOAD_TOO_LARGE,
    HTTPStatus.TOO_MANY_REQUESTS: FailureReason.RATE_LIMITED,
}
# What went wrong below HTTP, and whether another try may go better.
_TRANSPORT = {
    FetchProblem.TIMEOUT: (FailureReason.TIMEOUT, True),
    FetchProblem.DNS: (FailureReason.DNS, True),
    FetchProblem.TLS: (FailureReason.TLS, True),
    FetchProblem.CONNECT: (FailureReason.CONNECT, True),
    FetchProblem.BLOCKED_ADDRESS: (FailureReason.SSRF_BLOCKED, True),  # the operator can allow the network
    FetchProblem.BAD_URL: (FailureReason.CLIENT_ERROR, False),
}


class Posted(Protocol):
    """An answer: its status, headers and the beginning of its body, or what of it came (not `whole`)."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> str: ...
    @property
    def whole(self) -> bool: ...


class Poster(Protocol):
    """core.net's fetcher: address guard, no redirects, raises FetchFailure."""

    async def request(  # noqa: PLR0913 - one call, everything named
        self,
        method: str,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        timeout_seconds: float,
        *,
        tls: ssl.SSLContext | None = None,
        answer_bytes: int = ANSWER_BYTES,
    ) -> Posted: ...


Judge = Callable[[Posted], Receipt | SendFailure | None]


def by_status(_: Posted) -> None:
    """The status says all: every 2xx says that the message was taken, whatever follows it."""


async def post(  # noqa: PLR0913 - one call, everything named
    poster: Poster,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    timeout_seconds: float,
    now: datetime,
    judge: Judge = by_status,
    method: str = "POST",
    secrets: frozenset[str] = frozenset(),
    tls: ssl.SSLContext | None = None,
    answer_bytes: int = ANSWER_BYTES,
) -> Receipt:
    """Ask once. 2xx is success; 408, 425, 429, 5xx and what fails below HTTP may be tried again, nothing else.

    `judge`: what an answer means to a service that says more than its status; None: the status says all. Raises SendFailure.

    What the receiver answered is kept (it is shown to people); the URL, which may be a secret, is not, nor what the answer
    repeats of it or of `secrets`.
    """
    hidden = secrets_in(url, path=True) | secrets | _in_headers(headers)
    try:
        posted = await poster.request(method, url, body, headers, timeout_seconds, tls=tls, answer_bytes=answer_bytes)
    except FetchFailure as failure:
        reason, retriable = _TRANSPORT.get(failure.outcome, (FailureReason.OTHER, True))
        if failure.broke:
            reason = FailureReason.DISCONNECTED
        raise SendFailure(reason, _excerpt(without(_flat(failure.detail), hidden)), retriable=retriable) from failure
    judged = judge(posted) or _judged_by_status(posted, now)
    if isinstance(judged, Receipt):
        return replace(judged, status=posted.status, detail=_excerpt(without(_flat(judged.detail), hidden)))
    raise SendFailure(
        judged.reason,
        _excerpt(without(_flat(judged.detail), hidden)),
        retriable=judged.retriable,
        retry_after_seconds=judged.retry_after_seconds,
        status=posted.status,
        holds_all=judged.holds_all,
    )


def refused(posted: Posted, *, retriable: bool = True) -> SendFailure:
    """A success by its status that says in its body that the message was not taken."""
    answer = _flat(posted.body) or "an empty answer"
    return SendFailure(
        FailureReason.REFUSED, f"HTTP {posted.status}, but the message was not taken: {answer}", retriable=retriable
    )


def held_up(answer: Posted, now: datetime, *, seconds: float | None = None) -> SendFailure | None:
    """A 429 that is meant for everything under the channel's `limit_key`; None: it is none.

    `seconds`: how long to wait where the service does not say.
    """
    if answer.status != HTTPStatus.TOO_MANY_REQUESTS:
        return None
    failure = failure_of(answer.status, answer.headers, answer.body, now)
    failure.holds_all = True
    if failure.retry_after_seconds is None:
        failure.retry_after_seconds = seconds
    return failure


def is_success(status: int) -> bool:
    """Whether it is 2xx."""
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


def _judged_by_status(posted: Posted, now: datetime) -> Receipt | SendFailure:
    if is_success(posted.status):
        return Receipt(Confirmation.DELIVERED)
    return failure_of(posted.status, posted.headers, posted.body, now)


def failure_of(status: int, headers: Mapping[str, str], body: str, now: datetime) -> SendFailure:
    """What an answer that is not 2xx means."""
    server = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    if server:
        reason = FailureReason.SERVER_ERROR
    elif status < HTTPStatus.BAD_REQUEST:
        reason = FailureReason.REDIRECT  # never followed: it would carry the alert, and its signature, elsewhere
    else:
        reason = _REASONS.get(status, FailureReason.CLIENT_ERROR)
    answer = _flat(body)
    return SendFailure(
        reason,
        f"HTTP {status}" + (f": {answer}" if answer else ""),
        retriable=server or status in _RETRIED,
        retry_after_seconds=retry_after_seconds(headers.get("Retry-After"), now),
        status=status,
    )


def _flat(text: str) -> str:
    """In one line, and not cut where people would see it: half a secret is not recognised any more."""
    return " ".join(one_line(text[:_MOST_CHARACTERS]).split())


def _excerpt(flat: str) -> str:
    return flat[:_SHOWN_CHARACTERS]


def _in_headers(headers: Mapping[str, str]) -> frozenset[str]:
    """Keys, signatures and the like that a request carried, which a receiver may repeat: whole, and what follows a word such as Bearer."""
    values = [value for name, value in headers.items() if name.lower() not in _PLAIN_HEADERS]
    pieces = [piece for value in values for piece in _PIECES.split(value) if len(piece) >= _LEAST_PIECE]
    return frozenset({*values, *pieces})
