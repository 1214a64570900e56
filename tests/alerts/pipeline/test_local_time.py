from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from alerts.pipeline.local_time import last_time, next_time, next_times, quiet_until
from core.model.rule_tables import read_table
from core.model.sending import Digest, QuietHours, Weekday

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(start=time(22), end=time(7), time_zone="Europe/Berlin")


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN).astimezone(UTC)  # type: ignore[arg-type, misc] # year to minute


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (berlin(2026, 3, 2, 21, 59), None),
        (berlin(2026, 3, 2, 22, 0), berlin(2026, 3, 3, 7, 0)),
        (berlin(2026, 3, 3, 6, 59), berlin(2026, 3, 3, 7, 0)),
        (berlin(2026, 3, 3, 7, 0), None),
        # The night the clocks go forward is an hour shorter, the one they go back an hour longer.
        (berlin(2026, 3, 28, 23, 0), berlin(2026, 3, 29, 7, 0)),
        (berlin(2026, 10, 24, 23, 0), berlin(2026, 10, 25, 7, 0)),
    ],
)
def test_quiet_hours_run_past_midnight_and_over_clock_changes(now: datetime, until: datetime | None) -> None:
    assert quiet_until(NIGHT, now) == until


def test_quiet_hours_that_end_in_the_hour_that_happens_twice_end_with_its_second_passing() -> None:
    hours = QuietHours(start=time(22), end=time(2, 30), time_zone="Europe/Berlin")
    assert quiet_until(hours, datetime(2026, 10, 24, 22, 0, tzinfo=UTC)) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_quiet_hours_that_begin_in_the_skipped_hour_begin_after_it() -> None:
    hours = QuietHours(start=time(2, 30), end=time(5), time_zone="Europe/Berlin")
    assert quiet_until(hours, datetime(2026, 3, 29, 1, 29, tzinfo=UTC)) is None
    assert quiet_until(hours, datetime(2026, 3, 29, 1, 30, tzinfo=UTC)) == datetime(2026, 3, 29, 3, 0, tzinfo=UTC)


def test_windows_that_touch_are_one() -> None:
    weekend = QuietHours(start=time(0), end=time(23, 59), time_zone="UTC", days=(Weekday.SAT,))
    assert quiet_until(weekend, datetime(2026, 3, 7, 12, tzinfo=UTC)) == datetime(2026, 3, 7, 23, 59, tzinfo=UTC)
    assert quiet_until(weekend, datetime(2026, 3, 8, 12, tzinfo=UTC)) is None


def test_a_digest_goes_out_at_its_next_local_time() -> None:
    digest = Digest(at=(time(8), time(18)), time_zone="Asia/Kolkata")
    assert next_time(digest, datetime(2026, 3, 2, 2, 0, tzinfo=UTC)) == datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
    assert next_time(digest, datetime(2026, 3, 2, 2, 30, tzinfo=UTC)) == datetime(2026, 3, 2, 12, 30, tzinfo=UTC)


def test_a_weekly_digest_waits_for_its_day() -> None:
    digest = Digest(at=(time(8),), time_zone="UTC", days=(Weekday.MON,))
    assert next_time(digest, datetime(2026, 3, 2, 8, 0, tzinfo=UTC)) == datetime(2026, 3, 9, 8, 0, tzinfo=UTC)


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"]),
)
def test_a_digest_time_is_always_ahead_and_within_two_days(now: datetime, at: time, zone: str) -> None:
    moment = next_time(Digest(at=(at,), time_zone=zone), now)
    assert now < moment <= now + timedelta(hours=49)


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive
    st.integers(0, 1439),
    st.integers(1, 1439),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
)
def test_quiet_hours_always_end_and_are_over_when_they_say(now: datetime, start: int, length: int, zone: str) -> None:
    end = (start + length) % 1440
    hours = QuietHours(start=time(*divmod(start, 60)), end=time(*divmod(end, 60)), time_zone=zone)
    until = quiet_until(hours, now)
    if until is not None:
        assert now < until
        assert quiet_until(hours, until) is None or length > 1380  # the hour that happens twice may close the gap


def test_settings_refuse_what_cannot_be_meant() -> None:
    with pytest.raises(ValidationError, match="would never end"):
        read_table("quiet_hours", {"start": "08:00", "end": "08:00", "time_zone": "UTC"})
    with pytest.raises(ValidationError, match='unknown time zone "Berlin"'):
        read_table("quiet_hours", {"start": "08:00", "end": "09:00", "time_zone": "Berlin"})
    with pytest.raises(ValidationError, match="HH:MM"):
        read_table("digest", {"at": ["08:00:01"], "time_zone": "UTC"})


# --- digests by cron


def cron(expression: str, zone: str = "Europe/Berlin") -> Digest:
    return Digest(cron=expression, time_zone=zone)


def test_a_cron_expression_names_local_times_of_chosen_days() -> None:
    digest = cron("30 8,17 * * mon-fri")
    friday = datetime(2026, 3, 6, 16, 30, tzinfo=UTC)  # 17:30 in Berlin, which is past
    assert [f"{moment:%a %H:%M %z}" for moment in next_times(digest, friday, 3)] == [
        "Mon 08:30 +0100",
        "Mon 17:30 +0100",
        "Tue 08:30 +0100",
    ]
    assert last_time(digest, friday) == datetime(2026, 3, 6, 7, 30, tzinfo=UTC)


def test_a_time_that_clocks_skip_comes_right_after_and_one_that_comes_twice_comes_once() -> None:
    digest = cron("30 2 * * *")
    spring, autumn = datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert [f"{moment:%d %H:%M %z}" for moment in next_times(digest, spring, 2)] == ["29 03:00 +0200", "30 02:30 +0200"]
    days = [moment.day for moment in next_times(digest, autumn, 3)]
    assert days == [25, 26, 27]


@given(
    st.integers(0, 2 * 365 * 24 * 60),
    st.sampled_from(["0 8 * * *", "*/30 * * * *", "30 2 * * sun"]),
)
def test_digest_times_only_go_on(minutes: int, expression: str) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    for digest in (cron(expression), Digest(at=(time(2, 30), time(8)), time_zone="Europe/Berlin")):
        after = next_time(digest, now)
        assert after > now
        assert last_time(digest, after + timedelta(milliseconds=1)) == after
        assert last_time(digest, now) < now
