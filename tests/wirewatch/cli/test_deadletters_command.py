"""`wirewatch deadletters`: what was set aside is listed, shown, put back and given up."""

from base64 import b64encode
from collections.abc import Sequence

import pytest

from core.model.deadletter import DeadLetter
from core.model.outcome import DeadLetterReason
from core.store import dead_letters
from core.store.dead_letters import DeadLetterRow
from tests.wirewatch.cli.conftest import NOW, Newsroom
from wirewatch.dead_letters import row_of


def set_aside(
    newsroom: Newsroom, *topics: str, reason: DeadLetterReason = DeadLetterReason.FAILED, value: bytes | None = b"{}"
) -> Sequence[DeadLetterRow]:
    letters = [
        DeadLetter(
            topic=topic, partition=3, offset=17 + number, key="news.example", reason=reason, detail="ValueError: no good",
            value_base64=None if value is None else b64encode(value).decode(), at=NOW,
        )
        for number, topic in enumerate(topics)
    ]  # fmt: skip
    rows = [row_of(letter) for letter in letters]
    newsroom.write(lambda conn: dead_letters.put_many(conn, rows))
    return rows


def states(newsroom: Newsroom) -> list[str]:
    return [row["state"] for row in newsroom.rows("deadletters", "list", "--state", "all")]


def test_what_was_set_aside_is_listed_with_stage_place_and_reason(newsroom: Newsroom) -> None:
    assert newsroom.told("deadletters", "list") == "No dead letters.\n"
    set_aside(newsroom, "entries")
    set_aside(newsroom, "matches", reason=DeadLetterReason.UNREADABLE)
    text = newsroom.told("deadletters", "list")
    assert text.splitlines()[0].split() == ["ID", "STAGE", "TOPIC", "PARTITION", "OFFSET", "AT", "REASON", "SUBJECT"]
    assert len(text.splitlines()) == 3
    [row] = newsroom.rows("deadletters", "list", "--stage", "alert")
    assert (row["topic"], row["reason"], row["state"]) == ("matches", "unreadable", "waiting")
    [row] = newsroom.rows("deadletters", "list", "--reason", "failed")
    assert (row["stage"], row["topic"], row["partition"], row["offset"]) == ("read", "entries", 3, 17)
    assert row["subject"] == "news.example"
    assert newsroom.rows("deadletters", "list", "--reason", "failed", "--stage", "alert") == []
    assert newsroom.run("deadletters", "list", "--stage", "poll").exit_code == 2


def test_one_is_shown_with_what_went_wrong_and_its_bytes(newsroom: Newsroom) -> None:
    [row] = set_aside(newsroom, "entries", value=b'{"v":1, \x1b[2J \xff')
    text = newsroom.told("deadletters", "show", row.letter_id)
    assert "ValueError: no good" in text
    assert '{"v":1,' in text
    assert "\x1b" not in text
    [whole] = newsroom.rows("deadletters", "show", row.letter_id)
    assert (whole["detail"], whole["value_base64"]) == ("ValueError: no good", row.letter.value_base64)
    assert "there is no dead letter 'x'" in newsroom.refused("deadletters", "show", "x")


def test_all_are_put_back_however_many(newsroom: Newsroom) -> None:
    set_aside(newsroom, *["entries"] * 120, "shadow")
    assert "120 records to be put back" in newsroom.told("deadletters", "redrive", "--all")
    assert len(newsroom.rows("deadletters", "list")) == 1, "no stage reads its topic"


def test_check_warns_of_what_waits_for_a_decision(newsroom: Newsroom) -> None:
    set_aside(newsroom, "entries", "matches")
    assert "warning: dead letters: 2 records wait that a stage could not handle" in newsroom.run("check").output
    newsroom.told("deadletters", "drop", "--all", "--yes")
    assert "dead letters" not in newsroom.run("check").output


def test_a_record_is_put_back_by_the_running_process(newsroom: Newsroom) -> None:
    first, second = set_aside(newsroom, "entries", "articles")
    assert "1 record to be put back" in newsroom.told("deadletters", "redrive", first.letter_id)
    assert newsroom.rows("deadletters", "list", "--state", "redriving")[0]["id"] == first.letter_id
    assert "is redriving; nothing is redriven" in newsroom.refused(
        "deadletters", "redrive", second.letter_id, first.letter_id
    )
    assert [row["id"] for row in newsroom.rows("deadletters", "list")] == [second.letter_id], "all or none"
    assert "0 records" in newsroom.told("deadletters", "redrive", "--all", "--stage", "match")
    assert "1 record " in newsroom.told("deadletters", "redrive", "--all")
    assert newsroom.rows("deadletters", "list") == []


def test_what_cannot_go_back_is_refused_and_passed_over(newsroom: Newsroom) -> None:
    [large] = set_aside(newsroom, "entries", value=None)
    [strange] = set_aside(newsroom, "shadow")
    assert "too large to be kept" in newsroom.refused("deadletters", "redrive", large.letter_id)
    assert "which no stage reads" in newsroom.refused("deadletters", "redrive", strange.letter_id)
    assert "0 records" in newsroom.told("deadletters", "redrive", "--all")
    assert "too large to be kept" in newsroom.told("deadletters", "show", large.letter_id)


def test_dropping_asks_first(newsroom: Newsroom) -> None:
    first, _, third = set_aside(newsroom, "entries", "articles", "matches")
    asked = newsroom.run("deadletters", "drop", first.letter_id)
    assert asked.exit_code == 1, "nobody answered"
    assert "Drop 1 record?" in asked.output
    assert states(newsroom) == ["waiting"] * 3
    assert newsroom.told("deadletters", "drop", first.letter_id, "--yes") == "1 record dropped\n"
    assert "is dropped; nothing is dropped" in newsroom.refused("deadletters", "drop", first.letter_id, "--yes")
    assert "1 record " in newsroom.told("deadletters", "redrive", first.letter_id), "a slip is mended"
    assert "1 record dropped" in newsroom.told("deadletters", "drop", "--all", "--stage", "alert", "--yes")
    assert newsroom.rows("deadletters", "show", third.letter_id)[0]["state"] == "dropped"
    assert "2 records dropped" in newsroom.told("deadletters", "drop", "--all", "--yes"), (
        "also what has not gone back yet"
    )


@pytest.mark.parametrize("words", [[], ["x", "--all"], ["x", "--stage", "read"], ["x", "--reason", "failed"]])
@pytest.mark.parametrize("what", ["redrive", "drop"])
def test_a_call_names_letters_or_all(newsroom: Newsroom, what: str, words: list[str]) -> None:
    assert newsroom.run("deadletters", what, *words).exit_code == 2
