"""Exact fields compare a value in one spelling, and a look-up finds just what a test of each value finds."""

from dataclasses import replace

import pytest

from alerts.rules.exact import PLACES, exact_value, has_value, place_keys
from alerts.rules.parser import parse
from alerts.rules.printer import print_rule
from alerts.rules.syntax import ExactField, FieldTest
from core.model.article import Article
from core.text.document import Document
from tests.alerts.making import story_article

HERE = replace(
    story_article().article,
    canonical_url="https://www.xn--e1afmkfd.xn--p1ai/%D0%BC%D0%B8%D1%80/Caf%C3%A9?id=5",
    domain="xn--e1afmkfd.xn--p1ai",
    source_name="L’Écho – Nord",
    agencies=("AP", "Agência Brasil"),
)

TRUE = [
    "domain:пример.рф",
    "domain:ПРИМЕР.РФ.",
    "domain:www.пример.рф",
    "domain:xn--e1afmkfd.xn--p1ai",
    "domain:XN--E1AFMKFD.XN--P1AI:443",
    "domain:рф",
    "url:пример.рф",
    "url:пример.рф/мир/cafe\u0301",
    "url:https://www.пример.рф/%d0%bc%d0%b8",
    "url:http://xn--e1afmkfd.xn--p1ai/МИР",
    "url:/мир",
    "url:/%D0%BC%D0%B8%D1%80/caf%C3%A9?id=5",
    'source:"L’Écho – Nord"',
    'source:"L’ÉCHO – NORD"',
    'agency:"agência brasil"',
]
FALSE = [
    "domain:имер.рф",
    "domain:мир.пример.рф",
    "url:/café",
    "url:имер.рф",
    "url:пример.рф/мирный",
    "url:/мир%2Fcafé",
    "source:L’Écho",
    "agency:Reuters",
]


@pytest.mark.parametrize("query", TRUE)
def test_a_value_is_found_however_it_is_written(query: str) -> None:
    assert has_value(_node(query), Document(HERE))


@pytest.mark.parametrize("query", FALSE)
def test_another_value_is_not_found(query: str) -> None:
    assert not has_value(_node(query), Document(HERE))


@pytest.mark.parametrize("query", [*TRUE, *FALSE])
def test_a_look_up_finds_what_a_test_finds(query: str) -> None:
    node, document = _node(query), Document(HERE)
    if node.field in PLACES:
        keys = set(place_keys(document, {len(node.value)}))
        assert ((node.field, node.value) in keys) == has_value(node, document)


@pytest.mark.parametrize("query", [*TRUE, *FALSE])
def test_the_printed_form_is_read_as_the_same(query: str) -> None:
    tree = parse(query, anchored=False).tree
    assert tree is not None
    assert parse(print_rule(tree), anchored=False).tree == tree


def test_one_place_has_one_canonical_form() -> None:
    every = ("domain:www.Example.com", "domain:example.com.", "domain:EXAMPLE.com:8080")
    assert {print_rule(_node(query)) for query in every} == {"domain:example.com"}
    every = ("url:https://example.com/%6Dir", "url:www.example.com/mir", 'url:"//Example.com/mir"')
    assert {print_rule(_node(query)) for query in every} == {"url:example.com/mir"}


def test_a_value_of_nothing_is_missing() -> None:
    assert parse('kim AND domain:""').tree is None
    assert exact_value(ExactField.URL, "https://") == "https://", "and not the beginning of every address"


def _node(query: str) -> FieldTest:
    tree = parse(query, anchored=False).tree
    assert isinstance(tree, FieldTest)
    return tree


def test_hosts_of_an_article_without_an_address() -> None:
    one: Article = replace(HERE, canonical_url="", domain="")
    assert Document(one).hosts == ()
    assert not has_value(_node("url:/мир"), Document(one))
