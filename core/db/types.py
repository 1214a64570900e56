"""Column types that mean the same on SQLite and PostgreSQL."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import BigInteger, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

JsonObject = Mapping[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Text of the web can hold what no database takes: PostgreSQL refuses NUL, UTF-8 has no lone surrogates.
_REFUSED = re.compile("[\0\ud800-\udfff]")

Number = BigInteger().with_variant(Integer(), "sqlite")  # only INTEGER PRIMARY KEY is SQLite's own row number


class Instant(TypeDecorator[datetime]):
    """An aware datetime, returned in UTC. `timestamptz` on PostgreSQL, microseconds since 1970 on SQLite."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - with all its drivers; SQLite does without

            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone cannot be stored")
        return value if dialect.name == "postgresql" else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if dialect.name == "postgresql":
            stored: datetime = value
            return stored.astimezone(UTC)
        return _EPOCH + timedelta(microseconds=value)


class WebText(TypeDecorator[str]):
    """Text from anywhere, also an id that somebody asks for; what a database refuses (NUL, lone surrogates) becomes U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - the base's signature
        return None if value is None else storable(value)


class Json(TypeDecorator[JsonObject]):
    """A small JSON object as text with sorted keys, so that equal objects are equal text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: JsonObject | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - the base's signature
        return None if value is None else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> JsonObject | None:  # noqa: ARG002 - the base's signature
        if value is None:
            return None
        decoded: JsonObject = orjson.loads(value)
        return decoded


def storable(text: str) -> str:
    """`text` as both databases take it."""
    if "\0" not in text:
        try:
            text.encode()  # many times as fast as to look at each character
        except UnicodeEncodeError:
            pass
        else:
            return text
    return _REFUSED.sub("\ufffd", text)
