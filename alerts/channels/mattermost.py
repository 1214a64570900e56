"""kind = "mattermost": an incoming webhook, or a bot, whose posts can be edited and answered in threads.

Mattermost takes Slack's attachments and ignores its blocks; its text is Markdown (CommonMark), so what others wrote is escaped.
"""

import re
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import quote

import orjson
from pydantic import SecretStr, model_validator

from alerts.channels.channel import Capabilities, Confirmation, Limits, Receipt, SendFailure, Sending
from alerts.channels.json_answer import json_of, text_at
from alerts.channels.kind import ChannelTools, Kind
from alerts.channels.layout import ArticleBlock, Laid, Layout, Longest, View, fit
from alerts.channels.message import Message
from alerts.channels.posting import Judge, Posted, is_success, post, refused
from alerts.channels.rich_text import Line, line_text
from alerts.channels.settings import HttpChannelSettings, secret_text
from core.model.outcome import FailureReason, Priority
from core.text.visible import one_line

_MAX_CHARACTERS = 16_000  # 16,383 documented for a post
_ATTACHMENT_CHARACTERS = 7_500  # servers of some years ago refuse more than 7,900 in an attachment
_LIMITS = Limits(max_bytes=64_000, in_flight=1)
_WEBHOOK = Capabilities()
_BOT = Capabilities(edit=True, thread=True, asks=True)
_LONGEST = Longest(title=300, source=80, snippet=400, rule=150)
_SPECIAL = re.compile(r"[\\`*_\[\]<>#|~!&:]")
_PUNCTUATION_AT_EDGE = re.compile(r"^\W|\W$")
_HAIR_SPACE = "\u200a"  # Markdown's asterisks want a blank beside them where the bold text ends with punctuation
_PROP = "wirewatch_id"
_RED, _BLUE = "#c0392b", "#2c6fbb"


class MattermostSettings(HttpChannelSettings):
    """`url`: the incoming webhook's address; with a bot's `token`, the server's, and `channel` is the channel's id."""

    kind: Literal["mattermost"]
    token: SecretStr | None = None
    token_file: str | None = None
    channel: str | None = None

    @model_validator(mode="after")
    def _bot_or_webhook(self) -> Self:
        if self.token is not None and self.token_file is not None:
            raise ValueError("only one of `token` and `token_file` may be set")
        if (self.token is None and self.token_file is None) != (self.channel is None):
            raise ValueError("a bot needs both `token` and `channel` (the channel's id); a webhook needs neither")
        return self

    def check_files(self, base_dir: Path) -> None:
        super().check_files(base_dir)
        self.bot_token(base_dir)

    def bot_token(self, base_dir: Path) -> str | None:
        """The bot's token; None for a webhook. Raises ConfigError."""
        where = f"channel {self.name}: token_file"
        return secret_text(self.token, self.token_file, where=where, base_dir=base_dir)


class MattermostChannel:
    """One message at a time."""

    kind = "mattermost"
    limits = _LIMITS

    def __init__(self, settings: MattermostSettings, tools: ChannelTools) -> None:
        self.name = settings.name
        self._token = settings.bot_token(tools.base_dir)
        self._channel = settings.channel or ""
        self._url = settings.receiver(tools.base_dir).rstrip("/")
        self.capabilities = _WEBHOOK if self._token is None else _BOT
        self.limit_key = "" if self._token is None else f"mattermost:{self._url}"
        self._timeout_seconds = settings.timeout_seconds
        self._poster = tools.poster
        self._view = settings.view(tools.base_dir)

    async def send(self, message: Message, sending: Sending) -> Receipt:
        post_data = mattermost_post(message, self._view)
        if self._token is None:
            return await self._ask("POST", self._url, post_data, sending, _judge_webhook)
        text = post_data.pop("text", "")
        props = {"attachments": post_data["attachments"], _PROP: sending.notification_id}
        data = {
            "channel_id": self._channel,
            "message": text,
            "root_id": sending.thread or "",
            "props": props,
            "pending_post_id": sending.notification_id,
        }
        return await self._ask("POST", f"{self._url}/api/v4/posts", data, sending, _judge_post)

    async def edit(self, message: Message, reference: str, sending: Sending) -> Receipt:
        """Bring a bot's post up to date."""
        post_data = mattermost_post(message, self._view)
        props = {"attachments": post_data["attachments"], _PROP: sending.notification_id}
        url = f"{self._url}/api/v4/posts/{quote(reference, safe='')}/patch"
        return await self._ask("PUT", url, {"message": post_data.get("text", ""), "props": props}, sending, _judge_edit)

    async def find(self, message: Message, sending: Sending) -> Receipt | None:
        """A bot's post that carries this id, among those since the message was made."""
        since = int(message.created.timestamp() * 1000) - 60_000
        found: list[str] = []

        def judge(answer: Posted) -> Receipt | SendFailure | None:
            said = json_of(answer)
            if not is_success(answer.status) or said is None:
                return None if not is_success(answer.status) else refused(answer)
            posts = said.get("posts")
            listed = posts.values() if isinstance(posts, dict) else ()
            known = [one for one in listed if isinstance(one, dict)]
            found.extend(text_at(one, "id") for one in known if text_at(one, "props", _PROP) == sending.notification_id)
            return Receipt(Confirmation.DELIVERED)

        url = f"{self._url}/api/v4/channels/{quote(self._channel, safe='')}/posts?since={since}"
        receipt = await self._ask("GET", url, None, sending, judge, answer_bytes=4_000_000)
        return None if not found else Receipt(receipt.confirmation, receipt.status, "it had arrived", found[0])

    async def _ask(
        self, method: str, url: str, data: Any, sending: Sending, judge: Judge, *, answer_bytes: int = 65_536
    ) -> Receipt:
        headers = {"content-type": "application/json"}
        if self._token is not None:
            headers["authorization"] = f"Bearer {self._token}"
        return await post(
            self._poster,
            url,
            b"" if data is None else orjson.dumps(data),
            headers,
            method=method,
            timeout_seconds=self._timeout_seconds,
            now=sending.now,
            judge=judge,
            secrets=frozenset() if self._token is None else frozenset({self._token}),
            answer_bytes=answer_bytes,
        )


def _judge_webhook(answer: Posted) -> Receipt | SendFailure | None:
    """A webhook that took a message says `ok`."""
    if not is_success(answer.status):
        return None
    taken = not answer.whole or answer.body.strip() == "ok"
    return Receipt(Confirmation.DELIVERED) if taken else refused(answer)


def _judge_post(answer: Posted) -> Receipt | SendFailure | None:
    if not is_success(answer.status):
        return None
    said = json_of(answer)
    if said is None and not answer.whole:
        return Receipt(Confirmation.DELIVERED)
    return Receipt(Confirmation.DELIVERED, reference=text_at(said, "id")) if text_at(said, "id") else refused(answer)


def _judge_edit(answer: Posted) -> Receipt | SendFailure | None:
    if answer.status in (403, 404):  # a post that was deleted is forbidden
        return SendFailure(FailureReason.GONE, f"HTTP {answer.status}: the post is gone", retriable=False)
    return _judge_post(answer)


def mattermost_post(message: Message, view: View) -> dict[str, Any]:
    """A post as Mattermost's API has it, within its limits; headline and link always stay."""
    return _fitted(message, view).rendered


def _fitted(message: Message, view: View) -> Laid[dict[str, Any]]:
    return fit(message, view, _LONGEST, _encode, _fits)


def _fits(data: dict[str, Any]) -> bool:
    (attachment,) = data["attachments"]
    text = attachment["text"]
    return len(text) <= _ATTACHMENT_CHARACTERS and len(text) + len(data.get("text", "")) <= _MAX_CHARACTERS


def _encode(layout: Layout) -> dict[str, Any]:
    attachment = {
        "fallback": layout.title,
        "color": _RED if layout.priority is Priority.FLASH else _BLUE,
        "text": "\n".join(_lines(layout)),
    }
    data: dict[str, Any] = {"attachments": [attachment]}
    if layout.mention:
        data["text"] = layout.mention  # configured, so it is markup
    return data


def _lines(layout: Layout) -> list[str]:
    if layout.body:
        told = [_line(line) for line in layout.body]
    else:
        told = [_heading(layout)]
        for block in layout.articles:
            told += ["", *_article(block)]
        if layout.more:
            told += ["", f"and {layout.more} more"]
    told += [f"_{escape(text)}_" for text in (*layout.notes, layout.state) if text]
    if layout.buttons:
        told += ["", " · ".join(_link(escape(button.label), button.url) for button in layout.buttons)]
    return told


def _heading(layout: Layout) -> str:
    urgent = "🚨 " if layout.priority is Priority.FLASH else ""
    return urgent + " · ".join([_line((layout.rule,)), *map(escape, layout.why)])


def _article(block: ArticleBlock) -> list[str]:
    quote_line = _line(block.quote)
    lines = [f"**{_link(escape(block.headline), block.url)}**", escape(" · ".join(block.facts))]
    return [line for line in (*lines, f"> {quote_line}" if quote_line else "") if line]


def _line(line: Line) -> str:
    return line_text(line, plain=escape, bold=_bold, link=_link)


def _bold(text: str) -> str:
    bold = f"**{text}**"
    return f"{_HAIR_SPACE}{bold}{_HAIR_SPACE}" if _PUNCTUATION_AT_EDGE.search(text) else bold


def escape(text: str) -> str:
    """What Markdown and emoji names would read as markup."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def _link(text: str, url: str) -> str:
    safe = (
        one_line(url)
        .replace("(", "%28")
        .replace(")", "%29")
        .replace(" ", "%20")
        .replace("<", "%3C")
        .replace("\\", "%5C")
    )
    return f"[{text}]({safe})"


KIND = Kind(
    what="a Mattermost channel, by an incoming webhook or as a bot",
    settings=MattermostSettings,
    make=MattermostChannel,
    limits=_LIMITS,
    capabilities=_BOT,
    cut=lambda message: _fitted(message, View()).cut,
)
