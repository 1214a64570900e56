"""What a form asks for a channel of a kind, read off the kind's settings: a new kind needs no form of its own. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from alerts.channels.registry import KINDS
from core.environment_text import EnvironmentText

_HEAD = ("name", "kind")
_LONG = ("template",)  # of several lines
_FIRST = (
    "url",
    "token",
    "channel",
    "secret",
    "to",
    "from",
    "servers",
)  # what a channel cannot do without, or mostly has


class Shape(StrEnum):
    """How a value is typed."""

    TEXT = "text"
    LINES = "lines"  # text of several lines
    SECRET = "secret"  # noqa: S105 - a shape
    NUMBER = "number"
    WHOLE = "whole"
    TRUTH = "truth"
    CHOICE = "choice"
    LIST = "list"  # a text on each line
    TABLE = "table"  # KEY = VALUE on each line
    SECRET_TABLE = "secret table"  # noqa: S105 - a shape


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """`needed`: a channel of the kind must have it. `choices`: of a choice, or the keys that a table may have; empty: any.

    `meaning`: for people. `advanced`: most channels leave it as it is.
    """

    key: str
    shape: Shape
    needed: bool
    default: Any
    choices: tuple[str, ...] = ()
    meaning: str = ""
    advanced: bool = False

    @property
    def secret(self) -> bool:
        return self.shape in (Shape.SECRET, Shape.SECRET_TABLE)


def fields_of(kind: str) -> tuple[FormField, ...]:
    """What matters most first; without the keys that name files, which only who works at the machine may name."""
    known = KINDS[kind]
    meanings = {
        key: text for one in reversed(known.settings.mro()) for key, text in getattr(one, "meanings", {}).items()
    }
    found = []
    for name, field in known.settings.model_fields.items():
        key = field.alias or name
        if key in _HEAD or key.endswith(("_file", "_files")) or (key == "template" and not known.worded):
            continue
        found.append(_field(key, field, meanings.get(key, ""), own=name in known.settings.__annotations__))
    return tuple(sorted(found, key=_place))


def _place(field: FormField) -> tuple[bool, bool, int]:
    return field.advanced, not field.needed, _FIRST.index(field.key) if field.key in _FIRST else len(_FIRST)


def _field(key: str, field: FieldInfo, meaning: str, *, own: bool) -> FormField:
    shape, choices = _shape(field.annotation)
    default = field.get_default(call_default_factory=True, validated_data={})
    return FormField(
        key=key,
        shape=Shape.LINES if key in _LONG else shape,
        needed=field.is_required(),
        default=None if default is PydanticUndefined else default,
        choices=choices,
        meaning=meaning,
        advanced=not (own or field.is_required() or key in _FIRST or key in ("mentions", "time_zone")),
    )


def _shape(annotation: Any) -> tuple[Shape, tuple[str, ...]]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _shape(get_args(annotation)[0])
    if origin in (Union, UnionType):
        shapes = [_shape(one) for one in get_args(annotation) if one is not type(None)]
        return next((one for one in shapes if one[0] is Shape.TEXT), shapes[0])
    if origin is Literal:
        return Shape.CHOICE, tuple(map(str, get_args(annotation)))
    if origin is dict:
        key, value = get_args(annotation)
        return (Shape.SECRET_TABLE if _shape(value)[0] is Shape.SECRET else Shape.TABLE), _members(key)
    if origin in (list, tuple):
        return Shape.LIST, ()
    if isinstance(annotation, type):
        for kind, shape in ((bool, Shape.TRUTH), (SecretStr, Shape.SECRET), (int, Shape.WHOLE), (float, Shape.NUMBER)):
            if issubclass(annotation, kind):
                return shape, ()
    members = _members(annotation)
    return (Shape.CHOICE, members) if members else (Shape.TEXT, ())


def _members(annotation: Any) -> tuple[str, ...]:
    if get_origin(annotation) is Annotated:
        return _members(get_args(annotation)[0])
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return tuple(one.value for one in annotation)
    return ()


def typed(fields: Sequence[FormField], texts: Mapping[str, str]) -> tuple[dict[str, Any], set[str]]:
    """What was typed as settings, and the keys whose fields were emptied. A secret that was left empty is left as it is.

    What cannot be read as its field's shape stays text, so that the kind's own check tells it with its key.
    """
    settings: dict[str, Any] = {}
    emptied: set[str] = set()
    for field in fields:
        text = texts.get(field.key)
        if text is None:
            continue
        text = text.strip("\n") if field.shape is Shape.LINES else text.strip()
        if text:
            settings[field.key] = _read(field.shape, text)
        elif not field.secret:
            emptied.add(field.key)
    return settings, emptied


def _read(shape: Shape, text: str) -> Any:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    match shape:
        case Shape.NUMBER | Shape.WHOLE | Shape.TRUTH:
            return EnvironmentText(text).parsed()
        case Shape.LIST:
            return lines
        case Shape.TABLE | Shape.SECRET_TABLE:
            pairs = [line.partition("=") for line in lines]
            return {key.strip(): value.strip() for key, _, value in pairs}
        case _:
            return text


def shown_text(field: FormField, value: Any) -> str:
    """A setting as it stands in its field; nothing of a secret."""
    if value is None or field.secret:
        return ""
    match value:
        case bool():
            return "true" if value else "false"
        case Mapping():
            return "\n".join(f"{key} = {inner}" for key, inner in value.items())
        case list() | tuple():
            return "\n".join(map(str, value))
        case _:
            return str(value)
