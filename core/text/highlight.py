"""Evidence marked inside a snippet, whatever the markup."""

import re
from collections.abc import Callable, Iterable

from core.text.characters import is_mark, is_single
from core.text.fold import is_dropped
from core.text.invisible import is_invisible

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
    """Whether the place does not cut a word: `arms` is not marked in `alarms`, nor `e` where a mark behind it makes it `é`.
    Scripts without spaces have no such edge."""
    after = end
    while after < len(snippet) and is_invisible(snippet[after]):
        after += 1
    if after < len(snippet) and (is_mark(snippet[after]) or _joins(snippet[end - 1], snippet[after])):
        return False
    before = start - 1
    while before >= 0 and (is_invisible(snippet[before]) or is_dropped(snippet[before])):
        before -= 1
    return before < 0 or not _joins(snippet[before], snippet[start])


def _joins(left: str, right: str) -> bool:
    return _spaced(left) and _spaced(right)


def _spaced(char: str) -> bool:
    """Part of a word of a script with spaces between words."""
    return (char.isalnum() or is_mark(char)) and not is_single(char)


def one_line(text: str) -> str:
    """The text with every blank made a plain space: as many characters as before, so positions stay."""
    return _BLANK.sub(" ", text)
