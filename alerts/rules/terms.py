"""Words of a rule as patterns: folded like the text they are searched in, with `?` and a star at a word's end."""

import re
import unicodedata
from dataclasses import dataclass

from alerts.rules.limits import LEAST_LETTERS
from alerts.rules.syntax import WordPattern
from core.text.fold import fold, plain
from core.text.tokens import is_single, tokenize

_RUN = re.compile(r"(?:[^\W_]|[\u0300-\u036f]|[*?])+")


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
    if text.isascii() and _RUN.fullmatch(text):
        return _wild(text, cased=cased)
    patterns: list[WordPattern] = []
    place = 0
    for run in _RUN.finditer(text):
        patterns += _literal(text[place : run.start()], cased=cased)
        place = run.end()
        if "*" not in run[0] and "?" not in run[0]:
            patterns += _literal(run[0], cased=cased)
            continue
        found = _wild(run[0], cased=cased)
        if found.complaint:
            return found
        patterns += found.patterns
    return Words((*patterns, *_literal(text[place:], cased=cased)))


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
    return text if text.isascii() else unicodedata.normalize("NFC", plain(text))


def _wild(run: str, *, cased: bool) -> Words:
    body = run.rstrip("*")
    stars = len(run) - len(body)
    if "*" in body or stars > 1:
        return Words((), "a star stands at the end of a word only, and once")
    pieces = body.split("?")
    letters = len(pieces[0])
    if letters < LEAST_LETTERS:
        sign = "?" if len(pieces) > 1 else "*"
        return Words((), f"{LEAST_LETTERS} letters or more must stand before `{sign}`", short=True)
    if not run.isascii() and any(is_single(char) for char in body):
        # Each character is a word there, so a star adds nothing and `?` would be a word of its own.
        if len(pieces) > 1:
            return Words((), "`?` has no meaning in a script whose every character is a word")
        return Words(_literal(body, cased=cased))
    text = "?".join(exact(piece) if cased else fold(piece) for piece in pieces)
    return Words((WordPattern(text, prefix=stars == 1),))
