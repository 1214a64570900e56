"""What is published of the webhook is valid by its own standards, and says all that the code can send."""

import warnings
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from jsonschema import Draft202012Validator

from alerts.channels.message import Links, Message, message_of
from alerts.channels.published import ASYNCAPI, SCHEMA, published
from alerts.channels.webhook import webhook_body
from core.model.alert_state import AlertState
from core.model.outcome import AlertStatus, Event, Priority, Reason
from tests.alerts.channels.message_shapes import shapes
from tests.alerts.making import NOW, notification

ROOT = Path(__file__).resolve().parents[3]
SHAPES = shapes()
SCHEMA_OF_BODY: Any = orjson.loads(published(SCHEMA))
VALIDATOR = Draft202012Validator(SCHEMA_OF_BODY, format_checker=Draft202012Validator.FORMAT_CHECKER)


def body_of(message: Message) -> Any:
    body = webhook_body(message, attempt=1)
    assert len(body) <= 20_000
    return orjson.loads(body)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_a_message_follows_the_schema(shape: str) -> None:
    VALIDATOR.validate(body_of(SHAPES[shape]))


@pytest.mark.parametrize("status", AlertStatus)
def test_states_links_and_reasons_are_told_and_follow_the_schema(status: AlertStatus) -> None:
    state = AlertState(status=status, by="Ann", at=NOW, comment="mine", until=NOW + timedelta(hours=1))
    links = Links(alert="https://w.example/a", acknowledge="https://w.example/k", why="https://w.example/y")
    message = replace(message_of(notification(), state=state), links=links, because="it is spreading")
    for reason in Reason:
        body = body_of(replace(message, reason=reason))
        VALIDATOR.validate(body)
        assert body["because"] == "it is spreading"
        assert body["links"] == {"alert": links.alert, "acknowledge": links.acknowledge, "why": links.why}
        assert body["state"]["status"] == status
        assert body["state"]["until"] == "2026-03-02T10:00:00Z"


def test_what_a_digest_held_back_is_told_and_follows_the_schema() -> None:
    body = body_of(replace(SHAPES["digest"], held_back="3 stories were silenced"))
    VALIDATOR.validate(body)
    assert body["held_back"] == "3 stories were silenced"
    assert "held_back" not in body_of(SHAPES["digest"])


def test_no_member_is_sent_that_the_schema_does_not_name() -> None:
    for message in SHAPES.values():
        body = body_of(message)
        assert set(body) <= set(SCHEMA_OF_BODY["properties"])
        assert set(body["story"]) <= set(SCHEMA_OF_BODY["$defs"]["story"]["properties"])


def test_the_schema_names_what_the_code_has_and_no_more() -> None:
    properties, defs = SCHEMA_OF_BODY["properties"], SCHEMA_OF_BODY["$defs"]
    assert set(properties["reason"]["enum"]) == set(Reason)
    assert set(properties["event"]["enum"]) == set(Event)
    assert set(properties["rule"]["properties"]["priority"]["enum"]) == set(Priority)
    assert set(defs["state"]["properties"]["status"]["enum"]) == set(AlertStatus)
    assert set(defs["links"]["properties"]) == set(Links.__slots__)


def test_the_asyncapi_document_is_one_by_the_specification() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the models' names shadow some of their library's
        from asyncapi3.models import AsyncAPI3  # noqa: PLC0415 - the warnings are its import's
    document = yaml.safe_load(published(ASYNCAPI))
    AsyncAPI3.model_validate(document)
    found = list(references(document))
    assert len(found) > 5
    for reference in found:
        if reference == SCHEMA:
            continue
        here = document
        for part in reference.removeprefix("#/").split("/"):
            here = here[part]


def references(node: Any) -> Any:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for inner in node.values():
            yield from references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from references(inner)


def test_the_documentation_has_both_as_they_are_published() -> None:
    for name in (SCHEMA, ASYNCAPI):
        assert (ROOT / "docs" / name).read_text(encoding="utf-8") == published(name)
