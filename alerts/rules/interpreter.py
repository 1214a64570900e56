"""Some thousand rules against one article, in plain Python: the rules whose anchors the article holds, explained one by one.

Only alerts.rules.explain defines what a rule means; this module chooses the rules to ask it about. A set does not change.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import nlargest
from typing import Self

from alerts.rules.aliases import AliasSet
from alerts.rules.anchors import Anchor, anchors, needed_groups
from alerts.rules.cost import Effort, RuleCost
from alerts.rules.exact import Key, place_keys
from alerts.rules.explain import DEFAULT_FIELDS, Explained, Searched, explain_in
from alerts.rules.frequency import weight
from alerts.rules.kept import NO_ALIASES, names_alias, tree_of
from alerts.rules.listed import anchors_of
from alerts.rules.syntax import ExactField, FieldTest, Listed, Node, Scope, Terms, WordField, WordPattern
from alerts.rules.walk import nodes_of
from alerts.rules.word_index import WordIndex
from core.model.match import Evidence
from core.text.document import Document, Searchable

_LONG = 1000  # terms of a list that is rather compared with an article's words than kept under its own
_OTHERS = frozenset((WordField.AUTHOR, WordField.SECTION, WordField.TAG))


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that has been read, its aliases replaced by their terms; `anchors`: () where any article may match. `groups`: sets of
    literal words; an article that matches holds one of each group whole."""

    key: str
    text: str
    aliases: AliasSet
    tree: Node
    anchors: tuple[Anchor, ...]
    groups: tuple[tuple[frozenset[str], ...], ...]
    fields: frozenset[WordField]  # that it searches besides title and body


@dataclass(frozen=True, slots=True)
class InterpretedHit:
    """A rule that is true of an article, and why."""

    key: str
    explained: Explained

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Each place once."""
        return tuple(dict.fromkeys(self.explained.proof()))


@dataclass(slots=True)
class Tally:
    """What matching took so far: articles, and for each rule how often it was looked at and how long that took."""

    articles: int = 0
    looked: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def add(self, key: str, seconds: float) -> None:
        self.looked[key] = self.looked.get(key, 0) + 1
        self.seconds[key] = self.seconds.get(key, 0.0) + seconds


def _rarity(word: WordPattern) -> tuple[bool, float, str]:
    return not word.is_literal, weight(word), word.text


@dataclass(slots=True)
class Index:
    """From a word to the rules one of whose anchors has it as its rarest word, and from a place to those that ask for it."""

    words: WordIndex[Rule | Listed] = field(default_factory=WordIndex)
    lists: dict[Listed, list[Rule]] = field(default_factory=dict)  # rules that a list finds
    long: list[Listed] = field(default_factory=list)  # those of them that each article is asked for
    places: dict[Key, list[Rule]] = field(default_factory=dict)
    lengths: set[int] = field(default_factory=set)  # of the addresses among them
    always: list[Rule] = field(default_factory=list)
    others: bool = False  # whether a rule searches author, section or tag

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> Self:
        made = cls()
        for rule in rules:
            made.others = made.others or bool(rule.fields)
            if not rule.anchors:
                made.always.append(rule)
            for anchor in rule.anchors:
                if isinstance(anchor, FieldTest):
                    made.places.setdefault((anchor.field, anchor.value), []).append(rule)
                    if anchor.field is ExactField.URL:
                        made.lengths.add(len(anchor.value))
                    continue
                if isinstance(anchor, Listed):
                    made._add_list(anchor, rule)
                    continue
                rarest = min(anchor, key=_rarity)
                made.words.add(rarest, rule)
        return made

    def _add_list(self, one: Listed, rule: Rule) -> None:
        known = self.lists.setdefault(one, [])
        known.append(rule)
        if len(known) > 1:
            return
        if len(one.terms) > _LONG:
            self.long.append(one)
            return
        for anchor in anchors_of(Terms.of(one.terms)):
            self.words.add(min(anchor, key=_rarity), one)

    def candidates(self, words: set[str], searched: Searched) -> Iterator[Rule]:
        """The rules that the article, which has these words, may match, each once."""
        found: dict[str, Rule] = {}
        lists = dict.fromkeys(self.long)
        for one in self.words.found(words):
            if isinstance(one, Listed):
                lists[one] = None
            else:
                found[one.key] = one
        for listed in lists:
            if any(
                searched.index(name).listed(listed) for name in (*DEFAULT_FIELDS, *(_OTHERS if self.others else ()))
            ):
                found.update((rule.key, rule) for rule in self.lists[listed])
        for place in place_keys(searched.document, self.lengths) if self.places else ():
            found.update((rule.key, rule) for rule in self.places.get(place, ()))
        found.update((rule.key, rule) for rule in self.always)
        for rule in found.values():
            if all(any(map(words.issuperset, group)) for group in rule.groups):
                yield rule


@dataclass(frozen=True, slots=True)
class InterpretedRules:
    """A set of rules."""

    rules: Mapping[str, Rule] = field(default_factory=dict)
    index: Index = field(default_factory=Index)
    tally: Tally = field(default_factory=Tally)

    def match(self, article: Searchable) -> list[InterpretedHit]:
        """The rules that are true of the article, in no order."""
        document, tally = Document(article), self.tally
        tally.articles += 1
        words = {*document.title.tokens.words, *document.body.tokens.words}
        if self.index.others:
            words.update(document.author.tokens.words, document.section.tokens.words, document.tag.tokens.words)
        searched, hits = Searched(document), list[InterpretedHit]()
        for rule in self.index.candidates(words, searched):
            began = time.perf_counter()
            explained = explain_in(rule.tree, searched)
            tally.add(rule.key, time.perf_counter() - began)
            if explained.true:
                hits.append(InterpretedHit(rule.key, explained))
        return hits

    def updated(self, changed: Iterable[tuple[str, str]], removed: Iterable[str], aliases: AliasSet) -> Self:
        """The set with these rules, (id, text) each, and without the removed ones. ValueError: a text is no rule."""
        rules = dict(self.rules)
        for key in removed:
            rules.pop(key, None)
        for key, text in changed:
            rules[key] = read(key, text, aliases)
            self.tally.looked.pop(key, None)
            self.tally.seconds.pop(key, None)
        return type(self)(rules, Index.of(rules.values()), self.tally)

    def effort(self) -> Effort:
        """The cost of matching. Python evaluates all rules, so none is counted separately for it."""
        return Effort(sum(self.tally.looked.copy().values()), 0, len(self.index.always))

    def costs(self, top: int) -> list[RuleCost]:
        """The rules that took longest, longest first."""
        tally = self.tally
        spent = [(seconds, key) for key, seconds in tally.seconds.copy().items() if key in self.rules]
        return [
            RuleCost(key, tally.articles, tally.looked.get(key, 0), seconds) for seconds, key in nlargest(top, spent)
        ]

    def __len__(self) -> int:
        return len(self.rules)


def read(key: str, text: str, aliases: AliasSet) -> Rule:
    """A rule out of its text. ValueError says what is wrong with it."""
    tree = tree_of(key, text, aliases)
    fields = frozenset(node.field for node in nodes_of(tree) if isinstance(node, Scope)) & _OTHERS
    literal = (
        tuple(
            frozenset(word.text for word in anchor if word.is_literal)
            for anchor in group
            if isinstance(anchor, frozenset)
        )
        for group in needed_groups(tree, weight)
        if all(isinstance(anchor, frozenset) for anchor in group)
    )
    groups = tuple(group for group in literal if all(group))
    return Rule(key, text, aliases if names_alias(text) else NO_ALIASES, tree, anchors(tree, weight), groups, fields)
