"""The product agrees with an independent, slow reading of the specification on random rules over real articles."""

import random
from dataclasses import replace

import pytest

from alerts.rules import syntax as s
from alerts.rules.explain import Explained, explain
from alerts.rules.parser import parse
from alerts.rules.printer import as_written, print_rule
from alerts.rules.walk import nodes_of
from core.model.article import Article
from core.model.match import Evidence
from core.text.document import Document
from tests.effort import scaled
from tests.reference_articles import articles, facts, fields, in_all_scripts
from tests.reference_evaluator import Fields, clauses, occurrences, true
from tests.rule_generator import RuleMaker

PAIRS_EACH = scaled(5_000)
EVIDENCE_SHARE = 0.4  # of true pairs whose evidence is checked place by place


def test_words_and_their_places_are_those_of_the_specification() -> None:
    for one in (*articles(60), *in_all_scripts(0), *in_all_scripts(1)):
        document, theirs = Document(one), fields(one)
        for ours, name in (
            (document.title, "title"),
            (document.body, "body"),
            (document.author, "author"),
            (document.section, "section"),
            (document.tag, "tag"),
        ):
            assert ours.tokens.words == [w.folded for w in theirs[name].words]
            assert ours.tokens.starts == [w.start for w in theirs[name].words]
            assert ours.tokens.ends == [w.end for w in theirs[name].words]
            assert list(ours.paragraphs) == [w.paragraph for w in theirs[name].words]
        assert document.lead_length == len(theirs["lead"].words)


def searched_place(proof: Evidence, one: Article) -> tuple[str, int]:
    """Where evidence in the feed's part of a field stands in the field that rules search."""
    if proof.field == "feed_title":
        return "title", proof.start + (len(one.title) + 2 if one.title else 0)
    if proof.field == "feed_text":
        return "body", proof.start + (len(one.text) + 2 if one.text else 0)
    return proof.field, proof.start


def check_evidence(rule: str, tree: s.Node, verdict: Explained, theirs: Fields, one: Article) -> int:
    """Every proof names a clause of the rule and a place where the reference finds it."""
    allowed: dict[tuple[int, int], set[tuple[str, int, int]]] = {}
    for node, scope in clauses(tree):
        allowed.setdefault(node.span, set()).update(occurrences(node, theirs, scope))
    proofs = list(verdict.proof())
    shown: dict[tuple[int, int], int] = {}
    for proof in proofs:
        clause = (proof.clause_start, proof.clause_end)
        shown[clause] = shown.get(clause, 0) + 1
        name, start = searched_place(proof, one)
        end = start + proof.end - proof.start
        assert theirs[name].text[start:end] == proof.text
        assert (name, start, end) in allowed.get(clause, set()) | inside(tree, clause, theirs), rule
    assert max(shown.values(), default=0) <= 5
    return len(proofs)


def inside(tree: s.Node, clause: tuple[int, int], theirs: Fields) -> set[tuple[str, int, int]]:
    """Where an OR or a proximity that is a clause of its own stands (the side of a proximity)."""
    found: set[tuple[str, int, int]] = set()
    for node in nodes_of(tree):
        if node.span == clause and isinstance(node, s.Or | s.Near | s.Within):
            for scope in (("title",), ("lead",), ("body",), ("author",), ("section",), ("tag",)):
                found |= occurrences(node, theirs, scope)
    return found


@pytest.mark.parametrize("seed", range(3))
def test_random_rules_are_true_of_the_same_articles_and_evidence_stands_where_it_says(seed: int) -> None:
    """30,000 pairs in all. Each rule meets the article it was made from, and another."""
    rng = random.Random(seed)
    every = [replace(one, text=one.text[:350]) for one in (*articles(50), *in_all_scripts(seed)[seed::2])]
    known = [(one, Document(one), fields(one), facts(one)) for one in every]
    maker = RuleMaker(rng, [one.text for one in every], respelling=0.3, lists=8)
    verdicts, proofs = {True: 0, False: 0}, 0
    while sum(verdicts.values()) < PAIRS_EACH:
        own = rng.choice(known)
        rule, tree = maker.written(f"{own[0].title}\n\n{own[0].text}")
        for one, document, theirs, exact in (own, rng.choice(known)):
            verdict = explain(tree, document)
            assert verdict.true == true(tree, theirs, facts=exact), f"{rule} on {one.title}"
            verdicts[verdict.true] += 1
            if verdict.true and rng.random() < EVIDENCE_SHARE:
                proofs += check_evidence(rule, tree, verdict, theirs, one)
            positive = not any(isinstance(node, s.Not | s.FieldTest | s.Comparison) for node in nodes_of(tree))
            assert not (positive and verdict.true) or list(verdict.proof()), rule
    assert min(verdicts.values()) > 0.2 * sum(verdicts.values()), verdicts
    assert proofs > PAIRS_EACH / 5


def test_random_rules_hold_every_construct_of_the_language() -> None:
    rng = random.Random(11)
    every = articles(20)
    maker = RuleMaker(rng, [one.text for one in every], lists=3)
    found = {type(node) for _ in range(500) for node in nodes_of(maker.rule(rng.choice(every).text))}
    assert found == set(s.Node.__args__) - {s.Forms, s.Listed}


def test_every_random_rule_survives_printing() -> None:
    rng = random.Random(7)
    every = articles(10)
    every += in_all_scripts(7)[::7]
    maker = RuleMaker(rng, [one.text for one in every], respelling=0.3, lists=3)
    for one in every:
        for k in range(100):
            tree = maker.rule(one.text)
            text = print_rule(tree) if k % 2 else as_written(tree)
            parsed = parse(text, aliases=maker.aliases)
            if parsed.tree is None:
                assert {p.code.value for p in parsed.problems} <= {"no-anchor", "too-long"}, (text, parsed.problems)
            else:
                assert parsed.tree == tree, text
