"""Routes in files: read, refused with place and fix, and what is probably not meant."""

from pathlib import Path

import pytest

from core.model.outcome import Priority
from core.model.route import Route
from wirewatch.config.loading import Config, examine
from wirewatch.config.other_channels import other_channel_problems
from wirewatch.config.routes import route_warnings

HEAD = """
[[channels]]
name = "desk"
kind = "webhook"
url = "https://c.example/h"
[[rules]]
name = "energy-gas"
query = "gas"
tags = ["energy"]
"""


def read(folder: Path, text: str) -> tuple[Config, list[str]]:
    (folder / "wirewatch.toml").write_text(HEAD + text, encoding="utf-8")
    config, problems = examine(folder / "wirewatch.toml", {})
    assert config is not None
    return config, [str(problem) for problem in [*problems, *other_channel_problems(config, ())]]


def test_values_and_lists_and_routes_within_routes_are_read(tmp_path: Path) -> None:
    text = """
[[routes]]
tag = "energy"
priority = ["flash", "normal"]
channels = "desk"
continue = true
[[routes.routes]]
country = "kr"
lang = ["EN", "ko"]
channels = []
[[routes.routes]]
words = "gas pipeline"
"""
    config, problems = read(tmp_path, text)
    assert problems == []
    nobody = Route(country=("KR",), lang=("en", "ko"), channels=())
    assert config.routes == (
        Route(
            tag=("energy",),
            priority=(Priority.FLASH, Priority.NORMAL),
            channels=("desk",),
            go_on=True,
            routes=(nobody, Route(words=("gas pipeline",))),
        ),
    )
    assert list(route_warnings(config)) == []


def test_routes_of_included_files_come_after_those_of_the_main_file(tmp_path: Path) -> None:
    (tmp_path / "more.toml").write_text('[[routes]]\nchannels = ["desk"]\n', encoding="utf-8")
    (tmp_path / "wirewatch.toml").write_text(
        'include = ["more.toml"]\n' + HEAD + '[[routes]]\ntag = "energy"\n', encoding="utf-8"
    )
    config, problems = examine(tmp_path / "wirewatch.toml", {})
    assert config is not None
    assert problems == []
    assert [route.tag for route in config.routes] == [("energy",), ()]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[[routes]]\nchanels = ["desk"]\n', 'wirewatch.toml:11: routes[0].chanels: unknown key; did you mean "channels"?'),
        ("[[routes]]\ncontinu = true\n", 'wirewatch.toml:11: routes[0].continu: unknown key; did you mean "continue"?'),
        ('[[routes]]\ncontinue = "yes"\n', "wirewatch.toml:11: routes[0].continue: expected true or false, got text; write true, without quotes"),
        ('[[routes]]\npriority = "urgent"\n', "wirewatch.toml:11: routes[0].priority[0]: expected one of flash, normal, low"),
        ('[[routes]]\ntag = "energy"\n[[routes.routes]]\nchannels = ["dsk"]\n', "wirewatch.toml:13: routes[0].routes[0].channels[0]: there is no channel 'dsk'; did you mean \"desk\"?"),
        ('[[routes]]\nteam = "sport"\nchannels = ["desk"]\n', "wirewatch.toml:12: routes[0].channels[0]: there is no channel 'desk' in the team 'sport'"),
        ('[routes]\nchannels = ["desk"]\n', "wirewatch.toml:10: routes: each of the routes is one of a list: write [[routes]], with two brackets"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place_and_what_was_meant(tmp_path: Path, text: str, problem: str) -> None:
    _, problems = read(tmp_path, text)
    assert problem in problems


def test_routes_too_deep_are_refused(tmp_path: Path) -> None:
    text = "".join(f"[[{'.'.join(['routes'] * depth)}]]\n" for depth in range(1, 10)) + 'channels = ["desk"]\n'
    _, problems = read(tmp_path, text)
    assert any("at most 8 deep" in problem for problem in problems)


def test_routes_that_nothing_reaches_and_rules_that_reach_nobody_are_warned_of(tmp_path: Path) -> None:
    text = """
[[rules]]
name = "lost"
query = "lost"
[[routes]]
tag = "energi"
channels = ["desk"]
[[routes]]
rule = "energy-*"
channels = ["desk"]
[[routes]]
rule = "energy-gas"
channels = ["desk"]
"""
    config, problems = read(tmp_path, text)
    assert problems == []
    assert [str(warning) for warning in route_warnings(config)] == [
        "wirewatch.toml:15: routes[0].tag: no rule has the tag 'energi'; did you mean \"energy\"?",
        "wirewatch.toml:20: routes[2]: it is never reached: route 2 before it takes all that it would, and has no `continue`",
        "wirewatch.toml:11: rules[1].channels: rule 'lost' names no channel, and no route leads to one: its alerts are sent to nobody",
    ]


def test_a_route_to_a_channel_that_the_rules_team_lacks_is_warned_of(tmp_path: Path) -> None:
    config, problems = read(
        tmp_path, '[[rules]]\nname = "goals"\nteam = "sport"\nquery = "goal"\n[[routes]]\nchannels = ["desk"]\n'
    )
    assert problems == []
    [warning] = map(str, route_warnings(config))
    assert "route 1 (any alert) leads to 'desk', which the team 'sport' does not have" in warning


def test_fall_backs_that_are_not_there_or_lead_in_a_circle_are_refused(tmp_path: Path) -> None:
    def channel(name: str, fallback: str) -> str:
        return f'[[channels]]\nname = "{name}"\nkind = "webhook"\nurl = "https://c.example/{name}"\nfallback = "{fallback}"\n'

    _, problems = read(tmp_path, channel("a", "b") + channel("b", "a") + channel("c", "dsk") + channel("d", "d"))
    assert [problem for problem in problems if "fallback" in problem] == [
        "wirewatch.toml:14: channels[1].fallback: the fall-backs lead in a circle: a > b > a",
        "wirewatch.toml:19: channels[2].fallback: the fall-backs lead in a circle: b > a > b",
        "wirewatch.toml:29: channels[4].fallback: the fall-backs lead in a circle: d > d",
        "wirewatch.toml:24: channels[3].fallback: there is no channel 'dsk'; did you mean \"desk\"?",
    ]
