"""Two texts of a rule, compared by what they mean."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.management.diff import Change, Effect, diff
from alerts.rules import syntax as s
from alerts.rules.aliases import AliasSet
from alerts.rules.parser import parse
from alerts.rules.printer import print_rule
from alerts.rules.syntax import Node
from core.model.article import Article
from core.text.tokens import words_of
from tests.effort import scaled
from tests.reference_articles import articles, facts, fields
from tests.reference_evaluator import true
from tests.rule_generator import RuleMaker


def _tree(text: str) -> Node:
    parsed = parse(text)
    assert parsed.tree is not None, parsed.problems
    return parsed.tree


def _diff(old: str, new: str) -> list[Change]:
    return diff(_tree(old), _tree(new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("arms AND Russia", "russia AND ARMS"),
        ("(a1 OR b1) AND c1", "c1 AND (b1 OR a1)"),
        ("arms NEAR/5 Russia", "Russia NEAR/5 arms"),
        ("arms OR arms OR guns", "guns OR arms"),
        ("arms AND NOT (film OR game)", "arms AND NOT film AND NOT game"),
        ("arms AND NOT (film AND game)", "arms AND (NOT film OR NOT game)"),
        ("arms AND NOT NOT film", "film AND arms"),
        ("KOF/1(arms, guns)", "arms OR guns"),
        ("KOF/3(arms, guns, Korea)", "Korea AND arms AND guns"),
        ("arms AND NOT KOF/2(a1, b1, c1)", "arms AND KOF/2(NOT a1, NOT b1, NOT c1)"),
        ("arms AND (guns AND (Korea AND Russia))", "arms AND guns AND Korea AND Russia"),
        ("title:(arms OR guns)", "title:arms OR title:guns"),
        ("title:(arms AND NOT guns)", "title:arms AND NOT title:guns"),
        ("lead:(title:arms)", "title:arms"),
        ("arms OR (arms AND guns)", "arms"),
        ("arms AND (arms OR guns)", "arms"),
        ("ATLEAST/1(arms)", "arms"),
        ("(guns OR arms) SENT Korea", "Korea SENT (arms OR guns)"),
        ("arms NEAR/3 (guns OR Korea)", "(Korea OR guns) w/3 arms"),
        ("arms # all of them\n  AND guns", "arms AND guns"),
        ('"a b"~5', "b NEAR/5 a"),
    ],
)
def test_another_order_or_spelling_is_no_difference(old: str, new: str) -> None:
    assert _diff(old, new) == []


def test_a_term_that_joins_or_leaves_a_list_is_one_change_inside_it() -> None:
    one, two = "zebrafish AND arms", "zebrafish AND (arms OR weapon)"
    assert _diff(one, two) == [Change(True, "weapon", "(arms OR weapon)", Effect.MORE)]
    assert _diff(two, one) == [Change(False, "weapon", "(arms OR weapon)", Effect.LESS)]
    inside = "NOT (zebrafish AND arms) AND fish", "NOT (zebrafish AND (arms OR weapon)) AND fish"
    (gained,) = _diff(*inside)
    assert (gained.clause, gained.effect) == ("weapon", Effect.LESS)
    three = "zebrafish AND (arms OR weapon OR guns) AND fish"
    assert _diff("zebrafish AND arms AND fish", three) == [
        Change(True, "weapon", "(arms OR weapon OR guns)", Effect.MORE),
        Change(True, "guns", "(arms OR weapon OR guns)", Effect.MORE),
    ]


def test_a_condition_more_finds_less() -> None:
    assert _diff("arms AND Russia", "arms AND Russia AND Korea") == [Change(True, "korea", "", Effect.LESS)]


def test_an_alternative_more_finds_more() -> None:
    assert _diff("arms OR guns", "arms OR guns OR missile*") == [Change(True, "missile*", "", Effect.MORE)]


def test_a_first_alternative_is_told_as_one_clause() -> None:
    assert _diff("arms", "arms OR guns") == [Change(True, "guns", "", Effect.MORE)]


def test_an_exclusion_that_is_gone_finds_more() -> None:
    assert _diff("arms AND NOT film", "arms") == [Change(False, "NOT film", "", Effect.MORE)]


def test_what_is_excluded_more_finds_less() -> None:
    assert _diff("arms AND NOT (film OR game)", "arms AND NOT (film OR game OR novel)") == [
        Change(True, "novel", "NOT", Effect.LESS)
    ]


def test_a_change_deep_inside_names_its_place() -> None:
    [change] = _diff("Russia AND (arms OR guns)", "Russia AND (arms OR guns OR shells)")
    assert (change.clause, change.within, change.effect) == ("shells", "(arms OR guns)", Effect.MORE)


def test_a_wider_distance_finds_more() -> None:
    assert _diff("arms NEAR/3 Russia", "arms NEAR/9 Russia") == [
        Change(False, "arms NEAR/3 russia", "", Effect.MORE),
        Change(True, "arms NEAR/9 russia", "", Effect.MORE),
    ]


def test_a_wider_distance_that_is_excluded_finds_less() -> None:
    changes = _diff("Korea AND NOT (arms NEAR/3 Russia)", "Korea AND NOT (arms NEAR/9 Russia)")
    assert {change.effect for change in changes} == {Effect.LESS}


def test_another_word_finds_other_articles() -> None:
    assert [change.effect for change in _diff("arms", "guns")] == [Effect.OTHER, Effect.OTHER]


@pytest.mark.parametrize(
    ("old", "new", "effect"),
    [
        ("arms AND guns", "arms OR guns", Effect.MORE),
        ("arms SENT guns", "arms PARA guns", Effect.MORE),
        ("arms NEAR/3 guns", "arms PARA guns", Effect.MORE),
        ("arms ONEAR/3 guns", "arms NEAR/3 guns", Effect.MORE),
        ("arms NEAR/3 guns", "arms AND guns", Effect.MORE),
        ('"North Korea"', "Korea", Effect.MORE),
        ("weapon", "weapon*", Effect.MORE),
        ("title:arms", "arms", Effect.MORE),
        ("title:arms", "hlead:arms", Effect.MORE),
        ("ATLEAST/3(arms)", "ATLEAST/2(arms OR guns)", Effect.MORE),
        ("FIRST/10(arms)", "FIRST/20(arms)", Effect.MORE),
        ("KOF/3(a1, b1, c1, d1)", "KOF/2(a1, b1, c1, d1)", Effect.MORE),
        ("KOF/2(a1, b1, c1)", "KOF/2(a1, b1, c1, d1)", Effect.MORE),
        ("arms NOT NEAR/9 guns", "arms NOT NEAR/5 guns", Effect.MORE),
        ("arms NOT NEAR/9 guns", "arms", Effect.MORE),
        ("arms AND NOT (guns OR film)", "arms AND NOT film", Effect.MORE),
        ("x1 AND NOT arms", "x1 AND NOT (arms NEAR/3 guns)", Effect.MORE),
        ("x1 AND NOT weapon*", "x1 AND NOT weapons", Effect.MORE),
        ("arms NEAR/3 guns", "arms NEAR/3 (guns OR film)", Effect.MORE),
        ("arms NOT NEAR/3 (guns OR film)", "arms NOT NEAR/3 guns", Effect.MORE),
    ],
)
def test_what_is_proved_to_find_more_says_so_and_the_other_way_less(old: str, new: str, effect: Effect) -> None:
    assert {change.effect for change in _diff(old, new)} == {effect}
    assert {change.effect for change in _diff(new, old)} == {Effect.LESS}


def test_an_alias_and_its_terms_are_no_difference() -> None:
    aliases = AliasSet.of([("dprk", ["North Korea", "DPRK"])])
    one, other = parse("@dprk AND arms", aliases=aliases).tree, _tree('arms AND (DPRK OR "North Korea")')
    assert one is not None
    assert diff(one, other, aliases) == []
    more = _tree('arms AND (DPRK OR "North Korea" OR Pyongyang)')
    assert {change.effect for change in diff(one, more, aliases)} == {Effect.MORE}
    assert diff(_tree("forms(weapon)"), _tree("weapon OR weapons"), aliases) == []


def test_a_part_that_stands_twice_counts_twice() -> None:
    assert {change.effect for change in _diff("KOF/2(arms, arms, guns)", "KOF/2(arms, guns)")} == {Effect.LESS}


@pytest.mark.parametrize("around", ["FIRST/5(%s OR c1)", "x1 NEAR/3 (%s OR c1)", "x1 NOT NEAR/3 (%s OR c1)"])
def test_where_places_matter_the_word_of_a_phrase_does_not_find_more(around: str) -> None:
    """`"a1 b1"` begins a word before `b1`, so it may be near enough where `b1` is not."""
    assert {change.effect for change in _diff(around % '"a1 b1"', around % "b1")} == {Effect.MORE, Effect.LESS}
    (wider,) = {change.effect for change in _diff(around % "weapons", around % "weapon*")}
    assert wider is (Effect.LESS if "NOT" in around else Effect.MORE)


def test_a_language_that_the_rule_says_makes_other_forms() -> None:
    """`lang:de AND forms(president)` also finds what is a form in German only, in whose articles it found English ones."""
    old, new = _tree("x1 AND (forms(president) OR y1)"), _tree("x1 AND lang:de AND (forms(president) OR y1)")
    changes = {(change.clause, change.gained) for change in diff(old, new, AliasSet())}
    assert changes == {("lang:de", True), ("forms(president)", False), ("forms(president) in lang:de", True)}
    assert diff(_tree("lang:de AND forms(Kind)"), _tree("lang:de AND forms:de(Kind)"), AliasSet()) == []


def test_a_field_around_both_decides_what_the_clauses_in_it_find() -> None:
    assert {change.effect for change in _diff("section:korea", "section:(title:korea)")} == {Effect.OTHER}
    assert {change.effect for change in _diff("hlead:(korea AND kim)", "hlead:(title:korea AND kim)")} == {Effect.LESS}


def test_what_is_claimed_is_true_of_random_articles() -> None:
    rng = random.Random(4)
    every = articles(40)
    known = [(fields(one), facts(one)) for one in every]
    maker = RuleMaker(rng, [one.text for one in every])
    claims = dict.fromkeys(Effect, 0)
    for _ in range(scaled(250)):
        own = rng.choice(every)
        words = maker_words(own)
        old = maker.rule(f"{own.title}\n\n{own.text}")
        new = edited(rng, maker, old, words)
        effects = {change.effect for change in diff(old, new)}
        if not effects:
            assert all(true(old, f, facts=x) == true(new, f, facts=x) for f, x in known), (
                print_rule(old),
                print_rule(new),
            )
        elif effects in ({Effect.MORE}, {Effect.LESS}):
            (effect,) = effects
            claims[effect] += 1
            narrow, wide = (old, new) if effect is Effect.MORE else (new, old)
            for theirs, exact in known:
                held = not true(narrow, theirs, facts=exact) or true(wide, theirs, facts=exact)
                assert held, (effect, print_rule(old), print_rule(new))
    assert min(claims[Effect.MORE], claims[Effect.LESS]) > scaled(15)


def maker_words(one: Article) -> list[str]:
    return words_of(f"{one.title} {one.text}") or ["word"]


def edited(rng: random.Random, maker: RuleMaker, node: Node, words: list[str]) -> Node:
    """The rule after an edit somewhere in it."""
    if isinstance(node, s.And | s.Or | s.KOf) and rng.random() < 0.6:
        parts = list(node.children)
        at = rng.randrange(len(parts))
        parts[at] = edited(rng, maker, parts[at], words)
        return replace(node, children=tuple(parts))
    match node:
        case s.Not(child=child) | s.Scope(child=child) if rng.random() < 0.7:
            return replace(node, child=edited(rng, maker, child, words))
        case s.And(children=children) | s.Or(children=children) if rng.random() < 0.5:
            return replace(node, children=(*children, maker.term(words)))
        case s.And(children=children) | s.Or(children=children) if len(children) > 2:
            return replace(node, children=children[1:])
        case s.And(children=children) if rng.random() < 0.5:
            return s.Not(s.Or(tuple(map(s.Not, children))))
        case s.Or(children=children) if rng.random() < 0.5:
            return s.Not(s.And(tuple(map(s.Not, children))))
        case s.Near(distance=distance) if rng.random() < 0.4:
            return replace(node, distance=distance + rng.choice((1, 5)))
        case s.Near(ordered=ordered) if rng.random() < 0.5:
            return replace(node, ordered=not ordered)
        case s.Near(left=left) | s.Within(left=left) if rng.random() < 0.5:
            return replace(node, left=s.Or((left, maker.term(words))) if isinstance(left, s.Term) else left)
        case s.Near(left=left, right=right, negated=False) | s.Within(left=left, right=right):
            return rng.choice(
                (s.And((left, right)), replace(node, left=right, right=left), s.Within(left, right, s.Unit.PARAGRAPH))
            )
        case s.AtLeast(count=count) | s.First(count=count) | s.KOf(count=count) if rng.random() < 0.7:
            return replace(node, count=max(1, count - 1))
        case s.Term(words=terms) if len(terms) > 1:
            return s.Term(terms[1:], node.cased)
        case s.Term(cased=False, words=(word,)) if word.is_literal and len(word.text) > 3:
            return s.Term((s.WordPattern(word.text[:3], prefix=True),))
        case _:
            return rng.choice(
                (s.And((node, maker.term(words))), s.Or((node, maker.term(words))), s.Scope(s.WordField.TITLE, node))
            )


@given(st.integers())
def test_the_way_back_loses_what_the_way_there_gained(seed: int) -> None:
    maker = RuleMaker(random.Random(seed), ["arms", "guns", "russia"])
    old, new = (maker.rule("Ships with arms and guns left Korea for Russia at dawn.") for _ in range(2))
    there, back = diff(old, new), diff(new, old)
    assert {(c.clause, c.gained) for c in there} == {(c.clause, not c.gained) for c in back}
    assert diff(old, old) == []
