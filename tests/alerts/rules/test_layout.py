"""`rules format` lays a rule out: its meaning stays, every comment stays in its order, and laying out again changes nothing."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules import syntax as s
from alerts.rules.comments import carried, comments_of, without_comments
from alerts.rules.layout import WIDTH, formatted
from alerts.rules.lexer import tokens_of
from alerts.rules.limits import MAX_CHARACTERS
from alerts.rules.parser import parse
from alerts.rules.printer import as_written
from alerts.rules.problem import Code
from alerts.rules.scanner import Kind
from tests.alerts.rules.test_printer import joined, terms, trees
from tests.effort import scaled, tries
from tests.rule_generator import RuleMaker

ARTICLES = (
    "Ships with arms and guns left Korea for Russia at dawn.\n\nThe minister saw them leave.",
    "Путин приехал в Пекин, سلاح في إيران, 북한의 무기, Łódź and Tromsø.",
)


def commented(rng: random.Random, text: str, share: float = 0.3) -> tuple[str, list[str]]:
    """The rule with comments, line breaks and blank lines at random places where something may stand, and the comments."""
    tokens = tokens_of(text)[:-1]
    said: list[str] = []
    pieces: list[str] = []
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else None
        space = text[before.end if before else 0 : token.start]
        free = space or before is None or Kind.CLOSE is token.kind or before.kind in (Kind.OPEN, Kind.CLOSE)
        pieces += (_filled(rng, space, said, share) if free else space, text[token.start : token.end])
    pieces.append(_filled(rng, "", said, share))
    return "".join(pieces), said


def _filled(rng: random.Random, space: str, said: list[str], share: float) -> str:
    for _ in range(rng.choice((1, 1, 2))):
        if rng.random() < share / 3:
            space += rng.choice(("\n", "\n\n  ", "\r\n\t", "\n \n"))
        if rng.random() < share:
            said.append(
                rng.choice(("# {} ) (", '# {} "a', "# {} OR Lee", "＃ {}", "# {} /x/,", "# {} don't")).format(len(said))
            )
            space += f" {rng.choice(('', chr(10)))} {said[-1]} {rng.choice((chr(10), chr(13) + chr(10)))}"
    return space


def checked(text: str, said: Sequence[str], meant: s.Node) -> None:
    assert parse(text, anchored=False).tree == meant, text
    found = formatted(text)
    assert found.problems == (), text
    assert parse(found.text, anchored=False).tree == meant, (text, found.text)
    assert [one.text for one in comments_of(found.text)] == list(said), (text, found.text)
    assert formatted(found.text).text == found.text, text


@tries(300)
@given(terms, trees, st.randoms(use_true_random=False))
def test_a_rule_that_is_laid_out_keeps_its_meaning_and_its_comments(
    anchor: s.Term, tree: s.Node, rng: random.Random
) -> None:
    whole = joined(s.And, [anchor, tree])
    checked(*commented(rng, as_written(whole), rng.choice((0, 0.1, 0.5))), whole)


def test_rules_over_all_scripts_are_laid_out_without_a_change_of_meaning() -> None:
    for seed in range(scaled(400)):
        rng = random.Random(seed)
        rule, _ = RuleMaker(rng, ARTICLES, respelling=0.2).written(ARTICLES[seed % 2])
        tree = parse(rule).tree
        assert tree is not None
        checked(*commented(rng, rule, rng.choice((0, 0.1, 0.5))), tree)


@pytest.mark.parametrize(
    ("text", "laid"),
    [
        ("Kim and Xi", None),
        ("Kim   AND (Xi)", "Kim AND Xi"),
        ("Kim AND Xi # both", "Kim AND Xi  # both"),
        ("Kim AND\n(Xi OR Putin)", "Kim\nAND (Xi OR Putin)"),
        ("Kim # a\n\n\n\n-b", "Kim  # a\n\nAND NOT b"),
        ("# who\n\nKim", "# who\n\nKim"),
        (
            "# desk Asia\nKim AND (arms OR # guns too\n weapon* # all\n # OR missile*\n) # what\nAND Xi w/3\nPutin",
            (
                "# desk Asia\nKim\nAND (\n    arms  # guns too\n    OR weapon*  # all\n    # OR missile*\n)  # what\n"
                "AND Xi\n    NEAR/3 Putin"
            ),
        ),
        ("KOF/2(a, # one\nb,c) AND Kim", "KOF/2(\n    a,  # one\n    b,\n    c\n)\nAND Kim"),
        ("forms(мир, # peace\nNOT мира) AND x", "# peace\nforms(мир, NOT мира)\nAND x"),
        ("title:( # names\nKim OR Xi)", "title:(\n    # names\n    Kim\n    OR Xi\n)"),
        ('"North\n Korea" AND “arms”', '"North Korea" AND arms'),
    ],
)
def test_layout(text: str, laid: str | None) -> None:
    found = formatted(text)
    assert (found.text, bool(found.problems)) == ((laid, False) if laid is not None else (text, True))


def test_a_long_rule_has_a_clause_in_each_line() -> None:
    names = [f"name{number}" for number in range(40)]
    lines = formatted(f"Kim AND ({' OR '.join(names)}) AND NOT football").text.split("\n")
    assert lines[:3] == ["Kim", "AND (", "    name0"]
    assert lines[-3:] == ["    OR name39", ")", "AND NOT football"]
    assert max(map(len, lines)) <= WIDTH


def test_a_rule_that_would_be_too_long_in_lines_is_indented_less_and_else_stays() -> None:
    name = "n" * 11
    tight = f"Kim AND ({' OR '.join([name] * 4000)})"
    laid = formatted(tight)
    assert laid.problems == ()
    assert len(laid.text) <= MAX_CHARACTERS
    assert f"\nOR {name}\n" in laid.text
    full = f"Kim AND ({' OR '.join(['nnn'] * 9300)}) AND ({' OR '.join(['mmm'] * 60)})"
    assert [one.code for one in formatted(f"{full} AND {'x' * (MAX_CHARACTERS - len(full) - 5)}").problems] == [
        Code.TOO_LONG
    ]


@tries(300)
@given(terms, trees, st.randoms(use_true_random=False))
def test_every_comment_is_in_a_text_that_was_made_of_one(anchor: s.Term, tree: s.Node, rng: random.Random) -> None:
    old, said = commented(rng, as_written(joined(s.And, [anchor, tree])))
    other = as_written(joined(s.And, [tree, anchor])) if rng.random() < 0.5 else f"Xi AND ({as_written(tree)})"
    for new in (without_comments(old), other):
        made = carried(old, new)
        assert [one.text for one in comments_of(made)] == said, (old, new, made)
        assert parse(made, anchored=False).tree == parse(new, anchored=False).tree, made


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("North Korea # the land\n  AND arms # guns", '"North Korea" # the land\n  AND arms # guns'),
        ("Kim # a\nAND Xi # b\nOR Putin # c", "(Kim # a\nAND Xi) # b\nOR Putin # c"),
        ("(Kim # a)\nAND Xi # b", "(Kim # a)\nAND Xi # b\n)"),
        ("# who\n'North Korea' # the leader's\n&& arms", '# who\n"North Korea" # the leader\'s\nAND arms'),
        ("Kim AND site:a.example # his\n# and\nAND Xi", "Kim AND domain:a.example # his\n# and\nAND Xi"),
    ],
)
def test_a_fix_keeps_comments_and_line_breaks(text: str, fixed: str) -> None:
    assert parse(text).problems[0].fixes[0].text == fixed
    assert parse(fixed).tree is not None


def test_a_comment_is_no_part_of_what_is_wrong_with_a_rule() -> None:
    bare, told = parse("Kim &&"), parse("Kim && # don't 'quote' a, b OR")
    assert [(one.code, one.start, one.end) for one in told.problems] == [
        (one.code, one.start, one.end) for one in bare.problems
    ]
    assert parse("Kim AND arms # 'North Korea' && C++ €50").warnings == ()
