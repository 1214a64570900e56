"""Anchors: an article that a rule is true of holds one of its sets of words, and one of each group."""

import random

from alerts.rules.anchors import Anchor, anchors, needed_groups
from alerts.rules.checks import has_anchor
from alerts.rules.exact import has_value
from alerts.rules.explain import explain
from alerts.rules.frequency import weight
from alerts.rules.listed import anchors_of
from alerts.rules.parser import parse
from alerts.rules.syntax import FieldTest, Listed, Terms
from alerts.rules.word_index import expression
from core.text.document import Document
from core.text.tokens import words_of
from tests.effort import scaled
from tests.reference_articles import articles
from tests.rule_generator import RuleMaker


def words(query: str) -> set[frozenset[str]]:
    tree = parse(query).tree
    assert tree is not None
    found = anchors(tree, weight)
    return {frozenset(word.text for word in anchor) for anchor in found if isinstance(anchor, frozenset)}


def test_the_rarest_side_of_an_and_is_chosen_and_all_sides_of_an_or() -> None:
    assert words("said AND Pyongyang") == {frozenset({"pyongyang"})}
    assert words("said AND (Pyongyang OR Vladivostok)") == {frozenset({"pyongyang"}), frozenset({"vladivostok"})}
    assert words('of AND "of the"') == {frozenset({"of", "the"})}, "two words side by side are rarer than either"
    assert words("KOF/2(said, Pyongyang, Vladivostok)") == {frozenset({"pyongyang"}), frozenset({"vladivostok"})}
    assert words("Pyongyang NOT NEAR/3 oil") == {frozenset({"pyongyang"})}


def test_a_place_is_chosen_where_no_word_is_rarer() -> None:
    def places(query: str) -> list[str]:
        tree = parse(query).tree
        assert tree is not None
        return [one.value for one in anchors(tree, weight) if isinstance(one, FieldTest)]

    assert places("domain:kcna.kp") == ["kcna.kp"]
    assert places("domain:kcna.kp AND the") == ["kcna.kp"]
    assert places("domain:kcna.kp AND Pyongyang") == []
    assert places('source:KCNA OR "Rodong Sinmun" OR url:/dprk') == ["/dprk", "kcna"]
    assert places("NOT NOT agency:AP AND lang:en") == ["ap"]


def test_a_rule_is_refused_for_want_of_an_anchor_just_where_none_can_be_chosen() -> None:
    rng = random.Random(5)
    every = articles(10)
    maker = RuleMaker(rng, [one.text for one in every])
    found = set()
    for _ in range(scaled(1000)):
        text = rng.choice(every).text
        maker.rule(text)  # learns how the text writes its words
        tree = maker.node(words_of(text), 3)
        found.add(has_anchor(tree))
        assert has_anchor(tree) == bool(anchors(tree, weight))
    assert True in found


def test_what_a_rule_is_true_of_holds_one_of_its_anchors_and_one_of_each_group() -> None:
    rng = random.Random(6)
    every = articles(20)
    documents = [Document(one) for one in every]
    maker = RuleMaker(rng, [one.text for one in every])
    true = 0
    for _ in range(scaled(400)):
        own = rng.choice(documents)
        tree = maker.rule(own.article.text)
        if explain(tree, own).true:
            true += 1
            fields = (own.title, own.body, own.author, own.section, own.tag)
            held = {word for field in fields for word in field.tokens.words}
            for group in (anchors(tree, weight), *needed_groups(tree, weight)):
                assert not group or any(all_held(anchor, held, own) for anchor in group)
    assert true > 0


def all_held(anchor: Anchor, held: set[str], document: Document) -> bool:
    if isinstance(anchor, FieldTest):
        return has_value(anchor, document)
    if isinstance(anchor, Listed):
        return any(all_held(words, held, document) for words in anchors_of(Terms.of(anchor.terms)))
    return all(word.text in held if word.is_literal else any(map(expression(word).fullmatch, held)) for word in anchor)
