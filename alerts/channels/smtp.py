"""One message to one address over SMTP (RFC 5321), through the first of several servers that takes it.

server 1 --(not reached, 4xx)--> server 2 ... --> taken, or why not
   +--(5xx for the message or the address)--> refused for good: no other server would say otherwise
"""

import re
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

from alerts.channels.channel import SendFailure
from core.masking import without
from core.model.outcome import FailureReason
from core.net.dial import dial
from core.net.guard import AddressGuard, BlockedAddress
from core.text.visible import one_line

_CLOSING = 421
_TOO_LARGE = 552
_TEMPORARY = range(400, 500)
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """`implicit`: TLS from the first byte (RFC 8314); else `starttls`: required, opportunistic or off."""

    host: str
    port: int
    implicit: bool
    starttls: str = "required"

    @classmethod
    def read(cls, url: str, starttls: str) -> "Server":
        """Of `smtp://host:587` or `smtps://host:465`. Raises ValueError."""
        expected = 'expected "smtp://host:587" or "smtps://host:465"'
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path not in ("", "/"):
            raise ValueError(f"{expected}, got {url[:100]!r}")
        if parts.username or parts.password:
            raise ValueError(f"{expected}: user and password have keys of their own")
        implicit = parts.scheme == "smtps"
        return cls(
            host=parts.hostname, port=parts.port or (465 if implicit else 587), implicit=implicit, starttls=starttls
        )

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """How to hand messages over: servers in their order, who we are, which certificates are believed."""

    servers: Sequence[Server]
    guard: AddressGuard
    timeout_seconds: float
    username: str = ""
    password: str = field(default="", repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False)


async def submit(submission: Submission, sender: str, recipient: str, message: bytes) -> str:
    """Hand a message over; what the server said of it, with the server's name. Raises SendFailure."""
    failure: SendFailure | None = None
    for server in submission.servers:
        try:
            said = await _through(server, submission, sender, recipient, message)
        except SendFailure as error:
            if not _may_go_elsewhere(error):
                raise
            failure = failure or error
        else:
            return f"{server}: {said}"
    assert failure is not None  # noqa: S101 - the settings ask for a server
    raise failure


def _may_go_elsewhere(failure: SendFailure) -> bool:
    """Whether the next server may take it, and surely nobody has it yet."""
    if failure.reason in (FailureReason.TIMEOUT, FailureReason.DISCONNECTED):
        return False  # it may have been taken
    return failure.retriable or failure.reason in (FailureReason.AUTH_ERROR, FailureReason.TLS)


async def _through(server: Server, submission: Submission, sender: str, recipient: str, message: bytes) -> str:
    import aiosmtplib  # noqa: PLC0415 - few installations send mail

    def failure(reason: FailureReason, detail: object, *, retriable: bool, status: int | None = None) -> SendFailure:
        text = one_line(without(str(detail), [submission.password]))[:300]
        return SendFailure(reason, f"{server}: {text}", retriable=retriable, status=status)

    async with _connected(server, submission, failure) as client:
        handed_over = False
        try:
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
            await client.mail(sender, options=_options(client, message))
            await client.rcpt(recipient)
            handed_over = True
            response = await client.data(message)
        except aiosmtplib.SMTPResponseException as error:
            raise _refusal(error.code, error.message, failure) from error
        except (aiosmtplib.SMTPTimeoutError, TimeoutError) as error:
            reason = FailureReason.TIMEOUT if handed_over else FailureReason.CONNECT
            raise failure(reason, "no answer in time", retriable=True) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            reason = FailureReason.DISCONNECTED if handed_over else FailureReason.CONNECT
            raise failure(reason, error, retriable=True) from error
        return one_line(response.message)[:200]


@asynccontextmanager
async def _connected(server: Server, submission: Submission, failure: "_Failing") -> AsyncIterator[Any]:
    """A session with the server: connected, under TLS as asked, signed in."""
    import aiosmtplib  # noqa: PLC0415 - few installations send mail

    try:
        opened = await dial(submission.guard, server.host, server.port, submission.timeout_seconds)
    except BlockedAddress as error:
        raise failure(FailureReason.SSRF_BLOCKED, error, retriable=True) from error
    except socket.gaierror as error:
        raise failure(FailureReason.DNS, error, retriable=True) from error
    except (TimeoutError, OSError) as error:
        raise failure(FailureReason.CONNECT, str(error) or "no answer in time", retriable=True) from error
    client = aiosmtplib.SMTP(
        hostname=server.host,
        sock=opened,
        timeout=submission.timeout_seconds,
        use_tls=server.implicit,
        start_tls=False,
        tls_context=submission.tls or ssl.create_default_context(),
        local_hostname=_our_name(),
    )
    try:
        await client.connect()
        await client.ehlo()
        await _secure(client, server)
        if submission.username:
            await client.login(submission.username, submission.password)
    except aiosmtplib.SMTPAuthenticationError as error:
        client.close()
        raise failure(
            FailureReason.AUTH_ERROR,
            f"{error.code} {error.message}",
            retriable=error.code in _TEMPORARY,
            status=error.code,
        ) from error
    except aiosmtplib.SMTPResponseException as error:
        client.close()
        raise _refusal(error.code, error.message, failure, of_message=False) from error
    except (aiosmtplib.SMTPException, OSError, ssl.SSLError) as error:
        client.close()
        opened.close()
        tls = isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError) or isinstance(error, _NoTls)
        reason = FailureReason.TLS if tls else FailureReason.CONNECT
        raise failure(reason, str(error) or "no answer in time", retriable=True) from error
    try:
        yield client
    finally:
        await _leave(client)


class _Failing(Protocol):
    """Makes a failure that names the server and holds no secret."""

    def __call__(
        self, reason: FailureReason, detail: object, *, retriable: bool, status: int | None = None
    ) -> SendFailure: ...


class _NoTls(OSError):
    """The server offers no STARTTLS although it is required."""


async def _secure(client: Any, server: Server) -> None:
    if server.implicit or server.starttls == "off":
        return
    if client.supports_extension("starttls"):
        await client.starttls(server_hostname=server.host)
        await client.ehlo()
    elif server.starttls == "required":
        raise _NoTls('it offers no STARTTLS; set starttls = "off" only where nobody listens on the way')


async def _leave(client: Any) -> None:
    """What was taken is taken, however the good-bye goes."""
    import aiosmtplib  # noqa: PLC0415 - few installations send mail

    try:
        await client.quit(timeout=2.0)
    except (aiosmtplib.SMTPException, OSError, TimeoutError):
        pass
    finally:
        client.close()


def _options(client: Any, message: bytes) -> list[str]:
    options = [f"SIZE={len(message)}"] if client.supports_extension("size") else []
    if client.supports_extension("8bitmime"):
        options.append("BODY=8BITMIME")
    return options


def _refusal(code: int, said: str, failure: "_Failing", *, of_message: bool = True) -> SendFailure:
    detail = f"{code} {said}"
    if code == _CLOSING:
        return failure(FailureReason.RATE_LIMITED, detail, retriable=True, status=code)
    if code in _TEMPORARY:
        return failure(FailureReason.SERVER_ERROR, detail, retriable=True, status=code)
    if not of_message:  # it talks to nobody
        return failure(FailureReason.CONNECT, detail, retriable=True, status=code)
    reason = FailureReason.PAYLOAD_TOO_LARGE if code == _TOO_LARGE else FailureReason.REFUSED
    return failure(reason, detail, retriable=False, status=code)


def _our_name() -> str:
    """What we call ourselves: asked of nobody, since a name server may hang."""
    name = socket.gethostname()
    return name if _NAME.fullmatch(name) else "[127.0.0.1]"
