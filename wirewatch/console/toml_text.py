"""A thing as the lines of a configuration file, for who keeps it there. Pure."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_item(table: str, values: Mapping[str, Any]) -> str:
    """`[[table]]` with its keys; what is None is left out."""
    lines = [f"{_key(key)} = {_value(value)}" for key, value in values.items() if value is not None]
    return "\n".join([f"[[{table}]]", *lines])


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _text(text: str) -> str:
    return orjson.dumps(text).decode().replace("\x7f", "\\u007f")  # the escapes of JSON are those of TOML


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case datetime():
            return value.isoformat()
        case Mapping():
            return "{ " + ", ".join(f"{_key(key)} = {_value(inner)}" for key, inner in value.items()) + " }"
        case list() | tuple():
            return "[" + ", ".join(map(_value, value)) + "]"
        case _:
            return _text(str(value))
