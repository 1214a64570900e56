"""Logs are one JSON object a line away from a terminal, and no secret stands in them."""

import io
import json
import logging

import pytest
import structlog

from core.logsetup import Redactor, set_up_logging

pytestmark = pytest.mark.usefixtures("logging_as_it_was")


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_json_line_with_time_and_level() -> None:
    out = io.StringIO()
    set_up_logging(stream=out)
    structlog.get_logger("x").info("polled", source="Новости", count=3)
    logging.getLogger("library").warning("told by %s", "a library")
    first, second = lines(out)
    assert first["event"] == "polled"
    assert first["source"] == "Новости"
    assert first["level"] == "info"
    assert str(first["timestamp"]).endswith("Z")
    assert second["event"] == "told by a library"


def test_secrets_stand_neither_in_fields_nor_in_tracebacks() -> None:
    out = io.StringIO()
    set_up_logging(stream=out, secrets=["hunter2hunter2"])
    log = structlog.get_logger("x")
    try:
        int("hunter2hunter2")
    except ValueError:
        log.exception("failed", url="postgresql://user:pass1234@host/db", inner={"k": ["hunter2hunter2"]})
    text = out.getvalue()
    assert "hunter2hunter2" not in text
    assert "pass1234" not in text
    assert "postgresql://user:[secret]@host/db" in text
    assert "ValueError" in text


def test_the_longer_secret_is_cut_out_first() -> None:
    assert Redactor(["abcdef", "abcdefghi"]).text("abcdefghi abcdef") == "[secret] [secret]"


def test_on_request_the_output_is_for_people() -> None:
    out = io.StringIO()
    set_up_logging(stream=out, as_json=False)
    structlog.get_logger("x").warning("feed_failing", source="A")
    assert "feed_failing" in out.getvalue()
    assert not out.getvalue().startswith("{")
