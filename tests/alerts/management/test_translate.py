"""Queries of other systems in our language: the exact translation, and a note for each construct that changed."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from alerts.management.translate.registry import DIALECTS, translate
from alerts.rules.limits import MAX_CHARACTERS
from alerts.rules.parser import parse
from alerts.rules.problem import Code

TABLES = Path(__file__).resolve().parents[2] / "data" / "dialects"


def rows(dialect: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (TABLES / f"{dialect}.jsonl").read_text(encoding="utf-8").splitlines()]


ROWS = [pytest.param(dialect, row, id=f"{dialect}: {row['given']}") for dialect in DIALECTS for row in rows(dialect)]


@pytest.mark.parametrize(("dialect", "row"), ROWS)
def test_a_query_is_translated_with_a_note_for_each_construct_that_changed(dialect: str, row: dict[str, Any]) -> None:
    given = row["given"]
    found = translate(given, dialect)
    assert found.query == row["ours"]
    assert [[n.kind.value, given[n.start : n.end]] for n in found.notes] == row["notes"]
    assert [[p.code.value, given[p.start : p.end]] for p in found.problems] == row.get("problems", [])
    assert (found.query is None) == bool(found.problems)
    if found.query is not None:
        assert parse(found.query).problems == ()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_table_holds_at_least_25_queries_that_translate(dialect: str) -> None:
    assert sum(row["ours"] is not None for row in rows(dialect)) >= 25


@pytest.mark.parametrize("dialect", DIALECTS)
def test_fixes_mend_the_query_that_was_given(dialect: str) -> None:
    fixes = [fix for row in rows(dialect) for p in translate(row["given"], dialect).problems for fix in p.fixes]
    for fix in fixes:
        assert translate(fix.text, dialect).query is not None, fix


PIECES = (
    'a Russia "North Korea" "x y"~5 "x y"~2 " ( ) ( ) AND OR NOT and or not && || ! + - w/5 /5 pre/3 +4 not w/s w/p near5'
    " adj3 adj same /F50/ /N3/ NEAR/5 NEAR ONEAR/99 title: hd= la=en lang:(en) lang:english title( headline( caps( "
    'allcaps( atleast5( atleast3 wc>5 ^2 ~1 [1 TO 2] {x} /re+/ * ? % $ $3 weap* we!ap organi?ation weapon! 북한 é #tag \\ \\" : , = /'
).split(" ")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_any_text_ends_as_a_query_that_parses_or_as_problems(dialect: str) -> None:
    rng = random.Random(dialect)
    translated = 0
    for _ in range(4000):
        text = rng.choice((" ", " ", "")).join(rng.choices(PIECES, k=rng.randint(1, 9)))
        found = translate(text, dialect)
        assert (found.query is None) == bool(found.problems), text
        places = [(n.start, n.end) for n in found.notes] + [(p.start, p.end) for p in found.problems]
        assert all(0 <= start <= end <= len(text) for start, end in places), text
        if found.query is not None:
            translated += 1
            assert parse(found.query).problems == (), (text, found.query)
    assert translated > 200


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "unit",
    [
        "(",
        ")",
        "NOT ",
        "a ",
        "a and ",
        "a or ",
        "-",
        '"',
        "a w/3 ",
        "a near3 ",
        "hd=",
        "title:",
        "caps(",
        "+",
        "[",
        "/",
    ],
)
def test_long_texts_exhaust_nothing(dialect: str, unit: str) -> None:
    translate((unit * MAX_CHARACTERS)[:MAX_CHARACTERS], dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_too_many_levels_are_told_as_that_alone(dialect: str) -> None:
    for depth, codes in ((15, []), (30, [Code.TOO_DEEP]), (500, [Code.TOO_DEEP])):
        text = "(a OR " * depth + "b" + ")" * depth if depth != 30 else "(a OR (b AND " * depth + "c" + "))" * depth
        assert [p.code for p in translate(text, dialect).problems] == codes


def test_what_is_not_seen_is_left_out_and_places_stay() -> None:
    text = "\ufeffsanction! w/s (ir\u00adan or russia)\u200b"
    [plain, found] = [
        translate(one, "lexis") for one in (text.translate(dict.fromkeys(map(ord, "\ufeff\u00ad\u200b"))), text)
    ]
    assert found.query == plain.query == "sanction* SENT (iran OR russia)"
    assert [note.message for note in found.notes] == [note.message for note in plain.notes]
    assert "w/s" in [text[note.start : note.end] for note in found.notes]


def test_an_unknown_dialect_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        translate("a", "esperanto")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_text_over_the_limit_is_told_so(dialect: str) -> None:
    assert [p.code for p in translate("a" * (MAX_CHARACTERS + 1), dialect).problems] == [Code.TOO_LONG]


def test_comments_and_line_breaks_of_a_query_are_kept() -> None:
    found = translate("# who\nsanction! w/s (iran or # the land's\n russia) # \"both", "lexis")
    assert found.query == "# who\nsanction* SENT (iran # the land's\n OR russia) # \"both"
    assert translate('"a b"~5 # n\nAND c', "lucene").query == "a # n\nNEAR/5 b AND c"
