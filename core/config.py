"""Reading TOML so that every problem can be named with its file, line, key path and the nearest known key.

file -> tables -> `WIREWATCH_<SECTION>__<KEY>` laid over -> `${NAME}` filled in -> validated elsewhere -> Problem, one line each
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from core.bounded import whole
from core.environment_text import EnvironmentText
from core.named_file import NoFile, read_named, reason
from core.size_words import in_our_words
from core.toml_mistakes import decoded, parse

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


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A problem and its place. `line` counts from 1; 0 if unknown."""

    file: str
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


@dataclass(slots=True)
class Document:
    """One file's tables and the line of each key. `origins`: the variable that a value came from, where it did.

    `broken`: lines that are no TOML and are left out. `unread`: no line could be read. `told`: where something wrong is
    told already. `places`: of a list whose bad items were left out, where the others stand in the file.
    """

    path: Path
    shown: str
    data: Table
    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    origins: dict[KeyPath, str] = field(default_factory=dict)
    broken: frozenset[int] = frozenset()
    unread: bool = False
    told: set[KeyPath] = field(default_factory=set)
    places: dict[str, list[int]] = field(default_factory=dict)

    def placed(self, path: KeyPath) -> KeyPath:
        """The path as it stands in the file, where items of its list were left out."""
        if len(path) > 1 and isinstance(path[0], str) and isinstance(path[1], int) and self.places.get(path[0]):
            return (path[0], self.places[path[0]][path[1]], *path[2:])
        return path

    def is_told(self, path: KeyPath) -> bool:
        """Whether the problem there is reported already: a line that is not TOML, an unset variable, a wrong value."""
        path = self.placed(path)
        if any(path[:end] in self.told for end in range(1, len(path) + 1)):
            return True
        return self.lines.get(path) in self.broken

    def is_told_within(self, path: KeyPath) -> bool:
        """Whether the value there has a reported problem, so that it was skipped."""
        path = self.placed(path)
        return any(told[: len(path)] == path for told in self.told)

    def problem(self, path: KeyPath, message: str) -> Problem:
        """A problem at the key, or at the nearest key above it that has a line."""
        path = self.placed(path)
        for end in range(len(path), 0, -1):
            origin = self.origins.get(path[:end])
            if origin is not None:
                return Problem(f"environment {origin}", 0, dotted(path), message)
            line = self.lines.get(path[:end])
            if line is not None:
                return Problem(self.shown, line, dotted(path), message)
        within = [line for known, line in self.lines.items() if known[:1] == path[:1]]  # `[[source]]`, `[fetch.x]`
        if within:
            return Problem(self.shown, min(within), dotted(path), message)
        return Problem(self.shown, 0, dotted(path), message)


def dotted(path: KeyPath) -> str:
    """`("sources", 1, "url")` -> `sources[1].url`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def pointed(part: object) -> str:
    """A key or an index as a part of a JSON pointer (RFC 6901)."""
    return str(part).replace("~", "~0").replace("/", "~1")


def read_document(path: Path, shown: str, *, named: bool = False) -> tuple[Document, list[Problem]]:
    """The file's tables, with every problem; no tables where none can be made out.

    `named`: by another file. What a person names may be a pipe.
    """
    try:
        raw = read_named(path, pipes=not named)
    except OSError as error:
        message = reason(error) if isinstance(error, NoFile) else f"cannot be read: {reason(error)}"
        return Document(path, shown, {}, unread=True), [Problem(shown, 0, "", message)]
    found = decoded(raw)
    parsed = parse(found.text)
    mistakes = [*([] if found.mistake is None else [found.mistake]), *parsed.mistakes]
    problems = [Problem(shown, mistake.line, "", mistake.message) for mistake in mistakes]
    if parsed.data is None:
        return Document(path, shown, _include(found.text), unread=True), problems
    broken = frozenset(mistake.line for mistake in parsed.mistakes)
    return Document(path, shown, parsed.data, key_lines(found.text), broken=broken), problems


def _include(text: str) -> Table:
    """What of a file that cannot be read as a whole leads to others, which can."""
    line = re.search(r"^include\s*=\s*\[[^\]]*\]", text, re.MULTILINE)
    try:
        return {} if line is None else tomllib.loads(line[0])
    except tomllib.TOMLDecodeError:
        return {}


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
        filled, missing = fill_text(value, environ)
        for name in missing:
            problems.append(document.problem(path, f"the environment variable {name} is not set"))
            document.told.add(path)
        return filled if filled == value and not isinstance(value, EnvironmentText) else EnvironmentText(filled)

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


def fill_text(value: str, environ: Mapping[str, str]) -> tuple[str, list[str]]:
    """The text with `${NAME}` replaced, and the variables that are not set and have no default."""
    missing: list[str] = []

    def of(found: re.Match[str]) -> str:
        if found[0].startswith("$$"):
            return found[0][1:]
        known = environ.get(found[1], found[2])
        if known is None:
            missing.append(found[1])
            return ""
        return known

    return _VARIABLE.sub(of, value), missing


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
    place = whole(part, len(items))
    if place is not None and place < len(items):
        return place
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
        if document.is_told(path) or (kind == "missing" and document.is_told_within(path)):
            continue
        if kind == "extra_forbidden":
            names = fields_at(model, detail["loc"][:-1])
            message = "unknown key" + (nearest(str(path[-1]), names) or f"; known here: {', '.join(names)}")
        elif kind == "missing":
            message = "missing"
        elif kind in _EXPECTED:
            message = f"expected {_EXPECTED[kind]}, got {_kind_of(got)}{_as_meant(str(path[-1]), kind, got)}"
        elif kind == "literal_error":
            choices = re.findall(r"'([^']+)'", str(detail.get("ctx", {}).get("expected", "")))
            message = f"expected one of {', '.join(choices)}" + nearest(got if isinstance(got, str) else "", choices)
        else:
            message = in_our_words(str(detail["msg"])).removeprefix("Input ")
        found.append(document.problem(path, message))
    return found


def _as_meant(key: str, kind: str, got: object) -> str:
    """How a value of a wrong type is written, where that can be seen; only numbers and spans of it are repeated."""
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return f"; such as {_EXAMPLES[key]}" if key in _EXAMPLES else ""
    if not isinstance(got, str):
        return ""
    number = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", got)
    if kind == "bool_type" and got.lower() in ("yes", "no", "on", "off", "true", "false"):
        return f"; write {'true' if got.lower() in ('yes', 'on', 'true') else 'false'}, without quotes"
    if kind in ("int_type", "float_type") and number is not None:
        scale = _SCALES.get(number[2].lower() if key.endswith("_seconds") or number[2] else "")
        if not number[2]:
            return f"; write {number[1]}, without quotes"
        return "" if scale is None else f"; write {float(number[1]) * scale:.0f}, without quotes"
    return '; write it in brackets: ["..."]' if kind == "list_type" else ""


_SCALES = {
    "s": 1, "sec": 1, "seconds": 1, "m": 60, "min": 60, "minutes": 60, "h": 3600, "hour": 3600, "hours": 3600, "d": 86400,
    "day": 86400, "days": 86400, "w": 604800, "k": 1024, "kb": 1024, "kib": 1024, "mb": 1048576, "mib": 1048576,
    "gb": 1073741824, "gib": 1073741824,
}  # fmt: skip
_EXAMPLES = {
    "throttle": "{ max = 10, per_seconds = 3600 }",
    "quiet_hours": '{ start = "22:00", end = "07:00", time_zone = "Europe/Berlin" }',
    "digest": '{ at = ["08:00"], time_zone = "Europe/Berlin" }',
    "escalate": '[{ after_seconds = 600, channels = ["oncall"] }]',
    "standing": '{ kind = "frequency", stories = 5, window_seconds = 3600 }',
    "headers": '{ Authorization = "Bearer ${NEWS_TOKEN}" }',
}


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
    return () if here is None else tuple(field.alias or name for name, field in here.model_fields.items())


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and not get_origin(annotation) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
