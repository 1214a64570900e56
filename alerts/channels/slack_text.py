"""Messages as Slack's Block Kit: sections of mrkdwn, within the limits that Slack documents and those that it does not.

An analyst's headline is text: what mrkdwn would read as its own is written so that it is shown as it stands.
"""

import re
from collections.abc import Sequence
from typing import Any

import orjson

from alerts.channels.clamp import clamp_rendered, joined
from alerts.channels.layout import ArticleBlock, Laid, Layout, Longest, View, fit
from alerts.channels.message import Message
from alerts.channels.rich_text import Line, cut_line, line_text
from core.model.outcome import Priority
from core.text.visible import one_line

# Slack documents 50 blocks of 3,000 characters, and refuses payloads far below that (slackapi/bolt-js#2867, #2509).
MAX_BYTES = 15_000
_PAYLOAD_BYTES = MAX_BYTES - 400  # the rest is for what a bot adds: channel, thread, metadata
_MAX_CHARACTERS = 9_000
_MAX_BLOCKS = 50
_SECTION_CHARACTERS = 2_950  # 3,000 documented
_URL_CHARACTERS = 2_500  # a longer one leaves no room for its headline
_LONGEST = Longest(title=150, source=80, snippet=300, rule=150)

_ZERO_WIDTH_SPACE = "\u200b"
_OPENS, _CLOSES = "\ufdd0", "\ufdd1"  # no characters: Unicode keeps these two for such a use, so no text has them
_JOINED = (
    r"[^\s!-/:-@\[-`{-~\ufdd0\ufdd1]"  # what is neither a blank nor punctuation: asterisks beside it are asterisks
)
_EDGES = re.compile(f"(?<=({_JOINED})){_OPENS}|{_CLOSES}(?=({_JOINED}|{_OPENS}))|{_OPENS}|{_CLOSES}")

# mrkdwn has no escape for its marks. Where one could act, a letter that looks like it stands in its place.
_ACTING = re.compile(r"(?<![^\W_])[*_~`]+(?!\s|$)|(?<!\s)(?<!^)[*_~`]+(?![^\W_])")
_LOOKALIKES = str.maketrans({"*": "∗", "_": "＿", "~": "∼", "`": "ˋ"})


def slack_body(message: Message, view: View) -> bytes:
    """The JSON of one post to an incoming webhook; headline and link always stay."""
    return _fitted(message, view).rendered[0]


def slack_post(message: Message, view: View) -> dict[str, Any]:
    """The same, for a bot to add to."""
    post: dict[str, Any] = orjson.loads(slack_body(message, view))
    return post


def slack_cut(message: Message) -> tuple[str, ...]:
    """What of the message does not fit, for people."""
    return _fitted(message, View()).cut


def _fitted(message: Message, view: View) -> Laid[tuple[bytes, int, int]]:
    return fit(message, view, _LONGEST, _encode, _fits)


def _fits(encoded: tuple[bytes, int, int]) -> bool:
    body, characters, blocks = encoded
    return len(body) <= _PAYLOAD_BYTES and characters <= _MAX_CHARACTERS and blocks <= _MAX_BLOCKS


def _encode(layout: Layout) -> tuple[bytes, int, int]:
    """The body, its characters and its blocks."""
    texts = _told(layout)
    if layout.state:
        texts.append(f"_{escape(layout.state)}_")
    if layout.buttons:
        links = [f"<{_link(button.url)}|{escape(button.label)}>" for button in layout.buttons]
        texts.append(joined([link for link in links if len(link) <= _URL_CHARACTERS], _SECTION_CHARACTERS))
    # "verbatim": no name of a channel or a person is made of plain text
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}} for text in texts if text]
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
        lines = [_line(cut_line(line, lambda part: len(_line(part)) <= _SECTION_CHARACTERS)) for line in layout.body]
        head = " · ".join(filter(None, (layout.mention, *map(escape, layout.notes))))
        return list(filter(None, (head, *_sections(lines))))
    more = [f"and {layout.more} more"] if layout.more else []
    return [_heading(layout), *map(_article, layout.articles), *more]


def _sections(lines: Sequence[str]) -> list[str]:
    """Lines in as few sections as Slack's longest allows."""
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
            link=lambda text, url: f"<{_link(url)}|{text}>" if len(_link(url)) <= _URL_CHARACTERS else text,
        )
    )


def _heading(layout: Layout) -> str:
    urgent = ":rotating_light: " if layout.priority is Priority.FLASH else ""
    name = escape(layout.rule.text)
    rule = f"*<{_link(layout.rule.url)}|{name}>*" if layout.rule.url else f"*{name}*"
    mention = f"{layout.mention} " if layout.mention else ""  # configured, so it is markup
    head = mention + urgent
    return head + joined((rule, *map(escape, (*layout.why, *layout.notes))), _SECTION_CHARACTERS - len(head))


def _article(block: ArticleBlock) -> str:
    url = _link(block.url)
    if len(url) <= _URL_CHARACTERS:
        headline = f"*<{url}|{clamp_rendered(block.headline, _SECTION_CHARACTERS - len(url) - 5, escape)}>*"
    else:
        headline = f"*{escape(block.headline)}*"
    lines = [headline]
    for line in (joined([*map(escape, block.facts)], _SECTION_CHARACTERS), bold(block.quote)):
        shown = f"> {line}" if len(lines) > 1 else line
        if line and sum(map(len, lines)) + len(shown) + len(lines) <= _SECTION_CHARACTERS:
            lines.append(shown)
    return "\n".join(lines)


def bold(quote: Line) -> str:
    """The quote with its evidence in bold. Slack's asterisks work only beside a blank or punctuation, so in scripts without
    spaces a zero-width one is put on their outer sides.
    """
    return _line(quote)


def _spaced(marked: str) -> str:
    return _EDGES.sub(lambda edge: _ZERO_WIDTH_SPACE if edge[1] or edge[2] else "", marked)


def escape(text: str) -> str:
    """What others wrote, as text: the three characters that Slack documents, and the marks that would act."""
    text = _ACTING.sub(lambda marks: marks[0].translate(_LOOKALIKES), text)
    return _entities(text)


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _link(url: str) -> str:
    return _entities(one_line(url)).replace("|", "%7C").replace(" ", "%20")
