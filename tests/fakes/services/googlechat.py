"""A space of Google Chat with a webhook, as the Chat API's documentation says.

* "Build a Google Chat app as a webhook", `spaces.messages.create`: POST of a Message; `key` and `token` in the query; a message has
  at most 32,000 bytes, cards and the addresses in them included; the answer has `name` and `thread.name`.
* `requestId`: one that was there before is answered with the message that it made.
* `messageReplyOption` = REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD: with `thread.threadKey` the message answers in that thread, which
  begins where there is none; without the option every message begins one.
* "Usage limits": 60 messages a minute in a space; above that 429 RESOURCE_EXHAUSTED.
* Cards v2: 100 widgets in a card, the others are ignored; texts know a subset of HTML. "Format messages": `<users/all>` and
  `<users/ID>` in `text` ping.
* Errors are `{"error": {"code", "message", "status"}}`.
"""

import html
import re
from typing import Any

import orjson

from core.model.outcome import FailureReason
from tests.fakes.services.service import Asked, Failing, FakeService, Said, Shown, said_json

_BYTES = 32_000
_TEXT = 4_096
_WIDGETS = 100
_MENTION = re.compile(r"<(users/\w+)>")
_TOKEN = re.compile(r'<(/?)(b|i|u|s|strike|font|a|br)((?: \w+="[^"<>]*")*) ?/?>|&(?:lt|gt|amp|quot);|([^<>&]+)')


def _error(status: int, word: str, message: str, headers: dict[str, str] | None = None) -> Said:
    return said_json(status, {"error": {"code": status, "message": message, "status": word}}, headers)


class FakeGoogleChat(FakeService):
    """One named space with one webhook."""

    kind = "googlechat"
    key = "AIzaSyDdI0hCZtE6vySjMm-WEfRq3CPzqKqqsHI"
    token = "vcMMD4tzNcX9tBz7n0HMH4jiVqE_sPRA9cZzBcYqRX8="
    path = "v1/spaces/AAAAB3NzaC1/messages"
    secrets = (key, token, token.replace("=", "%3D"))
    mention = ("<users/all> <users/112233445566778899>", ("users/all", "users/112233445566778899"))
    failures = (
        Failing(
            _error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
            FailureReason.CLIENT_ERROR,
            retriable=False,
            words="API key not valid",
        ),
        Failing(
            _error(403, "PERMISSION_DENIED", "The caller does not have permission"),
            FailureReason.AUTH_ERROR,
            retriable=False,
            words="PERMISSION_DENIED",
        ),
        Failing(
            _error(404, "NOT_FOUND", "Requested entity was not found."),
            FailureReason.CLIENT_ERROR,
            retriable=False,
            words="NOT_FOUND",
        ),
        Failing(
            _error(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
            FailureReason.RATE_LIMITED,
            retriable=True,
            holds_all=True,
        ),
        Failing(_error(503, "UNAVAILABLE", "The service is unavailable."), FailureReason.SERVER_ERROR, retriable=True),
        Failing(
            said_json(200, {"error": {"code": 400, "status": "INVALID_ARGUMENT"}}),
            FailureReason.REFUSED,
            retriable=True,
            words="INVALID_ARGUMENT",
        ),
    )

    def __init__(self) -> None:
        super().__init__()
        self.by_request: dict[str, dict[str, Any]] = {}
        self.threads: dict[str, str] = {}

    def settings(self) -> dict[str, object]:
        return {"url": f"{self.url(self.path)}?key={self.key}&token={self.token.replace('=', '%3D')}"}

    def clear(self) -> None:
        super().clear()
        self.by_request.clear()

    def answer(self, asked: Asked) -> Said:
        if asked.path != f"/{self.path}" or asked.method != "POST":
            self.refusals.append(f"{asked.method} {asked.path}")
            return _error(404, "NOT_FOUND", "Requested entity was not found.")
        if asked.query.get("key") != self.key or asked.query.get("token") != self.token:
            self.refusals.append("key or token")
            return _error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.")
        request_id = asked.query.get("requestId", "")
        if request_id in self.by_request:
            return said_json(200, self.by_request[request_id])
        try:
            message = asked.json
        except orjson.JSONDecodeError:
            message = None
        wrong = wrong_message(message, len(asked.body))
        if wrong:
            self.refusals.append(wrong)
            return _error(400, "INVALID_ARGUMENT", wrong)
        made = self._posted(message, asked.query.get("messageReplyOption", ""))
        if request_id:
            self.by_request[request_id] = made
        return said_json(200, made)

    def _posted(self, message: dict[str, Any], option: str) -> dict[str, Any]:
        number = f"UMxbHmzDlr{len(self.shown)}"
        key = message.get("thread", {}).get("threadKey", "")
        below = self.threads.get(key, "") if option == "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD" else ""
        thread = below or number
        if key and not below:
            self.threads[key] = number
        name = f"spaces/AAAAB3NzaC1/messages/{thread}.{number}"
        self.shown.append(shown_message(message, reference=name, thread=below))
        return {"name": name, "thread": {"name": f"spaces/AAAAB3NzaC1/threads/{thread}"}, **message}

    def forget(self, reference: str) -> None:
        thread = reference.rpartition("/")[2].partition(".")[0]
        self.threads = {key: one for key, one in self.threads.items() if one != thread}


def wrong_message(message: Any, size: int) -> str:
    """Why the API refuses it; empty where it does not."""
    if not isinstance(message, dict):
        return "Invalid JSON payload received."
    if size > _BYTES:
        return f"Message too large: {size} bytes"
    if unknown := set(message) - {"text", "cardsV2", "fallbackText", "thread"}:
        return f"Unknown name {unknown}"
    if len(message.get("text", "")) > _TEXT:
        return "text too long"
    if not message.get("text") and not message.get("cardsV2"):
        return "Message cannot be empty"
    for one in message.get("cardsV2", []):
        sections = one["card"].get("sections", [])
        if not sections or not all(section.get("widgets") for section in sections):
            return "a section without widgets"
        for widget in (widget for section in sections for widget in section["widgets"]):
            if len(widget) != 1 or next(iter(widget)) not in ("textParagraph", "buttonList"):
                return f"a widget {list(widget)}"
    return ""


def shown_message(message: dict[str, Any], *, reference: str, thread: str) -> Shown:
    """What people see; what stands in for the card elsewhere is read as text, and pings there too."""
    texts = [message.get("text", "")]
    links: list[tuple[str, str]] = []
    bold: list[str] = []
    wrong: list[str] = []
    widgets = [
        widget
        for one in message.get("cardsV2", [])
        for section in one["card"]["sections"]
        for widget in section["widgets"]
    ]
    if len(widgets) > _WIDGETS:
        wrong.append(f"{len(widgets)} widgets")
    for widget in widgets[:_WIDGETS]:
        if "textParagraph" in widget:
            texts.append(_read(widget["textParagraph"]["text"], links, bold, wrong))
        else:
            buttons = widget["buttonList"]["buttons"]
            links += [(button["text"], button["onClick"]["openLink"]["url"]) for button in buttons]
    said = f"{message.get('text', '')} {message.get('fallbackText', '')}"
    return Shown(
        text="\n".join(texts),
        links=tuple(links),
        bold=tuple(bold),
        pings=tuple(_MENTION.findall(said)),
        reference=reference,
        thread=thread,
        wrong=tuple(wrong),
    )


def _read(markup: str, links: list[tuple[str, str]], bold: list[str], wrong: list[str]) -> str:
    text = ""
    opened: list[tuple[str, str, int]] = []
    at = 0
    while at < len(markup):
        token = _TOKEN.match(markup, at)
        if token is None:
            wrong.append(f"not understood: {markup[at : at + 20]}")
            text += markup[at]
            at += 1
            continue
        at = token.end()
        if token[2] is None:
            text += html.unescape(token[0]) if token[0].startswith("&") else token[0]
        elif token[2] == "br":
            text += "\n"
        elif not token[1]:
            opened.append((token[2], token[3], len(text)))
        elif not opened or opened[-1][0] != token[2]:
            wrong.append(f"</{token[2]}> closes nothing")
        else:
            tag, attributes, start = opened.pop()
            if tag == "b":
                bold.append(text[start:])
            if tag == "a":
                links.append((text[start:], html.unescape(attributes.partition('"')[2].rpartition('"')[0])))
    if opened:
        wrong.append(f"<{opened[-1][0]}> is not closed")
    return text
