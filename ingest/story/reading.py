"""A text's sentences as hashes: its words in order, its numbers and its names. Pure.

A word is a 64-bit hash, and so is a number or a name: they are compared and kept, never shown. Hashes are fixed, the same
in every process. Small numbers are figures, however they are written. What stands between two spaces is looked at once and
then known by a number, which stays in this process; texts are a few thousand of these, put together in arrays.
"""

import re
import threading
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import chain, pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core.text.characters import is_single
from core.text.sentences import sentence_starts
from core.text.tokens import words_of
from ingest.story.letters import CAPITALS, MARKS

_RUN = re.compile(rf"\w[\w{MARKS}]*")
_NUMBER = re.compile(r"\d[\d.,]*")
_NAME = re.compile(rf"[{CAPITALS}](?:[^\W_]|[{MARKS}])+")
# Thai, Lao, Burmese and Khmer put a space between phrases and no sign between sentences: a phrase stands for one.
_SPACED_OUT = "\u0e01-\u0e4e\u0e81-\u0ecd\u1000-\u103f\u1780-\u17d3"
_PHRASE = re.compile(f"(?<=[{_SPACED_OUT}]) +(?=[{_SPACED_OUT}])")
_AROUND = ".,;:!?()[]\"'“”‘’«»…–—-"  # no letters, and nothing of a number
# Among these, from Thai on and without punctuation, are the scripts that put no spaces between words.
_FAR = re.compile("[\u0e00-\u1fff\u2e80-\uffff\U00010000-\U0010ffff]")
# Outlets write small numbers as they like; a copy is a copy in words, too.
_SMALL = {
    word: str(number)
    for number, word in enumerate(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
        " eighteen nineteen twenty".split(),
        2,
    )
}
_MOST_KEPT, _LONGEST_KEPT = 1 << 17, 40  # chunks and characters of a chunk: more than a language needs
_GLUED = 0

_T = TypeVar("_T", bound=np.generic)
Facts = dict[int, frozenset[int]]
_NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Reading:
    """The title, and the sentences that have a word: `texts`. The words of the n-th are `words[borders[n]:borders[n + 1]]`,
    `hashes` the same for arithmetic. `numbers` and `names` by place, where it has any; a sentence's first word is no name, as
    that begins with a capital whatever it is."""

    texts: list[str]
    words: NDArray[np.object_]
    hashes: NDArray[np.uint64]
    borders: NDArray[np.int64]
    numbers: Facts
    names: Facts


def fact(text: str) -> int:
    """A word, a number or a name as its hash."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def read(title: str, text: str) -> Reading:
    """The title, and all sentences of the text."""
    texts = [title]
    texts += [one for a, b in pairwise([*sentence_starts(text), len(text)]) if not (one := text[a:b]).isspace()]
    chunks = [one.split() for one in texts]
    lexicon = _lexicon()
    numbered = np.frombuffer(array("q", list(map(lexicon.__getitem__, chain.from_iterable(chunks)))), np.int64)
    if not numbered.all():
        return read_glued([title, *chain.from_iterable(map(_PHRASE.split, texts[1:]))])
    borders = _borders([len(one) for one in chunks])
    index, places = lexicon.words.index(numbered)
    return Reading(
        texts,
        lexicon.words.facts[index],
        lexicon.words.hashes[index],
        places[borders],
        lexicon.numbers.by_place(numbered, borders),
        lexicon.names.by_place(lexicon.later(numbered, borders[1:-1]), borders),
    )


def read_glued(texts: list[str]) -> Reading:
    """The same word by word, where some of it is in a script that puts no spaces between them."""
    words = [words_in(one) for one in texts]
    facts = [_kept(_SMALL.get(word, word)) for word in chain.from_iterable(words)]
    names = [names_in(texts[0]), *map(later_names_in, texts[1:])]
    return Reading(
        texts,
        np.array(facts, np.object_),
        np.array(facts, np.uint64),
        _borders([len(one) for one in words]),
        {place: found for place, one in enumerate(texts) if (found := numbers_in(one, words[place]))},
        {place: found for place, found in enumerate(names) if found},
    )


def _borders(lengths: Sequence[int]) -> NDArray[np.int64]:
    """Where each of these begins, and where the last one ends."""
    borders = np.zeros(len(lengths) + 1, np.int64)
    np.array(lengths, np.int64).cumsum(out=borders[1:])
    return borders


class _Pool:
    """Facts of things that are known by number: words, numbers or names of chunks."""

    def __init__(self) -> None:
        self.facts = np.zeros(_MOST_KEPT, np.object_)  # as one object each, which is quicker found in sets
        self.hashes = np.zeros(_MOST_KEPT, np.uint64)  # the same
        self._firsts = np.zeros(_MOST_KEPT, np.int64)
        self._counts = np.zeros(_MOST_KEPT, np.int64)
        self._used = 0

    def put(self, number: int, facts: Sequence[int]) -> None:
        first, end = self._used, self._used + len(facts)
        while number >= len(self._counts):
            self._firsts, self._counts = _twice(self._firsts), _twice(self._counts)
        while end > len(self.facts):
            self.facts, self.hashes = _twice(self.facts), _twice(self.hashes)
        self.facts[first:end] = self.hashes[first:end] = facts
        self._firsts[number], self._counts[number] = first, len(facts)
        self._used = end

    def index(self, numbered: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where in `facts` those of these things stand, and how many come before each thing and before the end."""
        counts = self._counts[numbered]
        places = np.zeros(len(counts) + 1, np.int64)
        counts.cumsum(out=places[1:])
        return (self._firsts[numbered] - places[:-1]).repeat(counts) + np.arange(places[-1]), places

    def by_place(self, numbered: NDArray[np.int64], borders: NDArray[np.int64]) -> Facts:
        """The facts of the things between each two borders, where there are any."""
        index, places = self.index(numbered)
        facts, ends = self.facts[index].tolist(), places[borders].tolist()
        return {place: frozenset(facts[a:b]) for place, (a, b) in enumerate(pairwise(ends)) if a < b}


class _Lexicon(dict[str, int]):
    """Chunks of text by number, given when first asked for. What differs in the punctuation around it only is one chunk.
    0 stands for all those in a script without spaces, which are not looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.numbers, self.names = _Pool(), _Pool(), _Pool()
        self._begins = np.zeros(_MOST_KEPT, np.bool_)  # whether there is a word that is more than underscores
        self._later = np.zeros(_MOST_KEPT, np.int64)  # the number of what stands behind that word, for its names
        self._next = 1
        self._lock = threading.Lock()

    @property
    def full(self) -> bool:
        return max(len(self), self._next) >= _MOST_KEPT

    def __missing__(self, text: str) -> int:
        inside = text.strip(_AROUND)
        number = self[inside] if inside != text else self._added(text)
        if number != _GLUED and len(text) <= _LONGEST_KEPT:
            self[text] = number
        return number

    def later(self, numbered: NDArray[np.int64], borders: NDArray[np.int64]) -> NDArray[np.int64]:
        """These chunks, without the first word behind each of the borders."""
        begin = np.flatnonzero(self._begins[numbered])
        first = begin[begin.searchsorted(borders[borders <= begin[-1]])] if len(begin) else begin
        found = numbered.copy()
        found[first] = self._later[numbered[first]]
        return found

    def _added(self, text: str) -> int:
        if is_glued(text):
            return _GLUED
        words = words_in(text)
        plain = text.islower() and text.isalpha() and _SMALL.keys().isdisjoint(words)
        numbers, names, later = (
            (_NONE, _NONE, _NONE) if plain else (numbers_in(text, words), names_in(text), later_names_in(text))
        )
        facts = [fact(_SMALL.get(word, word)) for word in words]
        with self._lock:
            number = self._next
            self._next += 2 if names else 1
            while self._next > len(self._later):
                self._begins, self._later = _twice(self._begins), _twice(self._later)
            self.words.put(number, facts)
            self.numbers.put(number, list(numbers))
            self.names.put(number, list(names))
            self._begins[number] = plain or any(run.strip("_") for run in _RUN.findall(text))
            self._later[number] = number
            if names:
                self._later[number] = number + 1
                self.names.put(number + 1, list(later))
        return number


def _twice(room: NDArray[_T]) -> NDArray[_T]:
    return np.concatenate((room, np.zeros_like(room)))


_KEPT = [_Lexicon()]


def _lexicon() -> _Lexicon:
    """The one in use; begun anew when it holds more than a language needs."""
    if _KEPT[0].full:
        _KEPT[0] = _Lexicon()
    return _KEPT[0]


@lru_cache(maxsize=1 << 15)
def _kept(word: str) -> int:
    return fact(word)


def is_glued(text: str) -> bool:
    """Whether each character of a script in it is a word of its own."""
    return not text.isascii() and any(is_single(char) for char in _FAR.findall(text))


def words_in(text: str) -> list[str]:
    """The words in order, in lower case."""
    return words_of(text) if is_glued(text) else _RUN.findall(text.casefold())


def spoken(text: str) -> str:
    """The words in order, small numbers in figures, with a space between them."""
    return " ".join([_SMALL.get(word, word) for word in words_in(text)])


def numbers_in(text: str, words: Iterable[str]) -> frozenset[int]:
    """Those in figures, and of the words the small ones."""
    found = {number.rstrip(".,").replace(",", "") for number in _NUMBER.findall(text)}
    found.update(_SMALL[word] for word in words if word in _SMALL)
    return frozenset(map(fact, found))


def names_in(text: str) -> frozenset[int]:
    """Words that begin with a capital."""
    return _named(_RUN.findall(text))


def later_names_in(text: str) -> frozenset[int]:
    """Those behind the first word."""
    runs = _RUN.findall(text)
    return _named(runs[next((place for place, run in enumerate(runs, 1) if run.strip("_")), len(runs)) :])


def _named(runs: Iterable[str]) -> frozenset[int]:
    return frozenset(fact(name[0].casefold()) for name in map(_NAME.match, runs) if name)
