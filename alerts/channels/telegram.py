"""kind = "telegram": a bot's messages in a chat, in Telegram's HTML. It edits what it sent, and answers below it.

HTML, since it has three characters to escape where MarkdownV2 has eighteen.
"""

import html
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import quote, urlsplit

import orjson
from pydantic import AfterValidator, Field, SecretStr

from alerts.channels.channel import Capabilities, Confirmation, Limits, Rate, Receipt, SendFailure, Sending
from alerts.channels.clamp import joined, utf16_units
from alerts.channels.json_answer import json_of, text_at
from alerts.channels.kind import ChannelTools, Kind
from alerts.channels.layout import ArticleBlock, Laid, Layout, Longest, View, fit
from alerts.channels.message import Message
from alerts.channels.posting import Posted, failure_of, is_success, post, refused
from alerts.channels.rich_text import Line, cut_line, line_text
from alerts.channels.settings import ApiUrl, ChannelSettings, exactly_one, limit_key, needed_secret
from core.model.outcome import FailureReason, Priority
from core.net.failure import MAX_RETRY_AFTER_SECONDS
from core.text.visible import one_line

_UNITS = 4_096  # of UTF-16, after the markup is read
_ENTITIES = 100  # what is beyond loses its markup, links too
_TEXT_BYTES = 30_000
_FACTS = 700
_URL = 2_000
_ROW = 2  # buttons beside one another

_LONGEST = Longest(title=250, source=80, snippet=400, rule=150, because=400)
# "Avoid sending more than one message a second to a chat; 20 a minute to a group; 30 a second in all" (Bots FAQ).
_IN_ALL = Rate(count=30, seconds=1.0)
_TO_A_GROUP = Limits(max_bytes=60_000, in_flight=1, rate=Rate(count=20, seconds=60.0), shared_rate=_IN_ALL)
_TO_A_PERSON = Limits(max_bytes=60_000, in_flight=1, rate=Rate(count=10, seconds=10.0), shared_rate=_IN_ALL)
_CAPABILITIES = Capabilities(edit=True, thread=True, buttons=True)
_ANSWER_BYTES = 262_144  # the answer repeats the message

_TAG = re.compile(r"<[^>]*>")
_PERSON = re.compile(r'<a href="tg://user\?id=\d+">[^<>&]*</a>')


def _chat_id(value: int | str) -> int | str:
    if isinstance(value, str) and not re.fullmatch(r"-?\d{1,20}|@\w{4,32}", value, re.ASCII):
        raise ValueError("expected the chat's ID, a number such as -1001234567890, or @name of a public chat")
    return value


class TelegramSettings(ChannelSettings):
    """`token`: of a bot. `chat_id`: of the chat, or `@name` of a public one. `message_thread_id`: of a topic of the group."""

    meanings: ClassVar[Mapping[str, str]] = {
        "token": "the bot's token",
        "chat_id": "the ID of the chat, negative for a group, or @name of a public one",
        "message_thread_id": "the ID of a topic of the group, at least 1",
        "api_url": "where the Bot API is: another one for a server of your own",
    }

    kind: Literal["telegram"]
    token: SecretStr | None = None
    token_file: str | None = None
    chat_id: Annotated[int | str, AfterValidator(_chat_id)]
    message_thread_id: Annotated[int, Field(ge=1, le=2_000_000_000)] | None = None
    api_url: ApiUrl = "https://api.telegram.org"

    def clashes(self) -> Iterator[str]:
        yield from super().clashes()
        yield from exactly_one(self, "token", "token_file")

    def reaches(self, base_dir: Path) -> str | None:  # noqa: ARG002 - it stands in no file
        return self.api_url

    def check_files(self, base_dir: Path) -> None:
        self.bot_token(base_dir)

    def bot_token(self, base_dir: Path) -> str:
        """Read from `token_file` where it stands there. Raises ConfigError."""
        return needed_secret(self.token, self.token_file, where=f"channel {self.name}: token", base_dir=base_dir)


class TelegramChannel:
    """A bot in one chat. A reference is the chat's ID and the message's: `-1001234567890:42`."""

    kind = "telegram"
    capabilities = _CAPABILITIES

    def __init__(self, settings: TelegramSettings, tools: ChannelTools) -> None:
        self.name = settings.name
        self._token = settings.bot_token(tools.base_dir)
        self._chat = settings.chat_id
        self._topic = {} if settings.message_thread_id is None else {"message_thread_id": settings.message_thread_id}
        self._api_url = settings.api_url
        self._timeout_seconds = settings.timeout_seconds
        self._poster = tools.poster
        self._view = settings.view(tools.base_dir)
        self.limits = _TO_A_GROUP if str(settings.chat_id).startswith(("-", "@")) else _TO_A_PERSON
        self.limit_key = limit_key(self.kind, self._token)

    async def send(self, message: Message, sending: Sending) -> Receipt:
        body = {"chat_id": self._chat, **self._topic, **telegram_post(message, self._view)}
        chat, _, below = (sending.thread or "").rpartition(":")
        if below.isdigit() and chat:
            # one that was deleted, or is in a chat that this one was before, is answered by a message of its own
            body["reply_parameters"] = {"message_id": int(below), "allow_sending_without_reply": True}
        return await self._ask("sendMessage", body, sending.now)

    async def edit(self, message: Message, reference: str, sending: Sending) -> Receipt:
        chat, _, number = reference.rpartition(":")
        if not number.isdigit():
            raise SendFailure(FailureReason.GONE, "it is not known which message to edit", retriable=False)
        body = {"chat_id": _chat(chat), "message_id": int(number), **telegram_post(message, self._view)}
        receipt = await self._ask("editMessageText", body, sending.now)
        return Receipt(receipt.confirmation, receipt.status, receipt.detail, reference)

    async def _ask(self, method: str, body: dict[str, Any], now: datetime) -> Receipt:
        return await post(
            self._poster,
            f"{self._api_url}/bot{quote(self._token, safe=':')}/{method}",
            orjson.dumps(body),
            {"content-type": "application/json"},
            timeout_seconds=self._timeout_seconds,
            now=now,
            judge=partial(_judge, chat=self._chat, now=now),
            secrets=frozenset({self._token, self._token.partition(":")[2]}),
            answer_bytes=_ANSWER_BYTES,
        )


def _chat(text: str) -> int | str:
    return int(text) if text.lstrip("-").isdigit() else text


# --- what is shown


def telegram_post(message: Message, view: View) -> dict[str, Any]:
    """One message without its chat; headline and link always stay."""
    return _fitted(message, view).rendered


def telegram_cut(message: Message) -> tuple[str, ...]:
    """What of the message does not fit, for people."""
    return _fitted(message, View()).cut


def _fitted(message: Message, view: View) -> Laid[dict[str, Any]]:
    return fit(message, view, _LONGEST, _render, _fits)


def _fits(body: dict[str, Any]) -> bool:
    text = body["text"]
    entities = text.count("<") - text.count("</")
    shown = utf16_units(html.unescape(_TAG.sub("", text)))
    return shown <= _UNITS and entities <= _ENTITIES and len(text.encode()) <= _TEXT_BYTES


def _render(layout: Layout) -> dict[str, Any]:
    body: dict[str, Any] = {
        "text": "\n\n".join(filter(None, _parts(layout))),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    buttons = [
        {"text": button.label, "url": _address(button.url)} for button in layout.buttons if _is_taken(button.url)
    ]
    if buttons:
        rows = [buttons[at : at + _ROW] for at in range(0, len(buttons), _ROW)]
        body["reply_markup"] = {"inline_keyboard": rows}
    return body


def _is_taken(url: str) -> bool:
    """Whether Telegram takes an address. Where the host has no dot, it drops a link and refuses a message with a button."""
    try:
        parts = urlsplit(_address(url))
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in host and len(_address(url)) <= _URL


def _parts(layout: Layout) -> list[str]:
    more = f"and {layout.more} more" if layout.more else ""
    state = f"<i>{escape(layout.state)}</i>" if layout.state else ""
    if layout.body:
        lines = [_line(cut_line(line, lambda part: utf16_units(_line(part)) <= _UNITS // 2)) for line in layout.body]
        return [_heading(layout, ()), "\n".join(lines), state]
    rule = escape(layout.rule.text)
    name = f"<b>{_linked(rule, layout.rule.url) if _is_taken(layout.rule.url) else rule}</b>"
    heading = _heading(layout, (name, *map(escape, layout.why)))
    return [heading, *map(_article, layout.articles), more, state]


def _heading(layout: Layout, said: tuple[str, ...]) -> str:
    urgent = "🚨 " if layout.priority is Priority.FLASH else ""
    return _mention(layout.mention) + urgent + joined((*said, *map(escape, layout.notes)), 2_000)


def _mention(configured: str) -> str:
    """As configured: `@name`, or a link to a person; all else in it is text."""
    if not configured:
        return ""
    parts, done = [], 0
    for person in _PERSON.finditer(configured):
        parts += [html.escape(configured[done : person.start()], quote=False), person[0]]
        done = person.end()
    return "".join([*parts, html.escape(configured[done:], quote=False), " "])


def _article(block: ArticleBlock) -> str:
    facts = joined([*map(escape, block.facts)], _FACTS)
    quote_ = (
        f"<blockquote>{_line(block.quote)}</blockquote>" if "".join(span.text for span in block.quote).strip() else ""
    )
    headline = f"<b>{_linked(escape(block.headline), block.url)}</b>"
    return "\n".join(filter(None, (headline, facts, quote_)))


def _line(line: Line) -> str:
    return line_text(line, plain=escape, bold=lambda text: f"<b>{text}</b>", link=_linked)


def _linked(text: str, url: str) -> str:
    """`text` is escaped, the address is not. One that Telegram would drop stands beside it, to be copied."""
    if not _is_taken(url):
        return f"{text} ({escape(_address(url))})" if 0 < len(url) <= _URL // 4 else text
    if not text.strip():
        return text
    return f'<a href="{html.escape(_address(url))}">{text}</a>'


def _address(url: str) -> str:
    return one_line(url).replace(" ", "%20")


def escape(text: str) -> str:
    """What others wrote, as text: the three characters that Telegram's HTML reads as its own."""
    return html.escape(text, quote=False)


# --- what is answered


def _judge(answer: Posted, chat: int | str, now: datetime) -> Receipt | SendFailure | None:
    said = json_of(answer)
    if said is not None and said.get("ok") is False and said.get("error_code") is not None:
        return _problem(answer, said, now)
    if not is_success(answer.status):
        return None
    if said is not None:
        taken = Receipt(Confirmation.DELIVERED, reference=_place(said.get("result"), chat))
        return taken if said.get("ok") is True else refused(answer)
    body = answer.body.lstrip()
    begun = body[:1] in ("", "{") and not re.match(r'\{\s*"ok"\s*:\s*f', body)
    if begun and (not answer.whole or len(body) >= _ANSWER_BYTES // 4):
        return Receipt(Confirmation.DELIVERED)
    return refused(answer)


def _place(result: object, chat: int | str) -> str:
    """Where the message is; the chat's ID, where it was named otherwise."""
    if not isinstance(result, dict) or not isinstance(result.get("message_id"), int):
        return ""
    told = result.get("chat")
    number = told.get("id") if isinstance(told, dict) else None
    return f"{number if isinstance(number, int) else chat}:{result['message_id']}"


def _problem(answer: Posted, said: dict[str, Any], now: datetime) -> Receipt | SendFailure:
    """What a failure of the Bot API means, which says it in words and in `parameters`."""
    code = said["error_code"] if isinstance(said["error_code"], int) else answer.status
    words = text_at(said, "description")
    parameters = said.get("parameters")
    parameters = parameters if isinstance(parameters, dict) else {}
    if "message is not modified" in words:  # it shows already what it shall
        return Receipt(Confirmation.DELIVERED)
    failure = failure_of(code, answer.headers, words, now)
    detail = f"HTTP {code}: {words}"
    if isinstance(parameters.get("migrate_to_chat_id"), int):
        detail += f"; the group is another chat by now: set chat_id = {parameters['migrate_to_chat_id']}"
    elif code == HTTPStatus.TOO_MANY_REQUESTS:
        return _held_up(failure, parameters)
    elif code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND):
        return SendFailure(FailureReason.AUTH_ERROR, f"{detail}; the token is wrong, or was revoked", retriable=False)
    elif any(gone in words for gone in ("message to edit not found", "MESSAGE_ID_INVALID", "message can't be edited")):
        return SendFailure(FailureReason.GONE, detail, retriable=False)
    elif "message is too long" in words:
        return SendFailure(FailureReason.PAYLOAD_TOO_LARGE, detail, retriable=False)
    elif "chat not found" in words:
        detail += "; is chat_id right, and was the bot added to the chat?"
    return SendFailure(failure.reason, detail, retriable=failure.retriable)


def _held_up(failure: SendFailure, parameters: dict[str, Any]) -> SendFailure:
    """Telegram does not say whether the chat or the bot sends too much: all that the bot sends waits."""
    wanted = parameters.get("retry_after")
    if isinstance(wanted, int | float) and not isinstance(wanted, bool) and wanted >= 0:
        failure.retry_after_seconds = min(float(wanted), MAX_RETRY_AFTER_SECONDS)
    failure.holds_all = True
    return failure


KIND = Kind(
    what="a Telegram chat, group, topic or channel, by a bot",
    settings=TelegramSettings,
    make=TelegramChannel,
    limits=_TO_A_GROUP,
    capabilities=_CAPABILITIES,
    cut=telegram_cut,
)
