"""What commands print, and the times they are given."""

import asyncio
from datetime import UTC, datetime, timedelta

import click
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from core.db.engine import Database
from core.store import rules, sources
from core.text.spans import span_of
from tests.fakes.records import a_source
from tests.wirewatch.cli.conftest import NOW, Newsroom
from wirewatch.cli.lazy import log_to_standard_error
from wirewatch.cli.output import aligned, cell
from wirewatch.cli.times import SINCE, before


def test_log_events_stay_out_of_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_standard_error()
    try:
        structlog.get_logger("test").warning("worker_replaced")
    finally:
        structlog.reset_defaults()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "worker_replaced" in captured.err


def test_columns_stand_below_each_other_in_every_script() -> None:
    rows: list[dict[str, object]] = [{"name": "아리랑", "state": "ok"}, {"name": "BBC", "state": None}]
    assert aligned(rows, ("name", "state")) == ["NAME    STATE", "아리랑  ok", "BBC     -"]


@given(st.text())
def test_no_text_from_the_web_steers_the_terminal_or_breaks_a_row(text: str) -> None:
    [_, line] = aligned([{"a": text, "b": 1}], ("a", "b"))
    assert line.isprintable()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "-"),
        (True, "yes"),
        (("a", "b"), "a, b"),
        ((), "-"),
        (datetime(2026, 3, 1, 9, tzinfo=UTC), "2026-03-01 09:00:00Z"),
    ],
)
def test_a_value_is_shown_for_people(value: object, shown: str) -> None:
    assert cell(value) == shown


@pytest.mark.parametrize(
    ("text", "span"),
    [("90m", timedelta(minutes=90)), ("1.5h", timedelta(minutes=90)), ("2 d", timedelta(days=2)), ("1w", timedelta(7))],
)
def test_a_span_is_a_number_and_a_unit(text: str, span: timedelta) -> None:
    assert span_of(text) == span


@pytest.mark.parametrize("text", ["", "h", "0h", "-2h", "2 months", "99999999999w"])
def test_anything_else_is_no_span(text: str) -> None:
    assert span_of(text) is None


def test_a_time_without_a_zone_is_utc_and_a_span_is_before_now() -> None:
    now = datetime(2026, 3, 8, tzinfo=UTC)
    for text in ("2026-03-01", "2026-03-01T00:00Z", "2026-03-01T05:30+05:30", "7d"):
        assert before(now, SINCE.convert(text, None, None)) == datetime(2026, 3, 1, tzinfo=UTC)
    with pytest.raises(click.BadParameter, match="expected a span such as 7d"):
        SINCE.convert("yesterday", None, None)


def test_a_command_reads_and_writes_while_a_process_has_the_database_open(newsroom: Newsroom) -> None:
    async def commands_meanwhile() -> None:
        async with Database.open("sqlite:", newsroom.folder / "data") as db:
            async with db.transaction() as conn:
                await sources.add(conn, a_source(), NOW)
            said = await asyncio.to_thread(newsroom.rows, "sources", "list")
            assert said[0]["name"] == "Example World"
            await asyncio.to_thread(newsroom.told, "rules", "add", "arms", "arms")
            async with db.connection() as conn:
                assert await rules.get(conn, "arms") is not None

    (newsroom.folder / "data").mkdir()
    asyncio.run(commands_meanwhile())


def test_a_database_that_does_not_answer_is_told_in_a_sentence_without_its_password(newsroom: Newsroom) -> None:
    (newsroom.folder / "wirewatch.toml").write_text(
        '[database]\nurl = "postgresql://someone:geheimnis@127.0.0.1:1/nothing"\n'
    )
    said = newsroom.refused("sources", "list")
    assert "127.0.0.1" in said
    assert "geheimnis" not in said
