"""A server of ntfy, as its documentation and its answers say.

* "Publish as JSON": a POST to the server's root; `topic` has 1 to 64 of `A-Za-z0-9_-`; the whole body may be twice as long as a
  message, 8,192 bytes, else 413 with code 41303.
* "Limitations": a message of more than 4,096 bytes becomes an attached file, where the server takes files. A title has at most
  1,024 bytes (400, code 40057), tags 512 together (40058) from 2.28 on.
* "Action buttons": three at most; `view` needs `label` and `url`.
* "Authentication": bearer or basic; 401 with code 40101, 403 with 40301. 429 with 42901 (requests) and 42908 (messages a day).
* "Updating notifications": from 2.16 on one with a `sequence_id` that is there replaces what is shown.
* The answer repeats the message, with its `id`.
"""

import re
from base64 import b64encode
from dataclasses import replace
from typing import Any

import orjson

from core.model.outcome import FailureReason
from tests.fakes.services.service import Asked, Failing, FakeService, Said, Shown, said_json

_MESSAGE, _BODY, _TITLE, _TAGS, _ACTIONS = 4_096, 8_192, 1_024, 512, 3
_TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}")
_URL = re.compile(r"https?://\S+")
_MARKED = re.compile(r"»([^«]*)«")  # plain text has no bold
_KEYS = {"topic", "message", "title", "tags", "priority", "actions", "click", "sequence_id"}


def _error(code: int, message: str) -> Said:
    return said_json(
        code // 100, {"code": code, "http": code // 100, "error": message, "link": "https://ntfy.example/docs"}
    )


class FakeNtfy(FakeService):
    """A server of today with one topic that asks for a token."""

    kind = "ntfy"
    topic = "desk-5hx2kqT9"
    token = "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2"
    authorization = f"Bearer {token}"
    secrets: tuple[str, ...] = (token, topic)
    updates = True
    tells_gone = False
    failures: tuple[Failing, ...] = (
        Failing(_error(40101, "unauthorized"), FailureReason.AUTH_ERROR, retriable=False, words="unauthorized"),
        Failing(_error(40301, "forbidden"), FailureReason.AUTH_ERROR, retriable=False, words="forbidden"),
        Failing(
            _error(41303, "JSON body too large"),
            FailureReason.PAYLOAD_TOO_LARGE,
            retriable=False,
            words="JSON body too large",
        ),
        Failing(
            _error(42901, "limit reached: too many requests"),
            FailureReason.RATE_LIMITED,
            retriable=True,
            holds_all=True,
        ),
        Failing(_error(50001, "internal server error"), FailureReason.SERVER_ERROR, retriable=True),
        Failing(
            said_json(200, {"code": 40009, "http": 400, "error": "invalid topic"}),
            FailureReason.REFUSED,
            retriable=True,
            words="invalid topic",
        ),
    )

    def settings(self) -> dict[str, object]:
        return {"url": self.url(self.topic), "token": self.token, "edits": True}

    def answer(self, asked: Asked) -> Said:
        if asked.path != "/" or asked.method != "POST":
            return self._no(40401, f"page not found: {asked.method} {asked.path}")
        if asked.headers.get("Authorization") != self.authorization:
            return self._no(40101, "unauthorized")
        try:
            message = asked.json
        except orjson.JSONDecodeError:
            return self._no(40017, "invalid request: request body must be message JSON")
        if wrong := wrong_message(message, len(asked.body)):
            return self._no(*wrong)
        if message["topic"] != self.topic:
            return self._no(40301, "forbidden")
        number = f"sPs71M8A2T{len(self.asked):02}"
        told = message.get("sequence_id") if self.updates else None
        self._published(message, str(told or number))
        return said_json(200, {"id": number, "time": 1772100000, "event": "message", **message})

    def _published(self, message: dict[str, Any], key: str) -> None:
        shown = shown_notification(message, key)
        for at, one in enumerate(self.shown):
            if one.reference == key:
                self.shown[at] = replace(shown, edits=one.edits + 1)
                return
        self.shown.append(shown)

    def _no(self, code: int, why: str) -> Said:
        self.refusals.append(why)
        return _error(code, why)


class FakeOldNtfy(FakeNtfy):
    """A server of before updates, with users and passwords."""

    password = "correct horse battery"
    authorization = "Basic " + b64encode(f"phil:{password}".encode()).decode()
    secrets = (password, authorization.removeprefix("Basic "), FakeNtfy.topic)
    updates = False
    failures = ()

    def settings(self) -> dict[str, object]:
        return {"url": self.url(self.topic), "username": "phil", "password": self.password}


def wrong_message(message: Any, size: int) -> tuple[int, str] | None:
    """Why the server refuses it, or would not show it as a message."""
    if size > _BODY:
        return 41303, f"JSON body too large: {size} bytes"
    if not isinstance(message, dict) or set(message) - _KEYS:
        return 40017, "invalid request: request body must be message JSON"
    if not _TOPIC.fullmatch(message.get("topic", "")):
        return 40009, "invalid request: topic invalid"
    if len(message.get("message", "").encode()) > _MESSAGE:
        return 40014, "invalid request: attachments not allowed"
    if len(message.get("title", "").encode()) > _TITLE:
        return 40057, "title too long"
    if sum(len(tag.encode()) for tag in message.get("tags", [])) > _TAGS:
        return 40058, "tags too long"
    if message.get("priority", 3) not in range(1, 6):
        return 40007, "invalid priority parameter"
    actions = message.get("actions", [])
    if len(actions) > _ACTIONS or not all(
        one.get("action") == "view" and one.get("label") and one.get("url") for one in actions
    ):
        return 40018, "invalid request: actions invalid"
    return None


def shown_notification(message: dict[str, Any], key: str) -> Shown:
    """What people see; apps make links of addresses in the text."""
    text = message.get("message") or "triggered"
    unmarked = _MARKED.sub(r"\1", text)
    links = [("", message["click"])] if message.get("click") else []
    links += [(one["label"], one["url"]) for one in message.get("actions", [])]
    links += [("", url) for url in _URL.findall(text)]
    return Shown(
        text=f"{message.get('title', '')}\n{text}\n{unmarked}",
        links=tuple(links),
        bold=tuple(_MARKED.findall(text)),
        reference=key,
    )
