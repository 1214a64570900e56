"""Values from the environment: text, or what TOML makes of it where a setting takes no text."""

import tomllib
from collections.abc import Mapping
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel


class EnvironmentText(str):
    """A value from the environment: text, or what TOML makes of it where the setting is no text."""

    __slots__ = ()

    def parsed(self) -> object:
        try:
            return tomllib.loads(f"value = {self}")["value"]
        except tomllib.TOMLDecodeError:
            return str(self)


def from_environment(data: Mapping[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    """A table whose values from the environment are what the model's settings take: text, or what TOML makes of it."""
    fields = {field.alias or name: field for name, field in model.model_fields.items()}

    def read(key: str, value: Any) -> Any:
        if not isinstance(value, EnvironmentText):
            return value
        return str(value) if key not in fields or takes_text(fields[key].annotation) else value.parsed()

    return {key: read(key, value) for key, value in data.items()}


def takes_text(annotation: object) -> bool:
    """True where a setting may be text, so that a value from the environment is taken as it is."""
    if annotation is type(None):
        return False
    if annotation is str or get_origin(annotation) is Literal:
        return True
    if get_origin(annotation) in (Union, UnionType):
        return any(takes_text(inner) for inner in get_args(annotation))
    return (
        isinstance(annotation, type)
        and not get_origin(annotation)
        and not issubclass(annotation, int | float | BaseModel)
    )
