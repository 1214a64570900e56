import pytest

from alerts.channels.registry import KINDS, channel_settings
from alerts.channels.settings import ChannelSettings
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


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_settings_under_its_name(kind: str) -> None:
    assert set(ChannelSettings.model_fields) <= set(KINDS[kind].settings.model_fields)
    (problem,) = [one for one in problems_of(kind=kind, colour="red") if "colour" in one]
    assert "unknown key" in problem
