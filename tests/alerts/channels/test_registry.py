import pytest

from alerts.channels.registry import KINDS, channel_settings
from alerts.channels.settings import ChannelSettings
from core.environment_text import EnvironmentText
from core.errors import ConfigError

GOOD: dict[str, object] = {"name": "desk", "kind": "webhook", "url": "https://chat.example/hook"}


def problems_of(**changes: object) -> list[str]:
    raw = {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    with pytest.raises(ConfigError) as caught:
        channel_settings(raw, where="channels[0]")
    return list(caught.value.problems)


def test_a_mistyped_kind_gets_the_nearest_name() -> None:
    assert problems_of(kind="webhok") == [
        f'channels[0].kind: unknown kind "webhok"; expected one of {", ".join(KINDS)}; did you mean "webhook"?'
    ]
    assert problems_of(kind=None) == [f"channels[0].kind: missing; expected one of {', '.join(KINDS)}"]


def test_an_unknown_key_gets_the_nearest_name() -> None:
    assert problems_of(secrte="x") == ['channels[0].secrte: unknown key; did you mean "secret"?']


def test_all_problems_come_at_once() -> None:
    problems = problems_of(timeout_seconds=0, url="ftp://x.example", colour="red")
    assert [problem.split(":")[0] for problem in problems] == [
        "channels[0].timeout_seconds",
        "channels[0].url",
        "channels[0].colour",
    ]


@pytest.mark.parametrize(
    "url",
    [
        "https:///hook",
        "chat.example/hook",
        "ftp://x.example",
        "https://user:pass@x.example/",
        "http://[x/",
        "https://h:x/",
    ],
)
def test_a_url_that_cannot_be_posted_to_is_refused_without_being_shown(url: str) -> None:
    (problem,) = problems_of(url=url)
    assert url not in problem


def test_a_channel_needs_its_url_once() -> None:
    assert "exactly one of `url` and `url_file`" in problems_of(url=None)[0]
    assert "exactly one of `url` and `url_file`" in problems_of(url_file="x")[0]
    assert "only one of `secret` and `secret_file`" in problems_of(secret="YWFh" * 8, secret_file="x")[0]


def test_what_does_not_go_together_is_told_beside_what_is_wrong_by_itself() -> None:
    problems = problems_of(
        timeout_seconds=0, url_file="x", secret="YWFh" * 8, secret_file="y", template="a", template_file="b"
    )
    assert problems == [
        "channels[0].timeout_seconds: should be greater than 0",
        "channels[0]: only one of `template` and `template_file` may be set",
        "channels[0]: exactly one of `url` and `url_file` is needed",
        "channels[0]: only one of `secret` and `secret_file` may be set",
    ]


def test_a_misspelt_key_is_not_called_missing_as_well() -> None:
    assert problems_of(url=None, urll="https://chat.example/hook") == [
        'channels[0].urll: unknown key; did you mean "url"?'
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"timeout_seconds": "5"}, "channels[0].timeout_seconds: expected a number"),
        ({"timeout_seconds": True}, "channels[0].timeout_seconds: expected a number"),
        ({"max_per_hour": "5"}, "channels[0].max_per_hour: expected a whole number"),
        ({"max_per_hour": True}, "channels[0].max_per_hour: expected a whole number"),
        ({"max_per_hour": 5.5}, "channels[0].max_per_hour: expected a whole number"),
        ({"cap_flash": "yes"}, "channels[0].cap_flash: expected true or false"),
        ({"cap_flash": 1}, "channels[0].cap_flash: expected true or false"),
        ({"name": 5}, "channels[0].name: expected text in quotes"),
    ],
)
def test_text_is_no_number_and_a_number_no_truth_value(change: dict[str, object], expected: str) -> None:
    assert problems_of(**change) == [expected]


def test_a_value_of_the_environment_is_what_its_setting_is() -> None:
    settings = channel_settings({**GOOD, "timeout_seconds": EnvironmentText("5"), "cap_flash": EnvironmentText("true")})
    assert (settings.timeout_seconds, settings.cap_flash) == (5, True)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_settings_under_its_name(kind: str) -> None:
    assert set(ChannelSettings.model_fields) <= set(KINDS[kind].settings.model_fields)
    (problem,) = [one for one in problems_of(kind=kind, colour="red") if "colour" in one]
    assert "unknown key" in problem
