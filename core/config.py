"""Reading TOML so that every problem can be named with its file, line, key path and the nearest known key.

file -> tables -> `WIREWATCH_<SECTION>__<KEY>` laid over -> `${NAME}` filled in -> validated elsewhere -> Problem, one line each
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

KeyPath = tuple[str | int, ...]
Table = dict[str, Any]

PREFIX = "WIREWATCH_"
_VARIABLE = re.compile(r"\$?\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"^\s*(\[\[?)\s*({_DOTTED})\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(rf"^\s*({_DOTTED})\s*=(.*)$")

# What pydantic calls a wrong type, in the words of somebody who writes TOML.
_EXPECTED = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list in [ ]",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}


class EnvironmentText(str):
    """A value from the environment: text, or what TOML makes of it where the setting is no text."""

    __slots__ = ()

    def parsed(self) -> object:
        try:
            return tomllib.loads(f"value = {self}")["value"]
        except tomllib.TOMLDecodeError:
            return str(self)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong and where. `line` counts from 1; 0 where none can be named."""

    file: str
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


@dataclass(slots=True)
class Document:
    """One file's tables and the line of each key. `origins`: the variable that a value came from, where it did."""

    path: Path
    shown: str
    data: Table
    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    origins: dict[KeyPath, str] = field(default_factory=dict)

    def problem(self, path: KeyPath, message: str) -> Problem:
        """A problem at the key, or at the nearest key above it that has a line."""
        for end in range(len(path), 0, -1):
            origin = self.origins.get(path[:end])
            if origin is not None:
                return Problem(f"environment {origin}", 0, dotted(path), message)
            line = self.lines.get(path[:end])
            if line is not None:
                return Problem(self.shown, line, dotted(path), message)
        return Problem(self.shown, 0, dotted(path), message)


def dotted(path: KeyPath) -> str:
    """`("sources", 1, "url")` -> `sources[1].url`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def read_document(path: Path, shown: str) -> tuple[Document, list[Problem]]:
    """The file's tables; with a problem and no tables where it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Document(path, shown, {}), [Problem(shown, 0, "", "there is no such file")]
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        return Document(path, shown, {}), [Problem(shown, 0, "", f"cannot be read: {reason}")]
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        message = re.sub(r" \(at line \d+, column (\d+)\)", r" (column \1)", str(error))
        return Document(path, shown, {}), [Problem(shown, int(place[1]) if place else 0, "", f"no TOML: {message}")]
    return Document(path, shown, data, key_lines(text)), []


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line of each table and key of a valid TOML text; keys of inline tables have that of their table."""
    lines: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    here: KeyPath = ()
    closing = ""  # of a multi-line string that is open
    for number, line in enumerate(text.splitlines(), 1):
        if closing:
            closing = "" if closing in line else closing
        elif header := _HEADER.match(line):
            here = _table_path(_parts(header[2]), counts, array=header[1] == "[[")
            lines.setdefault(here, number)
        elif key := _KEY.match(line):
            lines.setdefault((*here, *_parts(key[1])), number)
            value = key[2].strip()
            quotes = value[:3]
            if quotes in ('"""', "'''") and quotes not in value[3:]:
                closing = quotes
    return lines


def _parts(dotted_key: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted_key))


def _table_path(parts: Sequence[str], counts: dict[KeyPath, int], *, array: bool) -> KeyPath:
    path: KeyPath = ()
    for part in parts[:-1]:
        path = (*path, part)
        if path in counts:
            path = (*path, counts[path])
    path = (*path, parts[-1])
    if array:
        counts[path] = counts.get(path, -1) + 1
    return (*path, counts[path]) if path in counts else path


def fill_in(document: Document, environ: Mapping[str, str]) -> list[Problem]:
    """Replace `${NAME}` and `${NAME:-default}` in every string; `$${NAME}` stands for itself."""
    problems: list[Problem] = []

    def text(value: str, path: KeyPath) -> str:
        def of(found: re.Match[str]) -> str:
            if found[0].startswith("$$"):
                return found[0][1:]
            known = environ.get(found[1], found[2])
            if known is None:
                problems.append(document.problem(path, f"the environment variable {found[1]} is not set"))
                return ""
            return known

        filled = _VARIABLE.sub(of, value)
        return EnvironmentText(filled) if isinstance(value, EnvironmentText) else filled

    def walk(value: Any, path: KeyPath) -> Any:
        match value:
            case str():
                return text(value, path)
            case dict():
                return {key: walk(inner, (*path, key)) for key, inner in value.items()}
            case list():
                return [walk(inner, (*path, index)) for index, inner in enumerate(value)]
            case _:
                return value

    document.data = walk(document.data, ())
    return problems


def lay_over(documents: Sequence[Document], environ: Mapping[str, str], known: Sequence[str]) -> list[Problem]:
    """Put `WIREWATCH_<SECTION>__<KEY>` over the files: `known` are the names that a variable may begin with.

    An item of a list is named by its place in the first file (`SOURCES__0__URL`) or by its name (`CHANNELS__DESK__SECRET`).
    """
    problems: list[Problem] = []
    for variable in sorted(environ):
        parts = variable.removeprefix(PREFIX).lower().split("__")
        if not variable.startswith(PREFIX) or (len(parts) == 1 and parts[0] not in known):
            continue
        if parts[0] not in known:
            problems.append(
                Problem(
                    f"environment {variable}", 0, "", f"there is no section {parts[0]!r}" + nearest(parts[0], known)
                )
            )
        elif not any(_put(document, parts, variable, environ[variable]) for document in documents):
            problems.append(Problem(f"environment {variable}", 0, "", "there is nothing of that name to override"))
    return problems


def _put(document: Document, parts: Sequence[str], variable: str, value: str) -> bool:
    here: Any = document.data
    path: KeyPath = ()
    for part in parts[:-1]:
        if isinstance(here, dict):
            step: str | int = part
            here.setdefault(part, {})
        elif isinstance(here, list):
            index = _item(here, part)
            if index is None:
                return False
            step = index
        else:
            return False
        here, path = here[step], (*path, step)
    if not isinstance(here, dict):
        return False
    here[parts[-1]] = EnvironmentText(value)
    document.origins[*path, parts[-1]] = variable
    return True


def _item(items: list[Any], part: str) -> int | None:
    if part.isdigit() and int(part) < len(items):
        return int(part)
    for index, item in enumerate(items):
        if isinstance(item, dict) and re.sub(r"[^a-z0-9]+", "_", str(item.get("name", "")).lower()) == part:
            return index
    return None


def problems_of(error: ValidationError, document: Document, model: type[BaseModel], at: KeyPath = ()) -> list[Problem]:
    """pydantic's findings as problems; never with the value, which may be a secret."""
    found = []
    for detail in error.errors(include_url=False):
        path: KeyPath = (*at, *detail["loc"])
        kind, got = detail["type"], detail.get("input")
        if kind == "extra_forbidden":
            names = fields_at(model, detail["loc"][:-1])
            message = "unknown key" + (nearest(str(path[-1]), names) or f"; known here: {', '.join(names)}")
        elif kind == "missing":
            message = "missing"
        elif kind in _EXPECTED:
            message = f"expected {_EXPECTED[kind]}, got {_kind_of(got)}"
        elif kind == "literal_error":
            choices = re.findall(r"'([^']+)'", str(detail.get("ctx", {}).get("expected", "")))
            message = f"expected one of {', '.join(choices)}" + nearest(got if isinstance(got, str) else "", choices)
        else:
            message = str(detail["msg"]).removeprefix("Value error, ").removeprefix("Input ")
        found.append(document.problem(path, message))
    return found


def nearest(word: str, known: Sequence[str]) -> str:
    """`; did you mean "x"?`, or nothing where no known word is near."""
    near = get_close_matches(word, known, n=1)
    return f'; did you mean "{near[0]}"?' if near else ""


def _kind_of(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case str():
            return "text"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return type(value).__name__


def fields_at(model: type[BaseModel], path: Sequence[str | int]) -> tuple[str, ...]:
    """The keys that a table may have, at a place in a model."""
    here: type[BaseModel] | None = model
    for part in path:
        if isinstance(part, str) and here is not None and part in here.model_fields:
            here = next(_models(here.model_fields[part].annotation), None)
    return tuple(here.model_fields) if here is not None else ()


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and not get_origin(annotation) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def takes_text(annotation: object) -> bool:
    """True where a setting may be text, so that a value from the environment is taken as it is."""
    if annotation is str or get_origin(annotation) is Literal:
        return True
    if get_origin(annotation) in (Union, UnionType):
        return any(takes_text(inner) for inner in get_args(annotation))
    return (
        isinstance(annotation, type)
        and not get_origin(annotation)
        and not issubclass(annotation, int | float | BaseModel)
    )
