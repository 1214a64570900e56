"""Mattermost's Markdown as its web client reads it (its fork of marked, and what it looks for in the text), for a fake.

* a backslash takes the meaning of one of `` `*{}[]()#+-.!_>|~ ``, and of a backslash that no letter or digit follows; elsewhere it
  is shown; HTML is shown as text, entities as what they stand for;
* `[label](url)`, `<url>` and a bare `http(s)://...` or `www....` are links; the brackets of a label are counted without regard to
  backslashes; `![label](url)` is a picture;
* `**bold**`, `__bold__`, `*it*`, `_it_`, `` `code` ``, `~~gone~~`, `$formula$`;
* at the beginning of a line `#`, `>`, `-`, `+`, `*`, `1.` act, and so do lines of `=` or `-`, four blanks, a fence, a table;
* `@name` mentions and `:name:` is an emoji wherever the text has them.
"""

import html
import re
from dataclasses import dataclass, field

_LINE_START = re.compile(r"\s*(#{1,6} |[-+*] |\d+[.)] |=+\s*$|(?:[-*_] *){3,}$|```|~~~|\|)| {4,}\S")
_QUOTE = re.compile(r"\s*> ?")
_ESCAPE = re.compile(r"\\(?:([`*{}\[\]()#+\-.!_>|~])|(\\)(?!\w))")
_AUTOLINK = re.compile(r"<((?:[^ >]+:/|www\d{0,3}\.)[^ >]+)>")
_URL = re.compile(r"(?:(?:https?|ftp|mailto|tel|irc):(?:/{1,3}|[\w%])|www\d{0,3}\.)[^\s<>()\"]+", re.IGNORECASE)
_LABEL = r"((?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*?)"
_LINK = re.compile(rf"(!?)\[{_LABEL}\]\(\s*<?((?:[^()\s]|\([^()]*\))*)>?\s*\)")
_STRONG = re.compile(r"__([\s\S]+?)__(?!_)|\*\*([\s\S]+?)\*\*(?!\*)")
_EM = re.compile(r"_([^\s_](?:[\s\S]*?[^\s_])?)_(?![\w])|\*([^\s*\"<](?:[\s\S]*?[^\s*])?)\*(?!\*)")
_CODE = re.compile(r"(`+)([^`]|[^`][\s\S]*?[^`])\1(?!`)")
_GONE = re.compile(r"~~(?=\S)([\s\S]*?\S)~~")
_FORMULA = re.compile(r"\$([^$\n]+)\$(?!\w)")
_ENTITY = re.compile(r"&#?\w+;")
_TEXT = re.compile(r"[^\\<!\[`*_~$&:w@hftmi]+", re.IGNORECASE)
_EMOJI = re.compile(r":[a-zA-Z0-9_+-]*[a-zA-Z_+-][a-zA-Z0-9_+-]*:")
_MENTION = re.compile(r"(?<![\w])@([a-z0-9][a-z0-9.\-_]*)", re.IGNORECASE)


@dataclass
class Read:
    """What a text shows. `acted`: marks that did something beside bold, links and quotes."""

    text: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    bold: list[str] = field(default_factory=list)
    pings: list[str] = field(default_factory=list)
    acted: list[str] = field(default_factory=list)


def read(text: str) -> Read:
    """What people see of a text."""
    found = Read()
    lines = []
    for line in text.split("\n"):
        quote = _QUOTE.match(line)
        rest = line[quote.end() :] if quote else line
        if start := _LINE_START.match(rest):
            found.acted.append(f"line: {start[0]}")
        lines.append(_inline(rest, found))
    found.text = "\n".join(lines)
    return found


def _inline(text: str, found: Read, *, in_link: bool = False) -> str:
    shown = ""
    plain = ""  # as it stands in the markup: what a mention or an emoji is looked for in
    at = 0
    while at < len(text):
        piece, raw, at = _piece(text, at, found, in_link=in_link)
        shown += piece
        plain += raw
    found.pings += [f"@{name}" for name in _MENTION.findall(plain)]
    found.acted += [f"emoji {name}" for name in _EMOJI.findall(plain)]
    return shown


def _piece(text: str, at: int, found: Read, *, in_link: bool) -> tuple[str, str, int]:
    """What is shown of the next piece of the text, what of it is plain, and where it ends."""
    if one := _ESCAPE.match(text, at):
        return one[1] or one[2], one[1] or one[2], one.end()
    if one := _ENTITY.match(text, at):
        return html.unescape(one[0]), one[0], one.end()
    if not in_link and (one := _AUTOLINK.match(text, at)):
        found.acted.append(f"autolink {one[1]}")
        return one[1], "", one.end()
    if not in_link and (at == 0 or not text[at - 1].isalnum()) and (one := _URL.match(text, at)):
        found.acted.append(f"bare link {one[0]}")
        return one[0], "", one.end()
    if one := _LINK.match(text, at):
        if one[1]:
            found.acted.append("picture")
        label = _inline(one[2], found, in_link=True)
        found.links.append((label, html.unescape(one[3])))
        return label, "", one.end()
    if one := _STRONG.match(text, at):
        inner = _inline(one[1] or one[2], found, in_link=in_link)
        found.bold.append(inner)
        return inner, "", one.end()
    for pattern, name in ((_EM, "italic"), (_CODE, "code"), (_GONE, "struck"), (_FORMULA, "formula")):
        if one := pattern.match(text, at):
            inner = next(filter(None, reversed(one.groups())))
            found.acted.append(name)
            return (inner if name == "code" else _inline(inner, found, in_link=in_link)), "", one.end()
    one = _TEXT.match(text, at)
    piece = one[0] if one else text[at]
    return piece, piece, at + len(piece)
