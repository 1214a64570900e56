"""`forms(...)`: read, printed, expanded."""

import pytest

from alerts.rules.aliases import AliasSet, alias_leaf, canonical_terms, lists_of
from alerts.rules.boxes import boxes_of, text_of
from alerts.rules.expand import expand
from alerts.rules.form_lists import form_lists, without_form
from alerts.rules.forms.dictionary import MOST_FORMS
from alerts.rules.forms.expansion import listed_forms
from alerts.rules.parser import parse
from alerts.rules.printer import print_rule
from alerts.rules.problem import Code
from alerts.rules.ruleset import RuleSet
from alerts.rules.syntax import AliasRef, And, Forms, Listed


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
        ("forms:ru( мир, NOT мира, NOT «миру» )", "forms:ru(мир, NOT мира, NOT миру)"),
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


def test_a_term_of_an_alias_may_be_forms() -> None:
    known = AliasSet.of([("dprk", ["КНДР", 'forms("Северная Корея")', "NOT forms:en(apple)"])])
    (listed,) = lists_of(known.expand(AliasRef("dprk")))
    said = {" ".join(word.text for word in term.words) for term in listed.terms}
    assert {"кндр", "севернои кореи"} <= said
    assert {"apple", "apples"} == {term.words[0].text for term in listed.exclude}
    assert canonical_terms(["forms( мир )", "NOT forms(мир -мира)"]) == ("forms(мир)", "NOT forms(мир, NOT мира)")


@pytest.mark.parametrize("term", ["forms(мир", "forms(a OR b)", "forms:zz(a)", "forms()", "forms(a) b"])
def test_a_term_with_a_mistake_is_refused(term: str) -> None:
    with pytest.raises(ValueError, match="forms"):
        alias_leaf(term)


def test_boxes_take_forms() -> None:
    tree = parse('forms(мир, NOT мира) AND NOT forms("Северная Корея")').tree
    assert tree is not None
    boxes = boxes_of(tree)
    assert boxes.all_of == ("forms(мир, NOT мира)",)
    assert boxes.none_of == ('forms("Северная Корея")',)
    assert text_of(boxes) == (print_rule(tree), ())


def test_the_forms_of_a_rule_are_shown_and_each_is_left_out_by_a_click() -> None:
    text = "x AND ((forms:ru( мир , NOT мира)))"
    tree = parse(text).tree
    assert tree is not None
    (found,) = form_lists(tree)
    assert (found.text, found.langs, found.told) == ("мир", ("ru",), False)
    assert [struck for form, struck in found.shown if form.text == "мира"] == [True]
    assert found.many == len(found.shown) - 1
    less = without_form(tree, text, found.start, "миру")
    assert less == "x AND ((forms:ru(мир, NOT мира, NOT миру)))"
    again = parse(less).tree
    assert again is not None
    assert without_form(again, less, found.start, "мира") == "x AND ((forms:ru(мир, NOT миру)))"


@pytest.mark.parametrize(
    ("text", "code", "fix"),
    [
        ("forms(мир, NOT мирра)", Code.UNKNOWN_FORM, "forms(мир, NOT мира)"),
        ("forms:en(xqzv9)", Code.NO_FORMS, None),
        ("Kim AND forms(北朝鮮)", Code.NO_FORMS, "Kim AND 北朝鮮"),
        ("forms(러시아)", Code.NO_FORMS, "러시아"),
        ('forms("북한 미사일") OR Kim', Code.NO_FORMS, '"북한 미사일" OR Kim'),
    ],
)
def test_what_is_no_form_and_what_has_none_is_warned_about(text: str, code: Code, fix: str | None) -> None:
    (warning,) = parse(text).warnings
    assert warning.code is code
    assert [one.text for one in warning.fixes] == ([] if fix is None else [fix])
