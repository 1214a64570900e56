"""Records as bytes on the log: `{"v": version, "t": type tag, "d": fields}` in JSON.

An older version stays readable for ever; what cannot be read is a RecordError that names why. Unknown fields are
ignored, missing ones take their default, so adding a field with a default needs no new version.
"""

import dataclasses
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from types import NoneType, UnionType
from typing import TypeVar, Union, cast, get_args, get_origin, get_type_hints

import orjson

from core.errors import RecordError
from core.model.outcome import DeadLetterReason

SCHEMA_VERSION = 1

Fields = dict[str, object]
Upgrade = Callable[[Fields], Fields]

UPGRADES: Mapping[tuple[str, int], Upgrade] = {}
"""(type tag, version) -> fields of that version as fields of the next; a missing step changes nothing."""

T = TypeVar("T")
_Reader = Callable[[object], object]

_tags: dict[object, str] = {}


class _Mismatch(Exception):
    """A value that is not what the field wants; `path` grows on the way out."""

    def __init__(self, expected: str, got: object) -> None:
        super().__init__(expected)
        self.expected = expected
        self.got = type(got).__name__
        self.path: list[str] = []

    def __str__(self) -> str:
        return f"{'.'.join(reversed(self.path)) or 'record'}: expected {self.expected}, got {self.got}"


def type_tag(record_type: object) -> str:
    """The class name in snake case: `StoryArticle` -> `story_article`. A renamed class needs its old name kept."""
    tag = _tags.get(record_type)
    if tag is None:
        name = getattr(record_type, "__name__", str(record_type))
        tag = _tags[record_type] = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return tag


def encode(record: object) -> bytes:
    """The record as bytes.

    Raises RecordError for what JSON cannot hold: text with lone surrogates, integers beyond 64 bits.
    """
    try:
        return orjson.dumps({"v": SCHEMA_VERSION, "t": type_tag(type(record)), "d": record})
    except TypeError as e:
        raise RecordError(DeadLetterReason.FAILED, f"{type(record).__name__} cannot be written: {e}") from e


def decode(data: bytes, record_type: type[T], *, upgrades: Mapping[tuple[str, int], Upgrade] = UPGRADES) -> T:
    """The record in `data`.

    Raises RecordError: UNREADABLE (no JSON, a field missing or of another type), NEWER_SCHEMA, WRONG_TYPE.
    """
    try:
        envelope = orjson.loads(data)
    except orjson.JSONDecodeError as e:
        raise RecordError(DeadLetterReason.UNREADABLE, f"no JSON: {e}") from e
    version, tag, fields = _opened(envelope)
    if version > SCHEMA_VERSION:
        raise RecordError(
            DeadLetterReason.NEWER_SCHEMA, f"schema version {version}, this wirewatch reads up to {SCHEMA_VERSION}"
        )
    for step in range(version, SCHEMA_VERSION):
        fields = upgrades.get((tag, step), _unchanged)(fields)
    if tag != type_tag(record_type):
        raise RecordError(DeadLetterReason.WRONG_TYPE, f"a record of type {tag!r}, expected {type_tag(record_type)!r}")
    try:
        return cast("T", _reader(record_type)(fields))
    except _Mismatch as e:
        raise RecordError(DeadLetterReason.UNREADABLE, str(e)) from e


def _unchanged(fields: Fields) -> Fields:
    return fields


def _opened(envelope: object) -> tuple[int, str, Fields]:
    if isinstance(envelope, dict):
        version, tag, fields = envelope.get("v"), envelope.get("t"), envelope.get("d")
        if type(version) is int and version >= 0 and isinstance(tag, str) and isinstance(fields, dict):
            return version, tag, fields
    raise RecordError(DeadLetterReason.UNREADABLE, 'no record: expected {"v": version, "t": type, "d": fields}')


# One reader per type, made once from the declared fields: explicit, strict, and fast enough for every article.


def _reader(kind: object) -> _Reader:
    reader = _readers.get(kind)
    if reader is None:
        reader = _readers[kind] = _made(kind)
    return reader


def _made(kind: object) -> _Reader:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _optional(kind)
    if origin is tuple:
        return _tuple(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum(kind)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _dataclass(kind)
    message = f"{kind} is no type a record's field may have"
    raise TypeError(message)


def _text(value: object) -> object:
    if type(value) is not str:
        raise _Mismatch("text", value)
    return value


def _integer(value: object) -> object:
    if type(value) is not int:
        raise _Mismatch("an integer", value)
    return value


def _number(value: object) -> object:
    if type(value) is float:
        return value
    if type(value) is int:
        return float(value)
    raise _Mismatch("a number", value)


def _truth(value: object) -> object:
    if type(value) is not bool:
        raise _Mismatch("true or false", value)
    return value


def _time(value: object) -> object:
    if type(value) is str:
        try:
            time = datetime.fromisoformat(value)
        except ValueError:
            time = None
        if time is not None and time.tzinfo is not None:
            return time
    raise _Mismatch("a time with an offset (RFC 3339)", value)


_readers: dict[object, _Reader] = {str: _text, int: _integer, float: _number, bool: _truth, datetime: _time}


def _optional(kind: object) -> _Reader:
    inner = [arg for arg in get_args(kind) if arg is not NoneType]
    if len(inner) != 1 or len(inner) == len(get_args(kind)):
        message = f"{kind}: a field may be one type or that type and None"
        raise TypeError(message)
    read = _reader(inner[0])

    def read_optional(value: object) -> object:
        return None if value is None else read(value)

    return read_optional


def _tuple(kind: object) -> _Reader:
    match get_args(kind):
        case (item, last) if last is Ellipsis:
            read = _reader(item)
        case _:
            message = f"{kind}: only tuple[X, ...] may stand in a record"
            raise TypeError(message)

    def read_tuple(value: object) -> object:
        if type(value) is not list:
            raise _Mismatch("a list", value)
        try:
            return tuple([read(item) for item in value])
        except _Mismatch as e:
            e.path.append("[]")
            raise

    return read_tuple


def _enum(kind: type[Enum]) -> _Reader:
    members = {member.value: member for member in kind}
    words = ", ".join(str(value) for value in members)

    def read_enum(value: object) -> object:
        member = members.get(value) if type(value) is str else None
        if member is None:
            raise _Mismatch(f"one of {words}", value)
        return member

    return read_enum


def _dataclass(kind: type) -> _Reader:
    hints = get_type_hints(kind)
    plan = [
        (
            field.name,
            _reader(hints[field.name]),
            field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING,
        )
        for field in dataclasses.fields(kind)
    ]

    def read_dataclass(value: object) -> object:
        if type(value) is not dict:
            raise _Mismatch("an object", value)
        values: dict[str, object] = {}
        name = ""
        try:
            for name, read, required in plan:
                if name in value:
                    values[name] = read(value[name])
                elif required:
                    raise _Mismatch("a value", None)  # noqa: TRY301 - one place adds the path
            return kind(**values)
        except _Mismatch as e:
            e.path.append(name)
            raise
        except (ValueError, TypeError) as e:  # what the record's own __post_init__ refuses
            raise RecordError(DeadLetterReason.UNREADABLE, f"{kind.__name__}: {e}") from e

    return read_dataclass
