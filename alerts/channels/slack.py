"""kind = "slack": an incoming webhook. The headline as a link, outlet, time, rule and the hit sentence with its evidence.

An incoming webhook cannot edit what it posted (ecosystem: `chat.update` needs a bot), so an update is a new message.
"""

import re
from collections.abc import Sequence
from typing import Literal

import orjson

from alerts.channels.channel import Capabilities, Confirmation, Limits, Receipt, SendFailure, Sending
from alerts.channels.kind import ChannelTools, Kind
from alerts.channels.layout import ArticleBlock, Laid, Layout, Longest, View, fit
from alerts.channels.message import Message
from alerts.channels.posting import Posted, is_success, post, refused
from alerts.channels.rich_text import Line, line_text
from alerts.channels.settings import HttpChannelSettings
from core.model.outcome import Priority
from core.text.visible import one_line

# Slack documents 50 blocks of 3,000 characters, and refuses payloads far below that (slackapi/bolt-js#2867, #2509).
_MAX_BYTES = 15_000
_MAX_CHARACTERS = 9_000
_MAX_BLOCKS = 50
_SECTION_CHARACTERS = 2_900  # 3,000 documented
_URL_CHARACTERS = 1_000
_LONGEST = Longest(title=150, source=80, snippet=300, rule=150)
_LIMITS = Limits(max_bytes=_MAX_BYTES, in_flight=1)  # about one a second a channel; 429 with Retry-After above that
_CAPABILITIES = Capabilities()

_ZERO_WIDTH_SPACE = "\u200b"
_OPENS, _CLOSES = "\ufdd0", "\ufdd1"  # no characters: Unicode keeps these two for such a use, so no text has them
_EDGES = re.compile(f"(?<=([^\\W_])){_OPENS}|{_CLOSES}(?=([^\\W_]|{_OPENS}))|{_OPENS}|{_CLOSES}")


class SlackSettings(HttpChannelSettings):
    """`url` is the incoming webhook's address, which is a secret."""

    kind: Literal["slack"]


class SlackChannel:
    """One message at a time."""

    kind = "slack"
    limits = _LIMITS
    capabilities = _CAPABILITIES
    limit_key = ""

    def __init__(self, settings: SlackSettings, tools: ChannelTools) -> None:
        self.name = settings.name
        self._url = settings.receiver(tools.base_dir)
        self._timeout_seconds = settings.timeout_seconds
        self._poster = tools.poster
        self._view = settings.view(tools.base_dir)

    async def send(self, message: Message, sending: Sending) -> Receipt:
        return await post(
            self._poster,
            self._url,
            slack_body(message, self._view),
            {"content-type": "application/json"},
            timeout_seconds=self._timeout_seconds,
            now=sending.now,
            judge=_judge,
        )


def _judge(answer: Posted) -> Receipt | SendFailure | None:
    """Only `ok` or {"ok": true} is a success. One that breaks off counts: the status was success, and Slack drops no repeat."""
    if not is_success(answer.status):
        return None
    text = answer.body.strip()
    if not answer.whole or text == "ok":
        return Receipt(Confirmation.DELIVERED)
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError:
        return refused(answer)
    return Receipt(Confirmation.DELIVERED) if isinstance(said, dict) and said.get("ok") is True else refused(answer)


def slack_body(message: Message, view: View) -> bytes:
    """The JSON of one post, within Slack's documented and undocumented limits; headline and link always stay."""
    return _fitted(message, view).rendered[0]


def slack_cut(message: Message) -> tuple[str, ...]:
    """What of the message does not fit, for people."""
    return _fitted(message, View()).cut


def _fitted(message: Message, view: View) -> Laid[tuple[bytes, int, int]]:
    return fit(message, view, _LONGEST, _encode, _fits)


def _fits(encoded: tuple[bytes, int, int]) -> bool:
    body, characters, blocks = encoded
    return len(body) <= _MAX_BYTES and characters <= _MAX_CHARACTERS and blocks <= _MAX_BLOCKS


def _encode(layout: Layout) -> tuple[bytes, int, int]:
    """The body, its characters and its blocks."""
    texts = _told(layout)
    if layout.state:
        texts.append(f"_{escape(layout.state)}_")
    if layout.buttons:
        texts.append(" · ".join(f"<{_link(button.url)}|{escape(button.label)}>" for button in layout.buttons))
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": text}} for text in texts]
    data = {
        "text": escape(layout.title),
        "blocks": blocks,
        "unfurl_links": False,  # previews of every link bury the channel
        "unfurl_media": False,
    }
    return orjson.dumps(data), sum(map(len, texts)), len(blocks)


def _told(layout: Layout) -> list[str]:
    """What is told, one text a block: a template's lines, or the heading and the articles."""
    if layout.body:
        lines = [_line(line) for line in layout.body]
        head = " · ".join(filter(None, (layout.mention, *map(escape, layout.notes))))
        return list(filter(None, (head, *_sections(lines))))
    more = [f"and {layout.more} more"] if layout.more else []
    return [_heading(layout), *map(_article, layout.articles), *more]


def _sections(lines: Sequence[str]) -> list[str]:
    """Lines in as few sections as Slack's longest allows; a longer line is cut at the end of the message model, not here."""
    found = [""]
    for line in lines:
        joined = f"{found[-1]}\n{line}" if found[-1] else line
        if len(joined) > _SECTION_CHARACTERS and found[-1]:
            found.append(line)
        else:
            found[-1] = joined
    return found


def _line(line: Line) -> str:
    return _spaced(
        line_text(
            line,
            plain=escape,
            bold=lambda text: f"{_OPENS}*{text}*{_CLOSES}",
            link=lambda text, url: f"<{_link(url)}|{text}>",
        )
    )


def _heading(layout: Layout) -> str:
    urgent = ":rotating_light: " if layout.priority is Priority.FLASH else ""
    name = escape(layout.rule.text)
    rule = f"*<{_link(layout.rule.url)}|{name}>*" if layout.rule.url else f"*{name}*"
    mention = f"{layout.mention} " if layout.mention else ""  # configured, so it is markup
    return mention + urgent + " · ".join([rule, *map(escape, (*layout.why, *layout.notes))])


def _article(block: ArticleBlock) -> str:
    title, url = escape(block.headline), _link(block.url)
    headline = f"*<{url}|{title}>*" if len(url) <= _URL_CHARACTERS else f"*{title}*"
    lines = [headline, " · ".join(map(escape, block.facts))]
    quote = _bold(block.quote)
    if quote and sum(map(len, lines)) + len(quote) <= _SECTION_CHARACTERS:
        lines.append(f"> {quote}")
    return "\n".join(lines)


def _bold(quote: Line) -> str:
    """The quote with its evidence in bold. Slack's asterisks work only beside a blank or punctuation, so in scripts without
    spaces a zero-width one is put on their outer sides.
    """
    return _line(quote)


def _spaced(marked: str) -> str:
    return _EDGES.sub(lambda edge: _ZERO_WIDTH_SPACE if edge[1] or edge[2] else "", marked)


def escape(text: str) -> str:
    """The three characters that Slack's mrkdwn reads as its own escaped (docs: formatting, "escaping text")."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _link(url: str) -> str:
    return escape(one_line(url)).replace("|", "%7C")


KIND = Kind(
    what="a Slack channel, by an incoming webhook",
    settings=SlackSettings,
    make=SlackChannel,
    limits=_LIMITS,
    capabilities=_CAPABILITIES,
    cut=slack_cut,
)
