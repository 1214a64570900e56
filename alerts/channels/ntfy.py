"""kind = "ntfy": push notifications to phones and desktops by a topic of ntfy.sh or a server of one's own, as JSON.

A server from 2.16 on brings a notification up to date by its sequence id, and so makes a repeat harmless; an older one would show
a second one, so edits are made only where the channel asks for them.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import unquote, urlsplit, urlunsplit

import orjson
from pydantic import SecretStr

from alerts.channels.channel import Capabilities, Confirmation, Limits, Rate, Receipt, SendFailure, Sending
from alerts.channels.json_answer import broke_off, json_of, text_at
from alerts.channels.kind import ChannelTools, Kind
from alerts.channels.layout import ArticleBlock, Laid, Layout, Longest, View, fit
from alerts.channels.message import Message
from alerts.channels.posting import Posted, held_up, is_success, post, refused
from alerts.channels.rich_text import Line, line_text
from alerts.channels.settings import HttpChannelSettings, all_right, limit_key, needed_secret, only_one, secret_text
from core.errors import ConfigError
from core.model.outcome import Priority
from core.text.visible import one_line

_MAX_BYTES = 8_000  # twice a message's are read of a request, addresses of buttons included
_MESSAGE_BYTES = 4_000  # 4,096 documented; what is longer becomes an attached file
_BESIDE_BYTES = 250  # the topic and the sequence id
_LONGEST_URL = 2_000  # it stands in a request twice
# A server gives 60 requests, and another one each five seconds, to all that comes from one address or user.
_LIMITS = Limits(max_bytes=_MAX_BYTES, in_flight=1, shared_rate=Rate(count=60, seconds=300.0))
_CAPABILITIES = Capabilities(buttons=True)
_EDITING = Capabilities(buttons=True, edit=True, idempotent=True)
_LONGEST = Longest(title=200, source=80, snippet=300, rule=100, because=200)
_PRIORITY = {Priority.FLASH: 5, Priority.NORMAL: 3, Priority.LOW: 2}
_SILENT = 2
_TAGS = {Priority.FLASH: ["rotating_light"], Priority.NORMAL: ["newspaper"], Priority.LOW: ["newspaper"]}
_MOST_ACTIONS = 3
_ANSWER_BYTES = 32_000  # it repeats the whole message


class NtfySettings(HttpChannelSettings):
    """`url` is the topic's address, which is its only secret where the server asks for none. `edits`: the server is 2.16 or later."""

    meanings: ClassVar[Mapping[str, str]] = {
        "url": "the topic's address",
        "token": "an access token",
        "username": "who signs in where there is no token; needs a password",
        "password": "their password",
        "edits": "bring messages up to date, and show none twice; the server must be 2.16 or later",
    }

    kind: Literal["ntfy"]
    token: SecretStr | None = None
    token_file: str | None = None
    username: str | None = None
    password: SecretStr | None = None
    password_file: str | None = None
    edits: bool = False

    def clashes(self) -> Iterator[str]:
        yield from super().clashes()
        yield from only_one(self, "token", "token_file")
        yield from only_one(self, "password", "password_file")
        by_token = self.token is not None or self.token_file is not None
        by_password = self.password is not None or self.password_file is not None
        if by_password != (self.username is not None):
            yield "`username` and `password` belong together"
        if by_token and by_password:
            yield "either `token` or `username` and `password`"

    def check_files(self, base_dir: Path) -> None:
        all_right(partial(self.topic, base_dir), partial(self.authorization, base_dir))

    def topic(self, base_dir: Path) -> tuple[str, str]:
        """The server's address and the topic. Raises ConfigError."""
        parts = urlsplit(self.receiver(base_dir))
        folder, _, name = parts.path.rstrip("/").rpartition("/")
        if not name:
            raise ConfigError(
                [f"channel {self.name}: url: expected the address of a topic, such as https://ntfy.sh/TOPIC"]
            )
        return urlunsplit((parts.scheme, parts.netloc, f"{folder}/", "", "")), unquote(name)

    def authorization(self, base_dir: Path) -> tuple[str, frozenset[str]]:
        """The header's value, empty where the server asks for none, and what of it is secret. Raises ConfigError."""
        where = f"channel {self.name}"
        if self.token is not None or self.token_file is not None:
            token = needed_secret(self.token, self.token_file, where=f"{where}: token", base_dir=base_dir)
            return f"Bearer {token}", frozenset({token})
        password = secret_text(self.password, self.password_file, where=f"{where}: password_file", base_dir=base_dir)
        if password is None:
            return "", frozenset()
        encoded = b64encode(f"{self.username}:{password}".encode()).decode()
        return f"Basic {encoded}", frozenset({password, encoded})


class NtfyChannel:
    """One message at a time."""

    kind = "ntfy"
    limits = _LIMITS

    def __init__(self, settings: NtfySettings, tools: ChannelTools) -> None:
        self.name = settings.name
        self.capabilities = _EDITING if settings.edits else _CAPABILITIES
        self._server, self._topic = settings.topic(tools.base_dir)
        self._authorization, self._secrets = settings.authorization(tools.base_dir)
        self.limit_key = limit_key(self.kind, f"{self._server} {self._authorization}")
        self._timeout_seconds = settings.timeout_seconds
        self._poster = tools.poster
        self._view = settings.view(tools.base_dir)

    async def send(self, message: Message, sending: Sending) -> Receipt:
        data = ntfy_data(message, self._view)
        if not self.capabilities.edit:
            return await self._publish(data, sending)
        # Our id is the sequence's, so that a repeat takes the place of what may be there.
        receipt = await self._publish({**data, "sequence_id": sending.notification_id}, sending)
        return replace(receipt, reference=sending.notification_id)

    async def edit(self, message: Message, reference: str, sending: Sending) -> Receipt:
        """Another revision under the id of the first, which rings and vibrates nowhere."""
        data = {**ntfy_data(message, self._view), "sequence_id": reference, "priority": _SILENT}
        receipt = await self._publish(data, sending)
        return replace(receipt, reference=reference)

    async def _publish(self, data: dict[str, Any], sending: Sending) -> Receipt:
        headers = {"content-type": "application/json"}
        if self._authorization:
            headers["authorization"] = self._authorization
        return await post(
            self._poster,
            self._server,
            orjson.dumps({"topic": self._topic, **data}),
            headers,
            timeout_seconds=self._timeout_seconds,
            now=sending.now,
            judge=partial(_judge, now=sending.now),
            answer_bytes=_ANSWER_BYTES,
            secrets=self._secrets | {self._topic},
        )


def _judge(answer: Posted, now: datetime) -> Receipt | SendFailure | None:
    if not is_success(answer.status):
        return held_up(answer, now)
    key = text_at(json_of(answer), "id")
    return Receipt(Confirmation.DELIVERED, reference=key) if key or broke_off(answer) else refused(answer)


def ntfy_data(message: Message, view: View) -> dict[str, Any]:
    """The JSON of one notification without its topic; headline and link always stay."""
    return _fitted(message, view).rendered


def _fitted(message: Message, view: View) -> Laid[dict[str, Any]]:
    return fit(message, view, _LONGEST, _encode, _fits)


def _fits(data: dict[str, Any]) -> bool:
    whole = len(orjson.dumps(data)) + _BESIDE_BYTES
    return len(data["message"].encode()) <= _MESSAGE_BYTES and whole <= _MAX_BYTES


def _encode(layout: Layout) -> dict[str, Any]:
    first = layout.articles[0] if layout.articles else None
    data: dict[str, Any] = {
        "title": layout.title,
        "message": "\n".join(_lines(layout)).strip() or layout.title,
        "priority": _PRIORITY[layout.priority],
        "tags": _TAGS[layout.priority],
    }
    if first is not None and _shown_url(first.url):
        data["click"] = _shown_url(first.url)
    actions = layout.buttons[-_MOST_ACTIONS:]
    if actions:
        data["actions"] = [{"action": "view", "label": one.label, "url": one_line(one.url)} for one in actions]
    return data


def _lines(layout: Layout) -> list[str]:
    """Plain text: not every app of ntfy shows Markdown."""
    if layout.body:
        told = [_line(line) for line in layout.body]
    else:
        told = [" · ".join(_first(layout))]
        for block in layout.articles:
            told += ["", *_article(block, layout.title)]
        if layout.more:
            told += ["", f"and {layout.more} more"]
    told += [text for text in (*layout.notes, layout.state, layout.mention) if text]
    return [*told, *(f"{button.label}: {button.url}" for button in layout.buttons[:-_MOST_ACTIONS])]


def _first(layout: Layout) -> tuple[str, ...]:
    """The rule, where the title is too short for its name, and why it is sent."""
    return layout.why if layout.title.startswith(layout.rule.text) else (layout.rule.text, *layout.why)


def _article(block: ArticleBlock, title: str) -> list[str]:
    """What the title tells is not told again: a telephone shows few lines."""
    lines = [
        "" if title.endswith(block.headline) else block.headline,
        " · ".join(block.facts),
        "".join(f"»{span.text}«" if span.bold else span.text for span in block.quote),
        _shown_url(block.url),
    ]
    return [line for line in lines if line]


def _shown_url(url: str) -> str:
    """The address without blanks, at which apps end a link; nothing of one that leaves no room for the rest."""
    return one_line(url).replace(" ", "%20") if len(url) <= _LONGEST_URL else ""


def _line(line: Line) -> str:
    return line_text(line, plain=str, bold=str, link=lambda text, url: f"{text} {url}")


KIND = Kind(
    what="push notifications to phones, by a topic of ntfy",
    settings=NtfySettings,
    make=NtfyChannel,
    limits=_LIMITS,
    capabilities=_EDITING,
    cut=lambda message: _fitted(message, View()).cut,
)
