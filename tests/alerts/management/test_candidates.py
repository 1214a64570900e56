"""The archive's index has the facts that a rule asks it for of every article that the rule matches."""

from dataclasses import replace
from typing import Any

import pytest

from alerts.management.candidates import groups
from alerts.rules.aliases import AliasSet
from alerts.rules.expand import expand
from alerts.rules.explain import explain
from alerts.rules.parser import parse
from core.store.facts import facts_of
from core.text.document import Document
from tests.alerts.making import story_article

ARTICLE = replace(story_article().article, title="Kim", text="", country="FR")
PLACES: list[tuple[dict[str, Any], str]] = [
    ({"source_name": "S\u030ckoda L’E\u0301cho"}, 'source:"Škoda L\'Écho"'),
    ({"source_name": "Škoda L'Écho"}, 'source:"S\u030ckoda L’ÉCHO"'),
    ({"agencies": ("Age\u0302ncia Brasil",)}, 'agency:"AGÊNCIA Brasil"'),
    ({"domain": "пример.рф", "canonical_url": "https://пример.рф/a"}, "domain:xn--e1afmkfd.xn--p1ai"),
    ({"domain": "xn--e1afmkfd.xn--p1ai", "canonical_url": "https://xn--e1afmkfd.xn--p1ai/a"}, "domain:пример.рф"),
    ({"domain": "news.ПРИМЕР.рф", "canonical_url": "https://news.ПРИМЕР.рф/a"}, "url:news.пример.рф/a"),
    ({"lang": "iw"}, "lang:he"),
    ({"lang": "pt_BR"}, "lang:por"),
    ({"lang": "ru"}, "lang:rus"),
]


@pytest.mark.parametrize(("values", "test"), PLACES)
def test_an_article_that_matches_has_the_facts_that_the_index_is_asked_for(values: dict[str, Any], test: str) -> None:
    article = replace(ARTICLE, **values)
    tree = parse(f"Kim AND {test}").tree
    assert tree is not None
    assert explain(tree, Document(article)).true
    asked = [member for group in groups(tree)[1] for member in group]
    assert asked
    assert all(set(member) <= set(facts_of(article)) for member in asked)


@pytest.mark.parametrize(
    ("rule", "lang", "text"),
    [
        ("forms(Biden)", "fi", "Bidenille kerrottiin"),
        ("forms(Biden)", "hu", "Bidennek"),
        ('forms("Donald Trump")', "pl", "spotkanie Donalda Trumpa"),
        ("forms(minister)", "pl", "rozmowa z ministrem"),
        ("lang:pl AND (x OR forms(minister) OR forms(Biden))", "pl", "o ministrach"),
    ],
)
def test_an_article_with_a_form_has_the_words_that_the_index_is_asked_for(rule: str, lang: str, text: str) -> None:
    tree = parse(rule).tree
    assert tree is not None
    whole = expand(tree, AliasSet())
    document = Document(replace(ARTICLE, lang=lang, text=text))
    assert explain(whole, document).true
    asked = groups(whole)[0]
    assert asked, "the index narrows the search, however many forms there are"
    held = document.body.tokens.words
    for group in asked:
        assert any(all(any(fits(word, one) for one in held) for word in member) for member in group)


def fits(asked: str, word: str) -> bool:
    return word.startswith(asked[:-1]) if asked.endswith("*") else word == asked
