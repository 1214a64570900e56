"""Records as bytes on the log and in `record` columns: `{"v": version, "t": type tag, "d": fields}` in JSON.

Each record type has its own version. An older version stays readable for ever; a later one, or a word that a closed set of
this release does not have, is UpgradeFirst: nothing is wrong with the record, this process is too old for it. What cannot
be read is a RecordError that says why. Unknown fields are ignored and missing ones take their default, so adding a field
with a default needs no new version. The types and their checks are msgspec's; a closed set that is only shown reads an
unknown word as its member for that (`_missing_`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, TypeVar

import msgspec

from core.errors import RecordError, UpgradeFirst
from core.model.alert import Alert, AlertArticle, Notification
from core.model.article import Article
from core.model.deadletter import DeadLetter
from core.model.match import Match
from core.model.outcome import DeadLetterReason
from core.model.pushed import PushedArticle
from core.model.source import Entry, Source
from core.model.story import StoryArticle

T = TypeVar("T")
Fields = dict[str, Any]
Upgrade = Callable[[Fields], Fields]


@dataclass(frozen=True, slots=True)
class Schema:
    """How a record type is written. `upgrades`: version -> its fields as those of the next; a missing step changes nothing."""

    tag: str
    version: int = 1
    upgrades: Mapping[int, Upgrade] = field(default_factory=dict)


Schemas = Mapping[type, Schema]

SCHEMAS: Schemas = {
    Source: Schema("source"),
    Entry: Schema("entry"),
    Article: Schema("article"),
    StoryArticle: Schema("story_article"),
    Match: Schema("match"),
    Alert: Schema("alert"),
    AlertArticle: Schema("alert_article"),
    Notification: Schema("notification"),
    DeadLetter: Schema("dead_letter"),
    PushedArticle: Schema("pushed_article"),
}
"""What may be written and read. A tag never changes, whatever becomes of its class's name. A change to a record that a
reader of the version before would misread needs a new version here, also of the records that hold it."""


class _Envelope(msgspec.Struct, Generic[T]):
    v: Annotated[int, msgspec.Meta(ge=0)]
    t: str
    d: T


_encode = msgspec.json.Encoder().encode
_open = msgspec.json.Decoder(_Envelope[msgspec.Raw]).decode
_NO_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


_readers: dict[type, Callable[[bytes], Any]] = {}


def _reader(kind: type) -> Callable[[bytes], Any]:
    """Made once for each type."""
    read = _readers.get(kind)
    if read is None:
        read = _readers[kind] = msgspec.json.Decoder(_Envelope[kind]).decode  # type: ignore[valid-type]
    return read


def encode(record: object, schemas: Schemas = SCHEMAS) -> bytes:
    """The record as bytes. Raises RecordError for what JSON cannot hold: text with lone surrogates."""
    schema = schemas[type(record)]
    try:
        return _encode({"v": schema.version, "t": schema.tag, "d": record})
    except UnicodeEncodeError as e:
        raise RecordError(DeadLetterReason.FAILED, f"{type(record).__name__} cannot be written: {e}") from e


def decode(data: bytes, kind: type[T], schemas: Schemas = SCHEMAS) -> T:
    """The record in `data`.

    Raises UpgradeFirst for one of a later release, and RecordError for all others that cannot be read: UNREADABLE (no JSON,
    a field missing or of another type), WRONG_TYPE.
    """
    schema = schemas[kind]
    try:
        envelope = _reader(kind)(data)
    except _NO_JSON as e:
        return _strange(data, kind, schema, e)
    if envelope.t == schema.tag and envelope.v == schema.version:
        return envelope.d  # type: ignore[no-any-return] # of `kind`: the reader is
    return _strange(data, kind, schema, None)


def _strange(data: bytes, kind: type[T], schema: Schema, error: Exception | None) -> T:
    """One of another version or type, or none that can be read (`error`)."""
    try:
        envelope = _open(data)
    except msgspec.ValidationError as e:
        detail = f'no record: expected {{"v": version, "t": type, "d": fields}}: {e}'
        raise RecordError(DeadLetterReason.UNREADABLE, detail) from e
    except _NO_JSON as e:
        raise RecordError(DeadLetterReason.UNREADABLE, f"no JSON: {e}") from e
    if envelope.t != schema.tag:
        raise RecordError(DeadLetterReason.WRONG_TYPE, f"a record of type {envelope.t!r}, expected {schema.tag!r}")
    if envelope.v > schema.version:
        raise UpgradeFirst(f"{schema.tag} of version {envelope.v}, this wirewatch reads up to {schema.version}")
    if error is not None and envelope.v == schema.version:
        raise _misfit(schema, error) from error
    try:
        return msgspec.convert(_upgraded(envelope, schema), kind)
    except msgspec.ValidationError as e:
        raise _misfit(schema, e) from e


def _upgraded(envelope: _Envelope[msgspec.Raw], schema: Schema) -> object:
    try:
        fields = msgspec.json.decode(envelope.d)
    except _NO_JSON as e:
        raise RecordError(DeadLetterReason.UNREADABLE, f"no JSON: {e}") from e
    if not isinstance(fields, dict):
        raise RecordError(DeadLetterReason.UNREADABLE, f"{schema.tag}: expected fields, got {type(fields).__name__}")
    for step in range(envelope.v, schema.version):
        fields = schema.upgrades.get(step, _unchanged)(fields)
    return fields


def _misfit(schema: Schema, error: Exception) -> Exception:
    """A word that a closed set does not have comes from a later release: to guess at it could do the wrong thing."""
    detail = f"{schema.tag}: {str(error).replace('$.d', '$')}"
    if str(error).startswith("Invalid enum value"):
        return UpgradeFirst(detail)
    return RecordError(DeadLetterReason.UNREADABLE, detail)


def _unchanged(fields: Fields) -> Fields:
    return fields
