"""What of a text tells copies of it: min-hashes over shingles of each sentence, and its numbers and names. Pure.

Broder, "On the resemblance and containment of documents" (1997), applied sentence by sentence, so that a trimmed copy,
another headline or an added dateline leaves the rest recognisable. Hashes are fixed: the same text, the same features.
"""

import re
import unicodedata
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain, pairwise
from json import dumps, loads
from zlib import compress, decompress

import numpy as np

from core.text.sentences import sentence_starts
from core.text.tokens import is_single, words_of

SHINGLE_WORDS = 8
_LEAST_WORDS = 4  # shorter sentences tell nothing
_LEAD_SENTENCES = 2
_FACT_LINE_WORDS = 14  # a line of figures; several of them may stand in for a lead
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d[\d.,]*")
_NAME = re.compile(r"(?<![\w])[A-ZÀ-ÞΑ-ΩА-Я][^\W_]+")
_STEP, _SPREAD, _KEPT = np.uint64(0x100000001B3), np.uint64(0x9E3779B97F4A7C15), np.uint64(20)
_FIRST_WORD = re.compile(r"[\W_]*[^\W_]*")  # the first word of a sentence begins with a capital whatever it is
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


_SPELLED = frozenset(_SMALL)
_MOST_HASHES = 1 << 17


@dataclass(frozen=True, slots=True)
class Sentence:
    """Two smallest shingle hashes, length in words, and the facts that a template would fill in. `content`: each of its
    words once."""

    anchors: tuple[int, ...]
    words: int
    numbers: frozenset[str]
    names: frozenset[str]
    content: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Features:
    """A text's sentences in order. `key`: numbers and names of title and lead; `facts`: all words and numbers."""

    sentences: tuple[Sentence, ...]
    words: int
    key: frozenset[str]
    facts: frozenset[str]


def pack(features: Features) -> bytes:
    """The features in a thirtieth of the memory, to be kept for days."""
    sentences = [
        (one.anchors, one.words, sorted(one.numbers), sorted(one.names), one.content) for one in features.sentences
    ]
    more = features.facts.difference(features.key, *_facts_of(features.sentences))
    told = (sentences, features.words, sorted(features.key), sorted(more))
    return compress(dumps(told, separators=(",", ":")).encode(), 1)


def unpack(packed: bytes) -> Features:
    """The features again."""
    told, words, key, more = loads(decompress(packed))
    sentences = tuple(
        Sentence(tuple(anchors), count, frozenset(numbers), frozenset(names), tuple(content))
        for anchors, count, numbers, names, content in told
    )
    return Features(sentences, words, frozenset(key), frozenset(key).union(more, *_facts_of(sentences)))


def features_of(title: str, text: str) -> Features:
    """The features of an article; the title counts as facts, not as a sentence: copies have another."""
    title, text = _composed(title), _composed(text)
    starts = [*sentence_starts(text), len(text)]
    pieces = [(piece, words) for a, b in pairwise(starts) if (words := _words(piece := text[a:b]))]
    numbers = [_numbers(piece, words) for piece, words in pieces]
    spoken = [_in_figures(words) for _, words in pieces]
    sentences = [
        _sentence(piece, words, figures, anchors)
        for (piece, _), words, figures, anchors in zip(pieces, spoken, numbers, _anchors(spoken), strict=True)
    ]
    key = _numbers(title, _words(title)) | _names(title)
    leads = 0
    for sentence in sentences:
        lead = leads < _LEAD_SENTENCES and sentence.words >= _LEAST_WORDS
        leads += lead
        if lead or (sentence.numbers and sentence.words <= _FACT_LINE_WORDS and leads <= _LEAD_SENTENCES):
            key |= sentence.numbers | sentence.names
    telling = [sentence for sentence in sentences if sentence.words >= _LEAST_WORDS]
    if not telling:  # a few words only: they are told by all of them
        words = [*_words(title), *_words(text)]
        telling = [_sentence(text, words, _numbers(text, words), (_hashed(" ".join(words)),))]
    facts = key.union(*_facts_of(sentences), *_facts_of(telling))
    return Features(tuple(telling), sum(s.words for s in telling), frozenset(key), frozenset(facts))


def _facts_of(sentences: Iterable[Sentence]) -> Iterator[Collection[str]]:
    for sentence in sentences:
        yield sentence.content
        yield sentence.numbers


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _words(text: str) -> list[str]:
    if not text.isascii() and any(is_single(char) for char in _FAR.findall(text)):
        return words_of(text)  # each character is a word there
    return _WORD.findall(text.casefold())


def _in_figures(words: list[str]) -> list[str]:
    return words if _SPELLED.isdisjoint(words) else [_SMALL.get(word, word) for word in words]


def _sentence(piece: str, words: Sequence[str], numbers: set[str], anchors: tuple[int, ...]) -> Sentence:
    first = _FIRST_WORD.match(piece)
    names = _names(piece, first.end() if first else 0)
    return Sentence(anchors, len(words), frozenset(numbers), names, tuple(dict.fromkeys(words)))


def _anchors(sentences: Sequence[Sequence[str]]) -> list[tuple[int, ...]]:
    """Of each sentence its two lowest shingle hashes; of a short one the hash of all of it."""
    hashed = array("Q", chain.from_iterable(map(_HASHES.__getitem__, sentence) for sentence in sentences))
    words = np.frombuffer(hashed, dtype=np.uint64)
    shingles: list[int] = []
    if len(words) >= SHINGLE_WORDS:
        last = len(words) - SHINGLE_WORDS + 1
        rolled = np.zeros(last, dtype=np.uint64)
        for k in range(SHINGLE_WORDS):  # a polynomial in uint64: the place of a word counts, wrapping is meant
            rolled = rolled * _STEP + words[k : k + last]
        shingles = ((rolled * _SPREAD) >> _KEPT).tolist()
    found: list[tuple[int, ...]] = []
    place = 0
    for sentence in sentences:
        count = len(sentence) - SHINGLE_WORDS + 1
        if count >= 1:
            found.append(tuple(sorted(set(shingles[place : place + count]))[:2]))
        else:
            found.append((_hashed(" ".join(sentence)),))
        place += len(sentence)
    return found


def _hashed(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


class _Hashes(dict[str, int]):
    """Hashes of words, worked out when first asked for; emptied when it grows over what a language needs."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _MOST_HASHES:
            self.clear()
        self[word] = hashed = _hashed(word)
        return hashed


_HASHES = _Hashes()


def _names(text: str, start: int = 0) -> frozenset[str]:
    return frozenset(name.casefold() for name in _NAME.findall(text, start))


def _numbers(text: str, words: Sequence[str]) -> set[str]:
    found = {number.rstrip(".,").replace(",", "") for number in _NUMBER.findall(text)}
    found.update(_SMALL[word] for word in _SPELLED.intersection(words))
    return found
