"""A Mattermost server, as its documentation says: an incoming webhook, and the API of a bot.

* "Incoming webhooks": 200 and the text `ok`; `text` or `attachments` are needed; failures are JSON with an `id`, a `message` and
  their `status_code`.
* "Message attachments": `fallback` is required; `text` is Markdown and mentions; buttons with Slack's `blocks` are ignored.
* A post has at most 16,383 characters; its properties, in which attachments are, had 8,000 on servers of some years ago, of which
  400 are the server's, counted in the JSON that Go writes (`<`, `>` and `&` as six characters). That is the stricter reading.
* "Create a post": 201 with the post; `root_id` is a post of the channel that is no answer itself, else 400; `pending_post_id`
  helps for half a minute only, so it is not relied on. "Patch a post": 200; `props` are replaced; a deleted one gives 403.
* "Get posts for a channel": `since` in milliseconds gives the posts that changed after it, as `order` and `posts`.
* "Rate limiting": 429 with `X-Ratelimit-Reset` in seconds.
"""

import re
from dataclasses import replace
from typing import Any

import orjson

from core.model.outcome import FailureReason
from tests.alerts.making import NOW
from tests.fakes.services import mattermost_markdown
from tests.fakes.services.service import Asked, Failing, FakeService, Said, Shown, said_json

_POST = 16_383
_PROPS = 7_600


def _error(status: int, word: str, message: str, headers: dict[str, str] | None = None) -> Said:
    return said_json(status, {"id": word, "message": message, "request_id": "x", "status_code": status}, headers)


class FakeMattermostWebhook(FakeService):
    """One channel behind an incoming webhook."""

    kind = "mattermost"
    mention = ("@channel @ann.lee", ("@channel", "@ann.lee"))
    path = "hooks/9p4f6tz5n3yd8kq1rj7xw2mcse"
    secrets = (path, path.rpartition("/")[2])
    failures = (
        Failing(
            _error(400, "web.incoming_webhook.invalid.app_error", "Invalid webhook."),
            FailureReason.CLIENT_ERROR,
            retriable=False,
            words="Invalid webhook",
        ),
        Failing(
            _error(403, "api.context.permissions.app_error", "Inappropriate channel permissions."),
            FailureReason.AUTH_ERROR,
            retriable=False,
            words="permissions",
        ),
        Failing(
            Said(429, "limit exceeded", {"X-Ratelimit-Reset": "7", "X-Ratelimit-Remaining": "0"}),
            FailureReason.RATE_LIMITED,
            retriable=True,
            retry_after=7,
            holds_all=True,
        ),
        Failing(
            _error(501, "web.incoming_webhook.disabled.app_error", "Incoming webhooks have been disabled."),
            FailureReason.SERVER_ERROR,
            retriable=True,
            words="disabled",
        ),
        Failing(Said(200, "not ok"), FailureReason.REFUSED, retriable=True, words="not ok"),
    )

    def settings(self) -> dict[str, object]:
        return {"url": self.url(self.path)}

    def answer(self, asked: Asked) -> Said:
        if asked.path != f"/{self.path}" or asked.method != "POST":
            self.refusals.append(f"{asked.method} {asked.path}")
            return _error(400, "web.incoming_webhook.invalid.app_error", "Invalid webhook.")
        try:
            post = asked.json
        except orjson.JSONDecodeError:
            post = None
        props = {"attachments": post.get("attachments", [])} if isinstance(post, dict) else {}
        wrong = (
            wrong_post(post.get("text", ""), props)
            if isinstance(post, dict)
            else "web.incoming_webhook.parse.app_error"
        )
        if wrong:
            self.refusals.append(wrong)
            return _error(400, wrong, wrong)
        self.shown.append(shown_post(post.get("text", ""), props))
        return Said(200, "ok", {"Content-Type": "text/plain"})


class FakeMattermostBot(FakeService):
    """A server with one channel, of which the bot is a member."""

    kind = "mattermost"
    mention = FakeMattermostWebhook.mention
    token = "xa8b1n3m9tnp5dhz6ywqk4rcoe"
    channel = "4xp9fdt77pncbef59f4k1qe83o"
    secrets = (token,)
    failures = (
        Failing(
            _error(401, "api.context.session_expired.app_error", "Invalid or expired session, please login again."),
            FailureReason.AUTH_ERROR,
            retriable=False,
            words="Invalid or expired session",
        ),
        Failing(
            _error(403, "api.context.permissions.app_error", "You do not have the appropriate permissions."),
            FailureReason.AUTH_ERROR,
            retriable=False,
            words="permissions",
        ),
        Failing(
            _error(404, "app.channel.get.existing.app_error", "Unable to find the existing channel."),
            FailureReason.CLIENT_ERROR,
            retriable=False,
            words="existing channel",
        ),
        Failing(
            Said(429, "limit exceeded", {"X-Ratelimit-Reset": "1"}),
            FailureReason.RATE_LIMITED,
            retriable=True,
            retry_after=1,
            holds_all=True,
        ),
        Failing(Said(429, "limit exceeded", {"Retry-After": "3"}), FailureReason.RATE_LIMITED, True, 3, True),
        Failing(
            _error(500, "api.post.deduplicate_create_post.pending", "Rejected post since another client is making it."),
            FailureReason.SERVER_ERROR,
            retriable=True,
        ),
        Failing(
            _error(200, "api.post.create_post.app_error", "no"),
            FailureReason.REFUSED,
            retriable=True,
            words="create_post",
        ),
    )

    def __init__(self) -> None:
        super().__init__()
        self.posts: dict[str, dict[str, Any]] = {}

    def settings(self) -> dict[str, object]:
        return {"url": self.url(), "token": self.token, "channel": self.channel}

    def forget(self, reference: str) -> None:
        self.posts.pop(reference, None)

    def answer(self, asked: Asked) -> Said:
        if asked.headers.get("Authorization") != f"Bearer {self.token}":
            self.refusals.append("token")
            return _error(401, "api.context.session_expired.app_error", "Invalid or expired session.")
        if asked.method == "POST" and asked.path == "/api/v4/posts":
            return self._created(asked.json)
        if asked.method == "PUT" and (found := re.fullmatch(r"/api/v4/posts/(\w+)/patch", asked.path)):
            return self._patched(found[1], asked.json)
        if asked.method == "GET" and asked.path == f"/api/v4/channels/{self.channel}/posts":
            since = int(asked.query.get("since", 0))
            changed = {key: one for key, one in self.posts.items() if one["update_at"] > since}
            return said_json(200, {"order": list(reversed(changed)), "posts": changed, "next_post_id": ""})
        self.refusals.append(f"{asked.method} {asked.path}")
        return _error(404, "api.context.404.app_error", "Sorry, we could not find the page.")

    def _created(self, post: dict[str, Any]) -> Said:
        if post.get("channel_id") != self.channel:
            return self._no(403, "api.context.permissions.app_error")
        root = post.get("root_id", "")
        if root and (root not in self.posts or self.posts[root]["root_id"]):
            return _error(400, "api.post.create_post.root_id.app_error", "Invalid RootId parameter.")
        props = post.get("props", {})
        if wrong := wrong_post(post.get("message", ""), props):
            return self._no(400, wrong)
        key = f"{len(self.posts):02}bb93wn1tyi7fq6kd5cxo8ase"
        now = int(NOW.timestamp() * 1000) + len(self.asked)
        kept = {
            "id": key,
            "create_at": now,
            "update_at": now,
            "edit_at": 0,
            "channel_id": self.channel,
            "root_id": root,
        }
        kept |= {"message": post.get("message", ""), "props": {**props, "from_bot": "true"}}
        self.posts[key] = kept
        self.shown.append(replace(shown_post(kept["message"], props), reference=key, thread=root))
        return said_json(201, {**kept, "pending_post_id": post.get("pending_post_id", "")})

    def _patched(self, key: str, patch: dict[str, Any]) -> Said:
        if key not in self.posts:
            return _error(403, "api.context.permissions.app_error", "You do not have the appropriate permissions.")
        post = {**self.posts[key], **patch}
        if wrong := wrong_post(post["message"], post["props"]):
            return self._no(400, wrong)
        self.posts[key] = post
        for at, one in enumerate(self.shown):
            if one.reference == key:
                shown = shown_post(post["message"], post["props"])
                self.shown[at] = replace(shown, reference=key, thread=one.thread, edits=one.edits + 1)
        return said_json(200, post)

    def _no(self, status: int, word: str) -> Said:
        self.refusals.append(word)
        return _error(status, word, word)


def go_length(value: object) -> int:
    """The characters of the JSON that Go writes."""
    text = orjson.dumps(value).decode()
    return len(text) + 5 * len(re.findall("[<>&\u2028\u2029]", text))


def wrong_post(text: str, props: dict[str, Any]) -> str:
    """Why the server refuses it, by its word; empty where it does not."""
    attachments = props.get("attachments", [])
    if not text and not attachments:
        return "web.incoming_webhook.text.app_error"
    if len(text) > _POST:
        return "model.post.is_valid.message_length.app_error"
    if not all(one.get("fallback") for one in attachments):
        return "no fallback"
    return f"model.post.is_valid.props.app_error: {go_length(props)}" if go_length(props) > _PROPS else ""


def shown_post(text: str, props: dict[str, Any]) -> Shown:
    """What people see of a post: its text, and below it its attachments."""
    parts = [text]
    for one in props.get("attachments", []):
        parts += [one.get("pretext", ""), one.get("text", "")]
    reads = [mattermost_markdown.read(part) for part in parts if part]
    return Shown(
        text="\n".join(one.text for one in reads),
        links=tuple(link for one in reads for link in one.links),
        bold=tuple(word for one in reads for word in one.bold),
        pings=tuple(ping for one in reads for ping in one.pings),
        wrong=tuple(what for one in reads for what in one.acted),
    )
