"""Telegram's Bot API, as its documentation says ("Making requests", "sendMessage", "editMessageText", "ResponseParameters").

* every answer is an object with `ok`; failures have `error_code`, which is the status, and `description`, some `parameters`;
* text: 1 to 4,096 characters after the markup is read, counted in UTF-16 units;
* an inline keyboard's button with a URL wants an address of the web with a dotted host, else the message is refused;
* `reply_parameters`: with `allow_sending_without_reply` a reply to a message that is gone is sent alone;
* an edit that changes nothing is refused: "message is not modified".
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson

from core.model.outcome import FailureReason
from tests.fakes.services import telegram_html
from tests.fakes.services.discord import units
from tests.fakes.services.service import Asked, Failing, FakeService, Said, Shown, said_json


def failed(code: int, description: str, **parameters: object) -> Said:
    """A failure as the Bot API words it."""
    body: dict[str, object] = {"ok": False, "error_code": code, "description": description}
    if parameters:
        body["parameters"] = parameters
    return said_json(code, body)


class FakeTelegram(FakeService):
    """A bot in one group with topics."""

    kind = "telegram"
    token = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw9"
    secrets = (token, token.partition(":")[2])
    chat = -1001234567890
    topic = 7
    mention = ('@ann_lee <a href="tg://user?id=555">Kim</a>', ("@ann_lee", "555"))
    failures = (
        Failing(
            failed(400, "Bad Request: chat not found"),
            FailureReason.CLIENT_ERROR,
            retriable=False,
            words="chat not found",
        ),
        Failing(
            failed(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=-1009876543210,
            ),
            FailureReason.CLIENT_ERROR,
            retriable=False,
            words="chat_id = -1009876543210",
        ),
        Failing(failed(400, "Bad Request: message is too long"), FailureReason.PAYLOAD_TOO_LARGE, retriable=False),
        Failing(failed(401, "Unauthorized"), FailureReason.AUTH_ERROR, retriable=False, words="token"),
        Failing(failed(404, "Not Found"), FailureReason.AUTH_ERROR, retriable=False, words="token"),
        Failing(
            failed(403, "Forbidden: bot was kicked from the supergroup chat"),
            FailureReason.AUTH_ERROR,
            retriable=False,
            words="kicked",
        ),
        Failing(
            failed(429, "Too Many Requests: retry after 35", retry_after=35),
            FailureReason.RATE_LIMITED,
            retriable=True,
            retry_after=35,
            holds_all=True,
        ),
        Failing(failed(500, "Internal Server Error"), FailureReason.SERVER_ERROR, retriable=True),
        Failing(Said(502, "<html>Bad Gateway</html>"), FailureReason.SERVER_ERROR, retriable=True),
        Failing(said_json(200, {"ok": False}), FailureReason.REFUSED, retriable=True),
    )

    def __init__(self) -> None:
        super().__init__()
        self.bodies: dict[str, dict[str, Any]] = {}

    def settings(self) -> dict[str, object]:
        return {"token": self.token, "chat_id": self.chat, "api_url": self.url()}

    def forget(self, reference: str) -> None:
        for number in [one for one in self.bodies if reference.endswith(f":{one}")]:
            del self.bodies[number]
            self.shown = [one for one in self.shown if one.reference != number]

    def answer(self, asked: Asked) -> Said:
        bot, _, method = unquote(asked.path).removeprefix("/bot").rpartition("/")
        if bot != self.token:
            return self._no(401, "Unauthorized")
        post = asked.json
        if post.get("chat_id") not in (self.chat, str(self.chat)):
            return self._no(400, "Bad Request: chat not found")
        wrong = wrong_post(post)
        if wrong:
            return self._no(400, f"Bad Request: {wrong}")
        if method == "sendMessage":
            return self._sent(post)
        if method == "editMessageText":
            return self._edited(post)
        return self._no(404, "Not Found")

    def _sent(self, post: dict[str, Any]) -> Said:
        if post.get("message_thread_id") not in (None, self.topic):
            return self._no(400, "Bad Request: message thread not found")
        reply = post.get("reply_parameters", {})
        below = str(reply.get("message_id", ""))
        if below and below not in self.bodies:
            if not reply.get("allow_sending_without_reply"):
                return self._no(400, "Bad Request: message to be replied not found")
            below = ""
        number = str(100 + len(self.asked))
        self.bodies[number] = post
        self.shown.append(replace(shown_post(post), reference=number, thread=below))
        return self._message(number, post)

    def _edited(self, post: dict[str, Any]) -> Said:
        number = str(post.get("message_id"))
        before = self.bodies.get(number)
        if before is None:
            return failed(400, "Bad Request: message to edit not found")
        if all(before.get(key) == post.get(key) for key in ("text", "reply_markup")):
            return failed(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the"
                " same as a current content and reply markup of the message",
            )
        self.bodies[number] = post
        at = next(at for at, one in enumerate(self.shown) if one.reference == number)
        old = self.shown[at]
        self.shown[at] = replace(shown_post(post), reference=number, thread=old.thread, edits=old.edits + 1)
        return self._message(number, post)

    def _message(self, number: str, post: Mapping[str, Any]) -> Said:
        chat = {"id": self.chat, "type": "supergroup", "title": "Desk"}
        text = telegram_html.read(post["text"]).text
        result = {"message_id": int(number), "chat": chat, "date": 1_772_442_000, "text": text}
        return said_json(200, {"ok": True, "result": result})

    def _no(self, code: int, description: str) -> Said:
        body = orjson.dumps({"ok": False, "error_code": code, "description": description}).decode()
        return self.refuse(code, body, description)


def wrong_post(post: Mapping[str, Any]) -> str:
    """Why it is refused; empty where it is not."""
    if post.get("parse_mode") != "HTML":
        return "this fake reads HTML"
    try:
        read = telegram_html.read(post.get("text", ""))
    except telegram_html.CannotParse as error:
        return f"can't parse entities: {error}"
    if not read.text.strip():
        return "message text is empty"
    if units(read.text) > 4_096:
        return "message is too long"
    for button in (button for row in post.get("reply_markup", {}).get("inline_keyboard", []) for button in row):
        parts = urlsplit(button.get("url", ""))
        if parts.scheme not in ("http", "https") or "." not in (parts.hostname or "") or not button.get("text"):
            return f"inline keyboard button URL '{button.get('url')}' is invalid: Wrong HTTP URL"
    return ""


def shown_post(post: Mapping[str, Any]) -> Shown:
    """What people see of it."""
    read = telegram_html.read(post["text"])
    buttons = [button for row in post.get("reply_markup", {}).get("inline_keyboard", []) for button in row]
    wrong = []
    if not post.get("link_preview_options", {}).get("is_disabled"):
        wrong.append("the first link would be previewed")
    if read.entities > 100:
        wrong.append(f"{read.entities} entities, of which 100 count")
    return Shown(
        text=read.text,
        links=(*read.links, *((one["text"], one["url"]) for one in buttons)),
        bold=tuple(read.bold),
        pings=tuple(read.pings),
        wrong=tuple(wrong),
    )
