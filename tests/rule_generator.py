"""Random rules over the words of real articles, so that many are true of some article and false of others."""

import random
from collections.abc import Sequence

from alerts.rules import syntax as s
from core.text.tokens import is_single, words_of

SCOPES = (s.WordField.TITLE, s.WordField.LEAD, s.WordField.BODY, s.WordField.HLEAD)


class RuleMaker:
    """Rules from one article's words, mostly; `others` lend words that it does not have."""

    def __init__(self, rng: random.Random, others: Sequence[str]) -> None:
        self.rng = rng
        self.others = [words for text in others if (words := words_of(text))]

    def rule(self, text: str) -> s.Node:
        """A rule with something positive in it; true of `text` about half the time."""
        words = words_of(text) or ["word"]
        node = self.node(words, self.rng.choice((1, 2, 2, 3)))
        if self.rng.random() < 0.85:
            return node
        below = node.children if isinstance(node, s.And) else (node,)
        return s.And((self.operand(words), *below))

    def node(self, words: Sequence[str], depth: int) -> s.Node:
        if depth == 0:
            return self.operand(words)
        choice = self.rng.random()
        if choice < 0.22:
            return s.And(tuple(self.part(words, depth, s.And) for _ in range(self.rng.choice((2, 2, 3)))))
        if choice < 0.44:
            return s.Or(tuple(self.part(words, depth, s.Or) for _ in range(self.rng.choice((2, 3, 4)))))
        if choice < 0.52:
            return s.Not(self.part(words, depth, s.Not))
        if choice < 0.64:
            return s.Scope(self.rng.choice(SCOPES), self.part(words, depth, s.Scope))
        if choice < 0.70:
            parts = tuple(self.part(words, depth, s.KOf) for _ in range(3))
            return s.KOf(self.rng.choice((1, 2, 3)), parts)
        return self.operand(words)

    def part(self, words: Sequence[str], depth: int, kind: type[s.Node]) -> s.Node:
        """A child that the printer would not merge with its parent."""
        while True:
            node = self.node(words, depth - 1)
            if not (isinstance(node, s.And | s.Or) and type(node) is kind):
                return node

    def operand(self, words: Sequence[str]) -> s.Node:
        choice = self.rng.random()
        if choice < 0.40:
            return self.term(words)
        left, right = self.group(words), self.group(words)
        if choice < 0.62:
            return s.Near(left, right, self.rng.choice((0, 1, 3, 5, 10, 20)), ordered=self.rng.random() < 0.4)
        if choice < 0.70:
            return s.Near(left, right, self.rng.choice((1, 5, 10)), negated=True)
        if choice < 0.76:
            near = s.Near(left, right, self.rng.choice((3, 8)))
            return s.Near(near, self.term(words), self.rng.choice((2, 6)))
        if choice < 0.86:
            return s.Within(left, right, self.rng.choice(tuple(s.Unit)))
        if choice < 0.93:
            return s.AtLeast(self.rng.choice((1, 2, 3)), left)
        return s.First(self.rng.choice((5, 20, 60)), left)

    def group(self, words: Sequence[str]) -> s.Node:
        if self.rng.random() < 0.75:
            return self.term(words)
        terms = tuple(dict.fromkeys(self.term(words) for _ in range(3)))
        return terms[0] if len(terms) == 1 else s.Or(terms)

    def term(self, words: Sequence[str]) -> s.Term:
        rng = self.rng
        if self.others and rng.random() < 0.12:
            words = rng.choice(self.others)
        at = rng.randrange(len(words))
        picked = list(words[at : at + rng.choice((1, 1, 1, 2, 2, 3))])
        if rng.random() < 0.1:
            picked = [words[at], rng.choice(list(words))]
        return s.Term(tuple(map(self.pattern, picked)))

    def pattern(self, word: str) -> s.WordPattern:
        choice = self.rng.random()
        if choice < 0.8 or len(word) < 4 or not word.isalpha() or is_single(word[0]):
            return s.WordPattern(word)
        if choice < 0.92:
            return s.WordPattern(word[: self.rng.randint(3, len(word))], prefix=True)
        at = self.rng.randint(3, len(word) - 1)
        return s.WordPattern(word[:at] + "?" + word[at + 1 :])
