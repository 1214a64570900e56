"""Words of a rule as patterns: folded like the text they are searched in, with `?` and a star at a word's end."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from alerts.rules.limits import LEAST_LETTERS
from alerts.rules.syntax import WordPattern
from core.text.characters import is_mark, is_single, is_word_character
from core.text.fold import fold_pattern, is_dropped, plain
from core.text.invisible import without_invisible
from core.text.tokens import tokenize

_SIGNS = "*?"
_LEAST_SINGLE = 2  # characters before a star, where each is a word: the usual length of a word there


@dataclass(frozen=True, slots=True)
class Words:
    """The patterns of a term; `complaint` says what is wrong with a wildcard, `short` that it has too few letters."""

    patterns: tuple[WordPattern, ...]
    complaint: str = ""
    short: bool = False


def words_in(text: str, *, cased: bool = False) -> Words:
    """The word patterns of a word or of what stands between quotes."""
    if "*" not in text and "?" not in text:
        return Words(_literal(text, cased=cased))
    patterns: list[WordPattern] = []
    for run in _runs(without_invisible(text)):
        if "*" not in run and "?" not in run:
            patterns += _literal(run, cased=cased)
            continue
        found = _wild(run, cased=cased)
        if found.complaint:
            return found
        patterns += found.patterns
    return Words(tuple(patterns))


def _runs(text: str) -> Iterator[str]:
    """The words of a text with the signs that stand in them, and what stands between."""
    for _, run in groupby(text, lambda char: char in _SIGNS or is_word_character(char) or is_dropped(char)):
        yield "".join(run)


def _literal(text: str, *, cased: bool) -> tuple[WordPattern, ...]:
    if text.isascii() and text.isalnum():
        return (WordPattern(text if cased else text.lower()),)
    tokens = tokenize(text)
    if cased:
        pieces = zip(tokens.starts, tokens.ends, strict=True)
        return tuple(WordPattern(exact(text[start:end])) for start, end in pieces)
    return tuple(WordPattern(word) for word in tokens.words)


def exact(text: str) -> str:
    """Letters exactly as typed, whichever way their marks are encoded."""
    return text if text.isascii() else unicodedata.normalize("NFC", plain(without_invisible(text)))


def _wild(run: str, *, cased: bool) -> Words:
    body = run.rstrip("*")
    stars = len(run) - len(body)
    if "*" in body or stars > 1:
        return Words((), "a star stands at the end of a word only, and once")
    head, last = _at_last_single(body)
    if head:
        # Each character is a word there, so a star adds nothing and `?` would be a word of its own.
        if "?" in head or last[:1] == "?" or (not last and stars and _letters(head) < _LEAST_SINGLE):
            sign = "?" if "?" in body else "*"
            return Words((), f"`{sign}` has no meaning in a script whose every character is a word", short=sign == "*")
        if not last:
            return Words(_literal(head, cased=cased))
    if len(fold_pattern(last.partition("?")[0])) < LEAST_LETTERS:  # vowel signs of Indic scripts count, accents do not
        sign = "?" if "?" in last else "*"
        return Words((), f"{LEAST_LETTERS} letters or more must stand before `{sign}`", short=True)
    before = _literal(head, cased=cased) if head else ()
    return Words((*before, WordPattern(exact(last) if cased else fold_pattern(last), prefix=stars == 1)))


def _letters(text: str) -> int:
    """Letters, without marks and what is not written."""
    return sum(not is_mark(char) and not is_dropped(char) for char in text)


def _at_last_single(body: str) -> tuple[str, str]:
    """A run parted behind its last character that is a word of its own, with its marks: 北韓 and weapon."""
    if body.isascii():
        return "", body
    place = next((at for at in range(len(body), 0, -1) if is_single(body[at - 1])), 0)
    while 0 < place < len(body) and (is_mark(body[place]) or is_dropped(body[place])):
        place += 1
    return body[:place], body[place:]
