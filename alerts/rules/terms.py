"""Words of a rule as patterns: folded like the text they are searched in, with `?` and a star at a word's end."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from alerts.rules.limits import LEAST_LETTERS
from alerts.rules.syntax import WordPattern
from core.text.fold import fold_pattern, is_dropped, plain
from core.text.invisible import without_invisible
from core.text.tokens import is_single, is_word_character, tokenize

_SIGNS = "*?"


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
    pieces = body.split("?")
    letters = sum(not unicodedata.category(char).startswith("M") and not is_dropped(char) for char in pieces[0])
    if letters < LEAST_LETTERS:
        sign = "?" if len(pieces) > 1 else "*"
        return Words((), f"{LEAST_LETTERS} letters or more must stand before `{sign}`", short=True)
    if not run.isascii() and any(is_single(char) for char in body):
        # Each character is a word there, so a star adds nothing and `?` would be a word of its own.
        if len(pieces) > 1:
            return Words((), "`?` has no meaning in a script whose every character is a word")
        return Words(_literal(body, cased=cased))
    text = exact(body) if cased else fold_pattern(body)
    return Words((WordPattern(text, prefix=stars == 1),))
