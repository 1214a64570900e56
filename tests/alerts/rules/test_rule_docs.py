"""The page on rules says what the parser does."""

import re
from pathlib import Path

import pytest

from alerts.management.translate.registry import DIALECTS
from alerts.management.translate.translation import NoteKind
from alerts.rules.limits import MAX_CHARACTERS, MAX_CLAUSES, MAX_COUNT, MAX_DEPTH, MAX_DISTANCE
from alerts.rules.parser import parse
from alerts.rules.problem import Code
from alerts.rules.scanner import FIELDS, FUNCTIONS

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "rules.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", Code)
def test_every_code_is_documented(code: Code) -> None:
    assert f"`{code}`" in PAGE


@pytest.mark.parametrize("name", [*FIELDS, *FUNCTIONS, *DIALECTS, *NoteKind])
def test_every_field_function_dialect_and_kind_of_note_is_documented(name: str) -> None:
    assert re.search(rf"[`*]{name}\b", PAGE)


@pytest.mark.parametrize("number", [MAX_CHARACTERS, MAX_CLAUSES, MAX_DEPTH, MAX_DISTANCE, *MAX_COUNT.values()])
def test_every_limit_is_documented(number: int) -> None:
    assert f"{number:,}" in PAGE


def examples() -> list[str]:
    part = PAGE.split("## Examples")[1].split("## ")[0]
    return re.findall(r"^    (.+)$", part, re.MULTILINE)


@pytest.mark.parametrize("rule", examples())
def test_every_example_is_a_rule_without_warnings(rule: str) -> None:
    parsed = parse(rule)
    assert parsed.problems == ()
    assert parsed.warnings == ()
