"""Settings in rows: references are filled in where they are used, and secrets are never shown."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from alerts.channels.registry import channel_settings
from alerts.channels.stored import given, live, plain, secrets_of, shown, shown_address
from core.errors import ConfigError

SECRET = "whsec_d2lyZXdhdGNoLXRlc3Qtc2VjcmV0LW9mLW91cnM="
URL = "https://chat.example:8443/services/T012/B034/aBcDeF"


def test_a_secret_is_hidden_and_a_reference_to_one_is_not() -> None:
    settings = {"url": URL, "secret": "${DESK_SECRET}", "timeout_seconds": 5.0}
    assert shown("webhook", settings) == {
        "url": "https://chat.example:8443/[secret]",
        "secret": "${DESK_SECRET}",
        "timeout_seconds": 5.0,
    }
    assert shown("webhook", {"secret": SECRET, "url_file": "hook.txt"}) == {
        "secret": "[secret]",
        "url_file": "hook.txt",
    }


@pytest.mark.parametrize(
    "value", ["https://${HOST}/x", "${A}${B}", "${A:-T0ken}", "T0ken", "https://[::1", "ftp://a/b"]
)
def test_what_is_no_plain_reference_is_hidden(value: str) -> None:
    assert shown("webhook", {"url": value}) == {"url": "[secret]"}


def test_of_an_unknown_kind_nothing_is_shown() -> None:
    assert shown("carrier-pigeon", {"loft": "north", "headers": {"X": "T0ken"}}) == {
        "loft": "[secret]",
        "headers": {"X": "[secret]"},
    }


def test_a_reference_is_filled_in_from_the_environment() -> None:
    made = live("desk", "webhook", {"url": "${HOOK}", "secret": SECRET}, {"HOOK": URL})
    assert getattr(made, "url").get_secret_value() == URL  # noqa: B009 - of its kind only
    assert made.name == "desk"


def test_every_problem_is_told_without_a_value() -> None:
    with pytest.raises(ConfigError) as caught:
        live("desk", "webhook", {"url": "${HOOK}", "secret": "T0ken", "timeout_secnds": 3}, {})
    assert caught.value.problems[0] == "url: the environment variable HOOK is not set"
    assert [problem.partition(":")[0] for problem in caught.value.problems] == ["url", "secret", "timeout_secnds"]
    assert 'did you mean "timeout_seconds"?' in caught.value.problems[2]
    assert "T0ken" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "settings", "told"),
    [
        ("webhok", {}, 'kind: unknown kind "webhok"'),
        ("webhook", {}, "exactly one of `url` and `url_file`"),
        ("webhook", {"url": "chat.example"}, "url: expected an http"),
    ],
)
def test_what_is_no_channel_is_told(kind: str, settings: dict[str, object], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        live("desk", kind, settings, {})
    (problem,) = caught.value.problems
    assert problem.startswith(told)


def test_texts_of_a_command_line_become_what_is_due() -> None:
    texts = {"url": "https://a.example/1", "timeout_seconds": "5", "secrt": "3"}
    assert given("webhook", texts) == {"url": "https://a.example/1", "timeout_seconds": 5, "secrt": "3"}
    assert given("carrier-pigeon", {"loft": "3"}) == {"loft": "3"}


def test_secrets_for_the_log_come_from_settings_and_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n", encoding="utf-8")
    raw = {"name": "desk", "kind": "webhook", "url": URL, "secret_file": "secret"}
    settings = channel_settings(raw)
    assert {URL, SECRET, "/services/T012/B034/aBcDeF"} <= secrets_of(settings, tmp_path)
    assert plain(settings) == {"url": URL, "secret_file": "secret"}
    assert SecretStr(URL) == getattr(settings, "url")  # noqa: B009 - of its kind only
    with pytest.raises(ConfigError, match="cannot read secret"):
        secrets_of(settings, tmp_path / "elsewhere")


def test_an_address_with_a_token_in_it_is_shown_without() -> None:
    hook = channel_settings({"name": "chat", "kind": "slack", "url": "https://hooks.example/s/b"})
    assert (
        shown_address(hook, secrets_of(hook, Path()), "https://hooks.example/s/b") == "https://hooks.example/[secret]"
    )
    bot = channel_settings({"name": "chat", "kind": "telegram", "token": "110201543:AAHdqTcvCH1", "chat_id": 5})
    asked = "https://api.telegram.org/bot110201543:AAHdqTcvCH1/sendMessage"
    assert shown_address(bot, secrets_of(bot, Path()), asked) == "https://api.telegram.org/bot[secret]/sendMessage"


def test_a_key_that_is_called_otherwise_inside_is_shown_and_given_as_it_is_written() -> None:
    texts = {"from": "wire@desk.example", "to": '["ann@desk.example"]', "servers": '["smtp://mail.example"]'}
    settings = live("mail", "email", given("email", texts), {})
    assert plain(settings) == {
        "from": "wire@desk.example",
        "to": ["ann@desk.example"],
        "servers": ["smtp://mail.example"],
    }
