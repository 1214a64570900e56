"""Lists that rules share: each engine finds what the specification says, with the evidence of one clause, in every segment."""

import os
import random
from collections.abc import Sequence

import pytest

from alerts.rules import syntax as s
from alerts.rules.aliases import AliasSet, alias_term
from alerts.rules.engine import machine_code_installed
from alerts.rules.expand import expand
from alerts.rules.explain import explain
from alerts.rules.interpreter import InterpretedRules
from alerts.rules.parser import parse
from alerts.rules.printer import print_rule
from alerts.rules.ruleset import RuleSet
from core.model.article import Article
from core.text.document import Document
from tests.effort import scaled
from tests.reference_articles import article, articles, facts, fields
from tests.reference_evaluator import spans, true

KERNELS = "plain" if os.environ.get("WIREWATCH_MATCHER") == "plain" else "compiled"
SHAPES = (
    "{a}",
    "NOT {a} AND {b}",
    "title:{a}",
    "lead:{a} OR title:{b}",
    "{a} NEAR/3 {b}",
    "{a} ONEAR/6 ({b} OR {w})",
    "{a} NOT NEAR/5 {b}",
    "{a} SENT {b}",
    "{a} PARA {w}",
    "ATLEAST/2({a})",
    "FIRST/30({a} OR {b})",
    "KOF/2({a}, {b}, {w})",
    "{w} AND {a}",
    "NOT NOT {a}",
    "({a} NEAR/8 {b}) NEAR/8 {w}",
    "author:{a} OR tag:{b}",
    "{w} OR {a} AND NOT {b}".replace("OR {a} AND NOT {b}", "OR ({a} AND NOT {b})"),
)


@pytest.fixture(params=["interpreter", KERNELS])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    name = str(request.param)
    if name == "compiled" and not machine_code_installed():
        pytest.skip("numba is not installed")
    monkeypatch.setenv("WIREWATCH_MATCHER", name)
    return name


def some_terms(rng: random.Random, words: Sequence[str], many: int) -> list[str]:
    """Words, phrases, wildcards, case(...) and exclusions, of an article's words."""
    found = []
    for _ in range(many):
        at = rng.randrange(len(words) - 3)
        term = words[at]
        match rng.randrange(9):
            case 0 | 1:
                term = " ".join(words[at : at + rng.randint(2, 3)])
            case 2 if len(term) > 4:
                term = f"{term[:4]}*"
            case 3 if len(term) > 5:
                term = f"{term[:4]}?{term[5:]}"
            case 4:
                term = f"case({term if rng.random() < 0.5 else term.capitalize()})"
            case 5 | 6:
                term = f"NOT {term}"
            case _:
                pass
        if _is_term(term):
            found.append(term)
    return [*found, words[0]]


def _is_term(text: str) -> bool:
    try:
        alias_term(text.removeprefix("NOT "))
    except ValueError:
        return False
    return True


def random_set(seed: int, every: Sequence[Article]) -> tuple[dict[str, str], dict[str, list[str]]]:
    rng = random.Random(seed)
    words = [[word for word in Document(one).body.tokens.words if len(word) > 1] for one in every]
    words = [one for one in words if len(one) > 8]
    aliases = {f"list{k}": some_terms(rng, rng.choice(words), rng.choice((1, 3, 8, 25))) for k in range(12)}
    aliases["nested"] = ["@list0", "@list1", *some_terms(rng, rng.choice(words), 3)]
    names = [f"@{name}" for name in aliases]
    rules = {}
    for number in range(scaled(100)):
        text = rng.choice(SHAPES).format(a=rng.choice(names), b=rng.choice(names), w=rng.choice(rng.choice(words)[:40]))
        if parse(text, aliases=AliasSet.of(aliases.items())).tree is not None:
            rules[f"r{number}"] = text
    return rules, aliases




@pytest.mark.parametrize("seed", range(scaled(3)))
def test_random_lists_are_found_as_the_specification_says(engine: str, seed: int) -> None:
    every = articles(8, characters=600)
    rules, aliases = random_set(seed, every)
    known = AliasSet.of(aliases.items())
    trees = {key: _expanded(text, known) for key, text in rules.items()}
    whole = RuleSet.of(rules.items(), aliases)
    half = dict(list(rules.items())[::2])
    grown = RuleSet.of(half.items(), aliases).with_rules(len(rules), rules.items(), (), known)
    hits = 0
    for one in every:
        document, held, said = Document(one), fields(one), facts(one)
        wanted = {key for key, tree in trees.items() if true(tree, held, facts=said)}
        hits += len(wanted)
        for rule_set in (whole, whole.merged(), grown, grown.merged()):
            found = {hit.key: list(hit.evidence) for hit in rule_set.match(one)}
            assert found.keys() == wanted
            for key, evidence in found.items():
                assert evidence == list(dict.fromkeys(explain(trees[key], document).proof())), rules[key]
    assert hits > scaled(50)


def _expanded(text: str, aliases: AliasSet) -> s.Node:
    tree = parse(text, aliases=aliases).tree
    assert tree is not None
    return expand(tree, aliases)
