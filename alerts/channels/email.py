"""kind = "email": a mail for each recipient, through SMTP servers with fall-back; in one thread for each story.

What was handed over to one recipient is noted, so that a failure with another repeats nothing.
"""

import ssl
from collections.abc import Iterator, Mapping, Sequence
from email import message_from_bytes
from functools import partial
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, SecretStr

from alerts.channels.channel import Capabilities, Confirmation, Limits, Receipt, SendFailure, Sending
from alerts.channels.kind import ChannelTools, Kind
from alerts.channels.layout import Laid, Longest, View, fit
from alerts.channels.mail import Envelope, address_of, mail_bytes
from alerts.channels.message import Message
from alerts.channels.settings import ChannelSettings, all_right, only_one, secret_text
from alerts.channels.smtp import Letter, submit
from alerts.channels.smtp_session import Server, Submission
from core.errors import ConfigError
from core.model.outcome import FailureReason
from core.net.guard import AddressGuard

_MAX_BYTES = 100_000  # Gmail hides what is behind 102 kB, the way to unsubscribe included
_LIMITS = Limits(max_bytes=_MAX_BYTES, in_flight=2)
_CAPABILITIES = Capabilities(thread=True, buttons=True, confirms=Confirmation.ACCEPTED)
_LONGEST = Longest(title=300, source=120, snippet=1_000, rule=150)


def _address(text: str) -> str:
    address_of(text)
    return text


MailAddress = Annotated[str, AfterValidator(_address)]


class EmailSettings(ChannelSettings):
    """`to`: each gets a mail of their own. `servers`: tried in their order."""

    meanings: ClassVar[Mapping[str, str]] = {
        "to": "1 to 100 recipients, each name@host or Name <name@host>",
        "from": "who writes",
        "reply_to": "where answers go",
        "return_path": "where bounces go; else the address of from",
        "servers": "1 to 10 servers, tried in this order",
        "starttls": "required; opportunistic: where it is offered; off. Without it required, on loopback opportunistic",
        "username": "who signs in; needs a password",
        "password": "their password",
    }

    kind: Literal["email"]
    to: Annotated[list[MailAddress], Field(min_length=1, max_length=100)]
    sender: MailAddress = Field(alias="from")
    reply_to: MailAddress | None = None
    return_path: MailAddress | None = None
    servers: Annotated[list[str], Field(min_length=1, max_length=10)]
    starttls: Literal["required", "opportunistic", "off"] | None = None
    username: str | None = None
    password: SecretStr | None = None
    password_file: str | None = None
    ca_file: str | None = None
    timeout_seconds: float = Field(default=30.0, gt=0, le=60)  # many servers look at a mail before they answer

    def clashes(self) -> Iterator[str]:
        yield from super().clashes()
        yield from only_one(self, "password", "password_file")
        if (self.username is None) != (self.password is None and self.password_file is None):
            yield "`username` and `password` belong together"
        read: list[Server] = []
        for server in self.servers:
            try:
                read.append(Server.read(server, self.starttls))
            except ValueError as error:
                yield str(error)
        if self.username is not None and not all(server.is_safe for server in read):
            yield 'a password is sent under TLS only: starttls = "required", or smtps:// servers'

    def check_files(self, base_dir: Path) -> None:
        all_right(partial(self.secret, base_dir), partial(self.certificates, base_dir))

    def connects(self, base_dir: Path) -> Sequence[tuple[str, int, ssl.SSLContext | None]]:
        servers = [Server.read(server, self.starttls) for server in self.servers]
        tls = self.certificates(base_dir)
        return [(server.host, server.port, tls if server.implicit else None) for server in servers]

    def secret(self, base_dir: Path) -> str:
        """The password; empty where none is needed. Raises ConfigError."""
        where = f"channel {self.name}: password_file"
        return secret_text(self.password, self.password_file, where=where, base_dir=base_dir) or ""

    def submission(self, base_dir: Path, guard: AddressGuard) -> Submission:
        """How mails are handed over. Raises ConfigError."""
        return Submission(
            servers=[Server.read(server, self.starttls) for server in self.servers],
            guard=guard,
            timeout_seconds=self.timeout_seconds,
            username=self.username or "",
            password=self.secret(base_dir),
            tls=self.certificates(base_dir),
        )

    def certificates(self, base_dir: Path) -> ssl.SSLContext:
        """Certificates are always verified. Raises ConfigError."""
        try:
            return ssl.create_default_context(cafile=None if self.ca_file is None else str(base_dir / self.ca_file))
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(
                [f"channel {self.name}: ca_file: cannot read {self.ca_file}: {type(error).__name__}"]
            ) from error


class EmailChannel:
    """Two messages at a time; threads are made by headers, not by the order."""

    kind = "email"
    limits = _LIMITS
    capabilities = _CAPABILITIES

    def __init__(self, settings: EmailSettings, tools: ChannelTools) -> None:
        self.name = settings.name
        self.limit_key = ""
        self._to = _each_once(settings.to)
        self._sender = settings.sender
        self._reply_to = settings.reply_to
        self._return_path = address_of(settings.return_path or settings.sender).addr_spec
        self._domain = address_of(settings.sender).domain
        self._view = settings.view(tools.base_dir, defuse=False)  # nobody is pinged by a mail's text
        self._mail_book = tools.mail_book
        self._watch = tools.watch
        self._submission = settings.submission(tools.base_dir, tools.guard)

    async def send(self, message: Message, sending: Sending) -> Receipt:
        book, key = self._mail_book, sending.notification_id
        noted = await book.handed_over(key)
        gone = await book.unsubscribed(self.name)
        wanted = {address: one for address, one in self._to.items() if address.lower() not in gone}
        if not wanted:
            raise SendFailure(FailureReason.GONE, "everybody has unsubscribed", retriable=False)
        said = {address: noted[address] for address in wanted if address in noted}
        letters = [
            await self._letter(message, sending, address, one) for address, one in wanted.items() if address not in said
        ]

        async def taken(address: str, answer: str) -> None:
            said[address] = answer
            await book.note(key, address, answer)

        for letter in letters:
            head, _, body = letter.content.partition(b"\r\n\r\n")
            self._watch("MAIL", letter.recipient, dict(message_from_bytes(head).items()), body)
        failures = await submit(self._submission, self._return_path, letters, taken)
        return _result(said, failures)

    async def _letter(self, message: Message, sending: Sending, address: str, recipient: str) -> Letter:
        envelope = Envelope(
            sender=self._sender,
            recipient=recipient,
            reply_to=self._reply_to,
            notification_id=sending.notification_id,
            domain=self._domain,
            unsubscribe=await self._mail_book.unsubscribe_address(self.name, address),
        )
        return Letter(
            recipient=address,
            content=email_bytes(message, self._view, envelope),
            utf8=envelope.needs_utf8 or not self._return_path.isascii(),
        )


def _each_once(recipients: Sequence[str]) -> dict[str, str]:
    """Bare address -> as the settings write it. Whoever stands there twice gets one mail."""
    firsts: dict[str, str] = {}
    for one in recipients:
        firsts.setdefault(address_of(one).addr_spec.lower(), one)
    return {address_of(one).addr_spec: one for one in firsts.values()}


def _result(said: Mapping[str, str], failures: Mapping[str, SendFailure]) -> Receipt:
    """Success where all have it, or where the others are refused for good. Raises SendFailure for what may be tried again."""
    again = {who: failure for who, failure in failures.items() if failure.retriable}
    if again or not said:
        who, failure = next(iter((again or failures).items()))
        others = f", and {len(failures) - 1} more" if len(failures) > 1 else ""
        had = f"; {len(said)} have it" if said else ""
        of_mailbox = said and failure.reason is FailureReason.SERVER_ERROR  # it says nothing of the server
        raise SendFailure(
            FailureReason.REFUSED if of_mailbox else failure.reason,
            f"{who}{others}: {failure.detail}{had}",
            retriable=failure.retriable,
            status=failure.status,
        )
    refused = "".join(f"; refused for {who}: {failure.detail}" for who, failure in failures.items())
    first = next(iter(said.values()))
    return Receipt(Confirmation.ACCEPTED, 250, f"handed over for {len(said)}: {first}{refused}")


def email_bytes(message: Message, view: View, envelope: Envelope) -> bytes:
    """The mail within its budget; headline and link always stay."""
    return _fitted(message, view, envelope).rendered


def _fitted(message: Message, view: View, envelope: Envelope) -> Laid[bytes]:
    return fit(
        message,
        view,
        _LONGEST,
        lambda layout: mail_bytes(message, layout, envelope),
        lambda mail: len(mail) <= _MAX_BYTES,
    )


_SOMEBODY = Envelope(
    sender="wirewatch@news.example",
    recipient="desk@news.example",
    reply_to=None,
    notification_id="n",
    domain="news.example",
)

KIND = Kind(
    what="a mail for each of several people, in one thread for each story",
    settings=EmailSettings,
    make=EmailChannel,
    limits=_LIMITS,
    capabilities=_CAPABILITIES,
    cut=lambda message: _fitted(message, View(defuse=False), _SOMEBODY).cut,
)
