"""Words just missed: `missiles` stands in the articles where the rule says `missile`, `cease-fire` where it says `ceasefire`.

A word of the rule, or two words of a phrase that an article writes as one, have words of the article in their place.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise, product

from alerts.rules.alike import LEAST_LETTERS, bare_words, has_forms, head_of, heads_of, is_form_of, likeness
from alerts.rules.syntax import And, AtLeast, First, KOf, Listed, Near, Node, Not, Or, Scope, Term, Within, WordPattern
from alerts.rules.walk import children_of
from alerts.rules.word_index import expression
from core.text.characters import is_mark, is_single
from core.text.document import Document
from core.text.language_code import language_code

NearWords = Mapping[str, AbstractSet[str]]  # words of the rule -> words of an article; of several, a blank between them
_LEAST_PARTED = 4  # letters of a word that an article may write as two
_MOST_VARIANTS = 12  # of one term
_MOST_PARTED = 2_000  # words of a rule; a longer list has names, and a hundred thousand of them


@dataclass(slots=True)
class JustMissed:
    """Looks in articles for words that almost are those of a rule, and that the rule does not find."""

    tree: Node  # aliases expanded
    _by_head: dict[str, list[str]] = field(default_factory=dict)
    _alike: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    _found: set[str] = field(default_factory=set)
    _wild: list[re.Pattern[str]] = field(default_factory=list)
    _joined: dict[str, str] = field(default_factory=dict)  # ceasefire: "cease fire"
    _parted: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # cease: ("ceasefire", "fire")
    _terms: dict[int, dict[str, list[Term]]] = field(default_factory=dict)  # of a list, by its words

    def __post_init__(self) -> None:
        for term in wanted_terms(self.tree):
            self._joined |= joined(term)
            for word in term.words:
                self._note(word)

    def _note(self, word: WordPattern) -> None:
        if not word.is_literal:
            self._wild.append(expression(word))
        elif word.text not in self._found:
            self._found.add(word.text)
            if has_forms(word.text):
                for head in heads_of(word.text):
                    self._by_head.setdefault(head, []).append(word.text)
            parts = parted(word.text) if len(self._found) <= _MOST_PARTED else ()
            for left, right in parts:
                self._parted.setdefault(left, []).append((word.text, right))

    def near(self, words: AbstractSet[str], lang: str | None = None) -> dict[str, set[str]]:
        """For words of the rule, those of an article's `words` that almost are it. `lang`: the article's. Whether two words stand
        beside each other, a set of words does not say."""
        found: dict[str, set[str]] = {}
        code = language_code(lang) if lang else ""
        for word in words:
            for missed in self._missed_by(word, code):
                found.setdefault(missed, set()).add(word)
            if word in self._joined:
                found.setdefault(self._joined[word], set()).add(word)
            for whole, right in self._parted.get(word, ()):
                if right in words:
                    found.setdefault(whole, set()).add(f"{word} {right}")
        return found

    def _missed_by(self, word: str, lang: str) -> tuple[str, ...]:
        known = self._alike.get((word, lang))
        if known is None:
            begins = {head_of(word), *(() if word.isascii() else map(head_of, bare_words(word)))}
            heads = dict.fromkeys(head for begin in begins for head in self._by_head.get(begin, ()))
            found = bool(heads) and (word in self._found or any(wild.fullmatch(word) for wild in self._wild))
            near = [] if found else [head for head in heads if is_form_of(head, word, lang)]
            known = (max(near, key=lambda head: likeness(head, word)),) if near else ()
            self._alike[word, lang] = known
        return known

    def widened(self, near: NearWords) -> Node:
        """The rule that also finds these words in place of its own."""
        return self._widened(self.tree, near)

    def _widened(self, node: Node, near: NearWords) -> Node:
        match node:
            case Term():
                variants = list(_variants(node, near))
                return Or((node, *variants)) if variants else node
            case Listed():
                terms = [variant for term in self._terms_with(node, near) for variant in _variants(term, near)]
                return Or((node, replace(node, terms=tuple(terms)))) if terms else node
            case And(children=children) | Or(children=children) | KOf(children=children):
                return replace(node, children=tuple(self._widened(child, near) for child in children))
            case Near(left=left, right=right, negated=negated):
                return replace(
                    node, left=self._widened(left, near), right=right if negated else self._widened(right, near)
                )
            case Within(left=left, right=right):
                return replace(node, left=self._widened(left, near), right=self._widened(right, near))
            case AtLeast(child=child) | First(child=child) | Scope(child=child):
                return replace(node, child=self._widened(child, near))
            case _:
                return node

    def _terms_with(self, node: Listed, near: NearWords) -> list[Term]:
        """The terms of a list that hold one of the words; a list may have a hundred thousand."""
        if id(node) not in self._terms:
            by_word: dict[str, list[Term]] = {}
            for term in node.terms:
                for word in term.words:
                    by_word.setdefault(word.text, []).append(term)
            self._terms[id(node)] = by_word
        first = (wanted.split(" ", 1)[0] for wanted in near)
        return list(dict.fromkeys(term for word in first for term in self._terms[id(node)].get(word, ())))


def just_missed(tree: Node, document: Document) -> dict[str, dict[str, int]]:
    """For the rule's words that one article does not hold: the words that almost are them, and how often they stand there."""
    counts: Counter[str] = Counter()
    for text in (document.title, document.body):
        words = text.tokens.words
        counts.update(words)
        counts.update(map(" ".join, pairwise(words)))
    near = JustMissed(tree).near({word for word in counts if " " not in word}, document.article.lang)
    told = {wanted: {word: counts[word] for word in sorted(words) if word in counts} for wanted, words in near.items()}
    return {wanted: words for wanted, words in sorted(told.items()) if words and wanted not in counts}


def _variants(term: Term, near: NearWords) -> Iterator[Term]:
    """The term with words of the article in place of its own."""
    if term.cased:
        return
    ways: list[list[tuple[WordPattern, ...]]] = []
    for place, word in enumerate(term.words):
        others = [
            tuple(map(WordPattern, found.split(" "))) for found in sorted(near.get(word.text, ())) if word.is_literal
        ]
        ways.append([(word,), *others])
        pair = f"{word.text} {term.words[place + 1].text}" if place + 1 < len(term.words) else ""
        for found in sorted(near.get(pair, ())):
            joined = (*term.words[:place], WordPattern(found), *term.words[place + 2 :])
            yield replace(term, words=joined)
    for words in islice(product(*ways), 1, _MOST_VARIANTS):
        yield replace(term, words=tuple(word for part in words for word in part))


def joined(term: Term) -> dict[str, str]:
    """How an article may write two words of a phrase as one, and the two: ceasefire, F16."""
    words = [word.text if word.is_literal else "" for word in term.words]
    beside = pairwise(words)
    return {one + other: f"{one} {other}" for one, other in beside if one and other and not is_single(one[0])}


def parted(word: str) -> Iterator[tuple[str, str]]:
    """How an article may write a word as two: e-mail, F-16, cease-fire."""
    if len(word) < LEAST_LETTERS or is_single(word[0]):
        return
    for place in range(1, len(word)):
        left, right = word[:place], word[place:]
        if left[-1].isdigit() != right[0].isdigit() or (
            len(word) >= _LEAST_PARTED and len(right) > 1 and not is_mark(right[0])
        ):
            yield left, right


def wanted_terms(node: Node) -> Iterator[Term]:
    """The terms that a match of a rule, or of a part of one, holds; not those behind a NOT, nor those whose letters must stand as typed."""
    if isinstance(node, Term):
        if not node.cased:
            yield node
    elif isinstance(node, Listed):
        yield from (term for term in node.terms if not term.cased)
    elif isinstance(node, Near) and node.negated:
        yield from wanted_terms(node.left)
    elif not isinstance(node, Not):
        for child in children_of(node):
            yield from wanted_terms(child)
