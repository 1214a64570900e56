"""The words or the place that an article must have for a rule to be true: an OR of sets, chosen so that few articles have a whole set.

A rule is evaluated only for articles that hold all words of one of its sets, so the number of rules hardly matters.
"""

from alerts.rules.bytecode import LIST, OP, OP_BITS, encoded, size_of
from alerts.rules.listed import Weight, anchors_of, cost_of
from alerts.rules.selection import NEVER, chosen_terms, node_costs
from alerts.rules.syntax import (
    And,
    AtLeast,
    FieldTest,
    First,
    Listed,
    Near,
    Node,
    Not,
    Scope,
    Terms,
    Within,
    WordPattern,
)
from core.text.fold import fold_pattern

Anchor = (
    frozenset[WordPattern] | FieldTest | Listed
)  # all of the words, folded, must be there; or the place; or a term of a list

_MOST_SETS = 64
_MOST_WIDENED = 10_000  # of sets that prefixes are made of
_LEAST_PREFIX = 3  # letters


def anchors(node: Node, weight: Weight) -> tuple[Anchor, ...]:
    """The sets; the node is false of any article that holds none of them whole. Empty: nothing can be said. Aliases must have
    been expanded."""
    return _chosen(node, weight)[0]


def share_of(node: Node, weight: Weight) -> float:
    """The share of articles that are expected to hold one of the sets; infinite where nothing can be said."""
    return _chosen(node, weight)[1]


def _chosen(node: Node, weight: Weight) -> tuple[tuple[Anchor, ...], float]:
    """The sets and what they cost, as alerts.rules.selection chooses them."""
    made = encoded(node)
    code, size = made.numbers, len(made.numbers)
    for symbol, place in enumerate(made.positions):
        code[place] = symbol
    weights = [weight(word) for word in made.patterns]
    patterns = [not word.is_literal for word in made.patterns]
    costs, stack, terms = [0.0] * size, [0] * size, [0] * size
    lists = [one for one in made.facts if isinstance(one, Listed)]
    for number, place in enumerate(place for place in made.fact_places if code[place] & OP == LIST):
        code[place] |= number << OP_BITS
    node_costs(code, 0, size, weights, patterns, costs, stack, [cost_of(Terms.of(one.terms), weight) for one in lists])
    if costs[0] == NEVER:
        return (), NEVER
    found = terms[: chosen_terms(code, 0, costs, stack, terms)]
    places = dict(zip(made.fact_places, made.facts, strict=True))
    sets: list[Anchor] = []
    for pc in found:
        fact = places.get(pc)
        if isinstance(fact, Listed):
            sets.append(fact)
        elif fact is not None and isinstance(fact.node, FieldTest):
            sets.append(fact.node)
        else:
            words = (made.patterns[symbol] for symbol in code[pc + 2 : pc + size_of(code, pc)])
            sets.append(frozenset(WordPattern(fold_pattern(word.text), word.prefix) for word in words))
    return tuple(dict.fromkeys(sets)), costs[0]


def required_words(node: Node, weight: Weight, most: int = _MOST_SETS) -> list[list[str]] | None:
    """The same for a search in stored articles: sets of words, a star at the end of a prefix; None: search them all, also
    where there would be more than `most` sets. Those of many forms of a word are prefixes: `biden*` for all that begin so."""
    sets: list[frozenset[WordPattern] | FieldTest] = []
    for one in anchors(node, weight):
        sets += anchors_of(Terms.of(one.terms)) if isinstance(one, Listed) else (one,)
    if not sets or len(sets) > _MOST_WIDENED:
        return None
    found = []
    for one in sets:
        if isinstance(one, FieldTest):
            return None  # a place is no word of a text
        words = [_searchable(word) for word in one]
        found.append(sorted({word for word in words if word}))
    if any(not words for words in found):
        return None
    if len(found) > most:
        found = _widened(found)
    return found if len(found) <= most else None


def _widened(sets: list[list[str]]) -> list[list[str]]:
    """Fewer sets, one of which an article has that has one of these: of each the longest word, and of words that begin with another
    one that one with a star."""
    words = sorted({max(one, key=len) for one in sets})
    found = [words[0]]
    for word in words[1:]:
        first = found[-1].removesuffix("*")
        if len(first) < _LEAST_PREFIX or not word.startswith(first):
            found.append(word)
        else:
            found[-1] = f"{first}*"
    return [[word] for word in found]


def parts_needed(node: Node, weight: Weight) -> list[Node]:
    """Parts that are all true where the node is, the rarest first."""
    return sorted(_needed(node), key=lambda part: _chosen(part, weight)[1])


def needed_groups(node: Node, weight: Weight) -> tuple[tuple[Anchor, ...], ...]:
    """The anchors of each part that must be true: an article that the node is true of holds one anchor of each group whole."""
    groups = (anchors(part, weight) for part in _needed(node))
    return tuple(dict.fromkeys(group for group in groups if group))


def _needed(node: Node) -> list[Node]:
    """Parts that are all true where the node is."""
    match node:
        case And(children=children):
            return [part for child in children for part in _needed(child)]
        case Near(left=left, negated=True):
            return _needed(left)
        case Near(left=left, right=right) | Within(left=left, right=right):
            return [*_needed(left), *_needed(right)]
        case AtLeast(child=child) | First(child=child) | Scope(child=child) | Not(child=Not(child=child)):
            return _needed(child)
        case _:
            return [node]


def _searchable(word: WordPattern) -> str:
    """`organi?ation` is searched by what stands before its `?`."""
    head, mark, _ = word.text.partition("?")
    return head + "*" if mark or word.prefix else head
