"""What every answer of the API is made of."""

from collections.abc import Iterable
from typing import Self

import msgspec


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """A JSON object; times are RFC 3339 in UTC."""

    @classmethod
    def of(cls, given: object) -> Self:
        """The model of what has these attributes."""
        return msgspec.convert(given, cls, from_attributes=True)

    @classmethod
    def of_all(cls, given: Iterable[object]) -> tuple[Self, ...]:
        return tuple(map(cls.of, given))
