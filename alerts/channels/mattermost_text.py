"""Mattermost's Markdown: what others wrote stays text, whatever is in it.

Its web client reads backslashes, brackets and underscores in its own way (github.com/mattermost/marked), its apps as CommonMark says.
What is written here means the same to both: a backslash where both take it away, an entity elsewhere.
"""

import re
import unicodedata

from alerts.channels.layout import ArticleBlock, Layout
from alerts.channels.rich_text import Line, line_text
from core.model.outcome import Priority
from core.text.visible import one_line

_LONGEST_URL = 4_000  # a longer one would leave no room for the text
_SPECIAL = re.compile(r"[`*_#|~>!]|\\(?!\w)")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", "[": "&#91;", "]": "&#93;", "$": "&#36;"})
# Emoji, and the beginning of an address: inside a text that is a link by itself, a backslash would be shown.
_COLON = re.compile(r":(?=[0-9]*[A-Za-z_+-][\w+-]*:|100:|1234:|/)|(?<=[A-Za-z]):(?=\w)")
_WWW = re.compile(r"\b(www\d{0,3})\.", re.IGNORECASE)
_LINE_START = re.compile(r"([-+])(?=\s|[-+])|(\d+)([.)])|(=)")
_HAIR_SPACE = "\u200a"  # CommonMark's asterisks want a blank beside them where the bold text ends with punctuation
_ZERO_WIDTH_SPACE = "\u200b"  # between two bold pieces, whose asterisks would be read together
_BOLD_END = "\ufdd0"  # no text has it


def mattermost_lines(layout: Layout) -> list[str]:
    """The text of an attachment, line by line."""
    if layout.body:
        told = [_line(line) for line in layout.body]
    else:
        told = [_heading(layout)]
        for block in layout.articles:
            told += ["", *_article(block)]
        if layout.more:
            told += ["", f"and {layout.more} more"]
    told += [_text(text) for text in (*layout.notes, layout.state) if text]
    if layout.buttons:
        told += ["", " · ".join(_link(escape(button.label), button.url) for button in layout.buttons)]
    return told


def _heading(layout: Layout) -> str:
    urgent = "🚨 " if layout.priority is Priority.FLASH else ""
    return urgent + " · ".join([_line((layout.rule,)), *map(escape, layout.why)])


def _article(block: ArticleBlock) -> list[str]:
    quote_line = _line(block.quote)
    lines = [f"**{_link(escape(block.headline), block.url)}**", _text(" · ".join(block.facts))]
    return [line for line in (*lines, f"> {quote_line}" if quote_line else "") if line]


def _text(text: str) -> str:
    return _started(escape(text))


def _line(line: Line) -> str:
    shown = line_text(line, plain=escape, bold=_bold, link=_link)
    shown = shown.replace(f"{_BOLD_END}*", f"{_ZERO_WIDTH_SPACE}*").replace(_BOLD_END, "")
    return _started(shown)


def _bold(text: str) -> str:
    bold = f"**{text}**{_BOLD_END}"
    return f"{_HAIR_SPACE}{bold}{_HAIR_SPACE}" if _mark(text[0]) or _mark(text[-1]) else bold


def _mark(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"


def escape(text: str) -> str:
    """What others wrote, with nothing in it that acts, but at the beginning of a line."""
    text = _SPECIAL.sub(r"\\\g<0>", text).translate(_ENTITIES)
    return _WWW.sub(r"\1\\.", _COLON.sub("&#58;", text))


def _started(line: str) -> str:
    """A line that begins no list, heading or block."""
    return _LINE_START.sub(_start, line.strip(), count=1) if _LINE_START.match(line.strip()) else line.strip()


def _start(found: re.Match[str]) -> str:
    if found[4]:
        return "&#61;"
    return f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}"


def _link(text: str, url: str) -> str:
    if len(url) > _LONGEST_URL:
        return text
    url = one_line(url)
    for mark, code in _IN_ADDRESSES:
        url = url.replace(mark, code)
    return f"[{text}]({url})"


_IN_ADDRESSES = tuple((mark, f"%{ord(mark):02X}") for mark in "()<>[] \\*_`\"'~")
