"""Lists that rules share: each engine finds what the specification says, with the evidence of one clause, in every segment."""

import os
import random
from collections.abc import Sequence
from typing import Any

import pytest

from alerts.rules import syntax as s
from alerts.rules.aliases import AliasSet, alias_term
from alerts.rules.engine import machine_code_installed
from alerts.rules.expand import expand
from alerts.rules.explain import explain
from alerts.rules.parser import parse
from alerts.rules.ruleset import RuleSet
from core.model.article import Article
from core.text.document import Document
from tests.effort import scaled
from tests.reference_articles import article, articles, facts, fields
from tests.reference_evaluator import true

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


def test_lists_with_the_same_terms_are_one_object_for_all_rules_and_sets() -> None:
    first, second = (AliasSet.of([("Arms", ["missile*", "NOT missile defence"]), ("more", ["x"])]) for _ in range(2))
    lists = [_expanded(text, aliases) for text in ("@arms", "@ARMS") for aliases in (first, second)]
    assert isinstance(lists[0], s.Listed)
    assert all(isinstance(one, s.Listed) and one.terms is lists[0].terms for one in lists)
    assert hash(s.Listed(tuple(lists[0].terms), tuple(lists[0].exclude))) == hash(lists[0])


ARTICLE = article(
    1, "Sanctions on Acme", "Acme Corp and Zeta Ltd are named. An apple pie was sold. Apple Inc filed.\n\nApple rose."
)


def found(rules: RuleSet, key: str) -> list[str]:
    return [one.text for hit in rules.match(ARTICLE) if hit.key == key for one in hit.evidence]


@pytest.mark.usefixtures("engine")
def test_evidence_of_a_list_is_that_of_one_clause() -> None:
    terms = ["acme", "acme corp", "zeta", "named", "apple", "rose", "filed"]
    rules = RuleSet.of([("r", "@firms"), ("near", "@firms NEAR/1 are")], {"firms": terms})
    assert found(rules, "r") == ["Acme", "Acme", "Acme Corp", "Zeta", "named"], "five places at most, in order"
    assert found(rules, "near") == ["Zeta", "named", "are"]
    hit = next(hit for hit in rules.match(ARTICLE) if hit.key == "r")
    assert {(one.clause_start, one.clause_end) for one in hit.evidence} == {(0, 6)}


@pytest.mark.usefixtures("engine")
def test_a_match_that_an_exclusion_overlaps_or_is_near_to_does_not_count() -> None:
    rules = RuleSet.of([("r", "body:@apple"), ("once", "ATLEAST/2(@apple)")], {"apple": ["apple", "NOT apple pie"]})
    assert found(rules, "r") == ["Apple"], "the first is in it, the second near it; the third is in another paragraph"
    assert found(rules, "once") == []


@pytest.mark.usefixtures("engine")
def test_a_changed_alias_changes_the_rules_that_are_compiled_with_it_and_no_others() -> None:
    rules = RuleSet.of([("old", "@firms"), ("kept", "@firms AND sanctions")], {"firms": ["acme"]})
    changed = rules.with_rules(1, [("old", "@firms")], (), AliasSet.of([("firms", ["zeta"])]))
    for one in (changed, changed.merged()):
        assert found(one, "old") == ["Zeta"]
        assert found(one, "kept") == ["Acme", "Acme", "Sanctions"]


@pytest.mark.usefixtures("engine")
def test_a_rule_that_only_a_list_can_be_found_by_is_no_candidate_where_the_list_is_not() -> None:
    rules = RuleSet.of(
        [(f"r{k}", "@firms NEAR/3 are") for k in range(20)], {"firms": [f"firm {k}" for k in range(3000)]}
    )
    assert not rules.match(ARTICLE)
    assert rules.effort().candidates == 0
    assert rules.effort().without_anchor == 0


@pytest.mark.skipif(not machine_code_installed() and KERNELS != "plain", reason="numba is not installed")
def test_a_list_stands_once_in_a_segment_and_leaves_it_with_its_last_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIREWATCH_MATCHER", KERNELS)
    terms = [f"firm{k} limited" for k in range(1000)]
    rules = RuleSet.of([("plain", "acme"), *((f"r{k}", f"@firms AND w{k}") for k in range(50))], {"firms": terms})

    def numbers(one: RuleSet) -> int:
        made: Any = one.rules
        return sum(len(live.segment.rules.code) for live in made.segments)

    assert numbers(rules) < 6_000
    assert numbers(rules.merged()) < 6_000
    assert numbers(rules.with_rules(0, (), [f"r{k}" for k in range(50)], AliasSet()).merged()) < 10
