"""The OpenAPI 3.1 document, made from the table of operations and the models that they check requests with.

What the document says is what the code does: nothing here is written by hand but what each of these means. Pure.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic.json_schema import models_json_schema

from wirewatch import __version__
from wirewatch.api.examples import example_of
from wirewatch.api.model import Body, Model, Query
from wirewatch.api.operation import Operation
from wirewatch.api.problem_codes import CODES, codes_of
from wirewatch.api.problems import PROBLEM_TYPE, Problem
from wirewatch.api.reading import JSON, LONGEST_KEY, MOST_NUMBER
from wirewatch.routing import Open

Json = dict[str, Any]
_REF = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"\{([a-z_]+)(?::[^}]*)?\}")

TAGS: Mapping[str, str] = {
    "status": "How things stand, in short.",
    "system": "How things stand: stages, lag, disk, retention, configuration.",
    "alerts": "What was told, and what readers said of it.",
    "stories": "What articles tell together.",
    "articles": "What was read: search, show, trace; and articles that your own crawler pushes.",
    "rules": "The standing rules with all their versions.",
    "aliases": "Lists of terms that rules share.",
    "sources": "Where articles come from.",
    "channels": "The ways to people and tools.",
    "deliveries": "Messages to channels, with every attempt.",
    "dead-letters": "Records of the log that a stage could not handle.",
    "silences": "Rules that tell nothing for a while, on purpose.",
    "views": "Filters of lists, kept under a name.",
    "stream": "What happens, as it happens.",
    "apply": "Sources, rules, aliases, channels and silences out of one document.",
    "users": "People, and their roles.",
    "teams": "Who works together, and on what.",
    "sessions": "Who is signed in.",
    "tokens": "Keys of programs.",
    "account": "What belongs to whoever asks.",
    "audit": "Who changed what, when and from where.",
    "documents": "What we send, described for those who receive it.",
}


def document(operations: Sequence[Operation], *, cookie: str, server: str = "/api/v1") -> Json:
    """The whole document. `cookie`: the name of the session's."""
    models = _models(operations)
    refs, schemas = models_json_schema(sorted(models, key=lambda one: (one[0].__name__, one[1])), ref_template=_REF)
    tagged = _tagged(operations)
    refs = {key: _tidy(ref) for key, ref in refs.items()}
    parts = {_named(name): _tidy(schema) for name, schema in schemas.get("$defs", {}).items()}
    parts["Problem"]["properties"]["code"] = {"type": "string", "enum": sorted({*CODES, *_parameter_codes(operations)})}
    paths: dict[str, Json] = {}
    for op in operations:
        made = _operation(op, refs, parts, tagged=op.path in tagged and op.method == "GET")
        paths.setdefault(plain_path(op.path), {})[op.method.lower()] = made
    queries = {op.query.__name__ for op in operations}
    used = dict.fromkeys(tag_of(op) for op in operations)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "wirewatch",
            "version": __version__,
            "summary": "Standing rules over the world's news: everything that the console can do, for programs.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server}],
        "tags": [{"name": tag, "description": TAGS.get(tag, "")} for tag in used],
        "paths": paths,
        "components": {
            "schemas": {name: part for name, part in parts.items() if name not in queries},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API token; its scopes say what it may do.",
                },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": cookie,
                    "description": f"Of who is signed in in a browser; `__Host-{cookie}` where people come over TLS.",
                },
            },
        },
    }


def tag_of(op: Operation) -> str:
    """The noun that an operation belongs to."""
    first = op.path.split("/")[1]
    if first in TAGS:
        return first
    of = f"{first.partition('-')[0]}s"  # `source-imports` are of sources
    return of if of in TAGS else "articles" if first == "trace" else "documents"


def plain_path(path: str) -> str:
    """A pattern of aiohttp (`/{name:.+}`) as OpenAPI writes it (`/{name}`)."""
    return _PARAMETER.sub(r"{\1}", path)


def parameters_of(path: str) -> list[str]:
    """The names in a path."""
    return _PARAMETER.findall(path)


def _models(operations: Iterable[Operation]) -> set[tuple[type[Model] | type[Body] | type[Query], Any]]:
    found: set[tuple[Any, Any]] = {(Problem, "serialization")}
    for op in operations:
        found |= {(op.query, "validation")}
        found |= {(op.body, "validation")} if op.body is not None else set()
        found |= {(op.answer, "serialization")} if op.answer is not None else set()
    return found


def _tagged(operations: Sequence[Operation]) -> set[str]:
    """The paths whose answer has an ETag: those of things that a change asks If-Match of."""
    stale = [op.path for op in operations if op.stale]
    return {
        op.path
        for op in operations
        if op.method == "GET" and any(path == op.path or path.startswith(f"{op.path}/") for path in stale)
    }


def _operation(op: Operation, refs: Mapping[Any, Json], parts: Mapping[str, Json], *, tagged: bool) -> Json:
    made: Json = {
        "operationId": op.name,
        "tags": [tag_of(op)],
        "summary": op.summary,
        "description": " ".join([*filter(None, [op.description]), _needs(op)]),
        "parameters": [*_path_parameters(op), *_query_parameters(op, parts), *_headers_taken(op)],
        "responses": {str(int(op.status)): _answer(op, refs, parts, tagged=tagged), **_problems(op, tagged=tagged)},
        "security": [] if isinstance(op.access, Open) else [{"token": []}, {"session": []}],
    }
    if op.body is not None:
        ref = refs[op.body, "validation"]
        content: Json = {"schema": ref, "example": example_of(ref, parts)}
        made["requestBody"] = {"required": True, "content": dict.fromkeys(op.takes, content)}
    return made


def _needs(op: Operation) -> str:
    return "Open to everybody." if isinstance(op.access, Open) else f"Needs the permission `{op.access.value}`."


def _path_parameters(op: Operation) -> Iterator[Json]:
    for name in parameters_of(op.path):
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": op.places.get(name, _PLACES.get(name, "")),
            "schema": {"type": "integer", "minimum": 1} if name in _NUMBERS else {"type": "string", "minLength": 1},
        }


_PLACES = {"name": "Its name, or its id."}
_NUMBERS = ("version", "number")


def _query_parameters(op: Operation, parts: Mapping[str, Json]) -> Iterator[Json]:
    schema = parts.get(op.query.__name__, {})
    for name, given in schema.get("properties", {}).items():
        inner = _without_null(given)
        described = {"description": inner.pop("description", "")}
        yield {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            **described,
            "schema": inner,
            **({"style": "form", "explode": True} if inner.get("type") == "array" else {}),
        }


def _without_null(schema: Json) -> Json:
    """Of a parameter: it is left out, and never null."""
    kept = {key: value for key, value in schema.items() if not (key == "default" and value is None)}
    choices = [one for one in kept.pop("anyOf", ()) if one != {"type": "null"}]
    if len(choices) == 1:
        return {**choices[0], **kept}
    return {**kept, **({"anyOf": choices} if choices else {})}


def _headers_taken(op: Operation) -> Iterator[Json]:
    if op.stale:
        yield {
            "name": "If-Match",
            "in": "header",
            "required": False,
            "description": "The `ETag` of what is to be changed: if it has become another meanwhile, the answer is 412.",
            "schema": {"type": "string"},
        }
    if op.creates:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "Of your own choice, such as a random UUID: sent again with the same key within 24 hours, the "
            "request is not carried out again and has the answer of the first one.",
            "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"},
        }


def _answer(op: Operation, refs: Mapping[Any, Json], parts: Mapping[str, Json], *, tagged: bool) -> Json:
    made: Json = {"description": HTTPStatus(op.status).phrase}
    if op.answer is not None:
        ref = refs[op.answer, "serialization"]
        whole = {"schema": ref, "example": example_of(ref, parts)}
        made["content"] = {op.media: whole if op.media == JSON else {"x-data": ref}}  # of a stream: of its events
    elif op.status != HTTPStatus.NO_CONTENT:
        made["content"] = {op.media: {}}
    headers: Json = {}
    if tagged or (op.stale and op.answer is not None):
        headers["ETag"] = {"description": "The tag of this state, for If-Match.", "schema": {"type": "string"}}
    if op.creates and op.status == HTTPStatus.CREATED:
        headers["Location"] = {"description": "Where it is now.", "schema": {"type": "string"}}
    return {**made, **({"headers": headers} if headers else {})}


def _problems(op: Operation, *, tagged: bool) -> Json:
    found: Json = {}
    if tagged:
        found["304"] = {"description": "Not modified: it has the tag of If-None-Match."}
    for status in statuses_of(op):
        made: Json = {
            "description": f"{HTTPStatus(status).phrase}: {', '.join(codes_of(status))}",
            "content": {PROBLEM_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}},
        }
        if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            made["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}}}
        if status == HTTPStatus.PRECONDITION_FAILED:
            made["headers"] = {"ETag": {"description": "The present tag.", "schema": {"type": "string"}}}
        if status == HTTPStatus.UNAUTHORIZED:
            made["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
        found[str(int(status))] = made
    return found


def statuses_of(op: Operation) -> list[int]:
    """The statuses of all problems that an operation can answer with."""
    changes = op.method != "GET"
    found = {
        HTTPStatus.BAD_REQUEST: True,
        HTTPStatus.UNAUTHORIZED: not isinstance(op.access, Open),
        HTTPStatus.FORBIDDEN: not isinstance(op.access, Open) or changes,
        HTTPStatus.NOT_FOUND: bool(parameters_of(op.path)) or changes or bool(op.query.model_fields),
        HTTPStatus.REQUEST_TIMEOUT: op.body is not None,
        HTTPStatus.CONFLICT: changes,
        HTTPStatus.GONE: changes,
        HTTPStatus.PRECONDITION_FAILED: op.stale,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: op.body is not None,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE: op.body is not None,
        HTTPStatus.MISDIRECTED_REQUEST: True,
        HTTPStatus.UNPROCESSABLE_ENTITY: op.creates,
        HTTPStatus.TOO_MANY_REQUESTS: True,
        HTTPStatus.SERVICE_UNAVAILABLE: True,
    }
    return sorted(int(status) for status, can in found.items() if can)


def _parameter_codes(operations: Iterable[Operation]) -> set[str]:
    return {f"bad_{name}" for op in operations for name in op.query.model_fields}


# What pydantic calls constraints that stand beside a validator of our own, and JSON Schema calls otherwise.
_CONSTRAINTS = {
    "ge": "minimum",
    "le": "maximum",
    "gt": "exclusiveMinimum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
}
_LENGTHS = {"min_length": ("minLength", "minItems"), "max_length": ("maxLength", "maxItems")}
_NOT_OF_JSON = ("allow_inf_nan", "strict")
_NAMES = ("properties", "$defs")


def _named(name: str) -> str:
    """Two models of one name are told apart by their modules: `core__store__hourly__Step` is HourlyStep."""
    *modules, own = name.split("__")
    return "".join(word.title() for word in modules[-1].removesuffix("_models").split("_")) + own if modules else own


def _tidy(schema: Any) -> Any:
    """As JSON Schema has it: constraints under its names, numbers within bounds, and without the titles that pydantic makes."""
    if isinstance(schema, list):
        return [_tidy(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made: Json = {}
    for key, value in schema.items():
        if key == "$ref":
            made[key] = _REF.format(model=_named(value.rpartition("/")[2]))
        elif key in _NAMES:
            made[key] = {name: _tidy(one) for name, one in value.items()}
        elif key in _LENGTHS:
            made[_LENGTHS[key][schema.get("type") == "array"]] = value
        elif not (key == "title" and isinstance(value, str)) and key not in _NOT_OF_JSON:
            made[_CONSTRAINTS.get(str(key), str(key))] = _tidy(value)
    return _bounded(made) if made.get("type") in ("integer", "number") else made


def _bounded(number: Json) -> Json:
    least = {} if number.keys() & {"minimum", "exclusiveMinimum"} else {"minimum": -MOST_NUMBER}
    most = {} if number.keys() & {"maximum", "exclusiveMaximum"} else {"maximum": MOST_NUMBER}
    return {**number, **least, **most}
