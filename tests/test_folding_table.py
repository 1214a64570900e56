"""The table of folding in docs/rules.md, cell by cell: what stands there as one word finds each other, what stands there as
two does not."""

import re
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest

from alerts.rules.parser import parse
from alerts.rules.ruleset import RuleSet
from tests.reference_articles import article, fields
from tests.reference_evaluator import true

DOCS = (Path(__file__).parents[1] / "docs" / "rules.md").read_text(encoding="utf-8")
TABLE = re.search(r"### Folding\n+(?P<rows>\|.*?)\n\n", DOCS, re.DOTALL)
SHOWN = {"U+200B": "\u200b", "U+FEFF": "\ufeff", "U+00AD": "\u00ad", "U+2063": "\u2063", "⏎": "\n"}


def rows() -> Iterator[tuple[str, str, str]]:
    """What a row is about, its words that are one, and its words that are not."""
    assert TABLE is not None
    for line in TABLE["rows"].splitlines()[2:]:
        what, _, same, apart = (cell.strip() for cell in line[1:-1].split("|"))
        yield what, same, apart


def groups(cell: str) -> list[list[str]]:
    """`a` `b`, `c` `d`: two groups."""
    return [
        [named(word) for word in re.findall(r"`([^`]+)`", group)]
        for group in re.split(r", (?=`)", cell)
        if "`" in group
    ]


def named(word: str) -> str:
    for name, char in SHOWN.items():
        word = word.replace(name, char)
    return word


def finds(rule: str, text: str, engine: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    """By the product; the reference evaluator agrees."""
    monkeypatch.setenv("WIREWATCH_MATCHER", engine)
    one = article(0, "Headline", f"So {text} stood there.")
    query = rule if rule.startswith("case(") else f'"{rule}"'
    found = bool(list(RuleSet.of([("r", query)]).match(one)))
    tree = parse(query).tree
    assert tree is not None
    assert found == true(tree, fields(one)), (rule, text)
    return found


@pytest.mark.parametrize("engine", ["interpreter", "plain"])
@pytest.mark.parametrize(("what", "same", "apart"), list(rows()))
def test_each_cell(what: str, same: str, apart: str, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert groups(same), what
    for group in groups(same):
        assert len(group) > 1, group
        for rule, text in permutations(group, 2):
            if not text.startswith("case("):
                assert finds(rule, text, engine, monkeypatch), (rule, text)
    for group in groups(apart):
        for rule, text in permutations(group, 2):
            if not text.startswith("case("):
                assert not finds(rule, text, engine, monkeypatch), (rule, text)


@pytest.mark.parametrize("engine", ["interpreter", "plain"])
@pytest.mark.parametrize(
    ("rule", "text", "found"),
    [
        ("Stra?e", "Straße", True),
        ("Stra?e", "STRAẞE", True),
        ("Stra?en*", "Straßenbahn", True),
        ("man?uvre", "manœuvre", True),
        ("encyclop?dia", "encyclopædia", True),
        ("off?ce", "oﬃce", True),
        ("Neue Stra?e", "Neue Straße", True),
        ("case(Stra?e)", "Straße", True),
        ("case(Stra?e)", "Strasse", False),
        ("Stra?e", "Strasse", False),
        ("dea?", "death", False),
        ("Stras?e", "Straße", True),
        ("Stra?e?", "Straßen", True),
        ("Stra?e", "кЫ Straße Strаße", True),
        ("xii?", "Ⅻ1", False),
        ("abc?", "abc⑩", False),
    ],
)
def test_one_unknown_letter_is_one_as_it_is_written(
    rule: str, text: str, engine: str, monkeypatch: pytest.MonkeyPatch, *, found: bool
) -> None:
    assert finds(rule, text, engine, monkeypatch) is found
