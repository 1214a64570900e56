"""The audit log for other programs: each action one record, and nothing in it that a spreadsheet would run."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import orjson
from hypothesis import given
from hypothesis import strategies as st

from core.text.visible import one_line
from wirewatch.api.audit_documents import COLUMNS, csv_lines, json_lines
from wirewatch.usecases.audit_log import KnownAction

ACTION = KnownAction(
    number=7, at=datetime(2026, 3, 1, 12, tzinfo=UTC), actor="kim (token ci)", address="203.0.113.7", action="rule.put",
    subject="arms", team="default", before={"query": "a"}, after={"query": "b", "channels": ["desk"]}, detail={},
)  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def test_an_action_is_a_row_with_what_changed_as_json_and_times_in_utc() -> None:
    (row,) = csv.DictReader(io.StringIO(csv_lines([ACTION], header=True)))
    assert tuple(row) == COLUMNS
    assert (row["number"], row["at"], row["actor"]) == ("7", "2026-03-01T12:00:00Z", "kim (token ci)")
    assert orjson.loads(row["after"]) == {"query": "b", "channels": ["desk"]}


def test_only_the_first_piece_has_the_heading() -> None:
    assert not csv_lines([ACTION], header=False).startswith("number")


def test_what_was_not_there_is_an_empty_cell_and_null() -> None:
    added = replace(ACTION, before=None, address=None)
    (row,) = csv.DictReader(io.StringIO(csv_lines([added], header=True)))
    assert (row["before"], row["address"]) == ("", "")
    assert orjson.loads(json_lines([added]))["before"] is None


@given(TEXT, TEXT, st.sampled_from(["=", "+", "-", "@", "\t", "\r", ""]))
def test_hostile_words_stay_in_their_cell_and_are_no_formula(subject: str, value: str, begins: str) -> None:
    action = replace(ACTION, subject=begins + subject, after={"query": begins + value})
    (row,) = csv.DictReader(io.StringIO(csv_lines([action], header=True), newline=""))
    plain = one_line(begins + subject)
    assert row["subject"] in {plain, f"'{plain}"}
    assert not row["subject"].startswith(("=", "+", "-", "@", "\t", "\r"))
    assert orjson.loads(row["after"]) == {"query": begins + value}
    (line,) = json_lines([action]).split("\n")[:-1]
    assert orjson.loads(line)["number"] == 7
