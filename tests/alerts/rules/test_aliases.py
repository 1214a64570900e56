"""What aliases stand for: their terms, those of aliases that they include, and the exclusions of each."""

import pytest

from alerts.rules.aliases import AliasSet, lists_of
from alerts.rules.ruleset import RuleSet
from alerts.rules.syntax import AliasRef, Listed
from tests.reference_articles import article


def lists(aliases: AliasSet, name: str) -> list[tuple[list[str], list[str]]]:
    found = lists_of(aliases.expand(AliasRef(name)))
    return [([term.shown for term in one.terms], [term.shown for term in one.exclude]) for one in found]


def test_exclusions_are_those_of_the_terms_of_their_own_alias() -> None:
    aliases = AliasSet.of(
        [
            ("tech", ["Google", "@apple", "@plain", "NOT conference"]),
            ("apple", ["Apple", "NOT apple pie"]),
            ("plain", ["Intel", "@Google"]),
            ("google", ["Google", "Alphabet"]),
        ]
    )
    assert lists(aliases, "Tech") == [
        (["Google", "Intel", "Alphabet"], ["conference"]),
        (["Apple"], ["conference", "apple pie"]),
    ]
    assert lists(aliases, "apple") == [(["Apple"], ["apple pie"])]
    assert lists(aliases, "plain") == [(["Intel", "Google", "Alphabet"], [])]


def test_what_a_list_is_made_of_is_one_object_for_all_sets_that_have_it() -> None:
    terms = [f"name {number}" for number in range(100)]
    first, second = (AliasSet.of([("names", list(terms)), ("other", [str(n)])]) for n in range(2))
    one, other = first.expand(AliasRef("names", (0, 6))), second.expand(AliasRef("NAMES", (9, 15)))
    assert isinstance(one, Listed)
    assert isinstance(other, Listed)
    assert one.terms is other.terms
    assert (one.span, other.span) == ((0, 6), (9, 15))


@pytest.mark.parametrize("terms", [["NOT x"], []])
def test_an_alias_without_terms_stands_for_nothing(terms: list[str]) -> None:
    with pytest.raises(KeyError):
        AliasSet.of([("x", terms)]).expand(AliasRef("x"))


@pytest.mark.parametrize("matcher", ["interpreter", "plain"])
def test_what_includes_an_alias_with_exclusions_finds_its_own_terms_beside_them(
    matcher: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIREWATCH_MATCHER", matcher)
    aliases = {"tech": ["Google", "@apple"], "apple": ["Apple", "NOT apple pie"]}
    rules = RuleSet.of([("r", "@tech AND cook*"), ("near", "@tech NEAR/5 cook*")], aliases)
    texts = {"Google cooks an apple pie.": True, "The cook has an apple pie.": False, "Apple has a cook.": True}
    found = {text: {hit.key for hit in rules.match(article(1, "", text))} for text in texts}
    assert found == {text: {"r", "near"} if holds else set() for text, holds in texts.items()}
