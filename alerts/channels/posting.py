"""One guarded POST for all channels over HTTP, and the one place that says what its answer means."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Protocol

from alerts.channels.channel import Confirmation, Receipt, SendFailure
from core.masking import secrets_in, without
from core.model.outcome import FailureReason
from core.net.failure import FetchFailure, FetchProblem, retry_after_seconds
from core.text.visible import one_line

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

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout_seconds: float) -> Posted: ...


def any_answer(_: Posted) -> bool:
    """Every 2xx says that the message was taken, whatever follows it."""
    return True


async def post(  # noqa: PLR0913 - one call, everything named
    poster: Poster,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    timeout_seconds: float,
    now: datetime,
    taken: Callable[[Posted], bool] = any_answer,
) -> Receipt:
    """Post once. 2xx is success; 408, 425, 429, 5xx and what fails below HTTP may be tried again, nothing else.

    `taken`: whether a 2xx answer really means success, for receivers that tell failures so; such a failure is tried again.

    What the receiver answered is kept (it is shown to people); the URL, which may be a secret, is not, nor what the answer
    repeats of it.
    """
    try:
        posted = await poster.post(url, body, headers, timeout_seconds)
    except FetchFailure as failure:
        reason, retriable = _TRANSPORT.get(failure.outcome, (FailureReason.OTHER, True))
        if failure.broke:
            reason = FailureReason.DISCONNECTED
        raise SendFailure(reason, _without_url(failure.detail, url), retriable=retriable) from failure
    if HTTPStatus.OK <= posted.status < HTTPStatus.MULTIPLE_CHOICES:
        if taken(posted):
            return Receipt(Confirmation.DELIVERED, posted.status)
        answer = _excerpt(_without_url(posted.body, url)) or "an empty answer"
        detail = f"HTTP {posted.status}, but the message was not taken: {answer}"
        raise SendFailure(FailureReason.REFUSED, detail, retriable=True, status=posted.status)
    raise failure_of(posted.status, posted.headers, _without_url(posted.body, url), now)


def failure_of(status: int, headers: Mapping[str, str], body: str, now: datetime) -> SendFailure:
    """What an answer that is not 2xx means."""
    server = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    if server:
        reason = FailureReason.SERVER_ERROR
    elif status < HTTPStatus.BAD_REQUEST:
        reason = FailureReason.REDIRECT  # never followed: it would carry the alert, and its signature, elsewhere
    else:
        reason = _REASONS.get(status, FailureReason.CLIENT_ERROR)
    answer = _excerpt(body)
    return SendFailure(
        reason,
        f"HTTP {status}" + (f": {answer}" if answer else ""),
        retriable=server or status in _RETRIED,
        retry_after_seconds=retry_after_seconds(headers.get("Retry-After"), now),
        status=status,
    )


def _without_url(text: str, url: str) -> str:
    return without(text, secrets_in(url, path=True))


def _excerpt(body: str) -> str:
    return " ".join(one_line(body).split())[:200]
