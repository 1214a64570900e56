"""Words and where they stand: a word is a maximal run of letters, marks and digits of the folded text.

In scripts without spaces between words, or that glue particles to them, each character (with its marks) is a word.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from core.text.fold import INVISIBLE, fold

_ASCII_WORD = re.compile(r"[0-9A-Za-z]+")
_COMMON_MARKS = "\u2019\u2018\u201c\u201d\u2013\u2014\u2026\u00a0"  # quotes, dashes, dots and a space: between words
_CHUNK = re.compile(r"\S+")
# One word per character: Han, Hiragana, Katakana, Hangul, Thai, Lao, Khmer, Myanmar, and the signs that go with them.
_SINGLE = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u19e0-\u19ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035"
    "\u303b\u3041-\u30ff\u3105-\u318e\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\ua9e0-\ua9fe\uaa60-\uaa7f"
    "\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\U0001aff0-\U0001b16f\U00020000-\U0003ffff]"
)


@dataclass(slots=True)
class Tokens:
    """Words in order: folded text, start and end character in the original."""

    words: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.words)


def is_word_character(char: str) -> bool:
    """Letters, marks and numbers."""
    return unicodedata.category(char)[0] in "LMN"


def is_single(char: str) -> bool:
    """Whether each character of this script is a word of its own."""
    return _SINGLE.match(char) is not None


def tokenize(text: str) -> Tokens:
    """The words of a text. Positions are those of `text` as it was given."""
    tokens = Tokens()
    if text.isascii():
        lowered = text.lower()
        for found in _ASCII_WORD.finditer(lowered):
            tokens.words.append(found[0])
            tokens.starts.append(found.start())
            tokens.ends.append(found.end())
        return tokens
    for chunk in _CHUNK.finditer(text):
        begin = chunk.start()
        for word, start, end in _words_of(chunk[0]):
            tokens.words.append(word)
            tokens.starts.append(begin + start)
            tokens.ends.append(begin + end)
    return tokens


def words_of(text: str) -> list[str]:
    """The folded words of a text, without positions."""
    return tokenize(text).words


def distinct_words(text: str) -> set[str]:
    """The folded words of a text, each once."""
    if not text.isascii():
        for mark in _COMMON_MARKS:  # most texts are ASCII but for these
            text = text.replace(mark, " ")
    if text.isascii():
        return set(_ASCII_WORD.findall(text.lower()))
    chunks = set(text.split())
    plain = set(filter(str.isascii, chunks))
    words = set(_ASCII_WORD.findall(" ".join(plain).lower()))
    return words.union(word for chunk in chunks - plain for word, _, _ in _words_of(chunk))


@lru_cache(maxsize=1 << 15)
def _words_of(chunk: str) -> tuple[tuple[str, int, int], ...]:
    """Words of a run without spaces."""
    if chunk.isascii():
        return tuple((m[0].lower(), m.start(), m.end()) for m in _ASCII_WORD.finditer(chunk))
    words: list[tuple[str, int, int]] = []
    letters: list[str] = []
    start = end = 0
    for cluster, at in _clusters(chunk):
        for char in fold(cluster):
            if is_word_character(char) and not is_single(char):
                if not letters:
                    start = at
                letters.append(char)
                end = at + len(cluster)
                continue
            if letters and not (unicodedata.category(char)[0] == "M" and is_single(char)):
                words.append((_joined(letters), start, end))
                letters = []
            if is_single(char) and is_word_character(char):
                if unicodedata.category(char)[0] == "M" and words and words[-1][2] >= at:
                    words[-1] = (words[-1][0] + char, words[-1][1], at + len(cluster))
                else:
                    words.append((char, at, at + len(cluster)))
    if letters:
        words.append((_joined(letters), start, end))
    return tuple(words)


def _joined(letters: list[str]) -> str:
    return unicodedata.normalize("NFC", "".join(letters))


def _clusters(text: str) -> Iterator[tuple[str, int]]:
    """Characters with the marks (and conjoining Hangul letters) that follow them, and where they begin."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not _joins(text[place]):
            yield text[start:place], start
            start = place


def _joins(char: str) -> bool:
    return unicodedata.category(char)[0] == "M" or "\u1160" <= char <= "\u11ff" or char in INVISIBLE
