"""kind = "mattermost": an incoming webhook, or a bot, whose posts can be edited and answered in threads.

Mattermost takes Slack's attachments and ignores its blocks; their text is Markdown (mattermost_text.py). A bot's post carries our id,
so that one whose answer got lost is found again instead of posted twice.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol
from urllib.parse import quote

import orjson
from pydantic import SecretStr

from alerts.channels.channel import Capabilities, Confirmation, Limits, Rate, Receipt, SendFailure, Sending
from alerts.channels.json_answer import broke_off, json_of, text_at
from alerts.channels.kind import ChannelTools, Kind
from alerts.channels.layout import Laid, Layout, Longest, View, fit
from alerts.channels.mattermost_text import mattermost_lines
from alerts.channels.message import Message
from alerts.channels.posting import Posted, held_up, is_success, post, refused
from alerts.channels.settings import HttpChannelSettings, all_right, limit_key, needed_secret, only_one
from core.model.outcome import FailureReason, Priority
from core.net.failure import retry_after_seconds

_TEXT = 16_000  # characters; 16,383 documented for a post
_PROPERTIES = 7_400  # characters of its JSON; servers of some years ago take 8,000, of which 400 are their own
_LIMITS = Limits(max_bytes=64_000, in_flight=1, shared_rate=Rate(count=10, seconds=1.0))
_WEBHOOK = Capabilities()
_BOT = Capabilities(edit=True, thread=True, asks=True)
_LONGEST = Longest(title=300, source=80, snippet=400, rule=150)
_PROP = "wirewatch_id"
_SKEW = timedelta(minutes=5)  # between our clock and the server's
_IN_GO = re.compile("[<>&\u2028\u2029]")  # six characters each in the JSON that the server measures
_ID = re.compile(r'\{\s*"id"\s*:\s*"(\w+)"')
_NO_ROOT = "root_id.app_error"  # what is to be answered below was deleted
_TOO_OLD = "permissions_time_limit"  # the server lets nobody change a post of this age
_LIST_BYTES = 8_000_000  # the posts of a channel since then
_RED, _BLUE = "#c0392b", "#2c6fbb"


class _Judge(Protocol):
    def __call__(self, answer: Posted, now: datetime) -> Receipt | SendFailure | None: ...


class MattermostSettings(HttpChannelSettings):
    """`url`: the incoming webhook's address; with a bot's `token`, the server's, and `channel` is the channel's id."""

    meanings: ClassVar[Mapping[str, str]] = {
        "url": "the incoming webhook's address, which is a secret, or the server's for a bot",
        "token": "the bot's access token",
        "channel": "the id of the channel that the bot posts to",
    }

    kind: Literal["mattermost"]
    token: SecretStr | None = None
    token_file: str | None = None
    channel: str | None = None

    def clashes(self) -> Iterator[str]:
        yield from super().clashes()
        yield from only_one(self, "token", "token_file")
        if self.by_bot != bool((self.channel or "").strip()):
            yield "a bot needs both `token` and `channel` (the channel's id); a webhook needs neither"

    @property
    def by_bot(self) -> bool:
        return self.token is not None or self.token_file is not None

    def check_files(self, base_dir: Path) -> None:
        all_right(partial(super().check_files, base_dir), partial(self.bot_token, base_dir))

    def bot_token(self, base_dir: Path) -> str | None:
        """The bot's token; None for a webhook. Raises ConfigError."""
        if not self.by_bot:
            return None
        return needed_secret(self.token, self.token_file, where=f"channel {self.name}: token", base_dir=base_dir)


class MattermostChannel:
    """One message at a time."""

    kind = "mattermost"
    limits = _LIMITS

    def __init__(self, settings: MattermostSettings, tools: ChannelTools) -> None:
        self.name = settings.name
        self._token = settings.bot_token(tools.base_dir)
        self._channel = settings.channel or ""
        self._url = settings.receiver(tools.base_dir).rstrip("/")
        self._api = f"{self._url.removesuffix('/api/v4')}/api/v4"
        self.capabilities = _WEBHOOK if self._token is None else _BOT
        self.limit_key = "" if self._token is None else limit_key(self.kind, self._token)
        self._timeout_seconds = settings.timeout_seconds
        self._poster = tools.poster
        self._view = settings.view(tools.base_dir)

    async def send(self, message: Message, sending: Sending) -> Receipt:
        post_data = mattermost_post(message, self._view)
        if self._token is None:
            return await self._ask("POST", self._url, post_data, sending, _judge_webhook)
        data = {
            "channel_id": self._channel,
            "root_id": sending.thread or "",
            "pending_post_id": sending.notification_id,  # of a repeat within half a minute nothing is made
            **_as_bot(post_data, sending),
        }
        try:
            return await self._ask("POST", f"{self._api}/posts", data, sending, _judge_post)
        except SendFailure as failure:
            if not (sending.thread and _NO_ROOT in failure.detail):
                raise
        return await self._ask("POST", f"{self._api}/posts", {**data, "root_id": ""}, sending, _judge_post)

    async def edit(self, message: Message, reference: str, sending: Sending) -> Receipt:
        """Bring a bot's post up to date."""
        data = _as_bot(mattermost_post(message, self._view), sending)
        receipt = await self._ask(
            "PUT", f"{self._api}/posts/{quote(reference, safe='')}/patch", data, sending, _judge_edit
        )
        return replace(receipt, reference=reference)

    async def find(self, message: Message, sending: Sending) -> Receipt | None:
        """A bot's post that carries this id, among those of the channel since the first try may have begun."""
        began = message.maybe_sent or sending.now - timedelta(days=1)
        found: list[str] = []

        def judge(answer: Posted, now: datetime) -> Receipt | SendFailure | None:
            if not is_success(answer.status):
                return _held_up(answer, now)
            said = json_of(answer)
            posts = said.get("posts") if said is not None else None
            if not isinstance(posts, dict):
                return refused(answer)
            known = [one for one in posts.values() if isinstance(one, dict) and not one.get("delete_at")]
            found.extend(text_at(one, "id") for one in known if text_at(one, "props", _PROP) == sending.notification_id)
            return Receipt(Confirmation.DELIVERED)

        since = int((began - _SKEW).timestamp() * 1000)
        url = f"{self._api}/channels/{quote(self._channel, safe='')}/posts?since={since}"
        receipt = await self._ask("GET", url, None, sending, judge, answer_bytes=_LIST_BYTES)
        return None if not found else Receipt(receipt.confirmation, receipt.status, "it had arrived", found[0])

    async def _ask(
        self, method: str, url: str, data: Any, sending: Sending, judge: _Judge, *, answer_bytes: int = 65_536
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
            judge=partial(judge, now=sending.now),
            secrets=frozenset() if self._token is None else frozenset({self._token}),
            answer_bytes=answer_bytes,
        )


def _as_bot(data: dict[str, Any], sending: Sending) -> dict[str, Any]:
    """A webhook's message as a bot posts it."""
    props = {"attachments": data["attachments"], _PROP: sending.notification_id}
    return {"message": data.get("text", ""), "props": props}


def _judge_webhook(answer: Posted, now: datetime) -> Receipt | SendFailure | None:
    """A webhook that took a message says `ok`."""
    if not is_success(answer.status):
        return _held_up(answer, now)
    text = answer.body.strip()
    taken = text == "ok" or (not answer.whole and "ok".startswith(text))
    return Receipt(Confirmation.DELIVERED) if taken else refused(answer)


def _judge_post(answer: Posted, now: datetime) -> Receipt | SendFailure | None:
    """A post that was made or changed has an id and a channel; an error has an id too, but no channel."""
    if not is_success(answer.status):
        return _held_up(answer, now)
    said = json_of(answer)
    if text_at(said, "id") and text_at(said, "channel_id"):
        return Receipt(Confirmation.DELIVERED, reference=text_at(said, "id"))
    if said is None and broke_off(answer):
        begun = _ID.match(answer.body)
        return Receipt(Confirmation.DELIVERED, reference=begun[1] if begun else "")
    return refused(answer)


def _judge_edit(answer: Posted, now: datetime) -> Receipt | SendFailure | None:
    if answer.status in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND) or _TOO_OLD in answer.body:
        # What was deleted is forbidden, not unknown.
        why = text_at(json_of(answer), "message") or "it is there no more"
        return SendFailure(
            FailureReason.GONE, f"HTTP {answer.status}: the post cannot be changed: {why}", retriable=False
        )
    return _judge_post(answer, now)


def _held_up(answer: Posted, now: datetime) -> SendFailure | None:
    """A 429 says in a header of its own when the limit is over, in seconds."""
    wanted = retry_after_seconds(answer.headers.get("X-Ratelimit-Reset"), now)
    return held_up(answer, now, seconds=wanted)


def mattermost_post(message: Message, view: View) -> dict[str, Any]:
    """A post as Mattermost's API has it, within its limits; headline and link always stay."""
    return _fitted(message, view).rendered


def _fitted(message: Message, view: View) -> Laid[dict[str, Any]]:
    return fit(message, view, _LONGEST, _encode, _fits)


def _fits(data: dict[str, Any]) -> bool:
    written = orjson.dumps({"attachments": data["attachments"], _PROP: _PROP * 2}).decode()
    size = len(written) + 5 * len(_IN_GO.findall(written))
    return size <= _PROPERTIES and len(data.get("text", "")) <= _TEXT


def _encode(layout: Layout) -> dict[str, Any]:
    attachment = {
        "fallback": layout.title,
        "color": _RED if layout.priority is Priority.FLASH else _BLUE,
        "text": "\n".join(mattermost_lines(layout)),
    }
    data: dict[str, Any] = {"attachments": [attachment]}
    if layout.mention:
        data["text"] = layout.mention  # configured, so it is markup
    return data


KIND = Kind(
    what="a Mattermost channel, by an incoming webhook or as a bot",
    settings=MattermostSettings,
    make=MattermostChannel,
    limits=_LIMITS,
    capabilities=_BOT,
    cut=lambda message: _fitted(message, View()).cut,
)
