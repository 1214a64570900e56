"""Words just missed: `missiles` stands in the articles where the rule says `missile`."""

import re
from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches

from alerts.rules.syntax import Listed, Near, Node, Not, Term
from alerts.rules.walk import children_of
from alerts.rules.word_index import expression
from core.text.document import Document

LEAST_LETTERS = 3  # of a word; to so short a word only its endings are near: `arm` and `arms`
# What may follow a word of three letters: plurals, and the cases of Slavic nouns. A letter more in other scripts.
_SHORT_ENDINGS = ("s", "es")
_SLAVIC_ENDINGS = tuple("а у е ы и ю я й о ом ем ой ей ам ям ах ях ов ев ы ами ями".split())
_LEAST_STEM = 4
_HEAD = 3  # letters that must be the same
_LONGER = 3  # letters more or fewer
_ALIKE = 0.75  # difflib's ratio
_ENDINGS = frozenset(
    ("", "s", "es", "e", "ed", "d", "ing", "y", "ies", "ied", "er", "ers", "or", "ors", "ion", "ions", "ly")
)
_SLIP_LETTERS = 6  # shorter words that differ in a letter are other words: deal, dead
_SLIP_ALIKE = 0.9  # one letter more, less or in another place


@dataclass(slots=True)
class JustMissed:
    """Add up over articles: for each word of a rule, words that almost are it and that the rule does not find.

    `counts`: word of the rule -> word of the articles -> how often it was met.
    """

    tree: Node  # aliases expanded
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    _by_head: dict[str, list[str]] = field(default_factory=dict)
    _alike: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _found: set[str] = field(default_factory=set)
    _wild: list[re.Pattern[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for term in _wanted(self.tree):
            for word in term.words:
                if not word.is_literal:
                    self._wild.append(expression(word))
                    continue
                self._found.add(word.text)
                if len(word.text) >= LEAST_LETTERS and word.text.isalpha():
                    heads = {word.text[:_HEAD], _head_of_plural(word.text)}
                    for words in (self._by_head.setdefault(head, []) for head in heads):
                        if word.text not in words:
                            words.append(word.text)

    def add(self, document: Document) -> None:
        """Count the words of one article."""
        for text in (document.title, document.body):
            for word in text.tokens.words:
                if word[:_HEAD] in self._by_head:
                    for missed in self._missed_by(word):
                        self.counts.setdefault(missed, Counter())[word] += 1

    def near(self, words: AbstractSet[str]) -> dict[str, set[str]]:
        """For each word of the rule that is none of an article's `words`, those that almost are it."""
        found: dict[str, set[str]] = {}
        for word in words:
            if word[:_HEAD] in self._by_head:
                for missed in self._missed_by(word):
                    if missed not in words:
                        found.setdefault(missed, set()).add(word)
        return found

    def _missed_by(self, word: str) -> tuple[str, ...]:
        known = self._alike.get(word)
        if known is None:
            heads = self._by_head[word[:_HEAD]]
            near = [head for head in heads if abs(len(head) - len(word)) <= _LONGER]
            found = word in self._found or any(wild.fullmatch(word) for wild in self._wild)
            near = [head for head in near if is_form_of(head, word)]
            short = tuple(head for head in near if len(head) < _LEAST_STEM)[:1]
            known = () if found else short or tuple(get_close_matches(word, near, n=1, cutoff=_ALIKE))
            self._alike[word] = known
        return known

    def most(self, number: int) -> list[tuple[str, str, int]]:
        """The commonest: word of the rule, word of the articles, how often."""
        pairs = [(wanted, word, n) for wanted, words in self.counts.items() for word, n in words.items()]
        return sorted(pairs, key=lambda p: (-p[2], p[0], p[1]))[:number]


def is_form_of(wanted: str, word: str) -> bool:
    """Whether a word looks like another form or a slip of the wanted one, and not just like it: `missiles` and `missle` do to
    `missile`, `missed` and `misled` do not. Longer words of other letters than ASCII's, whose endings are others, all do."""
    shorter = min(len(wanted), len(word))
    if shorter < _LEAST_STEM:
        short, longer = sorted((wanted, word), key=len)
        return longer in short_forms(short) or (_has_other_endings(short) and longer[:-1] == short)
    if not word.isascii():
        return True
    stem = next((place for place in range(shorter) if wanted[place] != word[place]), shorter)
    endings = {wanted[stem:], word[stem:]}
    if endings <= _ENDINGS and stem >= max(_LEAST_STEM, shorter - 2):
        return True
    if word.startswith(wanted):
        return True
    return shorter >= _SLIP_LETTERS and SequenceMatcher(None, wanted, word).ratio() >= _SLIP_ALIKE


def short_forms(word: str) -> list[str]:
    """Forms of a word of three letters that are looked for: arms, spies, миром."""
    if word.isascii():
        return [word + ending for ending in _SHORT_ENDINGS] + ([f"{word[:-1]}ies"] if word[-1:] == "y" else [])
    return [word + ending for ending in _SLAVIC_ENDINGS] if "а" <= word[-1:] <= "ё" else []


def _has_other_endings(word: str) -> bool:
    return not word.isascii() and not short_forms(word)


def _head_of_plural(word: str) -> str:
    """`spies` begins otherwise than `spy`."""
    return f"{word[:-1]}i" if len(word) == LEAST_LETTERS and word[-1] == "y" else word[:_HEAD]


def just_missed(tree: Node, document: Document) -> dict[str, dict[str, int]]:
    """The same for one article, and for the rule's words that it does not hold."""
    missed = JustMissed(tree)
    missed.add(document)
    held = {*document.title.tokens.words, *document.body.tokens.words}
    return {wanted: dict(words) for wanted, words in sorted(missed.counts.items()) if wanted not in held}


def _wanted(node: Node) -> Iterator[Term]:
    """Terms that a match holds; not those behind a NOT."""
    if isinstance(node, Term):
        yield node
    elif isinstance(node, Listed):
        yield from node.terms
    elif isinstance(node, Near) and node.negated:
        yield from _wanted(node.left)
    elif not isinstance(node, Not):
        for child in children_of(node):
            yield from _wanted(child)
