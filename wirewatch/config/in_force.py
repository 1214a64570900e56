"""The settings of the main file as they are in force, each with where it comes from; secrets are masked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, SecretStr

from core.config import Document, KeyPath
from core.masking import HIDDEN, masked_url
from wirewatch.config.schema import MainFile

DEFAULT = "default"
_LISTS = ("sources", "aliases", "rules", "channels", "routes")


@dataclass(frozen=True, slots=True)
class SettingInForce:
    """`value`: as people may read it. `origin`: `default`, `environment VARIABLE`, or FILE:LINE."""

    key: str
    value: str
    origin: str


def settings_in_force(main: Document, top: MainFile) -> tuple[SettingInForce, ...]:
    """By section and key, in the order of docs/configuration.md."""
    return tuple(_of(main, top, (), skipped=_LISTS))


def _of(main: Document, model: BaseModel, at: KeyPath, skipped: tuple[str, ...] = ()) -> Iterator[SettingInForce]:
    for name, field in type(model).model_fields.items():
        if name in skipped:
            continue
        value, path = getattr(model, name), (*at, field.alias or name)
        if isinstance(value, BaseModel):
            yield from _of(main, value, path)
        elif not (value is None and isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)):
            yield SettingInForce(".".join(map(str, path)), _shown(value), _origin(main, path))


def _origin(main: Document, path: KeyPath) -> str:
    for end in range(len(path), 0, -1):
        if path[:end] in main.origins:
            return f"environment {main.origins[path[:end]]}"
    here: Any = main.data
    for part in path:
        if not isinstance(here, dict) or part not in here:
            return DEFAULT
        here = here[part]
    line = next((main.lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in main.lines), 0)
    return f"{main.shown}:{line}" if line else main.shown


def _shown(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case SecretStr():
            text = value.get_secret_value()
            return masked_url(text) if "://" in text or text.endswith(":") else HIDDEN
        case Mapping():
            return ", ".join(f"{key} = {_shown(inner)}" for key, inner in value.items())
        case list() | tuple() | set() | frozenset():
            return ", ".join(_shown(inner) for inner in value)
        case str():
            return masked_url(value) if "://" in value else value
        case _:
            return f"{value:g}" if isinstance(value, float) else str(value)
