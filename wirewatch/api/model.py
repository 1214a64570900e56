"""What answers, bodies and query strings of the API are made of.

Numbers and truth values are taken as JSON Schema has them: 5.0 is an integer, true is none, and text is no number.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema


class Model(BaseModel):
    """A JSON object of an answer; times are RFC 3339 in UTC. What is not named in it stays inside."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    @classmethod
    def of(cls, given: object) -> Self:
        """The model of what has these attributes."""
        return cls.model_validate(given, from_attributes=True)

    @classmethod
    def of_all(cls, given: Iterable[object]) -> tuple[Self, ...]:
        return tuple(map(cls.of, given))


class Body(BaseModel):
    """The JSON object of a request; a member that is not named is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Query(BaseModel):
    """The query string of a request; a parameter that is not named is refused. Repeated ones fill a tuple."""

    model_config = ConfigDict(frozen=True, extra="forbid")


_DIGITS = 18  # more are no number that anything here counts to


def _number(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise ValueError("expected a number")  # noqa: TRY004 - pydantic makes a problem of ValueError alone
    return value


def _truth(value: Any) -> Any:
    if not isinstance(value, bool):
        raise ValueError("expected true or false")  # noqa: TRY004 - as above
    return value


def _digits(value: Any) -> Any:
    """A whole number in ASCII digits: the one reading of every number in a query string."""
    if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) <= _DIGITS):
        raise ValueError("expected a whole number")
    return value


Int = Annotated[int, BeforeValidator(_number)]  # in bodies
QueryInt = Annotated[int, BeforeValidator(_digits)]
Float = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
Bool = Annotated[bool, BeforeValidator(_truth)]


def _rfc3339(value: Any) -> Any:
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"expected {A_MOMENT}")
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}{(found[3] or '')[:7]}{found[4]}".upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("expected a time that the calendar has, in UTC too") from None


A_MOMENT = 'a time with its offset, such as "2026-03-01T09:30:00Z"'
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
# RFC 3339 in requests: pydantic would also take seconds since 1970, and a time without its offset. In UTC.
Moment = Annotated[
    datetime,
    BeforeValidator(_rfc3339),
    WithJsonSchema({"type": "string", "format": "date-time", "maxLength": 40}),
]


class Paged(Query):
    """Of a list."""

    limit: Annotated[QueryInt, Field(ge=1, le=1000, description="rows a page")] = 100
    cursor: Annotated[str | None, Field(max_length=2000, description="the `next` of the page before")] = None


class PagedAll(Paged):
    """Of a list that most read whole."""

    limit: Annotated[QueryInt, Field(ge=1, le=1000, description="rows a page")] = 1000
