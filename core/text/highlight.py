"""Evidence marked inside a snippet, whatever the markup."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence

from core.text.tokens import Tokens, tokenize

_BLANK = re.compile(r"[^\S ]")  # all that str.isspace() takes for a blank, but the plain space


def highlight(snippet: str, texts: Iterable[str], *, mark: Callable[[str], str], plain: Callable[[str], str]) -> str:
    """The snippet with every whole occurrence of the texts marked; `plain` escapes, and is applied to every part once."""
    parts: list[str] = []
    done = 0
    for start, end in spans(snippet, texts):
        parts.append(plain(snippet[done:start]))
        parts.append(mark(plain(snippet[start:end])))
        done = end
    parts.append(plain(snippet[done:]))
    return "".join(parts)


def spans(snippet: str, texts: Iterable[str]) -> list[tuple[int, int]]:
    """Non-overlapping places of the texts in the snippet, the longer of two that overlap, in order."""
    found: list[tuple[int, int]] = []
    for text in {one_line(text) for text in texts} - {""}:
        start = snippet.find(text)
        while start >= 0:
            found.append((start, start + len(text)))
            start = snippet.find(text, start + 1)
    tokens = tokenize(snippet) if found else Tokens([], [], [])
    found = [(start, end) for start, end in found if _whole(tokens, start, end)]
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _whole(tokens: Tokens, start: int, end: int) -> bool:
    """Whether the place does not cut a word: `arms` is not marked in `alarms`, nor `e` where a mark behind it makes it `é`."""
    return not (_cuts(tokens, start, tokens.starts) or _cuts(tokens, end, tokens.ends))


def _cuts(tokens: Tokens, place: int, edges: Sequence[int]) -> bool:
    """Whether a word begins before the place and ends behind it, and it is no edge of another."""
    behind = bisect_left(tokens.starts, place)
    around = range(
        max(behind - 2, 0), min(behind + 1, len(tokens))
    )  # two words share a Thai vowel that is written as one sign
    inside = any(tokens.starts[one] < place < tokens.ends[one] for one in around)
    return inside and not any(edges[one] == place for one in around)


def one_line(text: str) -> str:
    """The text with every blank made a plain space: as many characters as before, so positions stay."""
    return _BLANK.sub(" ", text)
