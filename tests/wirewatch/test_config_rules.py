"""What is wrong with a rule is told before anything runs: its text, its channels, its times of day."""

from pathlib import Path

import pytest

from core.errors import ConfigError
from wirewatch.config import load
from wirewatch.config_rules import rule_drafts, rule_problems

CHANNEL = '[[channels]]\nname = "desk"\nkind = "webhook"\nurl = "https://chat.example/hook"\n'


def problems(folder: Path, settings: str, query: str = "arms") -> list[str]:
    path = folder / "wirewatch.toml"
    path.write_text(f'{CHANNEL}[[rules]]\nname = "r"\nquery = {query!r}\n{settings}\n', encoding="utf-8")
    return [str(problem) for problem in rule_problems(load(path, {}))]


def test_a_channel_that_is_not_there_is_named_with_the_one_that_was_meant(tmp_path: Path) -> None:
    assert problems(tmp_path, 'channels = ["desk", "dsk"]') == [
        "wirewatch.toml:8: rules[0].channels[1]: there is no channel 'dsk'; did you mean \"desk\"?"
    ]
    assert problems(tmp_path, 'channels = ["elsewhere"]') == [
        "wirewatch.toml:8: rules[0].channels[0]: there is no channel 'elsewhere'; there are desk"
    ]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            'quiet_hours = { start = "22:00", ende = "07:00", time_zone = "UTC" }',
            ["quiet_hours.end: missing", 'quiet_hours.ende: unknown key; did you mean "end"?'],
        ),
        (
            'quiet_hours = { start = "22:00", end = "7 am", time_zone = "UTC" }',
            ['quiet_hours.end: expected a time of day as "HH:MM"'],
        ),
        (
            'quiet_hours = { start = "22:00", end = "22:00", time_zone = "UTC" }',
            ["quiet_hours: start and end are the same: such quiet hours would never end"],
        ),
        (
            'quiet_hours = { start = 22, end = "07:00", time_zone = "Europe/Berln" }',
            [
                "quiet_hours.start: expected a time of day as HH:MM",
                'quiet_hours.time_zone: unknown time zone "Europe/Berln"; expected an IANA name such as Europe/Berlin',
            ],
        ),
        ('digest = { at = "08:00", time_zone = "UTC" }', ["digest.at: expected a list in [ ]"]),
        ('digest = { at = ["08:00"], zone = "UTC" }', ["digest.time_zone: missing", "digest.zone: unknown key"]),
    ],
)
def test_times_of_day_are_read_before_the_first_alert(tmp_path: Path, settings: str, told: list[str]) -> None:
    found = problems(tmp_path, settings)
    assert len(found) == len(told)
    for line, expected in zip(sorted(found), sorted(told), strict=True):
        assert line.startswith(f"wirewatch.toml:8: rules[0].{expected}")


def test_a_rule_that_is_right_has_no_problem(tmp_path: Path) -> None:
    settings = (
        'channels = ["desk"]\n'
        'quiet_hours = { start = 22:00:00, end = "07:00", time_zone = "Europe/Berlin", days = ["sat", "sun"] }\n'
        'digest = { at = ["08:00"], time_zone = "UTC" }'
    )
    assert problems(tmp_path, settings) == []


def test_the_problems_of_text_channels_and_times_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "wirewatch.toml"
    text = '[[rules]]\nname = "r"\nquery = "arms AND ("\nchannels = ["desk"]\ndigest = { at = [] }\n'
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        rule_drafts(load(path, {}))
    told = "\n".join(caught.value.problems)
    for part in ("rules[0].query", "rules[0].channels[0]: there is no channel 'desk'", "rules[0].digest.at"):
        assert part in told
