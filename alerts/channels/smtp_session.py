"""A session with one SMTP server (RFC 5321): connected where the guard allows it, under TLS as asked, signed in.

Every failure names the server and holds no secret.
"""

import re
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
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
_NOT_SIGNED_IN = frozenset({530, 534, 535, 538})  # it wants a password, another one, or TLS
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """`implicit`: TLS from the first byte (RFC 8314); else `starttls`: required, opportunistic or off."""

    host: str
    port: int
    implicit: bool
    starttls: str = "required"

    @classmethod
    def read(cls, url: str, starttls: str | None) -> "Server":
        """Of `smtp://host:587` or `smtps://host:465`. Raises ValueError.

        `starttls` None: required, but to this machine itself, where nobody listens on the way and few servers offer it.
        """
        expected = 'expected "smtp://host:587" or "smtps://host:465"'
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise ValueError(f"{expected}, got {url[:100]!r}") from None
        if parts.scheme not in ("smtp", "smtps") or not host or port == 0:
            raise ValueError(f"{expected}, got {url[:100]!r}")
        if parts.username or parts.password:
            raise ValueError(f"{expected}: user and password have keys of their own")
        if parts.path not in ("", "/") or parts.query or parts.fragment:
            raise ValueError(f"{expected}, got {url[:100]!r}")
        implicit = parts.scheme == "smtps"
        asked = starttls or ("opportunistic" if _is_loopback(host) else "required")
        return cls(host=host, port=port or (465 if implicit else 587), implicit=implicit, starttls=asked)

    @property
    def is_safe(self) -> bool:
        """Whether a password cannot be read on the way."""
        return self.implicit or self.starttls == "required" or _is_loopback(self.host)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """How to hand messages over: servers in their order, who we are, which certificates are believed."""

    servers: Sequence[Server]
    guard: AddressGuard
    timeout_seconds: float
    username: str = ""
    password: str = field(default="", repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Failing:
    """Makes failures that name the server and hold no secret."""

    server: Server
    password: str = field(repr=False)

    def __call__(
        self, reason: FailureReason, detail: object, *, retriable: bool, status: int | None = None
    ) -> SendFailure:
        text = one_line(without(str(detail), [self.password] if self.password else []))[:300]
        return SendFailure(reason, f"{self.server}: {text}", retriable=retriable, status=status)

    def refusal(self, code: int, said: str, *, of_message: bool = True) -> SendFailure:
        """What a code of 4xx or 5xx means. `of_message` False: the server talks to nobody now."""
        detail = f"{code} {said}"
        if code == _CLOSING:
            return self(FailureReason.RATE_LIMITED, detail, retriable=True, status=code)
        if code in _TEMPORARY:
            return self(FailureReason.SERVER_ERROR, detail, retriable=True, status=code)
        if code in _NOT_SIGNED_IN:
            return self(FailureReason.AUTH_ERROR, detail, retriable=False, status=code)
        if not of_message:
            return self(FailureReason.CONNECT, detail, retriable=True, status=code)
        reason = FailureReason.PAYLOAD_TOO_LARGE if code == _TOO_LARGE else FailureReason.REFUSED
        return self(reason, detail, retriable=False, status=code)


class _NoTls(OSError):
    """The server offers no STARTTLS although it is required."""


@asynccontextmanager
async def session(server: Server, submission: Submission) -> AsyncIterator[Any]:
    """A client of aiosmtplib that is ready for messages. Raises SendFailure where it does not come to that."""
    import aiosmtplib  # noqa: PLC0415 - few installations send mail

    failing = Failing(server, submission.password)
    opened = await _dialled(server, submission, failing)
    client = aiosmtplib.SMTP(
        hostname=server.host,
        sock=opened,
        timeout=submission.timeout_seconds,
        use_tls=server.implicit,
        start_tls=False,
        tls_context=submission.tls or ssl.create_default_context(),
        local_hostname=_our_name(),
    )
    ready = False
    try:
        await _greet(client, server, submission)
        ready = True
    except aiosmtplib.SMTPAuthenticationError as error:
        retriable = error.code in _TEMPORARY
        detail = f"{error.code} {error.message}"
        raise failing(FailureReason.AUTH_ERROR, detail, retriable=retriable, status=error.code) from error
    except aiosmtplib.SMTPResponseException as error:
        raise failing.refusal(error.code, error.message, of_message=False) from error
    except (aiosmtplib.SMTPException, OSError, ssl.SSLError) as error:
        tls = isinstance(error, ssl.SSLError | _NoTls) or isinstance(error.__cause__, ssl.SSLError)
        reason = FailureReason.TLS if tls else FailureReason.CONNECT
        raise failing(reason, str(error) or "no answer in time", retriable=True) from error
    finally:
        if not ready:
            if client.transport is None:
                opened.close()  # else the transport does, after TLS has said good-bye
            client.close()
    try:
        yield client
        await _leave(client)
    finally:
        client.close()


async def _dialled(server: Server, submission: Submission, failing: Failing) -> socket.socket:
    try:
        return await dial(submission.guard, server.host, server.port, submission.timeout_seconds)
    except BlockedAddress as error:
        raise failing(FailureReason.SSRF_BLOCKED, error.strerror or error, retriable=True) from error
    except (socket.gaierror, UnicodeError) as error:
        raise failing(FailureReason.DNS, error, retriable=True) from error
    except (TimeoutError, OSError) as error:
        raise failing(
            FailureReason.CONNECT, error.strerror or str(error) or "no answer in time", retriable=True
        ) from error


async def _greet(client: Any, server: Server, submission: Submission) -> None:
    await client.connect()
    await client.ehlo()
    if not server.implicit and server.starttls != "off":
        if client.supports_extension("starttls"):
            await client.starttls(server_hostname=server.host)
            await client.ehlo()
        elif server.starttls == "required":
            raise _NoTls('it offers no STARTTLS; set starttls = "off" only where nobody listens on the way')
    if submission.username:
        await client.login(submission.username, submission.password)


async def _leave(client: Any) -> None:
    """What was taken is taken, however the good-bye goes."""
    import aiosmtplib  # noqa: PLC0415 - few installations send mail

    try:
        if client.is_connected:
            await client.quit(timeout=2.0)
    except (aiosmtplib.SMTPException, OSError, TimeoutError):
        pass


def _our_name() -> str:
    """What we call ourselves: asked of nobody, since a name server may hang."""
    name = socket.gethostname()
    return name if _NAME.fullmatch(name) else "[127.0.0.1]"
