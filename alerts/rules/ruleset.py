"""Many rules against one article: candidates by their anchors, then the verdict of each candidate. Immutable.

words of the article -> rules of which a whole anchor set is there -> verdict and evidence of each
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, Self

from alerts.rules.aliases import AliasSet
from alerts.rules.anchors import Anchor, anchors
from alerts.rules.expand import expand
from alerts.rules.explain import explain
from alerts.rules.frequency import weight
from alerts.rules.parser import parse
from alerts.rules.places import expression
from alerts.rules.problem import render
from alerts.rules.syntax import Node, WordPattern
from core.model.article import Article
from core.model.match import Evidence
from core.text.document import Document

Aliases = Mapping[str, Sequence[str]]


class RuleSource(Protocol):
    """A rule as it is stored: core.model.rule.RuleRow."""

    @property
    def rule_id(self) -> str: ...
    @property
    def query(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that is true of the article, and why."""

    key: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A rule ready to be matched. `anchors` empty: it is a candidate for every article."""

    tree: Node
    anchors: tuple[Anchor, ...]


def compile_rule(query: str, aliases: Aliases) -> Compiled:
    """Raises ValueError where the text is no rule; RuleCompiler.problems says why."""
    known = AliasSet.of(aliases.items())
    parsed = parse(query, aliases=known)
    if parsed.tree is None:
        raise ValueError(parsed.problems[0].message)
    tree = expand(parsed.tree, known)
    return Compiled(tree, anchors(tree, weight))


def _rarest(one: Anchor) -> WordPattern:
    return min(one, key=lambda word: (not word.is_literal, weight(word), word.text))


@dataclass(frozen=True, slots=True)
class RuleSet:
    """An immutable set; changes make another one that shares what did not change."""

    rules: Mapping[str, Compiled] = field(default_factory=dict)
    literal: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # anchor word -> rules
    patterns: Mapping[str, tuple[tuple[WordPattern, str], ...]] = field(
        default_factory=dict
    )  # first 3 letters -> rules
    always: tuple[str, ...] = ()

    def match(self, article: Article) -> list[Hit]:
        """The rules that are true of the article, in no order."""
        document = Document(article)
        found = self.candidates(_words(document))
        hits = []
        for key in found:
            verdict = explain(self.rules[key].tree, document)
            if verdict.true:
                hits.append(Hit(key, tuple(dict.fromkeys(verdict.proof()))))
        return hits

    def candidates(self, words: set[str]) -> set[str]:
        """The rules that could be true of an article with these words."""
        found = set(self.always)
        for word in words:
            found.update(self.literal.get(word, ()))
            for pattern, key in self.patterns.get(word[:3], ()):
                if key not in found and expression(pattern).fullmatch(word):
                    found.add(key)
        return {key for key in found if self._possible(key, words)}

    def _possible(self, key: str, words: set[str]) -> bool:
        sets = self.rules[key].anchors
        return not sets or any(all(w.text in words for w in one if w.is_literal) for one in sets)

    def updated(self, changed: Sequence[RuleSource], removed: Iterable[str], aliases: Aliases) -> Self:
        """The set with these rules in place of their other versions, and without the removed ones."""
        rules = dict(self.rules)
        for key in removed:
            rules.pop(key, None)
        for row in changed:
            rules[row.rule_id] = compile_rule(row.query, aliases)
        return self._indexed(rules)

    def _indexed(self, rules: Mapping[str, Compiled]) -> Self:
        literal: dict[str, list[str]] = {}
        patterns: dict[str, list[tuple[WordPattern, str]]] = {}
        always: list[str] = []
        for key, rule in rules.items():
            if not rule.anchors:
                always.append(key)
            for word in dict.fromkeys(_rarest(one) for one in rule.anchors):
                if word.is_literal:
                    literal.setdefault(word.text, []).append(key)
                else:
                    patterns.setdefault(word.text[:3], []).append((word, key))
        return type(self)(
            rules,
            {word: tuple(keys) for word, keys in literal.items()},
            {head: tuple(pairs) for head, pairs in patterns.items()},
            tuple(always),
        )

    def merged(self) -> Self:
        return self

    @property
    def wants_merge(self) -> bool:
        return False

    def __len__(self) -> int:
        return len(self.rules)


def _words(document: Document) -> set[str]:
    fields = (document.title, document.body, document.author, document.section, document.tag)
    return {word for text in fields for word in text.tokens.words}


class RuleCompiler:
    """Makes rule sets, and says why a rule cannot be in one."""

    def empty(self) -> RuleSet:
        return RuleSet()

    def problems(self, query: str, aliases: Aliases) -> Sequence[str]:
        """What is wrong with a rule's text, each with its place; empty: it can be compiled."""
        return [render(problem, query) for problem in parse(query, aliases=AliasSet.of(aliases.items())).problems]
