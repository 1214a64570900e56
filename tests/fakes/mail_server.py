"""A real SMTP server (aiosmtpd) on loopback that keeps what it takes and can refuse at every step."""

import asyncio
import ssl
import warnings
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass(frozen=True)
class Mail:
    """One message as it came."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    tls: bool
    user: str
    options: tuple[str, ...] = ()


@dataclass
class MailServer:
    """`answers`: what it says at a step (`EHLO`, `MAIL`, `RCPT`, `DATA`) instead of taking it, used up in order; `None` takes.

    `drop_after_data`: it takes the message and closes the connection without a word. `password`: asks for authentication.
    `recipients`: what it says of one of them, always. `hidden`: extensions that it does not offer, such as `8BITMIME`.
    `utf8`: it takes addresses beyond ASCII. `most_bytes`: of a message. `per_session`: how many messages it takes in one.
    `no_mechanisms`: of authentication, that it does not know.
    """

    tls: ssl.SSLContext | None = None
    implicit: bool = False
    password: str | None = None
    answers: dict[str, list[str | None]] = field(default_factory=dict)
    recipients: dict[str, str] = field(default_factory=dict)
    drop_after_data: bool = False
    hidden: frozenset[str] = frozenset()
    utf8: bool = False
    most_bytes: int = 1_000_000
    per_session: int = 1_000
    no_mechanisms: tuple[str, ...] = ()
    hang_at: str = ""
    taken: list[Mail] = field(default_factory=list)
    sessions: int = 0

    async def __aenter__(self) -> Self:
        self._protocols: list[SMTP] = []
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, "127.0.0.1", 0, ssl=self.tls if self.implicit else None)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for protocol in self._protocols:
            self._abort(protocol)

    def _abort(self, protocol: SMTP) -> None:
        transport: Any = protocol.transport
        if transport is not None:
            transport.abort()

    def _protocol(self) -> SMTP:
        self.sessions += 1
        with warnings.catch_warnings(action="ignore"):  # it does not know that it stands behind TLS
            made = SMTP(
                self,
                hostname="mail.example",
                tls_context=None if self.implicit else self.tls,
                auth_required=self.password is not None,
                auth_require_tls=not self.implicit,
                enable_SMTPUTF8=self.utf8,
                data_size_limit=self.most_bytes,
                auth_exclude_mechanism=self.no_mechanisms,
                authenticator=self._sign_in if self.password is not None else None,
                loop=asyncio.get_running_loop(),
            )
        self._protocols.append(made)
        return made

    def _sign_in(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password == (self.password or "").encode()
        return AuthResult(success=good, handled=False, auth_data=data)

    async def _step(self, name: str) -> str | None:
        if self.hang_at == name:
            await asyncio.Event().wait()
        answers = self.answers.get(name, [])
        return answers.pop(0) if answers else None

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        said = await self._step("EHLO")
        shown = [one for one in responses if one[4:].partition(" ")[0] not in self.hidden]
        return shown if said is None else [said]

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        said = await self._step("MAIL")
        taken = getattr(session, "taken", 0)
        if taken >= self.per_session:
            said = "421 enough for one session"
        if said is not None:
            return said
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        said = self.recipients.get(address) or await self._step("RCPT")
        if said is not None:
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        said = await self._step("DATA")
        if said is not None:
            return said
        content = cast("bytes", envelope.content)
        user = cast("LoginPassword", session.auth_data).login.decode() if session.authenticated else ""
        self.taken.append(
            Mail(
                str(envelope.mail_from),
                tuple(envelope.rcpt_tos),
                content,
                session.ssl is not None or self.implicit,
                user,
                tuple(envelope.mail_options),
            )
        )
        cast("Any", session).taken = getattr(session, "taken", 0) + 1
        if self.drop_after_data:
            self._abort(server)
        return f"250 queued as {len(self.taken)}"
