"""Slack, as its documentation says: an incoming webhook, and the Web API of a bot.

* "Sending messages using incoming webhooks": a POST of JSON is answered with the text `ok`; failures have a status and a word:
  400 `invalid_payload`, `no_text`, `invalid_blocks`; 403 `action_prohibited`; 404 `no_service`; 410 `channel_is_archived`.
* "Block Kit": 50 blocks; a section's text has 1 to 3,000 characters; a header's 150. Beside that the whole has a limit that is not
  documented (slackapi/bolt-js#2867, #2509): refused here above 10,000 characters or 16,000 bytes of blocks.
* "chat.postMessage", "chat.update", "conversations.history", "conversations.replies": the token as a bearer; every answer is
  200 with `ok`, failures by their word, but 429 with `Retry-After`. Reading methods take their arguments in the query, and want
  the channel's id. `conversations.history` has no replies of threads; metadata comes only where it is asked for.
* "Formatting": see mrkdwn.py.
"""

from dataclasses import replace
from typing import Any

import orjson

from core.model.outcome import FailureReason
from tests.alerts.making import NOW
from tests.fakes.services import mrkdwn
from tests.fakes.services.service import Asked, Failing, FakeService, Said, Shown, said_json

_BLOCKS = 50
_SECTION = 3_000
_CHARACTERS = 10_000
_BYTES = 16_000


class FakeSlackWebhook(FakeService):
    """One channel behind an incoming webhook."""

    kind = "slack"
    mention = ("<!channel> <@U012AB3CD>", ("!channel", "@U012AB3CD"))
    path = "services/T0LDR1VER/B0LDR1VER/9sXkq3VtPz7LwQe2"
    secrets = ("9sXkq3VtPz7LwQe2", path)
    failures = (
        Failing(Said(400, "invalid_payload"), FailureReason.CLIENT_ERROR, retriable=False, words="invalid_payload"),
        Failing(Said(403, "action_prohibited"), FailureReason.AUTH_ERROR, retriable=False, words="action_prohibited"),
        Failing(Said(404, "no_service"), FailureReason.CLIENT_ERROR, retriable=False, words="no_service"),
        Failing(Said(410, "channel_is_archived"), FailureReason.GONE, retriable=False, words="channel_is_archived"),
        Failing(
            Said(429, "rate_limited", {"Retry-After": "30"}), FailureReason.RATE_LIMITED, retriable=True, retry_after=30
        ),
        Failing(Said(500, "rollup_error"), FailureReason.SERVER_ERROR, retriable=True),
        Failing(
            Said(200, '{"ok":false,"error":"channel_is_archived"}'),
            FailureReason.REFUSED,
            retriable=True,
            words="channel_is_archived",
        ),
        Failing(Said(200, "invalid_payload"), FailureReason.REFUSED, retriable=True, words="invalid_payload"),
    )

    def settings(self) -> dict[str, object]:
        return {"url": self.url(self.path)}

    def answer(self, asked: Asked) -> Said:
        if asked.path != f"/{self.path}" or asked.method != "POST":
            return self.refuse(404, "no_service", f"{asked.method} {asked.path}")
        try:
            post = asked.json
        except orjson.JSONDecodeError:
            return self.refuse(400, "invalid_payload", "not JSON")
        wrong = wrong_post(post)
        if wrong:
            return self.refuse(400, wrong.partition(":")[0], wrong)
        self.shown.append(shown_post(post))
        return Said(200, "ok", {"Content-Type": "text/html"})


class FakeSlackBot(FakeService):
    """A workspace with one public channel, of which the bot is a member."""

    kind = "slack"
    mention = ("<!channel> <@U012AB3CD>", ("!channel", "@U012AB3CD"))
    token = "xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcHrzqqgy"
    channel = "C0123456789"
    secrets = (token,)

    def __init__(self) -> None:
        super().__init__()
        self.scopes = {"chat:write", "channels:history"}
        self.began = NOW.timestamp()
        self.page = 200  # messages in one answer of history
        self.messages: list[dict[str, Any]] = []

    def settings(self) -> dict[str, object]:
        return {"token": self.token, "channel": self.channel, "api_url": self.url("api")}

    def answer(self, asked: Asked) -> Said:
        if asked.headers.get("Authorization") != f"Bearer {self.token}":
            return self.refuse(200, '{"ok":false,"error":"invalid_auth"}', "token")
        match asked.path:
            case "/api/chat.postMessage":
                return self._posted(asked)
            case "/api/chat.update":
                return self._updated(asked)
            case "/api/conversations.history":
                return self._read(asked, [one for one in self.messages if "thread_ts" not in one])
            case "/api/conversations.replies":
                thread = asked.query.get("ts")
                if all(one["ts"] != thread for one in self.messages):
                    return said_json(200, {"ok": False, "error": "thread_not_found"})
                return self._read(asked, [one for one in self.messages if thread in (one["ts"], one.get("thread_ts"))])
            case _:
                return self._no("unknown_method", asked.path)

    def forget(self, reference: str) -> None:
        self.messages = [one for one in self.messages if one["ts"] not in reference]

    def _posted(self, asked: Asked) -> Said:
        post = asked.json
        if post.get("channel") not in (self.channel, "#desk"):
            return self._no("channel_not_found", str(post.get("channel")))
        wrong = wrong_post(post)
        if wrong:
            return self._no(wrong.partition(":")[0], wrong)
        thread = post.get("thread_ts")
        if thread is not None and all(one["ts"] != thread for one in self.messages):
            return self._no("cannot_reply_to_message", thread)
        ts = f"{self.began + len(self.messages):.0f}.000{len(self.messages):03}"
        message = {**post, "ts": ts}
        self.messages.append(message)
        self.shown.append(replace(shown_post(post), reference=ts, thread=thread or ""))
        return said_json(
            200, {"ok": True, "channel": self.channel, "ts": ts, "message": {"type": "message", **message}}
        )

    def _updated(self, asked: Asked) -> Said:
        post = asked.json
        if post.get("channel") != self.channel:
            return self._no("channel_not_found", "an update wants the channel's id")
        wrong = wrong_post(post)
        if wrong:
            return self._no(wrong.partition(":")[0], wrong)
        for number, message in enumerate(self.messages):
            if message["ts"] == post.get("ts"):
                self.messages[number] = {**message, **post}
                at = next(at for at, one in enumerate(self.shown) if one.reference == message["ts"])
                before = self.shown[at]
                self.shown[at] = replace(
                    shown_post(post), reference=before.reference, thread=before.thread, edits=before.edits + 1
                )
                return said_json(200, {"ok": True, "channel": self.channel, "ts": message["ts"], "text": post["text"]})
        return said_json(200, {"ok": False, "error": "message_not_found"})

    def _read(self, asked: Asked, messages: list[dict[str, Any]]) -> Said:
        if "channels:history" not in self.scopes:
            return said_json(200, {"ok": False, "error": "missing_scope", "needed": "channels:history"})
        if asked.query.get("channel") != self.channel:
            return self._no("channel_not_found", "history wants the channel's id")
        oldest = float(asked.query.get("oldest", 0))
        with_metadata = asked.query.get("include_all_metadata") in ("true", "1")
        newest_first = [one for one in reversed(messages) if float(one["ts"]) > oldest]
        start = int(asked.query.get("cursor") or 0)
        size = min(self.page, int(asked.query.get("limit", 100)))
        part = newest_first[start : start + size]
        more = len(newest_first) > start + size
        kept = [one if with_metadata else {key: one[key] for key in one if key != "metadata"} for one in part]
        cursor = {"next_cursor": str(start + size) if more else ""}
        return said_json(200, {"ok": True, "messages": kept, "has_more": more, "response_metadata": cursor})

    def _no(self, word: str, why: str) -> Said:
        return self.refuse(200, orjson.dumps({"ok": False, "error": word}).decode(), why)

    @staticmethod
    def error(word: str, **more: object) -> Said:
        return said_json(200, {"ok": False, "error": word, **more})

    failures = (
        Failing(
            said_json(200, {"ok": False, "error": "not_in_channel"}),
            FailureReason.CLIENT_ERROR,
            retriable=False,
            words="invite",
        ),
        Failing(
            said_json(200, {"ok": False, "error": "channel_not_found"}),
            FailureReason.CLIENT_ERROR,
            retriable=False,
            words="channel_not_found",
        ),
        Failing(
            said_json(200, {"ok": False, "error": "is_archived"}), FailureReason.GONE, retriable=False, words="archived"
        ),
        Failing(
            said_json(200, {"ok": False, "error": "invalid_auth"}),
            FailureReason.AUTH_ERROR,
            retriable=False,
            words="invalid_auth",
        ),
        Failing(
            said_json(200, {"ok": False, "error": "missing_scope", "needed": "chat:write", "provided": "files:read"}),
            FailureReason.AUTH_ERROR,
            retriable=False,
            words="chat:write",
        ),
        Failing(
            said_json(200, {"ok": False, "error": "msg_blocks_too_long"}),
            FailureReason.PAYLOAD_TOO_LARGE,
            retriable=False,
        ),
        Failing(said_json(200, {"ok": False, "error": "invalid_blocks"}), FailureReason.CLIENT_ERROR, retriable=False),
        Failing(said_json(200, {"ok": False, "error": "internal_error"}), FailureReason.SERVER_ERROR, retriable=True),
        Failing(said_json(200, {"ok": False, "error": "a_word_of_tomorrow"}), FailureReason.REFUSED, retriable=True),
        Failing(
            said_json(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "30"}),
            FailureReason.RATE_LIMITED,
            retriable=True,
            retry_after=30,
            holds_all=True,
        ),
        Failing(Said(503, "", {}), FailureReason.SERVER_ERROR, retriable=True),
    )


def wrong_post(post: Any) -> str:
    """Why Slack refuses it, by its word first; empty where it does not."""
    if not isinstance(post, dict) or not (post.get("text") or post.get("blocks")):
        return "no_text"
    metadata = post.get("metadata")
    if metadata is not None and not (
        isinstance(metadata.get("event_type"), str) and isinstance(metadata.get("event_payload"), dict)
    ):
        return "invalid_metadata_format"
    blocks = post.get("blocks", [])
    if len(blocks) > _BLOCKS:
        return f"invalid_blocks: {len(blocks)} blocks"
    for block in blocks:
        text = block.get("text", {}).get("text", "")
        if block["type"] != "section" or not 1 <= len(text) <= _SECTION:
            return f"invalid_blocks: a {block['type']} of {len(text)} characters"
    characters = sum(len(block["text"]["text"]) for block in blocks)
    size = len(orjson.dumps(blocks))
    if characters > _CHARACTERS or size > _BYTES:
        return f"msg_blocks_too_long: {characters} characters, {size} bytes"
    return ""


def shown_post(post: Any) -> Shown:
    """What people see of a post; the text beside blocks is for notifications alone, and pings there too."""
    reads = [mrkdwn.read(block["text"]["text"]) for block in post.get("blocks", [])]
    beside = mrkdwn.read(post.get("text", ""))
    wrong = [why for one in (*reads, beside) for why in one.wrong]
    if "ts" not in post and (post.get("unfurl_links") is not False or post.get("unfurl_media") is not False):
        wrong.append("every link would be previewed")
    return Shown(
        text="\n".join(one.text for one in reads),
        links=tuple(link for one in reads for link in one.links),
        bold=tuple(word for one in reads for word in one.bold),
        pings=tuple(ping for one in (*reads, beside) for ping in one.pings),
        wrong=tuple(wrong),
    )
