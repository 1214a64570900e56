"""Evidence marked inside a snippet, whatever the markup."""

import re
from collections.abc import Callable, Iterable

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
            end = start + len(text)
            if _whole(snippet, start, end):
                found.append((start, end))
            start = snippet.find(text, start + 1)
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _whole(snippet: str, start: int, end: int) -> bool:
    """Whether the place does not cut a word: `arms` is not marked in `alarms`; scripts without spaces have no such edge."""
    before = start > 0 and _joins(snippet[start - 1], snippet[start])
    after = end < len(snippet) and _joins(snippet[end - 1], snippet[end])
    return not before and not after


def _joins(left: str, right: str) -> bool:
    return left.isalnum() and right.isalnum() and _spaced(left) and _spaced(right)


_FIRST_UNSPACED = 0x0E00  # Thai; nearly all scripts that put spaces between words come before it


def _spaced(character: str) -> bool:
    return ord(character) < _FIRST_UNSPACED


def one_line(text: str) -> str:
    """The text with every blank made a plain space: as many characters as before, so positions stay."""
    return _BLANK.sub(" ", text)
