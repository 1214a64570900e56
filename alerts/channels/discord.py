"""kind = "discord": a webhook. A line about the rule, and below it an embed for each article; it edits what it posted.

What pings stands in the line alone, and only who is configured may be pinged by it: an embed pings nobody.
"""

import math
import re
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlencode, urlsplit, urlunsplit

import orjson
from pydantic import AfterValidator

from alerts.channels.channel import Capabilities, Confirmation, Limits, Receipt, SendFailure, Sending
from alerts.channels.clamp import clamp_rendered, joined, utf16_units
from alerts.channels.json_answer import json_of, text_at
from alerts.channels.kind import ChannelTools, Kind
from alerts.channels.layout import ArticleBlock, Laid, Layout, Longest, View, fit
from alerts.channels.message import Message
from alerts.channels.posting import Posted, failure_of, is_success, post, refused
from alerts.channels.rich_text import Line, cut_line, line_text
from alerts.channels.settings import HttpChannelSettings
from core.errors import ConfigError
from core.model.outcome import FailureReason, Priority
from core.net.failure import MAX_RETRY_AFTER_SECONDS
from core.text.visible import one_line

# "Embed limits" and "Component Reference" of the developers' documentation; counted as JavaScript counts characters.
_CONTENT = 2_000
_EMBEDS = 10
_EMBEDS_TOGETHER = 6_000
_TITLE = 256
_DESCRIPTION = 4_096
_FACTS = 700
_BUTTON_URL = 512
_BUTTONS = 5
_URL = 2_048

_LONGEST = Longest(title=200, source=80, snippet=350, rule=150, because=300)
# "Rate limits should not be hard coded": the headers of each answer say for how long the webhook is to wait.
_LIMITS = Limits(max_bytes=100_000, in_flight=1)
_CAPABILITIES = Capabilities(edit=True, buttons=True)
_COLOURS = {Priority.FLASH: 0xD92D20, Priority.NORMAL: 0x2E6FD9, Priority.LOW: 0x7A869A}
_ANSWER_BYTES = 262_144  # the answer repeats the message

# Discord refuses a whole message for one address whose host has no dot or an underscore (go-gitea/gitea#11124).
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:[a-z]{2,}|xn--[a-z0-9-]+)|\d+(?:\.\d+){3}", re.IGNORECASE)
_SPECIAL = re.compile(r"[\\*_~`|\[\]<]|:(?=//)")
_LINE_START = re.compile(r"^(\s*)([-#+>]|\d+(?=\.))")
_ZERO_WIDTH_SPACE = "\u200b"


def _snowflake(value: str) -> str:
    if not re.fullmatch(r"\d{1,20}", value, re.ASCII):
        raise ValueError('expected the ID of the thread, a number in quotes such as "1224466880011223344"')
    return value


class DiscordSettings(HttpChannelSettings):
    """`url` is the webhook's address, which is a secret. `thread_id`: of the thread to post to, such as one of a forum."""

    meanings: ClassVar[Mapping[str, str]] = {
        "url": "the webhook's address, which is a secret",
        "thread_id": "the ID of the thread to post to",
    }

    kind: Literal["discord"]
    thread_id: Annotated[str, AfterValidator(_snowflake)] | None = None

    def receiver(self, base_dir: Path) -> str:
        url = super().receiver(base_dir)
        other = urlsplit(url).path.rstrip("/").rpartition("/")[2]
        if other in ("slack", "github"):
            told = f"this address takes messages of {other.title()}; leave out /{other} at its end"
            raise ConfigError([f"channel {self.name}: {'url' if self.url_file is None else 'url_file'}: {told}"])
        return url


class DiscordChannel:
    """One webhook. A reference is the message's ID. All webhooks share what Discord holds up as a whole."""

    kind = "discord"
    limits = _LIMITS
    capabilities = _CAPABILITIES

    def __init__(self, settings: DiscordSettings, tools: ChannelTools) -> None:
        self.name = settings.name
        self._url = settings.receiver(tools.base_dir)
        self._in_thread = {} if settings.thread_id is None else {"thread_id": settings.thread_id}
        self._timeout_seconds = settings.timeout_seconds
        self._poster = tools.poster
        self._view = settings.view(tools.base_dir)
        self.limit_key = f"discord:{urlsplit(self._url).hostname}"

    async def send(self, message: Message, sending: Sending) -> Receipt:
        # Without `wait` a message that is not saved is no error; without the other, buttons are dropped.
        query = {"wait": "true", "with_components": "true"}
        return await self._ask("POST", "", query, message, sending.now)

    async def edit(self, message: Message, reference: str, sending: Sending) -> Receipt:
        query = {"with_components": "true"}
        receipt = await self._ask("PATCH", f"/messages/{reference}", query, message, sending.now)
        return receipt if receipt.reference else Receipt(receipt.confirmation, receipt.status, reference=reference)

    async def _ask(self, method: str, path: str, query: Mapping[str, str], message: Message, now: datetime) -> Receipt:
        parts = urlsplit(self._url)
        own = "&".join(filter(None, (parts.query, urlencode({**query, **self._in_thread}))))
        return await post(
            self._poster,
            urlunsplit(parts._replace(path=parts.path.rstrip("/") + path, query=own)),
            discord_body(message, self._view),
            {"content-type": "application/json"},
            timeout_seconds=self._timeout_seconds,
            now=now,
            judge=partial(_judge, now=now),
            method=method,
            secrets=frozenset({parts.path.rpartition("/")[2], parts.path}),
            answer_bytes=_ANSWER_BYTES,
        )


# --- what is shown


def discord_body(message: Message, view: View) -> bytes:
    """The JSON of one message; headline and link always stay."""
    return orjson.dumps(_fitted(message, view).rendered)


def discord_cut(message: Message) -> tuple[str, ...]:
    """What of the message does not fit, for people."""
    return _fitted(message, View()).cut


def _fitted(message: Message, view: View) -> Laid[dict[str, Any]]:
    return fit(message, view, _LONGEST, _render, _fits)


def _fits(body: Mapping[str, Any]) -> bool:
    embeds = body["embeds"]
    texts = [text for one in embeds for text in (one.get("title", ""), one.get("description", ""), _footer(one))]
    return (
        len(embeds) <= _EMBEDS
        and sum(map(utf16_units, texts)) <= _EMBEDS_TOGETHER
        and all(utf16_units(one.get("description", "")) <= _DESCRIPTION for one in embeds)
    )


def _footer(embed: Mapping[str, Any]) -> str:
    return str(embed.get("footer", {}).get("text", ""))


def _render(layout: Layout) -> dict[str, Any]:
    colour = _COLOURS[layout.priority]
    embeds = [{**embed, "color": colour} for embed in _embeds(layout)]
    if layout.body:
        lines = [_line(cut_line(line, lambda part: utf16_units(_line(part)) <= _DESCRIPTION)) for line in layout.body]
        told = "\n".join(lines)
        embeds = [{"description": told, "color": colour}] if told.strip() else []
    if layout.more and embeds and not layout.body:
        embeds[-1]["footer"] = {"text": f"and {layout.more} more"}
    buttons = [button for button in layout.buttons if _is_taken(button.url, _BUTTON_URL)][:_BUTTONS]
    row = [{"type": 2, "style": 5, "label": button.label, "url": _address(button.url)} for button in buttons]
    return {
        "content": _content(layout, [button for button in layout.buttons if button not in buttons]),
        "embeds": embeds,
        "components": [{"type": 1, "components": row}] if row else [],
        "allowed_mentions": _allowed(layout.mention),
    }


def _content(layout: Layout, others: list[Any]) -> str:
    """The line about the rule, and the state. `others`: links that are too long for a button."""
    urgent = "🚨 " if layout.priority is Priority.FLASH else ""
    head = f"{layout.mention} {urgent}" if layout.mention else urgent
    name = f"**{escape(layout.rule.text)}**"
    rule = f"[{name}](<{_link(layout.rule.url)}>)" if layout.rule.url else name
    said = () if layout.body else (rule, *map(escape, layout.why))
    room = _CONTENT - 500 - utf16_units(head)
    lines = [head + joined((*said, *map(escape, layout.notes)), room, measure=utf16_units)]
    if layout.state:
        lines.append(f"*{clamp_rendered(layout.state, 480, escape, utf16_units)}*")
    for button in others:
        line = f"[{escape(button.label)}](<{_link(button.url)}>)"
        if sum(map(utf16_units, lines)) + utf16_units(line) + len(lines) <= _CONTENT:
            lines.append(line)
    return "\n".join(filter(None, lines))


def _embeds(layout: Layout) -> list[dict[str, Any]]:
    """An embed an article; of more articles than embeds the first has its own, and the others are a list."""
    if len(layout.articles) + layout.more <= _EMBEDS or len(layout.articles) < 2:
        return [_embed(block) for block in layout.articles]
    first, *others = layout.articles
    return [_embed(first), {"description": "\n".join(map(_listed, others))}]


def _listed(block: ArticleBlock) -> str:
    headline = f"**{escape(block.headline)}**"
    url = _link(block.url)
    linked = f"[{headline}]({url})" if len(url) <= _BUTTON_URL else headline
    return joined([f"\u2022 {linked}", *map(escape, block.facts)], _DESCRIPTION // 8, measure=utf16_units)


def _embed(block: ArticleBlock) -> dict[str, Any]:
    facts = joined([*map(escape, block.facts)], _FACTS, measure=utf16_units)
    quote = f"> {_line(block.quote)}" if block.quote else ""
    headline = clamp_rendered(block.headline, _TITLE, escape, utf16_units)
    embed: dict[str, Any] = {"title": headline}
    lines = [facts, quote]
    if _is_taken(block.url, _URL):
        embed["url"] = _address(block.url)
    elif len(_link(block.url)) <= _URL:  # in a text, Discord does not look at it
        embed, lines = {}, [f"[**{headline}**]({_link(block.url)})", *lines]
    told = "\n".join(filter(None, lines))
    return {**embed, "description": told} if told.strip() else embed


def _line(line: Line) -> str:
    """Beside one another, two bold pieces need something between their asterisks."""
    shown = line_text(
        line,
        plain=escape,
        bold=lambda text: f"**{text}**\ufdd0",
        link=lambda text, url: f"[{text}]({_link(url)})" if len(_link(url)) <= _URL else text,
    )
    return shown.replace("\ufdd0*", f"{_ZERO_WIDTH_SPACE}*").replace("\ufdd0", "")


def escape(text: str) -> str:
    """What others wrote, as text: a backslash before all that Discord's Markdown reads as its own."""
    escaped = _SPECIAL.sub(lambda found: f"\\{found[0]}", text)
    return _LINE_START.sub(lambda found: f"{found[1]}{_started(found[2])}", escaped)


def _started(mark: str) -> str:
    return f"{mark}\\" if mark.isdigit() else f"\\{mark}"


def _is_taken(url: str, longest: int) -> bool:
    """Whether Discord takes the address as that of a title or a button."""
    try:
        parts = urlsplit(_address(url))
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(_HOST.fullmatch(host)) and len(_address(url)) <= longest


def _address(url: str) -> str:
    return one_line(url).replace(" ", "%20")


def _link(url: str) -> str:
    for mark, code in (("(", "%28"), (")", "%29"), ("<", "%3C"), (">", "%3E"), (" ", "%20"), ("\\", "%5C")):
        url = url.replace(mark, code)
    return one_line(url)


def _allowed(mention: str) -> dict[str, Any]:
    """Who may be pinged: who is configured, and nobody else."""
    return {
        "parse": ["everyone"] if "@everyone" in mention or "@here" in mention else [],
        "users": re.findall(r"<@!?(\d+)>", mention),
        "roles": re.findall(r"<@&(\d+)>", mention),
    }


# --- what is answered


def _judge(answer: Posted, now: datetime) -> Receipt | SendFailure | None:
    said = json_of(answer)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return _held_up(answer, said, now)
    if answer.status == HTTPStatus.NOT_FOUND:
        what = text_at(said, "message") or "no such webhook"
        return SendFailure(FailureReason.GONE, f"HTTP 404: {what}", retriable=False)
    if not is_success(answer.status):
        return None
    pause = _pause(answer.headers)
    if answer.status == HTTPStatus.NO_CONTENT:
        return Receipt(Confirmation.ACCEPTED, pause_seconds=pause)
    number = text_at(said, "id")
    begun = said is None and answer.body.lstrip()[:1] in ("", "{")
    if number or (begun and (not answer.whole or len(answer.body) >= _ANSWER_BYTES // 4)):
        return Receipt(Confirmation.DELIVERED, reference=number, pause_seconds=pause)
    return refused(answer)


def _held_up(answer: Posted, said: dict[str, Any] | None, now: datetime) -> SendFailure:
    """A limit of this webhook's, or of all that comes from here: `global`, or from the network before Discord's API."""
    failure = failure_of(answer.status, answer.headers, answer.body, now)
    wanted = (said or {}).get("retry_after")
    if isinstance(wanted, int | float) and not isinstance(wanted, bool) and 0 <= wanted < math.inf:
        failure.retry_after_seconds = min(float(wanted), MAX_RETRY_AFTER_SECONDS)
    failure.holds_all = (
        said is None or said.get("global") is True or answer.headers.get("X-RateLimit-Scope") == "global"
    )
    return failure


def _pause(headers: Mapping[str, str]) -> float:
    """For how long the webhook is to wait, where its bucket is empty now."""
    if headers.get("X-RateLimit-Remaining") != "0":
        return 0.0
    try:
        seconds = float(headers.get("X-RateLimit-Reset-After", ""))
    except ValueError:
        return 0.0
    return min(seconds, MAX_RETRY_AFTER_SECONDS) if seconds > 0 else 0.0


KIND = Kind(
    what="a Discord channel or thread, by a webhook",
    settings=DiscordSettings,
    make=DiscordChannel,
    limits=_LIMITS,
    capabilities=_CAPABILITIES,
    cut=discord_cut,
)
