"""Times as publishers write them."""

import json
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.article import TimeConfidence
from ingest.parse.dates import _RFC3339, _iso, _rfc3339, parse_date
from ingest.parse.shapes import Publisher
from ingest.parse.zones import zone_named
from tests.data_shared import shared
from tests.effort import tries

NOON = "2024-01-15T12:00:00+00:00"
SUMMER = "2024-07-15T12:00:00+00:00"

WRITTEN = [
    ("Mon, 15 Jan 2024 12:00:00 GMT", None, NOON),
    ("Mon, 15 Jan 2024 07:00:00 -0500", None, NOON),
    ("15 Jan 24 12:00 UT", None, NOON),
    ("2024-01-15T12:00:00Z", None, NOON),
    ("2024-01-15T17:30:00.123+05:30", None, NOON),
    ("20240115T120000Z", None, NOON),
    ("2024-01-15 13:00:00 Europe/Berlin", None, NOON),
    ("1705320000", None, NOON),
    ("1705320000000", None, NOON),
    ("Jan 15 2024 | 5:30 PM IST", None, NOON),
    ("Jan 15 2024 | 2:00 PM IST", "Asia/Jerusalem", NOON),
    ("Mon, 15 Jan 2024 12:00:00 IST", "Europe/Dublin", None),
    ("Mon, 15 Jul 2024 13:00:00 IST", "Europe/Dublin", SUMMER),
    ("Mon, 15 Jan 2024 20:00:00 CST", "Asia/Shanghai", NOON),
    ("Mon, 15 Jan 2024 06:00:00 CST", None, NOON),
    ("Mon, 15 Jan 2024 15:00:00 AST", "Asia/Riyadh", NOON),
    ("Mon, 15 Jan 2024 08:00:00 AST", "America/Halifax", NOON),
    ("Mon, 15 Jan 2024 07:00:00 ET", None, NOON),
    ("Mon, 15 Jul 2024 08:00:00 ET", None, SUMMER),
    ("July 15, 2024, 5:00 a.m. PT", None, SUMMER),
    ("Published: 15. Januar 2024, 13:00 MEZ", None, NOON),
    ("15 января 2024, 15:00 МСК", "Europe/Moscow", NOON),
    ("lun., 15 janv. 2024 13:00:00 +0100", None, NOON),
    ("Lun, 15 Ene 2024 13:00:00 +0100", None, NOON),
    ("15 de janeiro de 2024 12:00 GMT", None, NOON),
    ("입력 2024.01.15 21:00", "Asia/Seoul", NOON),
    ("2024년 1월 15일 오후 9:00", None, NOON),
    ("2024-01-15 오전 12:30:00", "Asia/Seoul", "2024-01-14T15:30:00+00:00"),
    ("15.01.2024 13:00", "Europe/Berlin", NOON),
]


@pytest.mark.parametrize(("raw", "zone", "expected"), WRITTEN)
def test_what_publishers_write_is_this_instant(raw: str, zone: str | None, expected: str | None) -> None:
    found = parse_date(raw, Publisher(time_zone=zone))
    assert found is not None
    wanted = expected or "2024-01-15T12:00:00+00:00"
    assert found.at == datetime.fromisoformat(wanted)


@pytest.mark.parametrize(
    "raw",
    [
        "", "   ", "now", "yesterday", "3 hours ago", "2024-02-30T10:00:00Z", "2024-13-01", "2024-01-15T25:00:00Z",
        "2024-01-15T12:61:00Z", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "123", "12345678901234567890",
        "2013-01-27-01", "Mon, 32 Jan 2024 12:00:00 GMT", "2024-01-15T12:00:00+99:00", "x" * 500, "0000000000",
    ],
)  # fmt: skip
def test_what_cannot_be_told_or_cannot_be_true_is_none(raw: str) -> None:
    assert parse_date(raw) is None


@pytest.mark.parametrize("zone", [None, "Asia/Kolkata", "America/New_York"])
@pytest.mark.parametrize(
    "raw",
    [
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Mon, 01 Jan 2024 00:00:00 +99999999999999",
        "Mon, 99999999999999999999 Jan 2024 00:00:00 GMT",
        "0001-01-01T00:00:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "9999-12-31",
        "31 December 9999 | 11:59 PM EST",
        "Mon, 01 Jan ² 00:00:00 GMT",
        "9" * 150,
    ],
)
def test_a_time_beyond_the_calendar_is_none(raw: str, zone: str | None) -> None:
    assert parse_date(raw, Publisher(time_zone=zone)) is None


def test_what_lies_ahead_is_refused_beyond_a_day() -> None:
    now = datetime(2024, 1, 15, tzinfo=UTC)
    assert parse_date("2024-01-15T20:00:00Z", now=now) is not None
    assert parse_date("2024-01-17T00:00:01Z", now=now) is None


@pytest.mark.parametrize(
    ("raw", "zone", "confidence"),
    [
        ("2024-01-15T12:00:00Z", None, TimeConfidence.EXACT),
        ("2024-01-15T12:00:00", "Asia/Kolkata", TimeConfidence.ASSUMED_ZONE),
        ("2024-01-15T12:00:00", None, TimeConfidence.ASSUMED_ZONE),
        ("2024년 1월 15일 오후 9:00", None, TimeConfidence.ASSUMED_ZONE),
        ("2024-01-15", "Asia/Kolkata", TimeConfidence.DAY),
        ("15 January 2024", None, TimeConfidence.DAY),
    ],
)
def test_it_is_said_how_far_a_time_can_be_trusted(raw: str, zone: str | None, confidence: TimeConfidence) -> None:
    found = parse_date(raw, Publisher(time_zone=zone))
    assert found is not None
    assert found.confidence is confidence


def test_a_time_without_a_zone_is_the_publishers_wall_time() -> None:
    found = parse_date("2024-07-15 14:00", Publisher(time_zone="Europe/Berlin"))
    assert found is not None
    assert found.at == datetime(2024, 7, 15, 12, tzinfo=UTC)


def test_an_unknown_zone_of_the_source_is_no_reason_to_fail() -> None:
    assert parse_date("2024-01-15T12:00:00", Publisher(time_zone="Mars/Olympus")) == parse_date("2024-01-15T12:00:00")


moments = st.datetimes(
    datetime(1990, 1, 2),  # noqa: DTZ001 - Hypothesis wants naive bounds
    datetime(2090, 1, 1),  # noqa: DTZ001 - Hypothesis wants naive bounds
    timezones=st.just(UTC),
)
zones = st.sampled_from(
    [UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-9)), ZoneInfo("Europe/Berlin")]
)


@given(moments, zones)
def test_times_in_the_standard_forms_come_back(moment: datetime, zone: tzinfo) -> None:
    at = moment.replace(microsecond=0).astimezone(zone)
    compact = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    for raw in (at.isoformat(), at.isoformat(sep=" "), format_datetime(at), compact):
        found = parse_date(raw)
        assert found is not None, raw
        assert found.at == at
        assert found.confidence is TimeConfidence.EXACT


@tries(300)
@given(
    st.one_of(st.text(max_size=80), st.text(alphabet="0123456789-:/ TZ+.,JanMarPMgmt오후년월", max_size=40)),
    st.none() | st.text(max_size=12),
)
def test_no_text_ends_in_anything_but_a_time_or_none(raw: str, zone: str | None) -> None:
    found = parse_date(raw, Publisher(time_zone=zone))
    assert found is None or (found.at.tzinfo is not None and found.at.year >= 1990)


def test_of_the_times_that_other_readers_test_few_are_read_otherwise() -> None:
    rows = [json.loads(line) for line in shared("data", "feeds", "dates.jsonl").read_text().splitlines()]
    wrong = []
    for row in rows:
        found = parse_date(row["raw"], Publisher(time_zone=row.get("hint")))
        if (None if found is None else found.at.timestamp()) != row["want"]:
            wrong.append(row["raw"])
    # A year without its century is a guess that we do not make.
    assert wrong == ["-0312", "03335"]


@tries(500)
@given(
    st.from_regex(_RFC3339, fullmatch=True) | st.datetimes(timezones=st.timezones()).map(datetime.isoformat),
    st.sampled_from([None, "Asia/Kolkata", "Europe/London"]),
)
def test_the_short_way_for_the_commonest_form_ends_where_the_long_one_does(text: str, zone: str | None) -> None:
    short = _rfc3339(text)
    assert short is None or short == _iso(text, zone_named(zone))


@given(st.integers(700_000_000, 4_000_000_000), st.integers(-1439, 1439))
def test_the_commonest_form_goes_the_short_way(seconds: int, minutes: int) -> None:
    moment = datetime.fromtimestamp(seconds, timezone(timedelta(minutes=minutes)))
    short = _rfc3339(moment.isoformat())
    assert short is not None
    assert short.at == moment
