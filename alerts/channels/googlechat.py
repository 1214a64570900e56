"""kind = "googlechat": a webhook of a Google Chat space. A card, in a thread of its story.

`requestId` makes a repeat harmless (Chat API, spaces.messages.create); a webhook cannot edit what it posted.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import orjson

from alerts.channels.channel import Capabilities, Confirmation, Limits, Rate, Receipt, SendFailure, Sending
from alerts.channels.json_answer import broke_off, json_of, text_at
from alerts.channels.kind import ChannelTools, Kind
from alerts.channels.layout import ArticleBlock, Laid, Layout, Longest, View, fit
from alerts.channels.message import Message
from alerts.channels.posting import Posted, held_up, is_success, post, refused
from alerts.channels.rich_text import Line, line_text
from alerts.channels.settings import HttpChannelSettings
from core.errors import ConfigError
from core.model.outcome import Event, Priority
from core.text.visible import one_line

_MAX_BYTES = 32_000  # of a message with cards, the addresses of buttons included
_WIDGETS = 90  # 100 documented; what is beyond them is not shown
_TEXT = 4_000  # 4,096 were refused
_LIMITS = Limits(max_bytes=_MAX_BYTES, in_flight=1, shared_rate=Rate(count=60, seconds=60.0))  # of a space
_ANSWER_BYTES = 200_000  # it repeats the whole message
_CAPABILITIES = Capabilities(thread=True, idempotent=True, buttons=True)
_SPACE = re.compile(r"/spaces/[^/]+/messages/?$")
_NO_SPACE = "an address of a webhook has /spaces/SPACE/messages in it"
_LONGEST_URL = 16_000
_LONGEST = Longest(title=300, source=80, snippet=500, rule=150)


class GoogleChatSettings(HttpChannelSettings):
    """`url` is the webhook's address; its key and token are secrets."""

    meanings: ClassVar[Mapping[str, str]] = {
        "url": "the webhook's address, which is a secret",
    }

    kind: Literal["googlechat"]

    def receiver(self, base_dir: Path) -> str:
        url = super().receiver(base_dir)
        parts = urlsplit(url)
        absent = [name for name in ("key", "token") if not parse_qs(parts.query).get(name)]
        told = _NO_SPACE if not _SPACE.search(parts.path) else f"it lacks its `{absent[0]}`" if absent else ""
        if told:
            key = "url" if self.url_file is None else "url_file"
            raise ConfigError([f"channel {self.name}: {key}: {told}; copy the whole address from the space's webhooks"])
        return url


class GoogleChatChannel:
    """One message at a time. Webhooks of one space share its limit."""

    kind = "googlechat"
    limits = _LIMITS
    capabilities = _CAPABILITIES

    def __init__(self, settings: GoogleChatSettings, tools: ChannelTools) -> None:
        self.name = settings.name
        self._url = settings.receiver(tools.base_dir)
        self.limit_key = "googlechat:" + urlsplit(self._url).path  # the space's; key and token are in the query
        self._timeout_seconds = settings.timeout_seconds
        self._poster = tools.poster
        self._view = settings.view(tools.base_dir)

    async def send(self, message: Message, sending: Sending) -> Receipt:
        return await post(
            self._poster,
            self._address(sending.notification_id),
            googlechat_body(message, self._view),
            {"content-type": "application/json; charset=UTF-8"},
            timeout_seconds=self._timeout_seconds,
            now=sending.now,
            judge=partial(_judge, now=sending.now),
            answer_bytes=_ANSWER_BYTES,
        )

    def _address(self, request_id: str) -> str:
        own = {"requestId": request_id, "messageReplyOption": "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"}
        parts = urlsplit(self._url)
        kept = [pair for pair in parts.query.split("&") if pair.partition("=")[0] not in {*own, "threadKey", ""}]
        return urlunsplit(parts._replace(query="&".join([*kept, urlencode(own)])))


def _judge(answer: Posted, now: datetime) -> Receipt | SendFailure | None:
    """A message that was made has a name. An answer that breaks off counts: the status was success."""
    if not is_success(answer.status):
        return held_up(answer, now)
    name = text_at(json_of(answer), "name")
    if name or broke_off(answer):
        return Receipt(Confirmation.DELIVERED, reference=name[:500])
    return refused(answer)


def googlechat_body(message: Message, view: View) -> bytes:
    """The JSON of one message within its budget; headline and link always stay."""
    return orjson.dumps(_fitted(message, view).rendered)


def _fitted(message: Message, view: View) -> Laid[dict[str, Any]]:
    one_story = len(message.stories) == 1 and message.event is not Event.TEST
    thread = message.stories[0].story_id if one_story else ""
    return fit(message, view, _LONGEST, lambda layout: _render(layout, thread), _fits)


def _fits(message: dict[str, Any]) -> bool:
    widgets = message["cardsV2"][0]["card"]["sections"][0]["widgets"]
    return len(widgets) <= _WIDGETS and len(orjson.dumps(message)) <= _MAX_BYTES


def _render(layout: Layout, thread: str) -> dict[str, Any]:
    widgets: list[dict[str, Any]] = [{"textParagraph": {"text": text}} for text in _texts(layout)]
    if layout.buttons:
        buttons = [{"text": one.label, "onClick": {"openLink": {"url": one_line(one.url)}}} for one in layout.buttons]
        widgets.append({"buttonList": {"buttons": buttons}})
    message: dict[str, Any] = {
        "cardsV2": [{"cardId": "alert", "card": {"sections": [{"widgets": widgets}]}}],
        "fallbackText": layout.title.replace("<", "\u2039").replace(
            ">", "\u203a"
        ),  # it has no escape, and mentions act
    }
    if layout.mention:
        message["text"] = layout.mention[:_TEXT]  # configured, so it is markup: <users/all>
    if thread:
        message["thread"] = {"threadKey": thread}
    return message


def _texts(layout: Layout) -> list[str]:
    if layout.body:
        told = ["<br>".join(map(_line, layout.body))]
    else:
        told = [_heading(layout), *map(_article, layout.articles)]
        if layout.more:
            told.append(f"and {layout.more} more")
    rest = [*layout.notes, *([layout.state] if layout.state else [])]
    return [*told, *(f"<i>{escape(text)}</i>" for text in rest)]


def _heading(layout: Layout) -> str:
    urgent = "🚨 " if layout.priority is Priority.FLASH else ""
    return urgent + " · ".join([_line((layout.rule,)), *map(escape, layout.why)])


def _article(block: ArticleBlock) -> str:
    lines = [f"<b>{_link(escape(block.headline), block.url)}</b>", escape(" · ".join(block.facts)), _line(block.quote)]
    return "<br>".join(line for line in lines if line)


def _line(line: Line) -> str:
    return line_text(line, plain=escape, bold=lambda text: f"<b>{text}</b>", link=_link)


def escape(text: str) -> str:
    """What others wrote, as text. Nothing is said of numeric entities, so none is used."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _link(text: str, url: str) -> str:
    if len(url) > _LONGEST_URL:
        return text
    for mark, code in (('"', "%22"), ("<", "%3C"), (">", "%3E"), (" ", "%20")):
        url = url.replace(mark, code)
    return f'<a href="{escape(one_line(url))}">{text}</a>'


KIND = Kind(
    what="a Google Chat space, by its webhook",
    settings=GoogleChatSettings,
    make=GoogleChatChannel,
    limits=_LIMITS,
    capabilities=_CAPABILITIES,
    cut=lambda message: _fitted(message, View()).cut,
)
