"""Two texts of a rule, compared by what they mean."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.management.diff import Change, Effect, diff
from alerts.rules.parser import parse
from alerts.rules.syntax import Node
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


@given(st.integers())
def test_the_way_back_loses_what_the_way_there_gained(seed: int) -> None:
    maker = RuleMaker(random.Random(seed), ["arms", "guns", "russia"])
    old, new = (maker.rule("Ships with arms and guns left Korea for Russia at dawn.") for _ in range(2))
    there, back = diff(old, new), diff(new, old)
    assert {(c.clause, c.gained) for c in there} == {(c.clause, not c.gained) for c in back}
    assert diff(old, old) == []
