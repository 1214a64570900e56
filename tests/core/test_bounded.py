"""Numbers and times from outside: whatever stands there, they are within bounds or None."""

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import bounded

ODD = ["", " ", "²", "٣", "१२", "-1", "+1", "1.5", "1e9", "nan", "0x10", "1_000", "½", "\ud800", "1\x00"]


@pytest.mark.parametrize("text", [*ODD, None])
def test_what_is_no_plain_number_is_none(text: str | None) -> None:
    assert bounded.whole(text, 100) is None


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), (" 17 ", 17), ("007", 7), ("100", 100), ("101", 100), ("9" * 5000, 100)]
)
def test_a_number_is_cut_at_its_bound(text: str, number: int) -> None:
    assert bounded.whole(text, 100) == number
    assert bounded.whole("0" * 5000 + "5", 100) == 5


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (None, None), (True, None), ("²", None), ("٣", None), ("-1", None), ("nan", None), ("1" * 5000, None), ([], None),
        (-1, None), (math.nan, None), (-math.inf, None), (-(10**400), None),
        (math.inf, 100.0), ("inf", 100.0), (1e308, 100.0), (10**400, 100.0), ("1e999", 100.0), ("100", 100.0),
        (1.5, 1.5), (" 1.5 ", 1.5),
    ],
)  # fmt: skip
def test_an_amount_is_finite_and_bounded(value: object, number: float | None) -> None:
    assert bounded.amount(value, 100.0) == number


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Mon, 01 Jan 2024 00:00:00 +99999999999999",
        "Mon, 01 Jan 2024 00:00:00 -99999999",
        "Mon, 01 Jan 0999 00:00:00 GMT",
        "Mon, 01 Jan 9999 23:59:59 -1200",
        "Mon, 99999999999 Jan 2024 00:00:00 GMT",
        "Mon, 01 Jan 2024 9999999999:00:00 GMT",
        "Mon, 01 Jan ² 00:00:00 GMT",
        "Mon, 01 Jan 2024 ²:00 GMT",
        "1" * 5000,
        *ODD,
    ],
)
def test_a_header_s_date_that_cannot_be_is_none(text: str) -> None:
    assert bounded.http_date(text) is None


def test_a_header_s_date_is_an_instant() -> None:
    assert bounded.http_date("Mon, 01 Jan 2024 02:00:00 +0200") == datetime(2024, 1, 1, tzinfo=UTC)
    assert bounded.http_date("Mon, 01 Jan 2024 02:00:00") == datetime(2024, 1, 1, 2, tzinfo=UTC)


@given(st.tuples(*[st.integers()] * 6) | st.tuples(*[st.integers(-1, 9999)] * 6))
def test_no_numbers_are_too_odd_for_a_wall(numbers: tuple[int, int, int, int, int, int]) -> None:
    found = bounded.wall_time(*numbers)
    assert found is None or bounded.FIRST_YEAR <= found.year <= bounded.LAST_YEAR


@given(st.floats() | st.integers())
def test_any_number_is_an_instant_or_none(number: float) -> None:
    for found in (bounded.unix_time(number), bounded.offset(number)):
        assert found is None or isinstance(found, datetime | type(UTC))


WORDS = st.sampled_from(
    ["Mon,", "01", "Jan", "2024", "00:00:00", "GMT", "+0000", "-9999", "²", "T", "99999999999", ":", "(", ")", "é"]
)


@given(st.lists(WORDS | st.text(max_size=12), max_size=9).map(" ".join) | st.text())
def test_any_text_is_a_time_within_bounds_or_none(text: str) -> None:
    for found in (bounded.http_date(text), bounded.rfc3339(text)):
        if found is not None:
            assert bounded.FIRST_YEAR - 1 <= found.astimezone(UTC).year <= bounded.LAST_YEAR + 1
    bounded.mail_time(text)
    bounded.whole(text, 10)
    bounded.amount(text, 10)
