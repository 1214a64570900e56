"""The forms of a word by those of its neighbours: words with the same ending whose known forms are like its own.

A list of forms is neither complete (a form that two words have is listed under one of them) nor clean (misspellings, words that are
derived). What most neighbours have and the list knows as a form of some word is added; what none of them has is left out. A word
that the list does not know gets the forms that its neighbours agree on: a guess.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from alerts.rules.forms.form import Form
from alerts.rules.forms.word_list import Pair, WordList
from core.text.fold import fold

_NEIGHBOURS, _MOST_NEIGHBOURS = 60, 2000
_LONGEST = 9  # letters of an ending that count
_UNLIKE = 0.01  # how alike words are that have no form in common


@dataclass(frozen=True, slots=True)
class Shares:
    """What share of the neighbours must have a form: `listed` for the word, or for another word (`borrowed`); `guessed`: of a word
    that is not listed, or whose list has less than half of what is usual (`sparse`)."""

    listed: float = 0.06
    borrowed: float = 0.18
    guessed: float = 0.4
    sparse: float = 0.6


@dataclass(frozen=True, slots=True)
class Scored:
    """A form that a word may have. `share`: of the neighbours, weighted, that have it."""

    text: str
    pair: Pair
    share: float
    listed: bool


@dataclass(frozen=True, slots=True)
class Scores:
    """All of them. `usual`: how many forms a neighbour has; `alike`: how many last letters the nearest one has in common."""

    forms: tuple[Scored, ...]
    known: bool
    usual: float
    alike: int


def scored(word: str, words: WordList) -> Scores:
    """What the neighbours of a word say of its forms."""
    own = words.pairs_of(word)
    shares: dict[int, float] = {}
    total = forms = 0.0
    nearest = 0
    for other, pairs in _neighbours(word, words):
        if other == word or len(pairs) < 2:
            continue
        alike = _alike(word, other)
        nearest = max(nearest, alike)
        weight = 2.0 ** min(alike, _LONGEST)
        if own:
            common = len(own & pairs)
            weight *= (_UNLIKE + common / (len(own) + len(pairs) - common)) ** 4
        if word[:1].isupper() == other[:1].isupper():
            weight *= 2
        total += weight
        forms += weight * len(pairs)
        for pair in pairs:
            shares[pair] = shares.get(pair, 0.0) + weight
    found = []
    for number in shares.keys() | (own or frozenset()):
        head, ending = words.pairs[number]
        if word.endswith(head):
            text = word[: len(word) - len(head)] + ending
            share = shares.get(number, 0.0) / total if total else 0.0
            found.append(Scored(text, (head, ending), share, number in (own or ())))
    found.sort(key=lambda one: (-one.share, one.text))
    return Scores(tuple(found), own is not None, forms / total if total else 0.0, nearest)


def forms_by_analogy(word: str, words: WordList, shares: Shares) -> Iterator[Form]:
    """The forms of a headword, or of a word that is not listed."""
    scores = scored(word, words)
    listed = sum(one.listed for one in scores.forms)
    sparse = listed < scores.usual / 2
    for one in scores.forms:
        if one.listed:
            if one.share >= shares.listed or _irregular(word, one, scores.forms, shares):
                yield Form(one.text)
        elif (
            scores.known
            and one.share >= shares.borrowed
            and (words.heads_of(one.text) or words.heads_of(one.text.lower()))
        ):
            yield Form(one.text)
        elif one.share >= (shares.sparse if scores.known else shares.guessed) and (sparse or not scores.known):
            yield Form(one.text, guessed=True)


def _irregular(word: str, one: Scored, others: Iterable[Scored], shares: Shares) -> bool:
    """Whether a listed form that no neighbour has is a form all the same: one with another ending, no other spelling of the word
    or of another form of it, and no longer word that is made of it."""
    if (
        not one.pair[0]
        or not _alike_at_first(word, one.text)
        or word[-2:] == one.text[-2:]
        or len(one.text) > len(word) + 3
    ):
        return False
    if one.text.startswith(word):
        return False
    return not any(other.share >= shares.listed and _misspelt(one.text, other.text) for other in others if other.listed)


def _alike_at_first(word: str, form: str) -> bool:
    """Whether two letters are the same, whatever their marks: `κόμμα`, `κομμάτων`."""
    return fold(word)[:2] == fold(form)[:2]


def _misspelt(one: str, other: str) -> bool:
    """Whether words differ in one letter, which is none of the last three."""
    return len(one) == len(other) and one[-3:] == other[-3:] and sum(map(str.__ne__, one, other)) == 1


def _neighbours(word: str, words: WordList) -> list[tuple[str, frozenset[int]]]:
    """Words with the longest ending that enough words have."""
    size = min(len(word), _LONGEST)
    while size > 1 and not words.has_ending(word[-size:], _NEIGHBOURS):
        size -= 1
    return words.with_ending(word[-size:], _MOST_NEIGHBOURS) if word else []


def _alike(one: str, other: str) -> int:
    """Last letters in common."""
    found = 0
    for mine, its in zip(reversed(one), reversed(other), strict=False):
        if mine != its:
            break
        found += 1
    return found
