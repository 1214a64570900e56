"""What is written of a rule's text by its shape is what the parser's tree is encoded as, and what the parser refuses is not
written: over the whole language, right and wrong."""

import json
import random
from collections.abc import Sequence
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.aliases import AliasSet
from alerts.rules.bytecode import OP_BITS, Fact, encoded
from alerts.rules.expand import expand
from alerts.rules.limits import MAX_CHARACTERS
from alerts.rules.native.build import Builder
from alerts.rules.native.templates import Shapes
from alerts.rules.parser import parse
from alerts.rules.printer import print_rule
from alerts.rules.syntax import Listed
from tests.data_shared import shared
from tests.effort import scaled, tries
from tests.rule_generator import RuleMaker
from tests.rule_pieces import OPERANDS, OPERATORS, PIECES

ALIASES = AliasSet.of([("dprk", ["North Korea", "북한", "case(DPRK)", "pyong*"]), ("who", ["Kim"])])


def written(texts: Sequence[str]) -> int:
    """How many were written; each as the parser reads it, facts and words included."""
    builder = Builder()
    begins = builder.read(texts, Shapes(ALIASES)).tolist()
    words, facts, lists = builder.vocabulary, list(builder.facts), list(builder.lists)
    for text, begin in zip(texts, begins, strict=True):
        tree = parse(text, aliases=ALIASES).tree
        assert tree is not None or begin < 0, text
        if tree is None or begin < 0:
            continue
        wanted = encoded(expand(tree, ALIASES))
        numbers = builder.code[begin : begin + len(wanted.numbers)].tolist()
        for place, word in zip(wanted.positions, wanted.words, strict=True):
            symbol = numbers[place]
            assert tuple(words.letters[words.first[symbol] : words.first[symbol + 1]].tolist()) == word, text
            wanted.numbers[place] = symbol
        for place, fact in zip(wanted.fact_places, wanted.facts, strict=True):
            known: list[Fact] | list[Listed] = lists if isinstance(fact, Listed) else facts
            assert known[numbers[place] >> OP_BITS] == fact, text
            wanted.numbers[place] = numbers[place]
        assert numbers == wanted.numbers, text
    return sum(begin >= 0 for begin in begins)


@tries(150)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12), st.sampled_from((" ", "", "  ", "\n")))
def test_rows_of_pieces(pieces: list[str], space: str) -> None:
    written([space.join(pieces)])


def test_many_random_rows_of_pieces() -> None:
    rng = random.Random(1)
    rows = [" ".join(rng.choices(PIECES, k=rng.randint(1, 7))) for _ in range(scaled(3_000))]
    assert written(rows) >= scaled(50)


def test_operands_of_every_kind_joined_by_operators_of_every_kind() -> None:
    rng = random.Random(3)
    rows = []
    for _ in range(scaled(1_500)):
        row = [rng.choice(OPERANDS)]
        for _ in range(rng.randint(0, 4)):
            row += rng.choice(OPERATORS), rng.choice(OPERANDS)
        rows.append(" ".join(row))
    good = sum(parse(row, aliases=ALIASES).tree is not None for row in rows)
    assert good >= scaled(150)
    assert written(rows) > 0.8 * good


def test_random_rules_over_articles() -> None:
    rng = random.Random(2)
    with shared("data", "stories", "articles.jsonl").open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"][:2000] for line in islice(lines, 40)]
    maker = RuleMaker(rng, texts)
    rules = [print_rule(maker.rule(rng.choice(texts))) for _ in range(scaled(1000))]
    good = sum(parse(rule).tree is not None for rule in rules)
    assert written(rules) > 0.9 * good


@tries(150)
@given(st.text(max_size=60))
def test_any_text_at_all(text: str) -> None:
    written([text])


def test_a_rule_that_is_too_long_is_left_to_the_parser_that_says_so() -> None:
    longest = "word " * (MAX_CHARACTERS // 10) + "x" * (MAX_CHARACTERS // 2)
    assert (
        written(["arms", "x" * MAX_CHARACTERS, "x" * (MAX_CHARACTERS + 1), f'"{longest[: MAX_CHARACTERS - 2]}"']) == 3
    )


def test_a_rule_with_characters_that_are_not_seen_is_left_to_the_parser() -> None:
    assert written(["arms AND oil", "\ufeffarms AND\u200b oil", "", "\u200b", "weap\u00adon", "gas AND oil"]) == 2


def test_rules_of_one_shape_are_read_by_the_parser_once() -> None:
    builder, shapes = Builder(), Shapes(AliasSet())
    builder.read([f'("head {k}" OR word{k}) AND tail{k} NEAR/3 (a OR b{k}) AND lang:l{k}' for k in range(50)], shapes)
    builder.read([f'(word{k} OR word) AND "tail {k}" NEAR/3 (a OR b{k}) AND lang:en' for k in range(50)], shapes)
    assert int(shapes.shapes.size[0]) == 1


def test_what_is_wrong_is_told_as_the_parser_says_it() -> None:
    builder = Builder()
    with pytest.raises(ValueError, match=r"rule bad: no-anchor"):
        builder.add([("good", "arms"), ("bad", "NOT arms")], AliasSet())


def test_words_that_may_begin_a_comparison_are_words_where_they_do_not() -> None:
    written(["published SENT oil", "oil AND wc", "oil AND published<2d", "arms OR published", "wc>1000 AND arms"])
