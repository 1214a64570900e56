"""Lists of terms: found in a field all at once, and what they are found by. A list that rules share is prepared once."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from alerts.rules.bytecode import OP_BITS, TERM
from alerts.rules.selection import best_key
from alerts.rules.syntax import Listed, Or, Term, Terms, WordPattern
from alerts.rules.word_index import WordIndex
from core.text.fold import fold_pattern

Weight = Callable[[WordPattern], float]  # how often a word is met; smaller is better


def either(node: Listed) -> Term | Or:
    """The terms as an OR, each with the span of the list, for what does not look for a list as a whole."""
    terms = tuple(replace(term, span=node.span) for term in node.terms)
    return terms[0] if len(terms) == 1 else Or(terms, node.span)


def folded(term: Term) -> tuple[WordPattern, ...]:
    """The words of a term as an article's folded words fit them."""
    return tuple(WordPattern(fold_pattern(word.text), word.prefix) for word in term.words)


def index_of(terms: Terms) -> WordIndex[Term]:
    """The terms, each by the word of it that fewest terms of the list have."""
    found: WordIndex[Term] | None = terms.kept.get(WordIndex)
    if found is None:
        found = WordIndex[Term]()
        words = [folded(term) for term in terms]
        uses = Counter(word for one in words for word in one)
        for term, one in zip(terms, words, strict=True):
            found.add(min(one, key=lambda word: (not word.is_literal, uses[word], -len(word.text))), term)
        terms.kept[WordIndex] = found
    return found


def anchors_of(terms: Terms) -> tuple[frozenset[WordPattern], ...]:
    """The words of each term: an article that the list is found in has all words of one."""
    found: tuple[frozenset[WordPattern], ...] | None = terms.kept.get(frozenset)
    if found is None:
        found = terms.kept[frozenset] = tuple(dict.fromkeys(frozenset(folded(term)) for term in terms))
    return found


def cost_of(terms: Terms, weight: Weight) -> float:
    """What a list costs as an anchor: the sum of what its terms cost (alerts.rules.selection)."""
    found: float | None = terms.kept.get(weight)
    if found is None:
        found = terms.kept[weight] = sum(_cost(term.words, weight) for term in terms)
    return found


def _cost(words: tuple[WordPattern, ...], weight: Weight) -> float:
    code = [TERM | len(words) << OP_BITS, 0, *range(len(words))]
    return best_key(code, 0, list(map(weight, words)), [not word.is_literal for word in words])[0]
