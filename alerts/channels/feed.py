"""kind = "feed": an outgoing feed (Atom, JSON Feed) that people subscribe to, behind an address that nobody guesses.

An alert is an entry with its id; what becomes of the alert changes the entry. wirewatch/api/feeds.py serves them.
"""

import html
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import orjson
from pydantic import AfterValidator, Field, SecretStr

from alerts.channels.channel import Capabilities, Confirmation, Limits, Receipt, SendFailure, Sending
from alerts.channels.kind import ChannelTools, Kind
from alerts.channels.layout import ArticleBlock, Laid, Layout, Longest, View, fit
from alerts.channels.message import Message
from alerts.channels.rich_text import Line, line_text
from alerts.channels.settings import ChannelSettings, only_one, secret_text
from core.errors import ConfigError, Unavailable
from core.model.feed import FeedEntry
from core.model.outcome import Event, FailureReason
from core.text.legal import legal_characters

_MOST_BYTES = 60_000
_LONGEST = Longest(title=300, source=80, snippet=600)
_LIMITS = Limits(max_bytes=_MOST_BYTES, in_flight=1)
_CAPABILITIES = Capabilities(edit=True, idempotent=True)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,200}")
_EXPECTED = "expected 20 to 200 letters, digits, _ and - that nobody guesses"


def _token(value: SecretStr) -> SecretStr:
    if _TOKEN.fullmatch(value.get_secret_value()) is None:
        raise ValueError(_EXPECTED)
    return value


class FeedSettings(ChannelSettings):
    """`token`: what its address has in place of a password; another one is another address. `entries`: of the feed at most."""

    meanings: ClassVar[Mapping[str, str]] = {
        "token": "20 to 200 letters, digits, _ and -, in place of the one that is made",
        "entries": "of a feed at most, 1 to 500",
    }

    kind: Literal["feed"]
    token: Annotated[SecretStr, AfterValidator(_token)] | None = None
    token_file: str | None = None
    entries: Annotated[int, Field(ge=1, le=500)] = 50

    def clashes(self) -> Iterator[str]:
        yield from super().clashes()
        yield from only_one(self, "token", "token_file")

    def uses(self, base_dir: Path) -> tuple[str, str | None]:  # noqa: ARG002 - its entries stand in the database
        return "feed, read from a process with the role serve", None

    def check_files(self, base_dir: Path) -> None:
        self.own_token(base_dir)

    def own_token(self, base_dir: Path) -> str | None:
        """The token; None: one is made. Raises ConfigError."""
        where = f"channel {self.name}: token_file"
        token = secret_text(self.token, self.token_file, where=where, base_dir=base_dir)
        if token is not None and _TOKEN.fullmatch(token) is None:
            raise ConfigError([f"{where}: {_EXPECTED}"])
        return token


class FeedChannel:
    """Writes entries where processes that serve read them. A reference is the entry's id."""

    kind = "feed"
    limits = _LIMITS
    capabilities = _CAPABILITIES
    limit_key = ""

    def __init__(self, settings: FeedSettings, tools: ChannelTools) -> None:
        self.name = settings.name
        self._token = settings.own_token(tools.base_dir)
        self._entries = settings.entries
        self._view = settings.view(tools.base_dir, defuse=False)
        self._book = tools.feed_book
        self._watch = tools.watch

    async def send(self, message: Message, sending: Sending) -> Receipt:
        return await self._put(message, _entry_id(message, sending), sending)

    async def edit(self, message: Message, reference: str, sending: Sending) -> Receipt:
        return await self._put(message, reference, sending)

    async def _put(self, message: Message, entry_id: str, sending: Sending) -> Receipt:
        content = feed_content(message, self._view)
        self._watch("PUT", f"feed entry {entry_id}", {}, orjson.dumps(content))
        entry = FeedEntry(
            channel=self.name,
            entry_id=entry_id,
            rule_id=message.rule.rule_id,
            published=message.created,
            updated=sending.now,
            content=content,
        )
        try:
            await self._book.put(entry, token=self._token, keep=self._entries)
        except Unavailable as error:
            raise SendFailure(FailureReason.CONNECT, str(error), retriable=True) from error
        return Receipt(Confirmation.DELIVERED, reference=entry_id, detail=f"entry {entry_id}")


def _entry_id(message: Message, sending: Sending) -> str:
    """An alert has one entry, whatever is told of it; a digest, or a test, one of its own."""
    one = message.stories[0].alert_id if len(message.stories) == 1 else ""
    return one if one and message.event not in (Event.TEST, Event.DIGEST) else sending.notification_id


def feed_content(message: Message, view: View) -> dict[str, Any]:
    """What an entry shows: title, url, html, author, lang, tags."""
    return _fitted(message, view).rendered


def feed_cut(message: Message) -> tuple[str, ...]:
    """What of the message does not fit, for people."""
    return _fitted(message, View(defuse=False)).cut


def _fitted(message: Message, view: View) -> Laid[dict[str, Any]]:
    def render(layout: Layout) -> dict[str, Any]:
        return _content(message, layout)

    return fit(message, view, _LONGEST, render, lambda content: len(orjson.dumps(content)) <= _MOST_BYTES)


def _content(message: Message, layout: Layout) -> dict[str, Any]:
    first = layout.articles[0] if layout.articles else None
    whole = message.event is Event.DIGEST or first is None
    links = [] if first is None else [first.url]
    links += [] if message.links is None else [message.links.alert]
    content = {
        "title": layout.title if whole or first is None else first.headline,
        "url": next((url for url in links if _is_web(url)), ""),
        "html": _html(layout),
        "author": first.facts[0] if first is not None and first.facts else "",
        "lang": (message.articles[0].lang or "") if message.articles else "",
        "tags": [layout.rule.text, str(layout.priority)],
    }
    return {key: legal_characters(value) if isinstance(value, str) else value for key, value in content.items()}


def _html(layout: Layout) -> str:
    parts = [f"<p>{_escaped(note)}</p>" for note in layout.notes]
    if layout.state:
        parts.append(f"<p><em>{_escaped(layout.state)}</em></p>")
    if layout.body:
        parts += [f"<p>{_line(line)}</p>" for line in layout.body]
    else:
        parts += [_article(block) for block in layout.articles]
        if layout.more:
            parts.append(f"<p>and {layout.more} more</p>")
        parts.append(f"<p>{' · '.join((_line((layout.rule,)), *map(_escaped, layout.why)))}</p>")
    links = [_link(_escaped(button.label), button.url) for button in layout.buttons]
    if links:
        parts.append(f"<p>{' · '.join(links)}</p>")
    return "\n".join(parts)


def _article(block: ArticleBlock) -> str:
    head = _link(f"<strong>{_escaped(block.headline)}</strong>", block.url)
    facts = f"<br>{' · '.join(map(_escaped, block.facts))}" if block.facts else ""
    quote = f"<blockquote>{_line(block.quote)}</blockquote>" if block.quote else ""
    return f"<p>{head}{facts}</p>{quote}"


def _line(line: Line) -> str:
    return line_text(line, plain=_escaped, bold=lambda text: f"<b>{text}</b>", link=_link)


def _link(text: str, url: str) -> str:
    return f'<a href="{_escaped(url)}" rel="noreferrer">{text}</a>' if _is_web(url) else text


def _is_web(url: str) -> bool:
    return url.startswith(("https://", "http://"))


def _escaped(text: str) -> str:
    return html.escape(legal_characters(text))


KIND = Kind(
    what="an outgoing feed (Atom, JSON Feed) to subscribe to",
    settings=FeedSettings,
    make=FeedChannel,
    limits=_LIMITS,
    capabilities=_CAPABILITIES,
    cut=feed_cut,
)
