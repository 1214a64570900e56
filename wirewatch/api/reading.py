"""What a request holds, read within bounds and taken as the OpenAPI document has it: nothing that it does not allow passes.

JSON is taken as JSON Schema has it: 5.0 is an integer, true is none, and text is no number. What JSON leaves open is refused:
members that stand twice, numbers that other programs round, text with a NUL.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, TypeVar

import orjson
from aiohttp import web
from pydantic import BaseModel, ValidationError

from core.config import pointed
from wirewatch import bodies
from wirewatch.api.problems import PlaceProblem, Refusal, of_places, problem
from wirewatch.api.unfit import of_validation
from wirewatch.usecases.refusals import nearest

M = TypeVar("M", bound=BaseModel)

JSON = "application/json"
MOST_NUMBER = 2**53 - 1  # beyond, programs that have doubles alone read another number (RFC 8259 section 6)
_DEEPEST = 64
LONGEST_KEY = 255
_IN_A_THREAD = 200_000  # bytes of JSON that are looked through beside the event loop


def if_match(request: web.Request) -> str | None:
    """The one tag that is asked for; None for none and for `*`."""
    text = ", ".join(request.headers.getall("If-Match", [])).strip()
    if text in ("", "*"):
        return None
    if len(text) > 2 and text[0] == text[-1] == '"' and '"' not in text[1:-1]:
        return text[1:-1]
    detail = 'If-Match: expected one tag as an ETag header gave it, with its quotes, such as "3f2a..."'
    raise Refusal(problem(HTTPStatus.BAD_REQUEST, "bad_if_match", detail, place="If-Match"))


def idempotency_key(request: web.Request) -> str | None:
    """The key that the sender gave the request."""
    given = request.headers.getall("Idempotency-Key", [])
    if not given:
        return None
    if len(given) == 1 and 0 < len(given[0]) <= LONGEST_KEY and all("!" <= sign <= "~" for sign in given[0]):
        return given[0]
    detail = f"Idempotency-Key: expected one of 1 to {LONGEST_KEY} printable ASCII characters, such as a random UUID"
    raise Refusal(problem(HTTPStatus.BAD_REQUEST, "bad_idempotency_key", detail, place="Idempotency-Key"))


def check_path(request: web.Request) -> None:
    """Nothing has a name with a NUL, or with what is no UTF-8; a database would not even look for it."""
    for value in request.match_info.values():
        if _unspeakable(value):
            raise Refusal(problem(HTTPStatus.NOT_FOUND, "not_found", "there is nothing of such a name"))


def _unspeakable(text: str) -> bool:
    """Whether it holds a NUL, or what is no UTF-8."""
    return "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text)


def query(model: type[M], request: web.Request) -> M:
    """The query string. Raises Refusal with every parameter that is unknown or cannot be meant."""
    kinds = _kinds(model)
    given: dict[str, Any] = {}
    for name in request.query:
        values = request.query.getall(name)
        kind = kinds.get(name)
        if len(values) > 1 and kind != "array":
            detail = f"{name}: given {len(values)} times, expected once"
            raise Refusal(problem(HTTPStatus.BAD_REQUEST, _query_code(model, name), detail, place=name))
        if any(map(_unspeakable, values)):
            detail = f"{name}: holds a NUL, or what is no UTF-8"
            raise Refusal(problem(HTTPStatus.BAD_REQUEST, _query_code(model, name), detail, place=name))
        choices = _choices(model).get(name, ())
        if choices and any(value not in choices for value in values):
            detail, near = f"{name}: expected one of {', '.join(choices)}", nearest(values[0][:100], choices)
            raise Refusal(problem(HTTPStatus.BAD_REQUEST, _query_code(model, name), detail, place=name, fix=near))
        given[name] = values if kind == "array" else _value(values[0], kind)
    try:
        return model.model_validate_json(orjson.dumps(given), strict=True)
    except ValidationError as error:
        first = str(error.errors()[0]["loc"][0]) if error.errors()[0]["loc"] else ""
        raise Refusal(of_validation(error, model, given, _query_code(model, first), in_body=False)) from None


def _query_code(model: type[BaseModel], name: str) -> str:
    return f"bad_{name}" if name in model.model_fields else "bad_query"


def _value(text: str, kind: str | None) -> object:
    """The text of a parameter as JSON would have it; what cannot be meant stays text, and is refused as such."""
    if kind == "integer":
        whole = text.isascii() and text.removeprefix("-").isdigit() and len(text) <= 18
        return int(text) if whole else text
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if kind == "number":
        try:
            found = float(text)
        except ValueError:
            return text
        return found if text.isascii() and found - found == 0 else text
    return text


@cache
def _kinds(model: type[BaseModel]) -> Mapping[str, str]:
    """The JSON type of each parameter; empty for one of several."""
    schema = model.model_json_schema()
    return {name: _kind(one, schema.get("$defs", {})) for name, one in schema.get("properties", {}).items()}


def _kind(schema: Mapping[str, Any], parts: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return _kind(parts[schema["$ref"].rpartition("/")[2]], parts)
    kinds = {_kind(one, parts) for one in schema.get("anyOf", ())} - {"null"}
    return str(schema.get("type", "")) if not kinds else kinds.pop() if len(kinds) == 1 else ""


@cache
def _choices(model: type[BaseModel]) -> Mapping[str, tuple[str, ...]]:
    """What each parameter that is one of several words may be: an enumeration may itself take any word (`_missing_`)."""
    schema = model.model_json_schema()
    return {name: _words(one, schema.get("$defs", {})) for name, one in schema.get("properties", {}).items()}


def _words(schema: Mapping[str, Any], parts: Mapping[str, Any]) -> tuple[str, ...]:
    if "$ref" in schema:
        return _words(parts[schema["$ref"].rpartition("/")[2]], parts)
    if schema.get("type") == "array":
        return _words(schema.get("items", {}), parts)
    others = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(others) == 1:
        return _words(others[0], parts)
    return tuple(map(str, schema.get("enum", ())))


async def raw_body(request: web.Request, most_bytes: int) -> bytes:
    """The whole body. Raises Refusal for one that is too large, or does not arrive in time."""
    try:
        return await bodies.whole_body(request, most_bytes)
    except bodies.TooLarge:
        detail = f"the body is larger than {most_bytes:,} bytes"
        raise Refusal(problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", detail)) from None
    except bodies.TooSlow:
        detail = f"the body did not arrive within {bodies.SECONDS:.0f} seconds"
        raise Refusal(problem(HTTPStatus.REQUEST_TIMEOUT, "too_slow", detail), {"Connection": "close"}) from None


def media_of(request: web.Request, takes: tuple[str, ...]) -> str:
    """The type of the body. Raises Refusal for one that the operation does not take."""
    charset = (request.charset or "utf-8").lower()
    if request.content_type in takes and charset in ("utf-8", "utf8", "us-ascii"):
        return request.content_type
    given = request.headers.get("Content-Type", "")[:100]
    detail = f"the body is {given or 'of no type'}; expected {' or '.join(takes)} in UTF-8 (header Content-Type)"
    raise Refusal(problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "bad_content_type", detail))


async def json_body(model: type[M], raw: bytes, *, any_text: bool = False) -> M:
    """The body as its model. Raises Refusal with every place that is not as expected. `any_text`: it holds what the web has, and the
    operation itself says of each part what is wrong with it.
    """
    if len(raw) > _IN_A_THREAD:
        return await asyncio.to_thread(_json_body, model, raw, any_text)
    return _json_body(model, raw, any_text)


def _json_body(model: type[M], raw: bytes, any_text: bool) -> M:  # noqa: FBT001 - for to_thread
    given = loaded(raw)
    found = [*_unfit(given, "", 0, any_text=any_text), *_unknown_words(model, given)]
    if found:
        raise Refusal(of_places("bad_body", found))
    try:
        return model.model_validate_json(orjson.dumps(_whole(given)), strict=True)
    except ValidationError as error:
        raise Refusal(of_validation(error, model, given, "bad_body", in_body=True)) from None


def _unknown_words(model: type[BaseModel], given: Any) -> Iterator[PlaceProblem]:
    for name, choices in _choices(model).items() if isinstance(given, dict) else ():
        value = given.get(name)
        values = value if isinstance(value, list) and _kinds(model).get(name) == "array" else [value]
        for one in values if choices else ():
            if one is not None and (not isinstance(one, str) or one not in choices):
                near = nearest(one[:100], choices) if isinstance(one, str) else None
                yield PlaceProblem(place=f"/{name}", detail=f"expected one of {', '.join(choices)}", fix=near)


def loaded(raw: bytes) -> Any:
    """JSON in which every member stands once. Raises Refusal."""
    try:
        orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        detail = f"the body is no JSON: {error.msg.partition(': line')[0]} at line {error.lineno}, column {error.colno}"
        raise Refusal(problem(HTTPStatus.BAD_REQUEST, "bad_json", detail)) from None
    try:
        return json.loads(raw, object_pairs_hook=_once)
    except RecursionError:
        raise Refusal(problem(HTTPStatus.BAD_REQUEST, "bad_json", _TOO_DEEP)) from None


_TOO_DEEP = f"the body is nested more than {_DEEPEST} deep"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1) if len(names) < 1000 else names[-1]
        detail = f"the member {twice[:100]!r} stands more than once in one object"
        raise Refusal(problem(HTTPStatus.BAD_REQUEST, "bad_json", detail))
    return found


def _unfit(value: Any, place: str, depth: int, *, any_text: bool) -> Iterator[PlaceProblem]:
    if depth > _DEEPEST:
        raise Refusal(problem(HTTPStatus.BAD_REQUEST, "bad_json", _TOO_DEEP))
    match value:
        case dict():
            for name, inner in value.items():
                if "\0" in name and not any_text:
                    yield PlaceProblem(place=place, detail="a member's name holds a NUL")
                else:
                    yield from _unfit(inner, f"{place}/{pointed(name)}", depth + 1, any_text=any_text)
        case list():
            for index, inner in enumerate(value):
                yield from _unfit(inner, f"{place}/{index}", depth + 1, any_text=any_text)
        case str() if "\0" in value and not any_text:
            yield PlaceProblem(place=place, detail="the text holds a NUL (U+0000)")
        case int() | float() if not any_text and abs(value) > MOST_NUMBER:
            yield PlaceProblem(
                place=place, detail=f"the number is beyond {MOST_NUMBER}, where not every number is its own"
            )


def _whole(value: Any) -> Any:
    """5.0 as 5: to JSON Schema they are the same number."""
    match value:
        case dict():
            return {name: _whole(inner) for name, inner in value.items()}
        case list():
            return [_whole(inner) for inner in value]
        case float() if value.is_integer() and abs(value) <= MOST_NUMBER:
            return int(value)
        case int() if abs(value) > MOST_NUMBER:
            return float(value)
        case _:
            return value


def has_it(request: web.Request, tag: str) -> bool:
    """Whether the asker has what bears the tag already (If-None-Match, RFC 9110 section 13.1.2)."""
    given = ", ".join(request.headers.getall("If-None-Match", []))
    return given.strip() == "*" or f'"{tag}"' in [one.strip().removeprefix("W/") for one in given.split(",")]
