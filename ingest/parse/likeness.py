"""How alike texts are, by the runs of words that both have. Pure; linear in the texts.

Chinese, Japanese and Thai have no blanks between words: there each character counts as one.
"""

import re
from collections.abc import Iterable

_WORD = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]|[^\W\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]+"
)
_RUN = 4
_MOST = 200_000  # characters that are compared

Shingles = frozenset[int]


def words_in(text: str) -> list[str]:
    return _WORD.findall(text[:_MOST].casefold())


def shingles(text: str) -> Shingles:
    """The runs of four words of a text; of a shorter one the run that it is."""
    words = words_in(text)
    if not words:
        return frozenset()
    if len(words) < _RUN:
        return frozenset((hash(tuple(words)),))
    return frozenset(map(hash, zip(words, words[1:], words[2:], words[3:], strict=False)))


def shingles_of(texts: Iterable[str]) -> Shingles:
    """Those of several texts, none across two of them."""
    return frozenset().union(*map(shingles, texts))


def alike(one: Shingles, other: Shingles) -> float:
    """1 for the same text, 0 for texts without a common run (Dice)."""
    total = len(one) + len(other)
    return 2 * len(one & other) / total if total else 0.0


def share_of(part: Shingles, whole: Shingles) -> float:
    """How much of a text another one has."""
    return len(part & whole) / len(part) if part else 0.0
