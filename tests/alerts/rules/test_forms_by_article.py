"""The forms of a word whose language no rule says: those of the told language in every article, and those of the article's own."""

import random
from dataclasses import replace

import pytest

from alerts.management.diff import Effect, diff
from alerts.management.meaning import meaning
from alerts.rules import syntax as s
from alerts.rules.aliases import AliasSet
from alerts.rules.explain import explain
from alerts.rules.form_lists import MOST_SHOWN, form_lists
from alerts.rules.forms.expansion import expansion, listed_forms
from alerts.rules.forms.guess import languages_of
from alerts.rules.parser import parse
from alerts.rules.problem import Code
from alerts.rules.ruleset import RuleSet
from core.text.document import Document
from tests.alerts.rules.test_ruleset import ENGINES, MISSING, engine
from tests.effort import scaled
from tests.reference_articles import article, facts, fields
from tests.reference_evaluator import true
from tests.rule_generator import RuleMaker

__all__ = ("engine",)
WORDS = ("minister", "Путин", "president", "Donald Trumps")
LANGS = ("pl", "cs", "de", "fi", "hu", "tr", "uk", "sr", "nb", "et", "en-GB", "pl-PL", "ja", None)


def found(rule: str, lang: str | None, text: str) -> list[str]:
    """The words of an article's text that a rule finds."""
    one = replace(article(0, "", text), lang=lang, feed_title="", feed_text="")
    return [proof.text for hit in RuleSet.of([("r", rule)]).match(one) for proof in hit.evidence]


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("rule", "lang", "text", "words"),
    [
        ("forms(Biden)", "pl", "Rozmowa z Bidenem w Warszawie", ["Bidenem"]),
        ("forms(Biden)", "cs-CZ", "Jednání s Bidenem, pro Bidena", ["Bidenem", "Bidena"]),
        ("forms(Biden)", "fi", "Bidenin mukaan Bidenille sopii", ["Bidenin", "Bidenille"]),
        ("forms(Biden)", "hu", "A Bidennek írt levél Bidentől", ["Bidennek", "Bidentől"]),
        ('forms("Donald Trump")', "pl", "Spotkanie Donalda Trumpa", ["Donalda Trumpa"]),
        ("forms(minister)", "pl", "rozmowa z ministrem", ["ministrem"]),
        ("forms(minister)", "sv", "ministerns svar", ["ministerns"]),
        ("forms(silah)", "tr", "silahların kaynağı", ["silahların"]),
        ("forms(Путин)", "uk", "Розмова з Путіним і Путином", ["Путином"]),
        ("forms(Biden)", "es", "Una Bidenem no es palabra", []),
        ("forms(minister)", "de", "ministrem", []),
        ("forms(minister)", None, "ministrem und ministers", ["ministers"]),
        ("forms(minister)", "pl", "ministers", ["ministers"]),
        ("forms(minister)", "ja", "ministrem, ministers", ["ministers"]),
        ("forms:en(minister)", "pl", "ministrem, ministers", ["ministers"]),
        ("lang:pl AND forms(minister)", "pl", "ministrem", ["ministrem"]),
        ("forms(minister, NOT ministrem)", "pl", "ministrem, ministra", ["ministra"]),
        ("forms(Rat)", "pl", "spłacić rata po racie", []),
        ("forms(Rat)", "de", "die Räte tagen", ["Räte"]),
        ("forms(mine)", "en", "Minen", []),
        ("forms(mine)", "de", "Minen", ["Minen"]),
        ("forms(bring)", "de", "gebracht", []),
        ('forms("White House")', "cs", "Whiteu Houseu", []),
        ("forms(NATO)", "pl", "NATOwi", []),
        ("x OR forms(minister) NEAR/2 forms(Biden)", "sk", "ministra Bidena", ["ministra", "Bidena"]),
    ],
)
def test_an_article_has_the_forms_of_its_own_language_too(
    rule: str, lang: str | None, text: str, words: list[str]
) -> None:
    assert found(rule, lang, text) == words


@pytest.mark.usefixtures("engine")
def test_an_alias_with_forms_counts_and_excludes_by_the_language_of_the_article() -> None:
    one = replace(article(0, "", "rozmowa z ministrem"), lang="pl", feed_title="", feed_text="")
    for term, lang, times in (("minister", "pl", 1), ("minister", "cs", 0)):
        rules = RuleSet.of([("r", "@people")], {"people": ["x", f"forms({term})"]})
        assert len(rules.match(replace(one, lang=lang))) == times
    rules = RuleSet.of([("r", "@talks")], {"talks": ["rozmowa", "NOT forms(minister)"]})
    assert rules.match(one) == []
    assert len(rules.match(replace(one, lang="nl"))) == 1


def test_the_forms_of_each_language_are_listed_and_each_can_be_left_out() -> None:
    tree = parse("forms(minister, NOT ministrem)").tree
    assert tree is not None
    (known,) = form_lists(tree)
    assert (known.langs, known.told) == (("en",), True)
    polish = next(one for one in known.beside if "pl" in one.langs)
    assert {form.text for form, struck in polish.shown if struck} == {"ministrem"}
    assert polish.many == len(polish.shown) - 1
    assert sum(len(one.shown) for one in known.beside) <= MOST_SHOWN
    assert any(set(one.langs) >= {"nb", "nn", "no"} for one in known.beside), (
        "languages that say the same stand together"
    )
    for one in known.beside:
        assert not {form.text for form, _ in one.shown} & {form.text for form, _ in known.shown}


def test_a_form_of_any_language_is_known_when_it_is_left_out() -> None:
    assert parse("forms(minister, NOT ministrem)").warnings == ()
    (warning,) = parse("forms(minister, NOT ministrum)").warnings
    assert warning.code is Code.UNKNOWN_FORM
    assert [fix.text for fix in warning.fixes] == ["forms(minister, NOT ministru)"]


@pytest.mark.parametrize(
    ("word", "lang"),
    [("Biden", "en"), ("biden", "sv"), ("Waffen", "de"), ("Ministers", "en"), ("Weapons", "en"), ("gobierno", "es")],
)
def test_a_name_is_not_told_to_be_a_form_of_a_common_word(word: str, lang: str) -> None:
    assert languages_of(word) == (lang,)


def test_what_a_rule_says_decides_alone() -> None:
    for text in ("forms:pl(minister)", "forms(Biden, NOT Bidena)"):
        tree = parse(text).tree
        assert isinstance(tree, s.Forms)
        assert bool(expansion(tree).beside) is (tree.lang is None)
    assert expansion(s.Forms("minister"), ("pl",)).beside == ()
    assert all(term.langs == () for term in listed_forms(s.Forms("minister"), ("pl",)).terms)


def test_two_rules_are_compared_with_the_languages_of_their_forms() -> None:
    told, said = parse("forms(minister)").tree, parse("forms:en(minister)").tree
    assert told is not None
    assert said is not None
    known = AliasSet()
    assert meaning(told, known) != meaning(said, known)
    assert {change.effect for change in diff(told, said, known)} == {Effect.LESS}
    struck = parse("forms(minister, NOT ministrem)").tree
    assert struck is not None
    assert {change.effect for change in diff(struck, told, known)} == {Effect.MORE}


def test_random_rules_with_forms_are_true_of_the_articles_that_the_specification_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By every engine, in both layers and merged: articles of all languages that hold forms of all languages."""
    rng = random.Random(5)
    forms = [term.shown for word in WORDS for term in listed_forms(s.Forms(word)).terms]
    bound = [term.shown for word in WORDS for term in listed_forms(s.Forms(word)).terms if term.langs]
    texts = [". ".join(rng.sample(forms, 5) + rng.sample(bound, 5)) + f".\n\n{rng.choice(WORDS)}" for _ in range(14)]
    every = [
        replace(article(k, " ".join(rng.sample(bound, 2)), text), lang=LANGS[k % len(LANGS)])
        for k, text in enumerate(texts)
    ]
    maker = RuleMaker(rng, texts, lists=6, inflected=WORDS)
    rules = {f"r{k}": maker.written(rng.choice(texts)) for k in range(scaled(60))}
    bilingual = [one for one in every if one.lang in ("pl", "pl-PL", "et")]
    told = [(tree, one) for _, tree in rules.values() for one in bilingual]
    moved = [true(tree, fields(one)) != true(tree, fields(replace(one, lang=None))) for tree, one in told]
    assert sum(moved) > len(moved) / 50, "the language of the article decides some"
    for name in ENGINES[: 1 if MISSING else 2]:
        monkeypatch.setenv("WIREWATCH_MATCHER", name)
        pairs = [(key, text) for key, (text, _) in rules.items()]
        half = RuleSet.of(pairs[::2], maker.aliases.terms)
        both = half.with_rules(1, pairs[1::2], (), maker.aliases)
        for one in every:
            theirs, exact, document = fields(one), facts(one), Document(one)
            wanted = {key for key, (_, tree) in rules.items() if true(tree, theirs, facts=exact)}
            for known in (both, both.merged()):
                hits = {hit.key: hit.evidence for hit in known.match(one)}
                assert hits.keys() == wanted
                for key, evidence in hits.items():
                    assert evidence == tuple(dict.fromkeys(explain(rules[key][1], document).proof()))
