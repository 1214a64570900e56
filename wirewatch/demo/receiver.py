"""A small webhook receiver, as a chat tool would have one: it checks the signature, drops repeats by id, shows messages."""

import base64
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from aiohttp import web
from jinja2 import Environment, PackageLoader

_TOLERANCE_SECONDS = 300  # Standard Webhooks: refuse what was signed too long ago


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """An alert as the chat shows it; `pieces` is the snippet, cut where evidence begins and ends."""

    notification_id: str
    kind: str
    rule: str
    reason: str
    priority: str
    title: str
    url: str
    source: str
    published: str
    size: int
    pieces: tuple[tuple[str, bool], ...]
    article_urls: tuple[str, ...]


def verified(headers: Any, body: bytes, secret: str, now: datetime) -> bool:
    """Whether a Standard Webhooks signature is right and fresh."""
    try:
        age = abs(now.timestamp() - int(headers["webhook-timestamp"]))
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        signatures = headers["webhook-signature"].split()
    except (KeyError, ValueError):
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    right = "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    return age <= _TOLERANCE_SECONDS and any(hmac.compare_digest(right, given) for given in signatures)


def highlighted(snippet: str, words: set[str]) -> tuple[tuple[str, bool], ...]:
    """The snippet in pieces; those that are evidence are marked."""
    pieces: list[tuple[str, bool]] = []
    rest = snippet
    while rest:
        found = min(((rest.find(w), -len(w)) for w in words if w and w in rest), default=None)
        if found is None:
            pieces.append((rest, False))
            break
        start, length = found[0], -found[1]
        if start:
            pieces.append((rest[:start], False))
        pieces.append((rest[start : start + length], True))
        rest = rest[start + length :]
    return tuple(pieces)


def chat_message(notification_id: str, payload: dict[str, Any], zone: ZoneInfo) -> ChatMessage:
    """What the chat shows of a webhook's body."""
    article = payload["articles"][0]
    words = {match["text"] for match in article["matches"]}
    published = article.get("published")
    return ChatMessage(
        notification_id=notification_id,
        kind="updated" if payload["event"] == "alert.updated" else "created",
        rule=payload["rule"]["name"],
        reason=payload["reason"],
        priority=payload["rule"]["priority"],
        title=article["title"],
        url=article["url"],
        source=article["source"],
        published=datetime.fromisoformat(published).astimezone(zone).strftime("%H:%M %Z")
        if published
        else "time unknown",
        size=payload["story"]["size"],
        pieces=highlighted(article["snippet"], words),
        article_urls=tuple(a["url"] for a in payload["articles"]),
    )


class Receiver:
    """Listens on loopback. `on_message` is called once for each notification, however often it is sent."""

    def __init__(self, secret: str, now: Callable[[], datetime], on_message: Callable[[ChatMessage], None]) -> None:
        self._secret = secret
        self._now = now
        self._on_message = on_message
        self._runner: web.AppRunner | None = None
        self.messages: dict[str, ChatMessage] = {}
        self.refused = 0
        self.url = ""
        templates = Environment(loader=PackageLoader("wirewatch.demo", "templates"), autoescape=True)
        self._page = templates.get_template("chat.html")

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/hook", self._hook)
        app.router.add_get("/", self._chat)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _hook(self, request: web.Request) -> web.Response:
        body = await request.read()
        if not verified(request.headers, body, self._secret, self._now()):
            self.refused += 1
            return web.Response(status=401, text="bad signature")
        notification_id = request.headers["webhook-id"]
        if notification_id not in self.messages:
            message = chat_message(notification_id, orjson.loads(body), ZoneInfo("UTC"))
            self.messages[notification_id] = message
            self._on_message(message)
        return web.Response(status=204)

    async def _chat(self, _: web.Request) -> web.Response:
        newest_first = list(reversed(self.messages.values()))
        headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return web.Response(text=self._page.render(messages=newest_first), content_type="text/html", headers=headers)
