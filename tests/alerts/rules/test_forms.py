"""`forms(...)`: read, printed, expanded."""

import pytest

from alerts.rules.aliases import AliasSet
from alerts.rules.expand import expand
from alerts.rules.forms.expansion import MOST_FORMS, listed_forms
from alerts.rules.parser import parse
from alerts.rules.printer import print_rule
from alerts.rules.problem import Code
from alerts.rules.ruleset import RuleSet
from alerts.rules.syntax import And, Forms, Listed


def folded(text: str, *langs: str) -> set[str]:
    """The folded forms of `forms(...)`."""
    tree = parse(text).tree
    assert isinstance(tree, Forms)
    return {" ".join(word.text for word in term.words) for term in listed_forms(tree, langs).terms}


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("forms(Россия)", "forms(Россия)"),
        ('forms( "Северная  Корея" )', 'forms("Северная Корея")'),
        ("forms:RU(мир, NOT мира, not-мира)", None),
        ("forms:ru(мир, NOT мира, NOT «миру»)", "forms:ru(мир, NOT мира, NOT миру)"),
        ("forms:pt-BR(governo)", "forms:pt(governo)"),
        ("forms(мир -мира)", "forms(мир, NOT мира)"),
        ("title:(forms(мир) NEAR/3 forms(война))", "title:(forms(мир) NEAR/3 forms(война))"),
        ("KOF/1(forms(мир), ATLEAST/2(forms(война)))", "KOF/1(forms(мир), ATLEAST/2(forms(война)))"),
        ('"forms(x)"', '"forms x"'),
    ],
)
def test_forms_are_read_and_printed(text: str, canonical: str | None) -> None:
    tree = parse(text).tree
    assert canonical is None or (tree is not None and print_rule(tree) == canonical)
    assert tree is None or parse(print_rule(tree)).tree == tree


@pytest.mark.parametrize(
    ("text", "code", "fix"),
    [
        ("forms(North Korea)", Code.BARE_WORDS, 'forms("North Korea")'),
        ("forms(a OR b)", Code.BAD_OPERAND, "(forms(a) OR forms(b))"),
        ("forms(мир, мира)", Code.BAD_OPERAND, "forms(мир, NOT мира)"),
        ("forms(weapon*)", Code.BAD_WILDCARD, "forms(weapon)"),
        ("forms(@dprk)", Code.BAD_OPERAND, "@dprk"),
        ("forms(case(US))", Code.BAD_OPERAND, "case(US)"),
        ("case(forms(US))", Code.BAD_OPERAND, "forms(US)"),
        ("forms(forms(US))", Code.BAD_OPERAND, "forms(US)"),
        ("forms:ua(Київ)", Code.UNKNOWN_LANGUAGE, "forms:uk(Київ)"),
        ("forms:english(go)", Code.UNKNOWN_LANGUAGE, "forms:en(go)"),
        ("forms/2(go)", Code.BAD_COUNT, "forms(go)"),
        ("forms(мир", Code.UNBALANCED, "forms(мир)"),
        ("forms()", Code.MISSING_OPERAND, None),
        ("forms(北朝鮮, NOT 北朝鮮)", Code.EMPTY, None),
        ('forms("один два три четыре пять шесть семь")', Code.TOO_MANY_CLAUSES, None),
        ("Forms(мир)", Code.UNKNOWN_FUNCTION, "forms(мир)"),
    ],
)
def test_what_is_no_forms_is_refused_with_a_fix(text: str, code: Code, fix: str | None) -> None:
    found = parse(text)
    assert [problem.code for problem in found.problems] == [code]
    fixes = [one.text for one in found.problems[0].fixes]
    assert fixes == ([] if fix is None else [fix])
    assert all(parse(one).tree is not None for one in fixes)


@pytest.mark.parametrize(
    ("text", "some", "none"),
    [
        ("forms(Россия)", "россия россии россию россиеи", "россииский"),
        ("forms(России)", "россия россии", ""),
        ("forms(weapon)", "weapon weapons", "weaponry"),
        ("forms(мир, NOT мира)", "мир миру", "мира"),
    ],
)
def test_a_word_stands_for_its_forms(text: str, some: str, none: str) -> None:
    found = folded(text)
    assert set(some.split()) <= found
    assert not set(none.split()) & found


def test_the_words_of_a_phrase_are_inflected_freely() -> None:
    assert {"северная корея", "севернои кореи", "северную корею"} <= folded('forms("Северная Корея")')
    assert "министерства обороны" in folded('forms("Министерство обороны")')


def test_the_language_is_that_of_the_rule() -> None:
    tree = parse("lang:ru AND (x OR forms(Київ))").tree
    assert isinstance(tree, And)
    said = expand(tree, AliasSet())
    assert said == expand(parse("lang:ru AND (x OR forms:ru(Київ))").tree or tree, AliasSet())


def test_a_phrase_has_no_more_forms_than_are_looked_for() -> None:
    assert len(folded('forms("Совет Безопасности России")')) <= MOST_FORMS


def test_rules_that_name_the_same_word_share_its_forms() -> None:
    first, second = parse("forms(Россия)").tree, parse("x AND forms(Россия)").tree
    assert isinstance(first, Forms)
    assert isinstance(second, And)
    other = expand(second, AliasSet())
    assert isinstance(other, And)
    listed = other.children[1]
    assert isinstance(listed, Listed)
    assert listed.terms is listed_forms(first).terms


def test_many_rules_of_one_shape_keep_their_own_forms() -> None:
    words = ["Россия", "война", "оружие", "ракета"] * 20
    rules = RuleSet.of((f"r{k}", f"forms({word}) AND x") for k, word in enumerate(words))
    assert len(rules) == 80
