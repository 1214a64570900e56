"""What is said of a change of a rule is true of every article: random changes of rules with lists, forms and languages."""

import random
from dataclasses import replace

from alerts.management.diff import Effect, diff
from alerts.rules import syntax as s
from alerts.rules.forms.expansion import listed_forms
from alerts.rules.parser import parse
from alerts.rules.printer import as_written
from alerts.rules.ruleset import RuleSet
from alerts.rules.syntax import Node
from tests.effort import scaled
from tests.reference_articles import article, in_all_scripts
from tests.rule_generator import FACTS, RuleMaker

WORDS = ("minister", "weapon", "мир", "president")
LANGS = ("pl", "de", "en", "ru", "cs", "uk", None)


def test_what_is_claimed_of_lists_forms_and_languages_is_true_of_random_articles() -> None:
    rng = random.Random(9)
    forms = [term.shown for word in WORDS for term in listed_forms(s.Forms(word)).terms]
    texts = [". ".join(rng.sample(forms, 12)) + f".\n\n{rng.choice(WORDS)}" for _ in range(14)]
    every = [replace(article(k, rng.choice(forms), text), lang=LANGS[k % len(LANGS)]) for k, text in enumerate(texts)]
    every += in_all_scripts(9)[::6]
    maker = RuleMaker(rng, [one.text for one in every], respelling=0.2, lists=5, inflected=WORDS)
    claims = dict.fromkeys(("same", *Effect), 0)
    for _ in range(scaled(250)):
        own = rng.choice(every)
        rule, _ = maker.written(f"{own.title}\n\n{own.text}")
        old = parse(rule, aliases=maker.aliases).tree
        assert old is not None
        changed = as_written(_changed(rng, maker, old, own.text.split()))
        new = parse(changed, aliases=maker.aliases).tree
        if new is None:
            continue  # nothing in it must be there any more
        effects = {change.effect for change in diff(old, new, maker.aliases)}
        if len(effects) > 1:
            continue
        known = RuleSet.of([("old", rule), ("new", changed)], maker.aliases.terms)
        found = [{hit.key for hit in known.match(one)} for one in every]
        told = effects.pop() if effects else "same"
        claims[told] += 1
        if told != Effect.OTHER:
            assert told == Effect.LESS or all("new" in keys for keys in found if "old" in keys), (rule, changed)
            assert told == Effect.MORE or all("old" in keys for keys in found if "new" in keys), (rule, changed)
    assert min(claims[Effect.MORE], claims[Effect.LESS]) >= scaled(20), claims


def _changed(rng: random.Random, maker: RuleMaker, node: Node, words: list[str]) -> Node:
    """The rule after a change somewhere in it, in proximities and counts too."""

    def inner(child: Node) -> Node:
        return _changed(rng, maker, child, words)

    match node:
        case s.And(children=children) | s.Or(children=children) | s.KOf(children=children) if rng.random() < 0.6:
            at = rng.randrange(len(children))
            return replace(node, children=(*children[:at], inner(children[at]), *children[at + 1 :]))
        case s.Not(child=child) | s.Scope(child=child) if rng.random() < 0.7:
            return replace(node, child=inner(child))
        case s.Near(left=left) | s.Within(left=left) if rng.random() < 0.5:
            return replace(node, left=_operand(rng, maker, left))
        case s.Near(right=right) | s.Within(right=right) if rng.random() < 0.5:
            return replace(node, right=_operand(rng, maker, right))
        case s.AtLeast(child=child) | s.First(child=child) if rng.random() < 0.6:
            return replace(node, child=_operand(rng, maker, child))
        case s.Near(distance=distance):
            return replace(node, distance=distance + 2)
        case s.AtLeast(count=count) | s.First(count=count) | s.KOf(count=count):
            return replace(node, count=max(1, count - 1))
        case s.Comparison():
            return maker.comparison()
        case s.FieldTest(field=field):
            return s.FieldTest(field, rng.choice(FACTS[field]))
        case s.And(children=children) if rng.random() < 0.5:
            return replace(node, children=(s.FieldTest(s.ExactField.LANG, rng.choice(("pl", "de", "ru"))), *children))
        case s.And(children=children) | s.Or(children=children) if len(children) > 2:
            return replace(node, children=children[1:])
        case s.Term() | s.AliasRef() | s.Forms():
            return _operand(rng, maker, node)
        case _:
            return s.Or((node, maker.operand(words))) if not isinstance(node, s.Or) else node


def _operand(rng: random.Random, maker: RuleMaker, node: Node) -> Node:
    """Another word, list or forms; of a list of them, one more or one changed."""
    match node:
        case s.Or(children=children) if rng.random() < 0.6:
            at = rng.randrange(len(children))
            changed = _operand(rng, maker, children[at])
            below = changed.children if isinstance(changed, s.Or) else (changed,)
            return _any_of((*children[:at], *below, *children[at + 1 :]))
        case s.Forms() if rng.random() < 0.7:
            terms = listed_forms(node).terms
            one = rng.choice(terms)
            return rng.choice((replace(node, lang="de"), replace(node, struck=(one.shown,)), replace(one, langs=())))
        case s.AliasRef(name=name) if rng.random() < 0.5:
            return parse(rng.choice(maker.aliases.terms[name]).removeprefix("NOT ")).tree or node
        case s.Term(words=words, cased=cased) if len(words) > 1:
            return s.Term(words[1:], cased)
        case s.Or() | s.Term() | s.AliasRef() | s.Forms():
            below = node.children if isinstance(node, s.Or) else (node,)
            return _any_of((*below, maker.one(maker.rng.choice(maker.others))))
        case _:
            return node


def _any_of(parts: tuple[Node, ...]) -> Node:
    each = tuple(dict.fromkeys(parts))
    return each[0] if len(each) == 1 else s.Or(each)
