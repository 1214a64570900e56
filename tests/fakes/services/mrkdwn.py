"""Slack's mrkdwn as Slack reads it (docs.slack.dev, "Formatting message text"), for a fake that shows what people would see.

* `&`, `<` and `>` stand for themselves only as `&amp;`, `&lt;`, `&gt;`;
* `<url|label>` is a link; `<!channel>`, `<!here>`, `<!everyone>`, `<!subteam^ID>` and `<@ID>` ping;
* `*bold*`, `_italic_`, `~struck~` and `` `code` `` act within a line where the outer sides are blanks or punctuation and the
  inner sides are no blanks.
"""

import html
import re
from dataclasses import dataclass, field

_CONTROL = re.compile(r"<([^<>\n]*)>")
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")
_SPAN = re.compile(r"(?<![^\W_])([*_~`])(?=\S)([^\n]*?)(?<=\S)\1(?![^\W_])")
_PING = re.compile(r"!(?:channel|here|everyone)(?:\|.*)?|!subteam\^\w+(?:\|.*)?|@\w+(?:\|.*)?")
_FIRST_ATOM = 0xF0000  # of a plane that no text uses: stands for a link while its surroundings are read


@dataclass
class Read:
    """What a text shows; `wrong`: why Slack would show something else than was meant."""

    text: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    bold: list[str] = field(default_factory=list)
    pings: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def read(text: str) -> Read:
    """What people see of a text in mrkdwn."""
    found = Read()
    atoms: dict[int, str] = {}

    def control(match: re.Match[str]) -> str:
        inner = match[1]
        if _PING.fullmatch(inner):
            found.pings.append(html.unescape(inner))
            return ""
        url, bar, label = inner.partition("|")
        if not re.match(r"(?:https?|mailto):", url):
            found.wrong.append(f"not a link: <{inner[:60]}>")
            return ""
        shown = html.unescape(_unformatted(label if bar else url, found.bold))
        found.links.append((shown, html.unescape(url)))
        atoms[_FIRST_ATOM + len(atoms)] = shown
        return chr(_FIRST_ATOM + len(atoms) - 1)

    if _ENTITY.search(text):
        found.wrong.append("a bare &")
    plain = re.sub(r"^> ?", "", _CONTROL.sub(control, text), flags=re.MULTILINE)
    if "<" in plain or ">" in plain:
        found.wrong.append("a bare < or >")
    bold: list[str] = []
    found.text = html.unescape(_unformatted(plain, bold)).translate(atoms)
    found.bold += [html.unescape(word).translate(atoms) for word in bold]
    return found


def _unformatted(text: str, bold: list[str]) -> str:
    """The text without its marks of bold and the like."""
    while span := _SPAN.search(text):
        if span[1] == "*":
            bold.append(span[2])
        text = text[: span.start()] + span[2] + text[span.end() :]
    return text
