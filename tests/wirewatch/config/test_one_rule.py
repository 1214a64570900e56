"""The settings of a rule that somebody types or sends: read as a file's, and written so that they read as the same."""

from datetime import UTC, datetime, time
from typing import Any

import pytest

from core.model.escalation import EscalationStep
from core.model.metric_rule import Flatline, Spike
from core.model.outcome import Priority
from core.model.rule import RuleSettings
from core.model.sending import Cooldown, Digest, QuietHours, Throttle, Weekday
from wirewatch.config.one_rule import SettingProblem, read_settings, written_settings

WHOLE = RuleSettings(
    channels=("desk", "ops"),
    priority=Priority.FLASH,
    group_wait_seconds=1.5,
    group_interval_seconds=60.0,
    throttle=Throttle(max=3, per_seconds=3600.0),
    quiet_hours=QuietHours(start=time(22), end=time(7), time_zone="Asia/Seoul", days=(Weekday.SAT,)),
    digest=Digest(at=(time(8), time(18, 30)), time_zone="UTC"),
    escalate=(EscalationStep(after_seconds=600.0, channels=("boss",), priorities=(Priority.FLASH,)),),
    cooldown=Cooldown(first_seconds=60.0),
    inhibits=("noise-*",),
    spread_outlets=(5, 20),
    template="{{ title }}",
    since=datetime(2026, 3, 2, 8, tzinfo=UTC),
    standing=Spike(window_seconds=3600.0, factor=2.0),
    tags=("asia",),
)


@pytest.mark.parametrize(
    "settings", [RuleSettings(), WHOLE, RuleSettings(standing=Flatline(window_seconds=3600.0, source="The Times"))]
)
def test_settings_that_are_written_read_as_the_same(settings: RuleSettings) -> None:
    assert read_settings(written_settings(settings)) == (settings, ())


def test_what_is_as_by_default_is_not_written() -> None:
    assert written_settings(RuleSettings(channels=("desk",))) == {"channels": ["desk"]}


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({"chanels": ["desk"]}, SettingProblem("chanels", 'unknown key; did you mean "channels"?')),
        ({"query": "arms"}, SettingProblem("query", "unknown key")),
        (
            {"since": "yesterday"},
            SettingProblem("since", "expected a time with its offset, such as 2026-03-02T08:00:00Z"),
        ),
        (
            {"quiet_hours": {"start": "25:00", "end": "07:00", "time_zone": "UTC"}},
            SettingProblem("quiet_hours.start", 'expected a time of day such as "22:00"'),
        ),
        ({"escalate": [{"after_seconds": 5}]}, SettingProblem("escalate[0].channels", "missing")),
    ],
)
def test_what_is_wrong_is_said_with_its_place(table: dict[str, Any], problem: SettingProblem) -> None:
    assert read_settings(table) == (None, (problem,))


def test_every_problem_is_said_at_once() -> None:
    _, problems = read_settings({"throttle": {"max": 0, "per_seconds": 1}, "priority": "high", "since": "x"})
    assert {problem.path for problem in problems} == {"throttle.max", "priority", "since"}


def test_a_template_that_cannot_be_read_is_refused() -> None:
    _, (problem,) = read_settings({"template": "{{ title"})
    assert problem.path == "template"
