"""The form of a rule's settings: what is filled in is what the rule gets, and what is wrong is said at its field."""

from datetime import time

import pytest

from core.model.metric_rule import Flatline, Frequency, NewTerm
from core.model.outcome import Priority
from core.model.rule import RuleSettings
from core.model.sending import Digest, QuietHours, Throttle
from tests.wirewatch.config.test_one_rule import WHOLE
from wirewatch.console.rule_fields import fields_of, read_fields


@pytest.mark.parametrize(
    "settings",
    [
        RuleSettings(),
        WHOLE,
        RuleSettings(standing=Flatline(window_seconds=3600.0, source="The Times, London")),
        RuleSettings(standing=NewTerm(window_seconds=86400.0)),
        RuleSettings(standing=Frequency(stories=3, window_seconds=90.5), group_interval_seconds=0.0),
        RuleSettings(digest=Digest(cron="0 8,17 * * mon-fri", time_zone="UTC")),
    ],
)
def test_the_form_of_settings_reads_as_the_same_settings(settings: RuleSettings) -> None:
    read = read_fields(fields_of(settings))
    assert read.problems == {}
    assert read.settings == settings


def test_an_empty_form_is_a_rule_with_the_usual_settings() -> None:
    assert read_fields({}).settings == RuleSettings()


def test_what_people_type_is_read() -> None:
    read = read_fields(
        {
            "channels": "desk\nops, europe",
            "priority": "flash",
            "throttle.max": "3",
            "throttle.per_seconds": "1h",
            "quiet_hours.start": "22:00",
            "quiet_hours.end": "07:00",
            "quiet_hours.time_zone": "Europe/Berlin",
            "escalate": "10m: boss, chief: flash\n1h: all",
        }
    )
    assert read.settings is not None
    assert read.settings.channels == ("desk", "ops, europe")
    assert read.settings.priority is Priority.FLASH
    assert read.settings.throttle == Throttle(3, 3600.0)
    assert read.settings.quiet_hours == QuietHours(start=time(22), end=time(7), time_zone="Europe/Berlin")
    steps = read.settings.escalate or ()
    assert [(step.after_seconds, step.channels, step.priorities) for step in steps] == [
        (600.0, ("boss", "chief"), (Priority.FLASH,)),
        (3600.0, ("all",), ()),
    ]


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"group_wait_seconds": "soon"}, "group_wait_seconds", "expected a span of time"),
        ({"throttle.max": "many", "throttle.per_seconds": "1h"}, "throttle.max", "expected a whole number"),
        ({"throttle.max": "3"}, "throttle.per_seconds", "missing"),
        ({"quiet_hours.start": "22:00", "quiet_hours.end": "7"}, "quiet_hours.end", "expected a time of day"),
        (
            {"quiet_hours.start": "22:00", "quiet_hours.end": "07:00", "quiet_hours.time_zone": "Berlin"},
            "quiet_hours.time_zone",
            "unknown time zone",
        ),
        ({"digest.at": "08:00", "digest.cron": "0 8 * * *", "digest.time_zone": "UTC"}, "digest.at", "exactly one"),
        ({"escalate": "boss"}, "escalate", "expected a span of time, a colon and channels"),
        ({"escalate": "1h: a\n10m: b"}, "escalate", "the steps follow each other"),
        ({"standing.kind": "spike"}, "standing.window_seconds", "missing"),
        ({"spread_outlets": "5, many"}, "spread_outlets", "expected whole numbers"),
        ({"since": "yesterday"}, "since", "expected a time with its offset"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(fields: dict[str, str], field: str, message: str) -> None:
    read = read_fields(fields)
    assert read.settings is None
    assert message in read.problems[field]
