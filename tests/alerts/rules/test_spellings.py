"""What a term also finds is short, and true by folding itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.parser import parse
from alerts.rules.problem import Code
from alerts.rules.spellings import also_found, spellings_of
from core.text.tokens import words_of
from tests.effort import tries


@pytest.mark.parametrize(
    ("term", "also"),
    [
        ("Lodz", "Łódź"),
        ("ISIK", "ışık"),
        ("Łódź", "Lodz"),
        ("Tromso", "Tromsø"),
        ("Köln", "Koln"),
        ("Strasse", "Straße"),
        ("Горбачев", "Горбачёв"),
        ("Елкин", "Ёлкин"),
        ("ايران", "أيران"),
        ("ايران", "ایران"),
        ("123", "١٢٣"),
    ],
)
def test_a_term_says_which_spellings_it_also_finds(term: str, also: str) -> None:
    assert also in spellings_of(term)


@pytest.mark.parametrize("term", ["arms", "Kim", "북한", "北韓", "weapon*", "F-16"])
def test_of_a_term_without_other_spellings_nothing_is_said(term: str) -> None:
    assert spellings_of(term) == ()


@tries(200)
@given(st.text(max_size=20))
def test_every_spelling_is_found_by_the_term(text: str) -> None:
    for spelling in spellings_of(text):
        assert words_of(spelling) == words_of(text)


def test_the_terms_of_a_rule_are_told_with_their_places_but_not_those_as_typed() -> None:
    text = "Lodz AND case(Tromso) AND title:ISIK"
    tree = parse(text).tree
    assert tree is not None
    assert [text[one.start : one.end] for one in also_found(tree)] == ["Lodz", "ISIK"]


@pytest.mark.parametrize("term", ["AI", "SS", "WHO", "IT", "US", "où", "WAR"])
def test_a_term_that_folding_makes_common_is_warned_of_with_case_as_the_fix(term: str) -> None:
    (warning,) = (w for w in parse(f"{term} AND Nvidia").warnings if w.code is Code.FOLDED_COMMON)
    assert warning.fixes[0].text == f"case({term}) AND Nvidia"


@pytest.mark.parametrize("term", ["NATO", "Kim", "us", "case(US)", "DPRK", "Köln", '"IT WHO"'])
def test_other_terms_are_not(term: str) -> None:
    assert Code.FOLDED_COMMON not in {w.code for w in parse(f"{term} AND Nvidia").warnings}
