"""What must be in an article for a rule to be true: an OR of sets of words, chosen so that few articles hold one whole.

A rule is evaluated only for articles that hold all words of one of its sets, so the number of rules hardly matters.
"""

from collections.abc import Callable, Iterator

from alerts.rules.syntax import (
    AliasRef,
    And,
    AtLeast,
    FieldTest,
    First,
    KOf,
    Near,
    Node,
    Not,
    Or,
    Regex,
    Scope,
    Term,
    Within,
    WordPattern,
)
from core.text.fold import fold

Anchor = frozenset[WordPattern]  # all of them must be present, folded
Weight = Callable[[WordPattern], float]  # how often a word is met; smaller is better

_MOST_SETS = 64
_MOST_GROUPS = 8


def anchors(node: Node, weight: Weight) -> tuple[Anchor, ...]:
    """The sets; the node is false of any article that holds none of them whole. Empty: nothing can be said."""
    match node:
        case Term(words=words):
            return (frozenset(WordPattern(fold(w.text) if w.is_literal else _folded(w), w.prefix) for w in words),)
        case And(children=children):
            return _best((anchors(child, weight) for child in children), weight)
        case Or(children=children):
            return _all(children, weight)
        case KOf(count=count, children=children):
            # Any `count` of them include one of any len - count + 1: take the cheapest ones.
            sets = sorted((anchors(child, weight) for child in children), key=lambda s: _cost(s, weight))
            needed = sets[: len(children) - count + 1]
            return tuple(one for s in needed for one in s) if all(needed) else ()
        case Near(left=left, negated=True):
            return anchors(left, weight)
        case Near(left=left, right=right) | Within(left=left, right=right):
            return _best((anchors(side, weight) for side in (left, right)), weight)
        case AtLeast(child=child) | First(child=child) | Scope(child=child) | Not(child=Not(child=child)):
            return anchors(child, weight)
        case Not() | Regex() | FieldTest() | AliasRef():
            return ()


def _folded(word: WordPattern) -> str:
    return "?".join(fold(piece) for piece in word.text.split("?"))


def _all(children: tuple[Node, ...], weight: Weight) -> tuple[Anchor, ...]:
    found: list[Anchor] = []
    for child in children:
        sets = anchors(child, weight)
        if not sets:
            return ()
        found.extend(sets)
    return tuple(dict.fromkeys(found))


def _best(alternatives: Iterator[tuple[Anchor, ...]], weight: Weight) -> tuple[Anchor, ...]:
    usable = [sets for sets in alternatives if sets]
    return min(usable, key=lambda sets: (_cost(sets, weight), len(sets)), default=())


def _cost(sets: tuple[Anchor, ...], weight: Weight) -> float:
    return sum(min(map(weight, one)) for one in sets) if sets else float("inf")


def required_words(node: Node, weight: Weight) -> list[list[str]] | None:
    """The same for a search in stored articles: sets of words, a star at the end of a prefix; None: search them all."""
    sets = anchors(node, weight)
    if not sets or len(sets) > _MOST_SETS:
        return None
    found = []
    for one in sets:
        words = [_searchable(word) for word in one]
        found.append(sorted({word for word in words if word}))
    return None if any(not words for words in found) else found


def required_groups(node: Node, weight: Weight) -> list[list[list[str]]]:
    """All that must be there, for a search in stored articles: one of each group, the rarest group first.

    More than matching needs, which looks for one group only; a search that knows all of them reads fewer articles.
    """
    cost = {id(part): _cost(anchors(part, weight), weight) for part in _needed(node)}
    parts = sorted(_needed(node), key=lambda part: cost[id(part)])
    groups = [words for part in parts if (words := required_words(part, weight)) is not None]
    return [words for place, words in enumerate(groups) if words not in groups[:place]][:_MOST_GROUPS]


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
