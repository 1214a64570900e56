"""Words and where they stand: a word is a maximal run of letters, marks and digits of the folded text.

In scripts without spaces between words, or that glue particles to them, each character (with its marks) is a word. A word
begins with its first letter and ends with its last letter, mark or tatweel; what is invisible around it does not belong to it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from core.text.characters import is_mark, is_single, is_word_character
from core.text.confusables import SCRIPTS, is_mixed, main_script, one_script
from core.text.fold import expanded, fold, is_dropped, loses_marks
from core.text.invisible import SOFT_BREAK, SOFT_HYPHEN, is_invisible

_ASCII_WORD = re.compile(r"[0-9A-Za-z]+")
_COMMON_MARKS = "\u2019\u2018\u201c\u201d\u2013\u2014\u2026\u00a0"  # quotes, dashes, dots and a space: between words
_CHUNK = re.compile(r"\S+")
_SOFT_BREAK = re.compile(SOFT_BREAK)
_CHUNK_WITH_BREAKS = re.compile(rf"(?:{SOFT_BREAK}|\S)+")


Joined = tuple[tuple[int, int], ...]  # letters of a word that are written as one: the first of them, and how many


@dataclass(slots=True)
class Tokens:
    """Words in order: folded text, start and end character in the original. `joined`: of the words that have some, by number."""

    words: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    joined: dict[int, Joined] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.words)


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
    chunks = _CHUNK_WITH_BREAKS if SOFT_HYPHEN in text else _CHUNK
    main = main_script(text)
    for chunk in chunks.finditer(text):
        begin = chunk.start()
        for word, start, end, joined in _words_of(chunk[0], main):
            if joined:
                tokens.joined[len(tokens.words)] = joined
            tokens.words.append(word)
            tokens.starts.append(begin + start)
            tokens.ends.append(begin + end)
    return tokens


def words_of(text: str) -> list[str]:
    """The folded words of a text, without positions."""
    return tokenize(text).words


def distinct_words(text: str) -> set[str]:
    """The folded words of a text, each once; a word of two scripts in all its readings."""
    if not text.isascii():
        for mark in _COMMON_MARKS:  # most texts are ASCII but for these
            text = text.replace(mark, " ")
        if SOFT_HYPHEN in text:
            text = _SOFT_BREAK.sub("", text)
    if text.isascii():
        return set(_ASCII_WORD.findall(text.lower()))
    chunks = set(text.split())
    plain = set(filter(str.isascii, chunks))
    words = set(_ASCII_WORD.findall(" ".join(plain).lower()))
    mixed = is_mixed(text)
    for chunk in chunks - plain:
        for main in SCRIPTS if mixed and is_mixed(chunk) else (None,):
            words.update(word for word, *_ in _words_of(chunk, main))
    return words


Word = tuple[str, int, int, Joined]  # text, start and end
Cluster = tuple[str, int, int]  # text, start, end of what is seen of it


@lru_cache(maxsize=1 << 15)
def _words_of(chunk: str, main: int | None) -> tuple[Word, ...]:
    """Words of a run without spaces but those of a broken line. `main`: the script of the text that it is of."""
    if chunk.isascii():
        return tuple((m[0].lower(), m.start(), m.end(), ()) for m in _ASCII_WORD.finditer(chunk))
    clusters = list(_clusters(chunk))
    words = _parted(clusters)
    if any(is_mixed(word) for word, *_ in words):
        words = _parted(_of_one_script(clusters, main))
    return tuple(words)


def _parted(clusters: Iterable[Cluster]) -> list[Word]:
    words: list[Word] = []
    letters: list[str] = []
    joined: list[tuple[int, int]] = []
    start = end = 0
    single = False  # whether the last word is a character by itself, with nothing between it and here
    for cluster, at, stop in clusters:
        begun = len(letters)
        for char in fold(cluster):
            mark = is_mark(char)
            if letters and not mark and (is_single(char) or not is_word_character(char)):
                words.append((_composed(letters), start, end, tuple(joined)))
                letters, joined, begun = [], [], 0
            if mark and letters and loses_marks(letters[-1]):
                continue
            if mark and single:
                words[-1] = (_composed([words[-1][0], char]), words[-1][1], stop, ())
            elif not letters and is_single(char) and is_word_character(char):
                words.append((char, at, stop, ()))
                single = True
            elif is_word_character(char):
                start = start if letters else at
                letters.append(char)
                end, single = stop, False
            else:
                single = False
        if len(letters) > begun + 1 and all(map(str.isalpha, letters[begun:])):
            joined.append((len(_composed(letters[:begun])), len(letters) - begun))
    if letters:
        words.append((_composed(letters), start, end, tuple(joined)))
    return words


def _composed(letters: list[str]) -> str:
    return unicodedata.normalize("NFC", "".join(letters))


def _of_one_script(clusters: Sequence[Cluster], main: int | None) -> Iterator[Cluster]:
    """The same clusters, where words of two scripts imitate words of one written so."""
    pieces = [expanded(cluster) for cluster, _, _ in clusters]
    whole = one_script("".join(pieces), main)
    place = 0
    for piece, (_, start, end) in zip(pieces, clusters, strict=True):
        yield whole[place : place + len(piece)], start, end
        place += len(piece)


def _clusters(text: str) -> Iterator[Cluster]:
    """Characters with the marks, conjoining Hangul letters and invisible characters that follow them."""
    first = start = next((place for place, char in enumerate(text) if not _unseen(char)), len(text))
    end = start + 1
    for place in range(start, len(text)):
        char = text[place]
        if _joins(char):
            if not _unseen(char):
                end = place + 1
            continue
        if place > first:
            yield text[start:place], start, end
        start, end = place, place + 1
    if start < len(text):
        yield text[start:], start, end


@lru_cache(maxsize=1 << 12)
def _joins(char: str) -> bool:
    """Also white space, which stands in a run only where a line was broken."""
    return is_mark(char) or "\u1160" <= char <= "\u11ff" or is_dropped(char) or _unseen(char)


def _unseen(char: str) -> bool:
    return is_invisible(char) or char.isspace()
