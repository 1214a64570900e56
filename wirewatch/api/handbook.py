"""The OpenAPI document as people read it: chapters by noun, each operation with its parameters, members and a curl command. Pure.

The page at /docs/api and docs/api.md are both drawn from this.
"""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson

from wirewatch.api.problem_codes import CODES
from wirewatch.api.reading import MOST_NUMBER

Json = Mapping[str, Any]
_METHODS = ("get", "post", "put", "patch", "delete")
_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
    "null": "null",
}
_FORMATS = {"date-time": "time", "date": "day", "uri": "address", "time": "time of day"}


@dataclass(frozen=True, slots=True)
class Member:
    """A parameter, or a member of an object. `kind` in words; `model`: the name of the model that it is, or is a list of."""

    name: str
    kind: str
    model: str
    required: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One operation. `answers`: the model of its answer, or in words what it is."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Member, ...]
    body: str
    members: tuple[Member, ...]
    status: str
    answers: str
    answer_model: str
    headers: tuple[str, ...]
    problems: tuple[str, ...]
    curl: str


@dataclass(frozen=True, slots=True)
class Chapter:
    tag: str
    meaning: str
    operations: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class ModelShown:
    name: str
    meaning: str
    members: tuple[Member, ...]
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CodeShown:
    code: str
    statuses: str
    means: str
    mend: str


@dataclass(frozen=True, slots=True)
class Handbook:
    chapters: tuple[Chapter, ...]
    models: tuple[ModelShown, ...]
    codes: tuple[CodeShown, ...]


def handbook(document: Json, base: str) -> Handbook:
    """`base`: the address that commands ask, such as `https://news.example/api/v1`."""
    schemas: Json = document["components"]["schemas"]
    by_tag: dict[str, list[Shown]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                by_tag[methods[method]["tags"][0]].append(_shown(method, path, methods[method], schemas, base))
    meanings = {tag["name"]: tag["description"] for tag in document["tags"]}
    return Handbook(
        chapters=tuple(Chapter(tag, meanings[tag], tuple(shown)) for tag, shown in by_tag.items()),
        models=tuple(_model(name, schema) for name, schema in sorted(schemas.items())),
        codes=tuple(_codes(schemas)),
    )


def _shown(method: str, path: str, op: Json, schemas: Json, base: str) -> Shown:
    body = next(iter(op.get("requestBody", {}).get("content", {}).items()), None)
    status, answer = next(iter(op["responses"].items()))
    content = next(iter(answer.get("content", {}).items()), None)
    model = "" if content is None else _ref(content[1].get("schema") or content[1].get("x-data", {}))
    body_model = "" if body is None else _ref(body[1]["schema"])
    return Shown(
        id=op["operationId"],
        method=method.upper(),
        path=path,
        summary=op["summary"],
        description=op["description"],
        parameters=tuple(_parameter(one) for one in op["parameters"]),
        body=body_model,
        members=tuple(_members(schemas.get(body_model, {}))),
        status=f"{status} {answer['description']}",
        answers="nothing" if content is None else model or content[0],
        answer_model=model,
        headers=tuple(answer.get("headers", ())),
        problems=tuple(code for code in op["responses"] if code >= "400"),
        curl=_curl(method, path, op, base, body),
    )


def _parameter(given: Json) -> Member:
    kind, model = _kind(given["schema"])
    where = "" if given["in"] == "query" else f" ({given['in']})"
    return Member(given["name"] + where, kind, model, given["required"], _meaning(given, given["schema"]))


def _members(schema: Json) -> Iterator[Member]:
    required = schema.get("required", ())
    for name, given in schema.get("properties", {}).items():
        kind, model = _kind(given)
        yield Member(name, kind, model, name in required, _meaning(given, given))


def _meaning(given: Json, schema: Json) -> str:
    parts = [str(given.get("description", "")).strip()]
    if schema.get("default") not in (None, "", [], {}, ()):
        parts.append(f"default {orjson.dumps(schema['default']).decode()}")
    return "; ".join(part for part in parts if part)


def _kind(schema: Json) -> tuple[str, str]:
    """In words, and the name of a model."""
    if "$ref" in schema:
        return _ref(schema), _ref(schema)
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            kinds = [_kind(one) for one in schema[key]]
            return " or ".join(dict.fromkeys(kind for kind, _ in kinds)), next((m for _, m in kinds if m), "")
    if "enum" in schema or "const" in schema:
        return "one of " + ", ".join(f"`{one}`" for one in schema.get("enum", [schema.get("const")])), ""
    kind = schema.get("type")
    if kind == "array":
        inner, model = _kind(schema.get("items", {}))
        return f"list of {inner}", model
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        inner, model = _kind(schema["additionalProperties"])
        return f"object of {inner}", model
    word = _FORMATS.get(schema.get("format", ""), _WORDS.get(str(kind), "anything"))
    return word + _bounds(schema), ""


def _bounds(schema: Json) -> str:
    least, most = (
        schema.get(key) if abs(schema.get(key) or 0) < MOST_NUMBER else None for key in ("minimum", "maximum")
    )
    if least is not None and most is not None:
        return f" {least} to {most}"
    if least is not None:
        return f", at least {least}"
    longest = schema.get("maxLength")
    return f", up to {longest} characters" if longest is not None else ""


def _ref(schema: Json) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _curl(method: str, path: str, op: Json, base: str, body: tuple[str, Json] | None) -> str:
    query = {one["name"]: "..." for one in op["parameters"] if one["in"] == "query" and one["required"]}
    address = base + _filled(path, op) + (f"?{urlencode(query, safe='.')}" if query else "")
    parts = ["curl"] if method == "get" else ["curl", "-X", method.upper()]
    line = " ".join(parts)
    if op["security"]:
        line += ' -H "Authorization: Bearer $TOKEN"'
    if body is not None:
        sent = orjson.dumps(body[1].get("example", {})).decode()
        line += f" -H {shlex.quote(f'Content-Type: {body[0]}')} \\\n  -d {shlex.quote(sent)} \\\n "
    return f"{line} {shlex.quote(address)}"


def _filled(path: str, op: Json) -> str:
    for one in op["parameters"]:
        if one["in"] == "path":
            path = path.replace("{" + one["name"] + "}", one["name"].upper())
    return path


def _model(name: str, schema: Json) -> ModelShown:
    return ModelShown(
        name=name,
        meaning=" ".join(str(schema.get("description", "")).split()),
        members=tuple(_members(schema)),
        choices=tuple(map(str, schema.get("enum", ()))),
    )


def _codes(schemas: Json) -> Iterator[CodeShown]:
    for name, code in CODES.items():
        yield CodeShown(name, ", ".join(str(int(status)) for status in code.statuses), code.means, code.mend)
    own: Sequence[str] = [name for name in schemas["Problem"]["properties"]["code"]["enum"] if name not in CODES]
    for name in own:
        parameter = name.removeprefix("bad_")
        yield CodeShown(
            name, "400", f"the query parameter `{parameter}` cannot be meant", "the detail says what is expected"
        )
