"""What is kept under a word or a pattern, found by the words of an article: time follows the article's words, not what is kept."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, TypeVar

from alerts.rules.syntax import WordPattern
from core.text.tokens import Joined

V = TypeVar("V")
MOST_JOINED = 4  # letters that a character is read as: ﷲ
MOST_LETTERS = 61  # of a word that is read so, which bits of a number can count
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(slots=True)
class WordIndex(Generic[V]):
    """`heads`: by what stands before the first sign of a pattern; `lengths`: letters of these heads."""

    words: dict[str, list[V]] = field(default_factory=dict)
    heads: dict[str, list[tuple[WordPattern, V]]] = field(default_factory=dict)
    lengths: set[int] = field(default_factory=set)

    def add(self, word: WordPattern, value: V) -> None:
        if word.is_literal:
            self.words.setdefault(word.text, []).append(value)
            return
        head = word.text.partition("?")[0]
        self.heads.setdefault(head, []).append((word, value))
        self.lengths.add(len(head))

    def found(self, words: AbstractSet[str]) -> Iterator[V]:
        """What is kept under one of the words; a value that is kept several times may come several times. Of a pattern with `?` also what
        does not fit: who asks looks at the word as it is written."""
        for word in self.words.keys() & words:
            yield from self.words[word]
        for word in words if self.heads else ():
            for length in self.lengths:
                for pattern, value in self.heads.get(word[:length], ()) if length <= len(word) else ():
                    if may_fit(pattern, word):
                        yield value


def fits(pattern: WordPattern, word: str) -> bool:
    """Whether a word fits a pattern."""
    if "?" in pattern.text:
        return expression(pattern).fullmatch(word) is not None
    return word.startswith(pattern.text) if pattern.prefix else word == pattern.text


def fits_joined(pattern: WordPattern, word: str, joined: Joined) -> bool:
    """Whether a word fits a pattern where `?` may also be letters that are written as one: `Stra?e` fits `Straße`."""
    if len(word) > MOST_LETTERS:
        return False
    lengths = dict(joined)
    reached = {0}
    for char in pattern.text:
        following = set[int]()
        for at in reached:
            if at < len(word) and (word[at] == char or (char == "?" and _LETTER.match(word[at]))):
                following.add(at + 1)
            if char == "?" and at in lengths:
                following.add(at + lengths[at])
        reached = following
    return bool(reached) if pattern.prefix else len(word) in reached


def may_fit(pattern: WordPattern, word: str) -> bool:
    """Whether a word fits a pattern, if letters are written as one in it."""
    if "?" in pattern.text:
        return _expression(pattern, f"{_LETTER.pattern}{{1,{MOST_JOINED}}}").fullmatch(word) is not None
    return fits(pattern, word)


def expression(pattern: WordPattern) -> re.Pattern[str]:
    """A pattern as a regular expression over one word; `?` is one letter, a star whatever follows."""
    return _expression(pattern, _LETTER.pattern)


@lru_cache(maxsize=8192)
def _expression(pattern: WordPattern, letter: str) -> re.Pattern[str]:
    body = "".join(letter if char == "?" else re.escape(char) for char in pattern.text)
    return re.compile(body + (".*" if pattern.prefix else ""), re.DOTALL)
