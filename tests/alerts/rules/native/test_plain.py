"""What machine code reads of a rule's text is what the parser's tree is encoded as."""

import json
import random
from collections.abc import Sequence
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.aliases import AliasSet
from alerts.rules.native.build import Builder
from alerts.rules.native.program import encoded
from alerts.rules.parser import parse
from alerts.rules.printer import print_rule
from tests.alerts.rules.test_quick import PIECES
from tests.data_shared import shared
from tests.effort import scaled, tries
from tests.rule_generator import RuleMaker

MORE = [
    "Straße",
    "Россия",
    "Moody’s",
    "“a b”",
    "ＡＮＤ",
    "x_y",
    "_",
    "a’",
    "’a",
    "tag:",
    "title:AND",
    'title:"a b"',
    "wea?on*",
]


def read(texts: Sequence[str]) -> tuple[Builder, list[list[int] | None]]:
    """The numbers that machine code makes of each text; None: it leaves the text to the parser."""
    builder = Builder()
    begin, plain = builder._read_plain(texts)
    return builder, [builder.code[b:].tolist() if ok else None for b, ok in zip(begin, plain, strict=True)]


def plainly(texts: Sequence[str]) -> int:
    """How many were read; each as the parser reads it."""
    builder, found = read(texts)
    words = builder.vocabulary
    for text, numbers in zip(texts, found, strict=True):
        if numbers is None:
            continue
        tree = parse(text).tree
        assert tree is not None, text
        wanted = encoded(tree)
        for place, word in zip(wanted.places, wanted.words, strict=True):
            symbol = numbers[place]
            assert tuple(words.letters[words.first[symbol] : words.first[symbol + 1]].tolist()) == word, text
            wanted.numbers[place] = symbol
        assert numbers[: len(wanted.numbers)] == wanted.numbers, text
    return sum(numbers is not None for numbers in found)


@tries(300)
@given(st.lists(st.sampled_from(PIECES + MORE), min_size=1, max_size=12), st.sampled_from((" ", "", "  ", "\n")))
def test_rows_of_pieces(pieces: list[str], space: str) -> None:
    plainly([space.join(pieces)])


def test_many_random_rows_of_pieces() -> None:
    rng = random.Random(1)
    assert plainly([" ".join(rng.choices(PIECES + MORE, k=rng.randint(1, 7))) for _ in range(scaled(6_000))]) > scaled(
        120
    )


def test_random_rules_over_articles() -> None:
    rng = random.Random(2)
    with shared("data", "stories", "articles.jsonl").open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"][:2000] for line in islice(lines, 40)]
    maker = RuleMaker(rng, texts)
    rules = [print_rule(maker.rule(rng.choice(texts))) for _ in range(2000)]
    assert plainly(rules) > len(rules) / 6


@tries(200)
@given(st.text(max_size=60))
def test_any_text_at_all(text: str) -> None:
    plainly([text])


def test_what_is_wrong_is_left_to_the_parser_that_says_why() -> None:
    builder = Builder()
    with pytest.raises(ValueError, match=r"rule bad: [\s\S]*no word must be present"):
        builder.add([("good", "arms"), ("bad", "NOT arms")], AliasSet())
