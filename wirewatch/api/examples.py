"""An example of what a schema allows, for documentation: what the models say themselves, else the plainest value. Pure."""

from collections.abc import Mapping
from typing import Any

_FORMATS = {
    "date-time": "2026-03-01T09:30:00Z",
    "date": "2026-03-01",
    "time": "09:30",
    "uri": "https://news.example/",
    "email": "kim@desk.example",
    "uuid": "5f0c6f0e-3d0b-4a39-9a0c-1c6f1e1f2a3b",
}
# What members are called in most models, and what stands there for example.
_NAMED: Mapping[str, Any] = {
    "name": "dprk-russia-arms",
    "query": '"North Korea" AND Russia AND arms',
    "canonical": '"North Korea" AND Russia AND arms',
    "url": "https://news.example/world.xml",
    "title": "Arms shipment reported",
    "lang": "en",
    "country": "IN",
    "time_zone": "Asia/Kolkata",
    "comment": "an exercise",
    "by": "kim",
    "author": "kim",
    "channel": "desk",
    "next": None,
    "cursor": None,
    "limit": 100,
}


def example_of(schema: Mapping[str, Any], parts: Mapping[str, Any]) -> Any:
    """A value that the schema allows; `parts`: the schemas that it may refer to."""
    return _of(schema, parts, "", ())


def _of(schema: Mapping[str, Any], parts: Mapping[str, Any], name: str, within: tuple[str, ...]) -> Any:
    """`within`: the parts that this stands in; none is opened within itself."""
    if "$ref" in schema:
        part = schema["$ref"].rpartition("/")[2]
        if part in within:
            return {}
        inner = {**parts[part], **{k: v for k, v in schema.items() if k in ("default", "examples")}}
        return _of(inner, parts, name, (*within, part))
    if schema.get("examples"):
        return schema["examples"][0]
    if "example" in schema:
        return schema["example"]
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return _choice(schema, schema[key], parts, name, within)
    if "allOf" in schema:
        return _of(schema["allOf"][0], parts, name, within)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema.get("default", schema["enum"][0])
    return _by_type(schema, parts, name, within)


def _choice(
    schema: Mapping[str, Any], choices: Any, parts: Mapping[str, Any], name: str, within: tuple[str, ...]
) -> Any:
    nullable = {"type": "null"} in choices
    if nullable and ((name in _NAMED and _NAMED[name] is None) or any(_repeats(one, within) for one in choices)):
        return None
    first = next((one for one in choices if one != {"type": "null"}), {"type": "null"})
    return _of({**first, **{k: v for k, v in schema.items() if k == "default" and v is not None}}, parts, name, within)


def _by_type(schema: Mapping[str, Any], parts: Mapping[str, Any], name: str, within: tuple[str, ...]) -> Any:
    if schema.get("default") not in (None, "", [], {}):
        return schema["default"]
    match schema.get("type"):
        case "object":
            return _object(schema, parts, within)
        case "array":
            many = schema.get("prefixItems") or [schema.get("items", {})] * max(1, schema.get("minItems", 0))
            return [_of(one, parts, name, within) for one in many if not _repeats(one, within)]
        case "string":
            return _text(schema, name)
        case "integer" | "number":
            least = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
            return max(least, 1) if schema.get("maximum", 1) >= 1 else least
        case "boolean":
            return True
        case _:
            return None if schema.get("type") == "null" else {}


def _object(schema: Mapping[str, Any], parts: Mapping[str, Any], within: tuple[str, ...]) -> Any:
    required = schema.get("required", ())
    return {
        key: _of(one, parts, key, within)
        for key, one in schema.get("properties", {}).items()
        if key in required or "examples" in one or key in _NAMED
    }


def _text(schema: Mapping[str, Any], name: str) -> str:
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    if isinstance(_NAMED.get(name), str):
        return str(_NAMED[name])
    if name.endswith("_id"):
        return "0198c2a1b3"
    text = name or "text"
    return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength", len(text) + 100)]


def _repeats(schema: Mapping[str, Any], within: tuple[str, ...]) -> bool:
    return str(schema.get("$ref", "")).rpartition("/")[2] in within
