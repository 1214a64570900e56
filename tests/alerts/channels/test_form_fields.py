"""Forms of channels are made of the settings of their kinds."""

from typing import Any

import pytest

from alerts.channels.form_fields import Shape, fields_of, shown_text, typed
from alerts.channels.registry import KINDS


def by_key(kind: str) -> dict[str, Any]:
    return {field.key: field for field in fields_of(kind)}


@pytest.mark.parametrize("kind", KINDS)
def test_every_setting_of_every_kind_has_a_field_but_those_that_name_files(kind: str) -> None:
    model = KINDS[kind].settings
    keys = {field.alias or name for name, field in model.model_fields.items()} - {"name", "kind"}
    expected = {key for key in keys if not key.endswith(("_file", "_files"))}
    assert set(by_key(kind)) == expected - (set() if KINDS[kind].worded else {"template"})


@pytest.mark.parametrize("kind", KINDS)
def test_every_secret_is_typed_as_one(kind: str) -> None:
    for name, field in KINDS[kind].settings.model_fields.items():
        if "SecretStr" in str(field.annotation):
            assert by_key(kind)[field.alias or name].secret


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_says_what_it_means(kind: str) -> None:
    assert [field.key for field in fields_of(kind) if not field.meaning] == []


def test_shapes_and_choices_are_those_of_the_settings() -> None:
    email, webhook = by_key("email"), by_key("webhook")
    assert (email["to"].shape, email["to"].needed) == (Shape.LIST, True)
    assert (email["starttls"].shape, email["starttls"].choices) == (
        Shape.CHOICE,
        ("required", "opportunistic", "off"),
    )
    assert email["timeout_seconds"].default == 30
    assert webhook["headers"].shape is Shape.SECRET_TABLE
    assert webhook["mentions"].choices == ("flash", "normal", "low")
    assert (webhook["cap_flash"].shape, webhook["max_per_hour"].shape) == (Shape.TRUTH, Shape.WHOLE)
    assert by_key("telegram")["chat_id"].shape is Shape.TEXT


def test_what_cannot_be_left_out_comes_first_and_what_few_change_last() -> None:
    fields = fields_of("email")
    assert [field.key for field in fields[:3]] == ["to", "from", "servers"]
    assert [field.advanced for field in fields] == sorted(field.advanced for field in fields)


def test_what_is_typed_becomes_settings_and_back() -> None:
    fields = fields_of("email")
    texts = {
        "to": "ann@desk.example\n bob@desk.example \n",
        "from": " wire@desk.example ",
        "timeout_seconds": "20",
        "cap_flash": "true",
        "mentions": "flash = <!channel>",
        "password": "",
        "username": "",
        "max_per_hour": "many",
    }
    settings, emptied = typed(fields, texts)
    assert settings == {
        "to": ["ann@desk.example", "bob@desk.example"],
        "from": "wire@desk.example",
        "timeout_seconds": 20,
        "cap_flash": True,
        "mentions": {"flash": "<!channel>"},
        "max_per_hour": "many",
    }
    assert emptied == {"username"}
    shown = {field.key: shown_text(field, settings.get(field.key)) for field in fields}
    assert shown["to"] == "ann@desk.example\nbob@desk.example"
    assert (shown["cap_flash"], shown["mentions"], shown["password"]) == ("true", "flash = <!channel>", "")
