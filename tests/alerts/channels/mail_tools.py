"""E-mail channels for tests: with a mail book in memory, against servers on loopback."""

from collections.abc import Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from alerts.channels.channel import Channel, Sending
from alerts.channels.kind import ChannelTools
from alerts.channels.mail_book import MailBook
from alerts.channels.message import message_of
from alerts.channels.registry import build_channel, channel_settings
from core.clock import SystemClock
from core.net.client import Fetcher
from core.net.guard import AddressGuard
from tests.alerts.making import NOW, notification
from tests.fakes.mail_server import MailServer

ANN, BEN = "Ann <ann@desk.example>", "ben@desk.example"
MESSAGE = message_of(notification())


class Book:
    """A mail book in memory."""

    def __init__(self) -> None:
        self.noted: dict[str, dict[str, str]] = {}
        self.gone: set[str] = set()

    async def handed_over(self, notification_id: str) -> Mapping[str, str]:
        return dict(self.noted.get(notification_id, {}))

    async def note(self, notification_id: str, recipient: str, said: str) -> None:
        self.noted.setdefault(notification_id, {})[recipient] = said

    async def unsubscribed(self, channel: str) -> frozenset[str]:
        return frozenset(self.gone)

    async def unsubscribe_address(self, channel: str, recipient: str) -> str:
        return f"https://wire.example/u/{channel}/{recipient.partition('@')[0][-3:]}{'0' * 90}"


def channel(*servers: str, book: MailBook | None = None, base_dir: Path = Path(), **more: object) -> Channel:
    raw = {"name": "mail", "kind": "email", "to": [ANN, BEN], "from": "Wire <wire@news.example>", "timeout_seconds": 2}
    settings = channel_settings({**raw, "servers": list(servers), "starttls": "off", **more})
    fetcher = Fetcher(AddressGuard(), "wirewatch/test", SystemClock())
    tools = ChannelTools(
        poster=fetcher, base_dir=base_dir, guard=AddressGuard(["127.0.0.0/8", "::1/128"]), mail_book=book or Book()
    )
    return build_channel(settings, tools)


def plain(server: MailServer) -> str:
    return f"smtp://127.0.0.1:{server.port}"


def sending(key: str = "n1") -> Sending:
    return Sending(notification_id=key, attempt=1, now=NOW)


def read(content: bytes) -> EmailMessage:
    found: Any = message_from_bytes(content, policy=default)
    assert isinstance(found, EmailMessage)
    return found
