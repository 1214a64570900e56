"""The OpenAPI document, the page that people read, and the codes of problems: made from the table of operations."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from jsonschema import Draft202012Validator

from tests.wirewatch.statuspage import StatusPage, status_page
from wirewatch import session_cookie
from wirewatch.api.examples import example_of
from wirewatch.api.handbook import handbook
from wirewatch.api.openapi import TAGS, document, parameters_of, plain_path, tag_of
from wirewatch.api.problem_codes import CODES
from wirewatch.api.published import COOKIE
from wirewatch.api.table import OPERATIONS
from wirewatch.usecases.refusals import Refused

DOCUMENT = document(OPERATIONS, cookie=COOKIE)
SCHEMAS = DOCUMENT["components"]["schemas"]


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    async with status_page(tmp_path) as opened:
        yield opened


def operations() -> Iterator[tuple[str, str, Any]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, op in methods.items():
            yield method, path, op


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_the_document_is_whole() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    assert set(references(DOCUMENT)) <= {f"#/components/schemas/{name}" for name in SCHEMAS}
    for name, schema in SCHEMAS.items():
        Draft202012Validator.check_schema(schema)
        assert "__" not in name, "two models of one name: give one of them another"
    ids = [op["operationId"] for _, _, op in operations()]
    assert len(ids) == len(set(ids)) == len(OPERATIONS)


def test_the_cookie_of_a_session_is_told_with_and_without_tls() -> None:
    session = DOCUMENT["components"]["securitySchemes"]["session"]
    assert session["name"] == session_cookie.NAME
    assert f"`{session_cookie.HOST_NAME}`" in session["description"]


def test_every_constraint_is_one_of_json_schema() -> None:
    text = str(DOCUMENT)
    assert not re.search(r"'(ge|le|gt|lt|min_length|max_length|allow_inf_nan)': [\d'TF]", text)


@pytest.mark.parametrize("op", OPERATIONS, ids=lambda op: op.name)
def test_every_operation_says_what_it_is_for(op: Any) -> None:
    assert op.summary
    assert op.description.endswith("."), "the docstring of its function is what people read"
    assert tag_of(op) in TAGS
    assert all(SCHEMAS or name for name in parameters_of(op.path))


def test_every_example_is_what_its_schema_allows() -> None:
    for _, path, op in operations():
        for content in [
            *op.get("requestBody", {}).get("content", {}).values(),
            *(one for answer in op["responses"].values() for one in answer.get("content", {}).values()),
        ]:
            if "example" not in content:
                continue
            schema = {**content["schema"], "components": {"schemas": SCHEMAS}}
            errors = [error.message for error in Draft202012Validator(schema).iter_errors(content["example"])]
            assert not errors, f"{path}: {errors}"


def members(schema: Any) -> Iterator[Any]:
    if isinstance(schema, dict):
        yield schema
        for inner in schema.values():
            yield from members(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from members(inner)


def test_times_of_requests_are_taken_as_the_schema_has_them() -> None:
    """pydantic alone takes seconds since 1970 for a time."""
    for op in OPERATIONS:
        for model in filter(None, (op.query, op.body)):
            for schema in members(model.model_json_schema()):
                if schema.get("format") == "date-time":
                    assert schema.get("maxLength"), (
                        f"{model.__name__}: let the type be `Moment` of wirewatch/api/model.py"
                    )


def test_an_example_is_bounded_whatever_the_schema() -> None:
    loop = {"type": "object", "properties": {"inner": {"$ref": "#/components/schemas/Loop"}}, "required": ["inner"]}
    assert example_of(loop, {"Loop": loop}) is not None


def codes() -> set[str]:
    found: set[str] = set()
    waiting = [Refused]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        found.add(kind.code)
    return found - {"refused"}  # none is raised itself


def test_every_refusal_has_a_code_of_the_closed_set() -> None:
    assert codes() <= CODES.keys()
    assert set(SCHEMAS["Problem"]["properties"]["code"]["enum"]) >= CODES.keys()


async def asked(page: StatusPage, path: str, **headers: str) -> tuple[int, str, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{page.server.address}{path}", headers=headers) as answer,
    ):
        return answer.status, await answer.text(), answer.headers


async def test_the_document_is_served_and_kept(page: StatusPage) -> None:
    status, text, headers = await asked(page, "/api/v1/openapi.json")
    assert (status, headers["Content-Type"].partition(";")[0]) == (200, "application/json")
    assert '"openapi":"3.1.0"' in text
    assert headers["ETag"]


async def test_the_page_has_every_operation_with_a_command_for_this_server_and_every_code(page: StatusPage) -> None:
    status, text, _ = await asked(page, "/docs/api")
    assert status == 200
    for op in OPERATIONS:
        assert f'id="{op.name}"' in text
        assert f"/api/v1{plain_path(op.path)}" in text
    for code in CODES:
        assert f'id="{code}"' in text
    assert f"{page.server.address}/api/v1/alerts" in text
    assert "<script>" not in text
    ids = re.findall(r'id="([^"]*)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(ids)


def test_commands_are_quoted_for_a_shell() -> None:
    book = handbook(DOCUMENT, "http://127.0.0.1:8080/api/v1")
    commands = [one.curl for chapter in book.chapters for one in chapter.operations]
    assert 'curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8080/api/v1/alerts' in commands
    assert all(command.startswith("curl ") for command in commands)
