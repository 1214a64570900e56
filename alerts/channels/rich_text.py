"""Text for people in no particular markup: pieces that are plain, bold or a link; and what others wrote, made harmless."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from alerts.channels.clamp import clamp_text, most_that_fit
from core.text.highlight import spans

_MENTION = re.compile(r"@(?=\w)")
_NO_PING = "@\u200b"  # a blank without width: the word after it is no name any more


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line. `url`: it links there; `bold`: words of the evidence."""

    text: str
    bold: bool = False
    url: str = ""


Line = tuple[Span, ...]


def line_text(
    line: Line, *, plain: Callable[[str], str], bold: Callable[[str], str], link: Callable[[str, str], str]
) -> str:
    """A line in some markup. `plain` escapes; `bold` gets text that is escaped, `link` the same and a raw address."""
    parts = []
    for span in line:
        text = plain(span.text)
        text = bold(text) if span.bold else text
        parts.append(link(text, span.url) if span.url else text)
    return "".join(parts)


def quoted(snippet: str, texts: Sequence[str]) -> Line:
    """The snippet with every whole occurrence of the texts as a bold span."""
    line: list[Span] = []
    done = 0
    for start, end in spans(snippet, texts):
        line += [Span(snippet[done:start]), Span(snippet[start:end], bold=True)]
        done = end
    line.append(Span(snippet[done:]))
    return tuple(span for span in line if span.text)


def defused(text: str) -> str:
    """The text so that no `@name` in it is one to a chat."""
    return _MENTION.sub(_NO_PING, text)


def cut_line(line: Line, fits: Callable[[Line], bool]) -> Line:
    """The line, or as much of its beginning as fits, cut between characters as people see them."""
    if fits(line):
        return line
    return _beginning(
        line, most_that_fit(sum(len(span.text) for span in line), lambda most: fits(_beginning(line, most)))
    )


def _beginning(line: Line, characters: int) -> Line:
    kept: list[Span] = []
    for span in line:
        text = clamp_text(span.text, characters)
        if text:
            kept.append(replace(span, text=text))
        characters -= len(span.text)
        if characters <= 0:
            break
    return tuple(kept)
