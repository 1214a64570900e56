"""The requests that channels make for a message, kept instead of sent."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from alerts.channels.channel import Sending
from alerts.channels.email import email_bytes
from alerts.channels.kind import ChannelTools
from alerts.channels.layout import View
from alerts.channels.mail import Envelope
from alerts.channels.message import Message
from alerts.channels.registry import build_channel, channel_settings
from core.net.client import Posted
from core.net.guard import AddressGuard
from tests.pictures.sample import NOW

ZONE = "Europe/Berlin"
_SECRET = "whsec_" + base64.b64encode(bytes(32)).decode()
# Settings of each kind whose payload is drawn, and an answer that it takes for success.
KINDS: Mapping[str, tuple[Mapping[str, object], str]] = {
    "slack": ({"token": "xoxb-1", "channel": "C1"}, '{"ok": true, "channel": "C1", "ts": "1.2"}'),
    "discord": ({"url": "https://discord.example/api/webhooks/1/x"}, '{"id": "1", "channel_id": "2"}'),
    "telegram": (
        {"token": "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "chat_id": "-100"},
        '{"ok": true, "result": {"message_id": 1}}',
    ),
    "teams": ({"url": "https://flow.example/x"}, ""),
    "mattermost": ({"url": "https://mattermost.example/hooks/x"}, "ok"),
    "googlechat": (
        {"url": "https://chat.example/v1/spaces/A/messages?key=k&token=t"},
        '{"name": "spaces/A/messages/B"}',
    ),
    "pagerduty": ({"routing_key": "0" * 32}, '{"status": "success", "dedup_key": "x"}'),
    "ntfy": ({"url": "https://ntfy.example/desk"}, '{"id": "x"}'),
    "webhook": ({"url": "https://hook.example/", "secret": _SECRET}, ""),
}


@dataclass
class Keeping:
    """A poster that keeps what it was given."""

    answer: str
    bodies: list[bytes] = field(default_factory=list)

    async def request(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str], timeout_seconds: float, **more: object
    ) -> Posted:
        self.bodies.append(body)
        return Posted(status=200, headers={}, body=self.answer)


async def payload(kind: str, message: Message) -> Any:
    """The JSON that this kind sends for the message."""
    settings, answer = KINDS[kind]
    keeping = Keeping(answer)
    raw = {"name": "desk", "kind": kind, "time_zone": ZONE, **settings}
    tools = ChannelTools(poster=keeping, base_dir=Path(), guard=AddressGuard())
    await build_channel(channel_settings(raw), tools).send(message, Sending(notification_id="n", attempt=1, now=NOW))
    return orjson.loads(keeping.bodies[-1])


def mail(message: Message) -> bytes:
    """The mail of the message."""
    envelope = Envelope(
        sender="wirewatch <wirewatch@desk.example>",
        recipient="Ann <ann@desk.example>",
        reply_to=None,
        notification_id="n",
        domain="desk.example",
        unsubscribe="https://wirewatch.example/u/1",
    )
    return email_bytes(message, View(time_zone=ZONE, defuse=False), envelope)
