"""Telegram's HTML style as the Bot API reads it ("Formatting options, HTML style"), for a fake.

* only its tags are known, they nest and are closed; all `<`, `>` and `&` that are no tag or entity are written as entities;
* only `&lt;`, `&gt;`, `&amp;`, `&quot;` and numeric entities are known;
* a link that is no address of the web is dropped, its text stays; of a message's entities the first hundred count;
* `@name` in the text mentions.
"""

import html
import re
from dataclasses import dataclass, field

_TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "blockquote", "tg-spoiler", "a"}
_TOKEN = re.compile(
    r'<(/?)([a-z-]+)((?: [a-z]+="[^"<>]*"| expandable)*)>|&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);|([^<>&]+)'
)
_NAME = re.compile(r"(?<![\w@])@([A-Za-z]\w{3,31})\b")
_MOST = 100


class CannotParse(Exception):
    """As the service says it."""


@dataclass
class Read:
    text: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    bold: list[str] = field(default_factory=list)
    pings: list[str] = field(default_factory=list)
    entities: int = 0


def read(markup: str) -> Read:
    """Raises CannotParse."""
    found = Read()
    opened: list[tuple[str, str, int]] = []
    at = 0
    while at < len(markup):
        token = _TOKEN.match(markup, at)
        if token is None:
            raise CannotParse(f"unsupported start tag or character at byte offset {at}")
        at = token.end()
        if token[2] is None:
            found.text += html.unescape(token[0])
        elif token[2] not in _TAGS:
            raise CannotParse(f'Unsupported start tag "{token[2]}"')
        elif not token[1]:
            opened.append((token[2], token[3], len(found.text)))
        elif not opened or opened[-1][0] != token[2]:
            raise CannotParse(f"unmatched end tag </{token[2]}>")
        else:
            _closed(found, *opened.pop())
    if opened:
        raise CannotParse(f'Can\'t find end tag corresponding to start tag "{opened[-1][0]}"')
    found.pings += [f"@{name}" for name in _NAME.findall(found.text)]
    return found


def _closed(found: Read, tag: str, attributes: str, start: int) -> None:
    text = found.text[start:]
    if not text.strip():
        return
    found.entities += 1
    if found.entities > _MOST:
        return
    if tag in ("b", "strong"):
        found.bold.append(text)
    if tag == "a":
        url = html.unescape(attributes.partition('"')[2].rpartition('"')[0])
        if user := re.fullmatch(r"tg://user\?id=(\d+)", url):
            found.pings.append(user[1])
        elif re.match(r"https?://[^/\s?#]*\.[^/\s?#]+", url) and not re.search(r"\s", url):
            found.links.append((text, url))
