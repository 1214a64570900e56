"""What of a text tells copies of it: min-hashes over shingles of each sentence, and its numbers and names. Pure.

Broder, "On the resemblance and containment of documents" (1997), applied sentence by sentence, so that a trimmed copy,
another headline or an added dateline leaves the rest recognisable. Hashes are fixed: the same text, the same features.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

from core.text.sentences import sentence_starts
from core.text.tokens import tokenize

SHINGLE_WORDS = 8
_LEAST_WORDS = 4  # shorter sentences tell nothing
_NUMBER = re.compile(r"\d[\d.,]*")
_NAME = re.compile(r"(?<![.!?“\"] )(?<!^)\b[A-ZÀ-ÞА-ЯЁ][\w’'-]+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Two smallest shingle hashes, length in words, and the facts that a template would fill in."""

    anchors: tuple[int, ...]
    words: int
    numbers: frozenset[str]
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Features:
    """A text's sentences in order, its title's facts with the first of them."""

    sentences: tuple[Sentence, ...]
    words: int


def features_of(title: str, text: str) -> Features:
    """The features of an article; the title counts as facts, not as a sentence: copies have another."""
    starts = [*sentence_starts(text), len(text)]
    sentences = []
    for begin, end in pairwise(starts):
        piece = text[begin:end].strip()
        sentence = _sentence(piece)
        if sentence is not None:
            sentences.append(sentence)
    if not sentences:  # a few words only: they are told by all of them
        words = tokenize(f"{title} {text}").words
        sentences = [Sentence((crc32(" ".join(words).encode()),), len(words), _numbers(text), frozenset())]
    return Features(tuple(sentences), sum(s.words for s in sentences))


def _sentence(piece: str) -> Sentence | None:
    words = tokenize(piece).words
    if len(words) < _LEAST_WORDS:
        return None
    width = min(SHINGLE_WORDS, len(words))
    hashes = {crc32(" ".join(words[k : k + width]).encode()) for k in range(len(words) - width + 1)}
    anchors = tuple(sorted(hashes, key=_mixed)[:2])
    return Sentence(anchors, len(words), _numbers(piece), frozenset(_NAME.findall(piece)))


def _mixed(value: int) -> int:
    """CRC-32 keeps the order of similar inputs; a multiplication spreads it."""
    return (value * 0x9E3779B1) & 0xFFFFFFFF


def _numbers(text: str) -> frozenset[str]:
    return frozenset(number.strip(".,") for number in _NUMBER.findall(text))
