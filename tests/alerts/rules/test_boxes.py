"""Boxes and text are two views of one rule: whichever way one goes, the rule finds the same."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.management.diff import meaning
from alerts.rules import syntax as s
from alerts.rules.boxes import Boxes, BoxProblem, NearBox, boxes_of, text_of
from alerts.rules.comments import comments_of
from alerts.rules.explain import explain
from alerts.rules.parser import parse
from alerts.rules.printer import as_written
from core.text.document import Document
from tests.alerts.making import story_article
from tests.alerts.rules.test_layout import commented
from tests.alerts.rules.test_printer import joined, terms, trees
from tests.effort import scaled, tries
from tests.rule_generator import RuleMaker

TEXTS = (
    "Ships with arms and guns left Korea for Russia at dawn.\n\nThe minister saw them leave.",
    "The minister spoke of missiles in Kiev. Russia denied it, and Korea spoke of guns.",
)
LINES = (
    "arms",
    "North Korea",
    '"North Korea"',
    "weapon*",
    "case(US)",
    'case("Will Smith")',
    "@dprk",
    "북한",
    "F-16",
    "  ",
)
lines = st.lists(st.sampled_from(LINES), max_size=3).map(tuple)
boxes = st.builds(
    Boxes,
    all_of=lines,
    any_of=st.lists(lines, max_size=2).map(tuple),
    none_of=lines,
    in_title=st.lists(lines, max_size=2).map(tuple),
    near=st.lists(
        st.builds(NearBox, lines.filter(any), lines.filter(any), st.integers(0, 50), st.booleans()), max_size=2
    ).map(lambda found: tuple(one for one in found if "".join(one.left).strip() and "".join(one.right).strip())),
    rest=st.sampled_from(("", "lang:en", "NOT /x/", "ATLEAST/2(arms) OR KOF/1(a, b)", "a AND (b OR lang:de)")),
)


def spread(node: s.Node) -> s.Node:
    """The tree with `NOT (a OR b)` as NOT a AND NOT b, which finds the same."""
    parts: list[s.Node] = []
    for part in node.children if isinstance(node, s.And) else (node,):
        below = part.child if isinstance(part, s.Not) else None
        parts += map(s.Not, below.children) if isinstance(below, s.Or) else [part]
    return parts[0] if len(parts) == 1 else s.And(tuple(parts))


def read(text: str) -> s.Node:
    tree = parse(f"anchor AND ({text})").tree
    assert isinstance(tree, s.And), text
    return tree


@tries(300)
@given(terms, trees)
def test_a_rule_that_goes_through_boxes_keeps_its_meaning(anchor: s.Term, tree: s.Node) -> None:
    whole = joined(s.And, [anchor, tree])
    text, problems = text_of(boxes_of(whole))
    assert problems == ()
    again = parse(text).tree
    assert again is not None, text
    assert meaning(spread(again)) == meaning(spread(whole)), text


@tries(300)
@given(boxes)
def test_boxes_that_go_through_text_keep_their_meaning(filled: Boxes) -> None:
    text, problems = text_of(filled)
    assert problems == ()
    if not text:
        return
    again, none = text_of(boxes_of(read(text)))
    assert none == ()
    tree = parse(again).tree
    assert tree is not None, again
    assert meaning(spread(tree)) == meaning(spread(read(text)))


def test_a_rule_that_goes_through_boxes_finds_the_same_articles() -> None:
    documents = [Document(story_article(number, text=text).article) for number, text in enumerate(TEXTS)]
    for seed in range(scaled(300)):
        _, tree = RuleMaker(random.Random(seed), TEXTS).written(TEXTS[seed % 2])
        text, _ = text_of(boxes_of(tree))
        again = parse(text).tree
        assert again is not None, text
        for document in documents:
            assert explain(again, document).true == explain(tree, document).true, text


@tries(300)
@given(terms, trees, st.randoms(use_true_random=False))
def test_comments_and_lines_of_a_rule_come_back_from_the_boxes(
    anchor: s.Term, tree: s.Node, rng: random.Random
) -> None:
    whole = joined(s.And, [anchor, tree])
    old, said = commented(rng, as_written(whole))
    read = parse(old, anchored=False).tree
    assert read is not None
    text, problems = text_of(boxes_of(read, old), old)
    assert problems == ()
    again = parse(text, anchored=False).tree
    assert again is not None, (old, text)
    assert meaning(spread(again)) == meaning(spread(whole)), (old, text)
    assert sorted(one.text for one in comments_of(text)) == sorted(said), (old, text)


def test_comments_stand_at_their_lines_in_the_boxes() -> None:
    old = (
        "# desk Asia\n\nKim  # the leader\nAND (\n    arms\n    # OR guns\n    OR weapon*  # any\n)  # what\n"
        "AND NOT football  # sport\nAND Xi\n    NEAR/3 Putin  # both\nAND lang:en  # not yet de"
    )
    tree = parse(old).tree
    assert tree is not None
    boxes = boxes_of(tree, old)
    assert boxes == Boxes(
        remarks=("# desk Asia",),
        all_of=("Kim  # the leader",),
        any_of=(("arms", "# OR guns", "weapon*  # any", "# what"),),
        none_of=("football  # sport",),
        near=(NearBox(("Xi",), ("Putin  # both",), 3),),
        rest="lang:en  # not yet de",
    )
    changed = replace(boxes, all_of=("Kim  # the leader", "# or he", "Lee"))
    assert text_of(changed, old)[0] == (
        "# desk Asia\n\nKim  # the leader\n# or he\nAND Lee\nAND (\n    arms\n    # OR guns\n    OR weapon*  # any\n"
        "    # what\n)\nAND Xi\n    NEAR/3 Putin  # both\nAND NOT football  # sport\nAND lang:en  # not yet de"
    )


def test_comments_without_a_clause_are_kept() -> None:
    assert text_of(Boxes(remarks=("what to do",), any_of=(("# Kim",),)))[0] == "# what to do\n# Kim"
    assert text_of(Boxes(remarks=("# a",), rest="Kim # b"))[0] == "# a\nKim # b"
    text, problems = text_of(Boxes(all_of=("arms", "we* # c", "arms # d"), rest="c AND OR # e"))
    assert text == "arms\n# c\n# d\nAND (\nc AND OR # e\n)"
    assert problems[0].box == "all_of"


def test_each_part_goes_into_the_box_for_it() -> None:
    text = (
        '"North Korea" AND (Russia OR @moscow) AND title:(arms OR case(US)) AND Kim ONEAR/3 (Putin OR "the leader")'
        " AND NOT (football OR chess) AND lang:en AND (a OR b AND c)".replace("(a OR b AND c)", "(a OR (b AND c))")
    )
    tree = parse(text).tree
    assert tree is not None
    assert boxes_of(tree) == Boxes(
        all_of=("North Korea",),
        any_of=(("Russia", "@moscow"),),
        none_of=("football", "chess"),
        in_title=(("arms", "case(US)"),),
        near=(NearBox(("Kim",), ("Putin", "the leader"), 3, ordered=True),),
        rest="lang:en AND (a OR (b AND c))",
    )


@pytest.mark.parametrize(
    ("filled", "problem"),
    [
        (Boxes(all_of=("arms", "we*")), BoxProblem("all_of", 0, "we*", "we*: 3 letters or more must stand before `*`")),
        (Boxes(any_of=(("a",), ("!",))), BoxProblem("any_of", 1, "!", "'!' holds no word")),
        (
            Boxes(none_of=("@",)),
            BoxProblem("none_of", 0, "@", "an alias is written as @name, of letters, digits, _ and -"),
        ),
        (Boxes(near=(NearBox(("a",)),)), BoxProblem("near", 0, "", "words are missing on one of its two sides")),
        (
            Boxes(near=(NearBox(("a",), ("b",), 51),)),
            BoxProblem("near", 0, "51", "the number of words between is 0 to 50"),
        ),
    ],
)
def test_what_is_wrong_with_a_line_is_said_with_its_box(filled: Boxes, problem: BoxProblem) -> None:
    assert text_of(filled)[1] == (problem,)


def test_text_that_cannot_be_read_stays_as_it_is() -> None:
    text, problems = text_of(Boxes(any_of=(("a", "b"),), rest="c AND OR"))
    assert text == "(a OR b) AND (c AND OR)"
    assert problems
    assert all(problem.box == "rest" for problem in problems)


def test_empty_boxes_are_an_empty_rule() -> None:
    assert text_of(Boxes()) == ("", ())
    assert text_of(Boxes(any_of=((" ",),), near=(NearBox(),))) == ("", ())
