"""Discord's Markdown as its client reads it ("Markdown Text 101", developers' "Message Formatting"), for a fake.

* a backslash before a punctuation mark takes its meaning away;
* `**bold**`, `*it*`, `_it_`, `__under__`, `~~gone~~`, `||spoiler||` and `` `code` `` act anywhere, also within words, but `_`;
* `**` does not close where a third asterisk follows;
* at the beginning of a line `# `, `## `, `### `, `-# `, `- `, `* `, `> ` and `1. ` act;
* `[label](url)` and `[label](<url>)` are links, the latter without a preview, and so is a bare `http(s)://...`;
* `<@ID>`, `<@&ID>` mention, `<#ID>`, `<:name:ID>`, `<t:TIME>` are a channel, an emoji, a time; `@everyone`, `@here` mention.
"""

import re
from dataclasses import dataclass, field

_LINE_START = re.compile(r"(#{1,3} |-# |[-*] |> |>>> |\d+\. )")
_LINK = re.compile(r"\[((?:\\.|[^\[\]\\\n])+)\]\((<)?(https?://[^\s<>()]+)(?(2)>)\)")
_MENTION = re.compile(r"<(@[!&]?\d+|#\d+|a?:\w+:\d+|t:-?\d+(?::\w)?|/[\w ]+:\d+)>")
_EVERYONE = re.compile(r"@(?:everyone|here)\b")
_BARE = re.compile(r"https?://[^\s<]+[^\s<.,:;\"')\]]")
_MARKS = ("***", "**", "__", "~~", "||", "*", "_", "`")


@dataclass
class Read:
    """What a text shows. `previewed`: addresses of which the client fetches a preview. `structure`: line marks that acted."""

    text: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    bold: list[str] = field(default_factory=list)
    mentions: list[str] = field(default_factory=list)
    previewed: list[str] = field(default_factory=list)
    structure: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)


def read(text: str) -> Read:
    found = Read()
    lines = []
    for line in text.split("\n"):
        start = _LINE_START.match(line)
        if start:
            found.structure.append(start[1].strip())
        lines.append(_inline(line[start.end() :] if start else line, found))
    found.text = "\n".join(lines)
    return found


def _inline(text: str, found: Read) -> str:
    shown = ""
    at = 0
    while at < len(text):
        rest = text[at:]
        if rest[0] == "\\" and len(rest) > 1 and not rest[1].isalnum() and not rest[1].isspace() and rest[1].isascii():
            shown += rest[1]
            at += 2
        elif link := _LINK.match(rest):
            label = _inline(link[1], found)
            found.links.append((label, link[3]))
            if link[2] is None:
                found.previewed.append(link[3])
            shown += label
            at += link.end()
        elif mention := _MENTION.match(rest):
            found.mentions.append(mention[1])
            at += mention.end()
        elif everyone := _EVERYONE.match(rest):
            found.mentions.append(everyone[0])
            shown += everyone[0]
            at += everyone.end()
        elif bare := _BARE.match(rest):
            found.previewed.append(bare[0])
            shown += bare[0]
            at += bare.end()
        elif span := _span(text, at):
            mark, inner, end = span
            kept = _inline(inner, found) if mark != "`" else inner
            found.marks.append(mark)
            if mark in ("**", "***"):
                found.bold.append(kept)
            shown += kept
            at = end
        else:
            shown += rest[0]
            at += 1
    return shown


def _span(text: str, at: int) -> tuple[str, str, int] | None:
    """A mark, what it encloses, and where it ends."""
    for mark in _MARKS:
        if not text.startswith(mark, at):
            continue
        if mark == "_" and at and text[at - 1].isalnum():
            continue
        start = at + len(mark)
        end = start
        while (end := text.find(mark, end)) >= 0:
            inner = text[start:end]
            escaped = (len(inner) - len(inner.rstrip("\\"))) % 2 == 1
            third = mark in ("**", "*") and text.startswith("*", end + len(mark))
            in_word = mark == "_" and text[end + 1 : end + 2].isalnum()
            if inner and not inner.isspace() and not escaped and not third and not in_word:
                return mark, inner, end + len(mark)
            end += 1
    return None
