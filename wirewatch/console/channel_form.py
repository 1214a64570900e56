"""The form of a channel, made of the settings of its kind, and the same request by program. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alerts.channels.form_fields import FormField, Shape, fields_of, shown_text, typed
from wirewatch.console.forms import Form

_BEFORE = "s."  # begins the names of the fields that are settings
STANDS_FOR = "..."  # for a secret, in what is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownField:
    """`kept`: a secret is there, and stays if the field is left empty. `rows`: of a field of several lines; 0: one line."""

    field: FormField
    name: str
    text: str
    kept: bool
    rows: int
    options: Sequence[tuple[str, str]]
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed: settings to lay over those that are there, and keys to take away."""

    settings: Mapping[str, Any]
    without: tuple[str, ...]
    texts: Mapping[str, str]


def read(kind: str, sent: Form, kept: Mapping[str, Any]) -> Typed:
    """What the form says of a channel with these settings. A secret goes where its box says so."""
    texts = {field.key: _sent(sent, field) for field in fields_of(kind) if sent.has(_BEFORE + field.key)}
    settings, emptied = typed(fields_of(kind), texts)
    dropped = {field.key for field in fields_of(kind) if field.secret and sent.has(f"drop.{field.key}")}
    settings = {key: value for key, value in settings.items() if key not in dropped and _differs(key, value, kept)}
    return Typed(settings=settings, without=tuple(sorted((emptied | dropped) & kept.keys())), texts=texts)


def _sent(sent: Form, field: FormField) -> str:
    values = sent.fields.get(_BEFORE + field.key, ("",))
    return values[0]


def _differs(key: str, value: Any, kept: Mapping[str, Any]) -> bool:
    return key not in kept or kept[key] != value


def shown_fields(kind: str, settings: Mapping[str, Any], texts: Mapping[str, str] | None = None) -> list[ShownField]:
    """The fields with what a channel has; `texts`: with what was typed in its place, but for secrets."""
    found = []
    for field in fields_of(kind):
        text = shown_text(field, settings.get(field.key))
        if texts is not None and not field.secret:
            text = texts.get(field.key, text)
        found.append(
            ShownField(
                field=field,
                name=_BEFORE + field.key,
                text=text,
                kept=field.secret and field.key in settings,
                rows=_ROWS.get(field.shape, 0),
                options=_options(field),
                hint=_hint(field),
            )
        )
    return found


_ROWS = {Shape.LINES: 8, Shape.LIST: 3, Shape.TABLE: 3, Shape.SECRET_TABLE: 3}


def _options(field: FormField) -> list[tuple[str, str]]:
    otherwise = "not set" if field.default is None else f"as it is: {shown_text(field, field.default)}"
    match field.shape:
        case Shape.CHOICE:
            return [("", otherwise), *((choice, choice) for choice in field.choices)]
        case Shape.TRUTH:
            return [("", otherwise), ("true", "true"), ("false", "false")]
        case _:
            return []


def _hint(field: FormField) -> str:
    keys = f"; KEY is one of {', '.join(field.choices)}" if field.choices else ""
    match field.shape:
        case Shape.LIST:
            return "one a line"
        case Shape.TABLE | Shape.SECRET_TABLE:
            return f"KEY = VALUE, one a line{keys}"
        case Shape.NUMBER | Shape.WHOLE if field.default is not None:
            return f"without it {field.default:g}"
        case Shape.TEXT if field.default:
            return f"without it {field.default}"
        case _:
            return ""


def example(kind: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings for a request by program: secrets stand as dots, and what is needed and missing as its name."""
    found: dict[str, Any] = {}
    for field in fields_of(kind):
        if field.key in settings:
            found[field.key] = STANDS_FOR if field.secret else settings[field.key]
        elif field.needed:
            found[field.key] = [STANDS_FOR] if field.shape is Shape.LIST else STANDS_FOR
    return found
