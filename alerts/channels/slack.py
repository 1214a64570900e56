"""kind = "slack": an incoming webhook, or a bot. Both show the same; only a bot can edit, answer in threads and be asked.

A bot's message carries our id as metadata, so that one whose answer got lost is found again instead of posted twice.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import urlencode

import orjson
from pydantic import SecretStr

from alerts.channels.channel import Capabilities, Channel, Confirmation, Limits, Rate, Receipt, SendFailure, Sending
from alerts.channels.json_answer import json_of
from alerts.channels.kind import ChannelTools, Kind
from alerts.channels.layout import View
from alerts.channels.message import Message
from alerts.channels.one_address import OneAddressChannel
from alerts.channels.posting import Posted, failure_of, is_success, post, refused
from alerts.channels.settings import ApiUrl, HttpChannelSettings, limit_key, needed_secret
from alerts.channels.slack_text import MAX_BYTES, slack_body, slack_cut, slack_post
from core.model.outcome import FailureReason

# "One message per second per channel; short bursts are allowed" (docs: rate limits); 429 with Retry-After above that.
_LIMITS = Limits(max_bytes=MAX_BYTES, in_flight=1, rate=Rate(count=10, seconds=10.0))
_BY_WEBHOOK = Capabilities()
_BY_BOT = Capabilities(edit=True, thread=True, asks=True)
_ANSWER_BYTES = 262_144  # the answer repeats the message
_EVENT_TYPE = "wirewatch_notification"
_SKEW = timedelta(minutes=5)  # between our clock and Slack's
_PAGE, _PAGES = 200, 10


class SlackSettings(HttpChannelSettings):
    """`url` is an incoming webhook's address, which is a secret; or `token` (of a bot) and `channel`."""

    meanings: ClassVar[Mapping[str, str]] = {
        "url": "the incoming webhook's address, which is a secret",
        "token": "the bot's token",
        "channel": "the channel's ID; needed with a token, and only with it",
        "api_url": "where Slack's Web API is: another one for GovSlack",
    }

    kind: Literal["slack"]
    token: SecretStr | None = None
    token_file: str | None = None
    channel: str | None = None
    api_url: ApiUrl = "https://slack.com/api"

    def clashes(self) -> Iterator[str]:
        yield from super(HttpChannelSettings, self).clashes()  # a bot has no address of its own
        ways = [name for name in ("url", "url_file", "token", "token_file") if getattr(self, name) is not None]
        if len(ways) != 1:
            yield "exactly one of `url`, `url_file` (a webhook), `token` and `token_file` (a bot) is needed"
        if self.by_bot and not (self.channel or "").strip():
            yield "a bot needs `channel`: the channel's ID, such as C0123456789"
        if not self.by_bot and self.channel is not None:
            yield "`channel` goes with `token`; an incoming webhook has its channel"

    @property
    def by_bot(self) -> bool:
        return self.token is not None or self.token_file is not None

    def reaches(self, base_dir: Path) -> str | None:
        return self.api_url if self.by_bot else self.receiver(base_dir)

    def check_files(self, base_dir: Path) -> None:
        if self.by_bot:
            self.bot_token(base_dir)
        else:
            self.receiver(base_dir)

    def bot_token(self, base_dir: Path) -> str:
        """Read from `token_file` where it stands there. Raises ConfigError."""
        return needed_secret(self.token, self.token_file, where=f"channel {self.name}: token", base_dir=base_dir)


class SlackWebhook(OneAddressChannel):
    """An incoming webhook: it posts, and nothing else."""

    kind = "slack"
    limits = _LIMITS
    capabilities = _BY_WEBHOOK

    def body(self, message: Message, view: View) -> bytes:
        return slack_body(message, view)

    def judge(self, answer: Posted) -> Receipt | SendFailure | None:
        """Only `ok` or {"ok": true} is a success. One that breaks off counts: the status was success, and Slack drops no repeat."""
        if not is_success(answer.status):
            return None
        text = answer.body.strip()
        said = json_of(answer)
        if text == "ok" or (said is not None and said.get("ok") is True):
            return Receipt(Confirmation.DELIVERED)
        broken_off = not answer.whole and said is None and ("ok".startswith(text) or text.startswith("{"))
        return Receipt(Confirmation.DELIVERED) if broken_off and not _FAILED.search(text) else refused(answer)


class SlackBot:
    """A bot in one channel. A reference is the channel's ID and the message's time: `C0123456789:1772100000.000100`."""

    kind = "slack"
    limits = _LIMITS
    capabilities = _BY_BOT

    def __init__(self, settings: SlackSettings, tools: ChannelTools) -> None:
        self.name = settings.name
        self._token = settings.bot_token(tools.base_dir)
        self._channel = settings.channel or ""
        self._api_url = settings.api_url
        self._timeout_seconds = settings.timeout_seconds
        self._poster = tools.poster
        self._view = settings.view(tools.base_dir)
        self.limit_key = limit_key(self.kind, self._token)

    async def send(self, message: Message, sending: Sending) -> Receipt:
        metadata = {"event_type": _EVENT_TYPE, "event_payload": {"notification_id": sending.notification_id}}
        body = {"channel": self._channel, **slack_post(message, self._view), "metadata": metadata}
        try:
            receipt = await self._write("chat.postMessage", {**body, **_below(sending.thread)}, sending.now)
        except SendFailure as failure:
            if not (sending.thread and _is_of_thread(failure)):
                raise
            receipt = await self._write("chat.postMessage", body, sending.now)
        if receipt is not None:
            return receipt
        return await self._looked_up(message, sending)

    async def edit(self, message: Message, reference: str, sending: Sending) -> Receipt:
        channel, _, ts = reference.rpartition(":")
        shown = slack_post(message, self._view)
        body = {"channel": channel, "ts": ts, "text": shown["text"], "blocks": shown["blocks"]}
        receipt = await self._write("chat.update", body, sending.now)
        return receipt or Receipt(Confirmation.DELIVERED, HTTPStatus.OK, reference=reference)

    async def find(self, message: Message, sending: Sending) -> Receipt | None:
        """Look for our id in what was posted since the first try may have begun: in the thread, or in the channel."""
        began = message.maybe_sent or sending.now - timedelta(days=1)
        channel, _, ts = (sending.thread or "").rpartition(":")
        query = {
            "channel": channel or self._channel,
            "oldest": f"{(began - _SKEW).timestamp():.6f}",
            "limit": str(_PAGE),
            "include_all_metadata": "true",
        }
        if ts:
            try:
                return await self._search("conversations.replies", {**query, "ts": ts}, sending)
            except SendFailure as failure:
                if not _is_of_thread(failure):
                    raise
        return await self._search("conversations.history", query, sending)

    async def _search(self, method: str, query: dict[str, str], sending: Sending) -> Receipt | None:
        for _ in range(_PAGES):
            page = await self._read(method, query, sending.now)
            for one in page["messages"]:
                if _carries(one, sending.notification_id):
                    reference = f"{query['channel']}:{one.get('ts')}"
                    return Receipt(Confirmation.DELIVERED, HTTPStatus.OK, reference=reference)
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
            query = {**query, "cursor": str(cursor)}
        return None

    async def _looked_up(self, message: Message, sending: Sending) -> Receipt:
        """Slack took the request, and what it said of it got lost: it is asked."""
        try:
            found = await self.find(message, sending)
        except SendFailure:  # it cannot be asked, and its status was success
            return Receipt(Confirmation.DELIVERED, HTTPStatus.OK)
        if found is None:
            raise SendFailure(FailureReason.DISCONNECTED, "the answer broke off", retriable=True, status=HTTPStatus.OK)
        return found

    async def _write(self, method: str, body: dict[str, Any], now: datetime) -> Receipt | None:
        """None: the answer broke off before it said anything. Raises SendFailure."""
        receipt = await post(
            self._poster,
            f"{self._api_url}/{method}",
            orjson.dumps(body),
            {"content-type": "application/json; charset=utf-8", "authorization": f"Bearer {self._token}"},
            timeout_seconds=self._timeout_seconds,
            now=now,
            judge=partial(_judge_bot, now=now),
            secrets=frozenset({self._token}),
            answer_bytes=_ANSWER_BYTES,
        )
        if receipt.detail == _UNHEARD:
            return None
        return replace(receipt, reference=receipt.reference.replace("?", self._channel, 1))

    async def _read(self, method: str, query: dict[str, str], now: datetime) -> dict[str, Any]:
        pages: list[dict[str, Any]] = []

        def judge(answer: Posted) -> Receipt | SendFailure | None:
            said = json_of(answer)
            if is_success(answer.status) and said is not None and isinstance(said.get("messages"), list):
                pages.append(said)
            judged = _judge_bot(answer, now)
            if isinstance(judged, SendFailure):
                judged.holds_all = False  # the limit of a method that only reads
                judged.retriable &= judged.reason is not FailureReason.REFUSED  # who answers otherwise cannot be asked
            return judged

        await post(
            self._poster,
            f"{self._api_url}/{method}?{urlencode(query)}",
            b"",
            {"authorization": f"Bearer {self._token}"},
            timeout_seconds=self._timeout_seconds,
            now=now,
            judge=judge,
            method="GET",
            secrets=frozenset({self._token}),
            answer_bytes=_PAGE * 40_000,
        )
        if not pages:
            raise SendFailure(FailureReason.REFUSED, f"{method} did not say which messages there are", retriable=False)
        return pages[0]


def _below(thread: str | None) -> dict[str, str]:
    return {"thread_ts": thread.rpartition(":")[2]} if thread else {}


def _is_of_thread(failure: SendFailure) -> bool:
    return any(word in failure.detail for word in _NO_THREAD)


def _carries(message: object, notification_id: str) -> bool:
    metadata = message.get("metadata") if isinstance(message, dict) else None
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    return isinstance(payload, dict) and payload.get("notification_id") == notification_id


# --- what a bot is answered

_UNHEARD = "the answer broke off before it said anything"
_GRANTED = re.compile(r'\s*\{\s*"ok"\s*:\s*t')
_DENIED = re.compile(r'\s*\{\s*"ok"\s*:\s*f')
_FAILED = re.compile(r'"ok"\s*:\s*f|"error"\s*:')  # of a webhook's answer, which repeats nothing of the message
_PLACE = re.compile(r'"channel"\s*:\s*"(\w+)"\s*,\s*"ts"\s*:\s*"([\d.]+)"')

_TOO_LARGE = {"msg_too_long", "msg_blocks_too_long", "too_many_attachments", "metadata_too_large"}
_UNAUTHORIZED = {
    "not_authed": "no token was sent",
    "invalid_auth": "the token is wrong, or may not be used from here",
    "account_inactive": "the bot was removed from the workspace",
    "token_revoked": "the token was revoked",
    "token_expired": "the token has expired",
    "no_permission": "the token lacks a permission",
    "missing_scope": "the token lacks a scope",
    "not_allowed_token_type": "this is not the token of a bot (xoxb-)",
    "access_denied": "the workspace forbids it",
    "ekm_access_denied": "the workspace's administrators have suspended posting",
    "org_login_required": "the workspace is being moved",
    "team_access_not_granted": "the app is not granted to this workspace",
}
_SERVER = {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
_LIMITED = {"ratelimited", "rate_limited", "message_limit_exceeded"}
_GONE = {
    "is_archived": "the channel is archived",
    "message_not_found": "the message was deleted",
    "cant_update_message": "the message cannot be changed by this bot",
    "edit_window_closed": "the workspace allows no change of a message this old",
}
_WRONG = {
    "not_in_channel": "the bot is no member of the channel: invite it there (/invite @its-name)",
    "channel_not_found": "no such channel, or a private one without the bot: set `channel` to its ID, and invite the bot",
    "no_text": "",
    "as_user_not_supported": "",
    "messages_tab_disabled": "the app takes no direct messages",
}
# The message to answer below is not there, or takes no answers.
_NO_THREAD = {"cannot_reply_to_message", "thread_not_found", "invalid_thread_ts"}


def _judge_bot(answer: Posted, now: datetime) -> Receipt | SendFailure | None:
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:  # Slack does not say whether of the channel or of the workspace
        failure = failure_of(answer.status, answer.headers, answer.body, now)
        failure.holds_all = True
        return failure
    if not is_success(answer.status):
        return None
    said = json_of(answer)
    if said is not None and "ok" in said:
        if said["ok"] is True:
            return Receipt(Confirmation.DELIVERED, reference=_place(said.get("channel"), said.get("ts")))
        return _problem(said)
    if said is not None or _DENIED.match(answer.body):
        return refused(answer)
    if _GRANTED.match(answer.body):  # too long, or it broke off
        place = _PLACE.search(answer.body)
        return Receipt(Confirmation.DELIVERED, reference=_place(*place.groups()) if place else "")
    begun = not answer.body.strip() or answer.body.lstrip().startswith("{")
    return Receipt(Confirmation.DELIVERED, detail=_UNHEARD) if begun and not answer.whole else refused(answer)


def _place(channel: object, ts: object) -> str:
    """`?` stands for the channel that was asked for."""
    return f"{channel if isinstance(channel, str) else '?'}:{ts}" if isinstance(ts, str) else ""


def _problem(said: dict[str, Any]) -> SendFailure:
    """What a word of Slack's means (docs: chat.postMessage, errors)."""
    word = str(said.get("error") or "no reason given")
    reason, retriable, holds_all = FailureReason.REFUSED, True, False
    if word in _UNAUTHORIZED or word.startswith("restricted_action"):
        reason, retriable = FailureReason.AUTH_ERROR, False
    elif word in _TOO_LARGE:
        reason, retriable = FailureReason.PAYLOAD_TOO_LARGE, False
    elif word in _GONE:
        reason, retriable = FailureReason.GONE, False
    elif word in _SERVER:
        reason = FailureReason.SERVER_ERROR
    elif word in _LIMITED:
        reason, holds_all = FailureReason.RATE_LIMITED, True
    elif word in _WRONG or word in _NO_THREAD or word.startswith("invalid_"):
        reason, retriable = FailureReason.CLIENT_ERROR, False
    explained = _UNAUTHORIZED.get(word) or _GONE.get(word) or _WRONG.get(word) or ""
    needed = f" (it needs {said['needed']})" if isinstance(said.get("needed"), str) else ""
    told = f"Slack says {word}{needed}" + (f": {explained}" if explained else "")
    return SendFailure(reason, told, retriable=retriable, holds_all=holds_all)


def _make(settings: SlackSettings, tools: ChannelTools) -> Channel:
    return SlackBot(settings, tools) if settings.by_bot else SlackWebhook(settings, tools)


KIND = Kind(
    what="a Slack channel, by a bot; or, with less, by an incoming webhook",
    settings=SlackSettings,
    make=_make,
    limits=_LIMITS,
    capabilities=_BY_BOT,
    cut=slack_cut,
)
