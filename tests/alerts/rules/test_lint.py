"""What a warning says about random rules is so on real articles."""

import random
from dataclasses import replace

from alerts.rules import syntax as s
from alerts.rules.explain import explain
from alerts.rules.parser import parse
from alerts.rules.printer import print_rule
from alerts.rules.problem import Code
from alerts.rules.terms import words_in
from core.text.document import Document
from tests.reference_articles import articles

WORDS = ("the", "of", "said", "sai*", "th*e", "of the", "in the", "the*", "wh?n", "when", "who*", "whole", "said the")


def term(rng: random.Random) -> s.Term:
    while True:
        text = rng.choice(WORDS)
        words = words_in(text)
        if not words.complaint:
            return s.Term(words.patterns, shown=text)


def node(rng: random.Random, depth: int) -> s.Node:
    if depth == 0:
        return term(rng)
    parts = [node(rng, depth - 1) for _ in range(rng.choice((2, 3)))]
    match rng.randrange(5):
        case 0 | 1:
            kind: type[s.And | s.Or] = s.And
        case 2 | 3:
            kind = s.Or
        case _:
            return s.Not(parts[0])
    return kind(tuple(one for part in parts for one in (part.children if type(part) is kind else (part,))))


def without(tree: s.Node, span: s.Span) -> s.Node:
    """The tree less the part at this place."""
    match tree:
        case s.And(children=children) | s.Or(children=children):
            kept = tuple(without(child, span) for child in children if child.span != span)
            return kept[0] if len(kept) == 1 else replace(tree, children=kept)
        case s.Not(child=child):
            return s.Not(without(child, span))
        case _:
            return tree


def test_a_part_that_is_said_never_to_matter_can_be_left_out_and_what_is_said_never_to_be_true_is_false() -> None:
    rng = random.Random(3)
    every = [Document(replace(one, text=one.text[:400])) for one in articles(40)]
    told = {Code.NEVER_MATTERS: 0, Code.NEVER_TRUE: 0}
    for _ in range(1500):
        text = print_rule(s.And((term(rng), s.Or((node(rng, 2), term(rng))))))
        parsed = parse(text)
        if parsed.tree is None:
            continue
        some = rng.sample(every, 6)
        truth = [explain(parsed.tree, one).true for one in some]
        for warning in parsed.warnings:
            if warning.code is Code.NEVER_MATTERS:
                left = without(parsed.tree, (warning.start, warning.end))
                assert [explain(left, one).true for one in some] == truth, (text, warning)
                told[warning.code] += 1
            elif warning.code is Code.NEVER_TRUE:
                told[warning.code] += 1
    assert min(told.values()) > 20, told


def test_what_is_said_never_to_be_true_is_false_of_every_article() -> None:
    rng = random.Random(4)
    every = [Document(one) for one in articles(20)]
    told = 0
    for _ in range(1500):
        parsed = parse(print_rule(s.And((term(rng), term(rng), s.Not(term(rng))))))
        if parsed.tree is not None and Code.NEVER_TRUE in [warning.code for warning in parsed.warnings]:
            told += 1
            assert not any(explain(parsed.tree, one).true for one in every)
    assert told > 50
