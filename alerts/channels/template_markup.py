"""The small markup of templates: **bold**, [text](address), and a backslash before what is meant as text."""

import re

from alerts.channels.rich_text import Line, Span
from core.text.visible import one_line

_MARKED = re.compile(
    r"\\(?P<plain>.)|\*\*(?P<bold>(?:\\.|[^*\\\n])+)\*\*|\[(?P<text>(?:\\.|[^\]\\\n])*)\]\((?P<url>(?:\\.|[^)\\\n])+)\)"
)
_SPECIAL = re.compile(r"[\\*\[\]()]")
_ESCAPED = re.compile(r"\\(.)")


class Markup(str):
    """Text in the template's own markup: it is not escaped once more."""

    __slots__ = ()


class BrokenTemplate(ValueError):
    """A template that cannot be read or does not come to an end; the message says what and where."""


def marked(line: str) -> Line:
    """A line of the template's markup as spans."""
    spans: list[Span] = []
    done = 0

    def plain(text: str) -> None:
        if text and spans and not spans[-1].bold and not spans[-1].url:
            spans[-1] = Span(spans[-1].text + text)
        elif text:
            spans.append(Span(text))

    for found in _MARKED.finditer(line):
        plain(one_line(line[done : found.start()]))
        done = found.end()
        if found["plain"] is not None:
            plain(one_line(found["plain"]))
        elif found["bold"] is not None:
            spans.append(Span(_unescaped(found["bold"]), bold=True))
        else:
            url = _unescaped(found["url"])
            safe = url.startswith(("http://", "https://"))
            spans.append(Span(_unescaped(found["text"]) or url, url=url if safe else ""))
    plain(one_line(line[done:]))
    return tuple(spans)


def escaped(text: str) -> str:
    """Text that stays text in the template's markup, and in one line."""
    return _SPECIAL.sub(r"\\\g<0>", one_line(text))


def in_markup(line: Line) -> Markup:
    """Spans in the template's markup."""
    return Markup("".join(f"**{escaped(span.text)}**" if span.bold else escaped(span.text) for span in line))


def _unescaped(text: str) -> str:
    return one_line(_ESCAPED.sub(r"\1", text))
