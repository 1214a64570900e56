"""What is kept under a word or a pattern, found by the words of an article: time follows the article's words, not what is kept."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, TypeVar

from alerts.rules.syntax import WordPattern

V = TypeVar("V")


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
        """What is kept under one of the words; a value that is kept several times may come several times."""
        for word in self.words.keys() & words:
            yield from self.words[word]
        for word in words if self.heads else ():
            for length in self.lengths:
                for pattern, value in self.heads.get(word[:length], ()) if length <= len(word) else ():
                    if fits(pattern, word):
                        yield value


def fits(pattern: WordPattern, word: str) -> bool:
    """Whether a word fits a pattern."""
    if "?" in pattern.text:
        return expression(pattern).fullmatch(word) is not None
    return word.startswith(pattern.text) if pattern.prefix else word == pattern.text


@lru_cache(maxsize=4096)
def expression(pattern: WordPattern) -> re.Pattern[str]:
    """A pattern as a regular expression over one word; `?` is one letter, a star whatever follows."""
    body = "".join("[^\\W\\d_]" if char == "?" else re.escape(char) for char in pattern.text)
    return re.compile(body + (".*" if pattern.prefix else ""), re.DOTALL)
