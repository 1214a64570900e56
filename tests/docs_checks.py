"""Checkers of the documentation: functions over texts that return what is wrong, so that tests can show that they fire."""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel

JsonSchema = Mapping[str, Any]

_FENCE = re.compile(r"^(```|~~~)")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_LINK = re.compile(r"\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^()\s]+)\)")
_CODE_SPAN = re.compile(r"`([^`]+)`")


def lines_of(text: str) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it is code: fenced, or indented by four blanks."""
    fenced = False
    for line in text.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
            yield line, True
        else:
            yield line, fenced or line.startswith("    ")


def sections(text: str) -> dict[str, str]:
    """Heading -> the text up to the next heading of any level."""
    found: dict[str, list[str]] = {"": []}
    here = ""
    for line, code in lines_of(text):
        heading = None if code else _HEADING.match(line)
        if heading is not None:
            here = heading[2]
            found[here] = []
        else:
            found[here].append(line)
    return {heading: "\n".join(body) for heading, body in found.items()}


def tables(text: str) -> Iterator[tuple[list[str], list[list[str]]]]:
    """Header and rows of each table."""
    rows: list[list[str]] = []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            rows.append([cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]])
        elif rows:
            yield rows[0], rows[2:]
            rows = []


def code_words(cell: str) -> list[str]:
    """What stands in backticks."""
    return _CODE_SPAN.findall(cell)


def toml_blocks(text: str) -> list[str]:
    """Fenced blocks of TOML."""
    return re.findall(r"^```toml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def slugs(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    found: Counter[str] = Counter()
    anchors = set()
    for line, code in lines_of(text):
        heading = None if code else _HEADING.match(line)
        if heading is not None:
            plain = _LINK.sub(lambda link: link[0].partition("](")[0].lstrip("["), heading[2]).lower()
            slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
            anchors.add(f"{slug}-{found[slug]}" if found[slug] else slug)
            found[slug] += 1
    return anchors


def broken_links(page: Path, text: str, read: Callable[[Path], str | None]) -> list[str]:
    """Relative links whose file or anchor is not there; `read` gives a file's text, None where there is no such file."""
    broken = []
    for line, code in lines_of(text):
        if code:
            continue
        for target in _LINK.findall(_CODE_SPAN.sub("", line)):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            other = text if not name else read((page.parent / name).resolve())
            if other is None:
                broken.append(f"{page.name}: {target}: there is no such file")
            elif anchor and anchor not in slugs(other):
                broken.append(f"{page.name}: {target}: there is no such heading")
    return broken


# --- settings


@dataclass(frozen=True)
class Row:
    """A documented setting; `around`: the text of its section."""

    default: str
    meaning: str
    around: str


def documented_settings(text: str) -> dict[str, dict[str, Row]]:
    """Section, as its heading has it -> key -> what is said of it."""
    found: dict[str, dict[str, Row]] = {}
    for heading, body in sections(text).items():
        around = "\n".join(line for line in body.splitlines() if not line.startswith("|"))
        for header, rows in tables(body):
            if header == ["key", "default", "meaning"]:
                found[heading] = {code_words(key)[0]: Row(default, meaning, around) for key, default, meaning in rows}
    return found


def settings_of(model: type[BaseModel], top: str) -> dict[str, JsonSchema]:
    """Section -> JSON schema, for a model and every table in it. A table in a table of a list goes by its own name."""
    schema = model.model_json_schema()
    found: dict[str, JsonSchema] = {}

    def inner(reference: str) -> JsonSchema:
        table: JsonSchema = schema["$defs"][reference.rpartition("/")[2]]
        return table

    def add(name: str, path: str, table: JsonSchema, itself: str = "") -> None:
        tables_in_it = []
        for key, value in table["properties"].items():
            deeper = f"{path}.{key}" if path else key
            if "$ref" in value and "properties" in inner(value["$ref"]):
                add(f"[{deeper}]", deeper, inner(value["$ref"]))
                tables_in_it.append(key)
            elif (
                "$ref" in value.get("items", {}) and value["items"]["$ref"] != itself
            ):  # such tables within such a table
                add(f"[[{deeper}]]", deeper, inner(value["items"]["$ref"]), value["items"]["$ref"])
                tables_in_it.append(key)
            for option in value.get("anyOf", ()):
                if "$ref" in option and "properties" in inner(option["$ref"]):
                    add(key if path else f"[{key}]", deeper, inner(option["$ref"]))
                    tables_in_it += [] if path else [key]  # a section of the file that may be missing
        kept = {key: value for key, value in table["properties"].items() if key not in tables_in_it}
        found[name] = {**table, "properties": kept, "$defs": schema.get("$defs", {})}

    add(top, "", schema)
    return found


def wrong_settings(
    documented: Mapping[str, Mapping[str, Row]], code: Mapping[str, JsonSchema], defaults: Mapping[str, object]
) -> list[str]:
    """Sections and keys that only one side has, defaults and bounds that differ. `defaults`: words that stand for values."""
    wrong = _only_one(documented, code, "section")
    for section in documented.keys() & code.keys():
        rows, schema = documented[section], code[section]
        wrong += [f"{section} {text}" for text in _only_one(rows, schema["properties"], "key")]
        for key in rows.keys() & schema["properties"].keys():
            required = key in schema.get("required", ())
            wrong += [f"{section} {key}: {text}" for text in _wrong_row(rows[key], schema, key, defaults, required)]
    return sorted(wrong)


def _only_one(documented: Iterable[str], code: Iterable[str], what: str) -> list[str]:
    written, there = set(documented), set(code)
    return [f"{what} {name} is not documented" for name in sorted(there - written)] + [
        f"{what} {name} is documented and not there" for name in sorted(written - there)
    ]


def _wrong_row(row: Row, schema: JsonSchema, key: str, defaults: Mapping[str, object], required: bool) -> Iterator[str]:  # noqa: FBT001 - a fact of the row
    value = schema["properties"][key]
    if required != (row.default == "required"):
        yield f"default {row.default!r}, but it is {'required' if required else 'not required'}"
    elif not required and _literal(row.default, defaults) != value.get("default"):
        yield f"default {row.default}, in the code {value.get('default')!r}"
    for bound in _bounds(value, schema["$defs"]):
        if not re.search(rf"(?<![\w.]){re.escape(bound)}(?![\w.]*\w)", f"{row.meaning}\n{row.around}"):
            yield f"{bound!r} is not said"


def _literal(text: str, defaults: Mapping[str, object]) -> object:
    if text in defaults:
        return defaults[text]
    written = text.strip("`")
    for word, value in defaults.items():
        written = written.replace(word, str(value)) if word.isupper() else written
    return tomllib.loads(f"v = {written}")["v"]


def _bounds(value: JsonSchema, definitions: Mapping[str, JsonSchema]) -> Iterator[str]:
    """What must be said of a setting: the numbers that bound it and the words it may be."""
    for option in [value, *value.get("anyOf", ()), value.get("items", {})]:
        here = definitions.get(str(option.get("$ref", "")).rpartition("/")[2], option)
        for bound in ("minimum", "maximum", "maxLength", "minItems", "maxItems"):
            if bound in here:
                yield f"{here[bound]:.15g}"
        if "exclusiveMinimum" in here:
            yield f"above {here['exclusiveMinimum']:g}"
        yield from here.get("enum", ())
        if "const" in here:
            yield here["const"]


# --- metrics


Labels = Mapping[str, AbstractSet[str]]


@dataclass(frozen=True)
class Metric:
    kind: str
    labels: Labels


def linked_words(cell: str, read: Callable[[str], str]) -> list[str]:
    """What stands in backticks in the first column of the tables that a cell links to."""
    targets = [target.partition("#") for target in _LINK.findall(cell)]
    linked = [
        body
        for name, _, anchor in targets
        for heading, body in sections(read(name)).items()
        if anchor in slugs(f"# {heading}")
    ]
    return [word for body in linked for _, rows in tables(body) for row in rows for word in code_words(row[0])]


def documented_metrics(text: str, read: Callable[[str], str]) -> dict[str, Metric]:
    """Name -> type, and each label with its members, from the page's tables and from those of other pages that it links to."""
    members: dict[tuple[str, str], frozenset[str]] = {}
    rows_of_metrics: list[list[str]] = []
    for header, rows in tables(text):
        if header[:3] == ["metric", "type", "labels"]:
            rows_of_metrics += rows
        elif header == ["label", "of", "members"]:
            for label, of, words in rows:
                for metric in code_words(of):
                    members[metric, code_words(label)[0]] = frozenset(code_words(words) + linked_words(words, read))
    found = {}
    for name, kind, labels, *_ in rows_of_metrics:
        metric = code_words(name)[0]
        found[metric] = Metric(kind, {x: members.pop((metric, x), frozenset()) for x in code_words(labels)})
    for metric, label in members:
        found[f"{metric} (in the members of {label} only)"] = Metric("", {})
    return found


def wrong_metrics(documented: Mapping[str, Metric], code: Mapping[str, Metric]) -> list[str]:
    """Metrics that only one side has, and types, labels and members that differ."""
    wrong = _only_one(documented, code, "metric")
    for name in sorted(documented.keys() & code.keys()):
        said, there = documented[name], code[name]
        if said.kind != there.kind:
            wrong.append(f"{name} is a {there.kind}, documented as a {said.kind}")
        wrong += [f"{name} {text}" for text in _only_one(said.labels, there.labels, "label")]
        for label in said.labels.keys() & there.labels.keys():
            wrong += [f"{name} {label} {text}" for text in _only_one(said.labels[label], there.labels[label], "member")]
    return wrong


# --- commands


def calls_in(text: str, program: str) -> list[list[str]]:
    """Words after each call of a program, in code blocks and code spans."""
    found = []
    for line, code in lines_of(text):
        candidates = [line.strip()] if code else _CODE_SPAN.findall(line)
        for call in candidates:
            words = call.removeprefix(".venv/bin/").split("#")[0].replace(r"\|", "|").split()
            if words and words[0] == program:
                found.append(words[1:])
    return found


def wrong_calls(calls: Iterable[Sequence[str]], root: click.Group) -> list[str]:
    """Calls of commands or options that are not there."""
    wrong = []
    for words in calls:
        command, path, unknown = _called(words, root)
        if unknown:
            wrong.append(f"{' '.join(words)}: there is no command {' '.join([*path, unknown])}")
        known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
        given = re.findall(r"(?<![\w-])--[a-z-]+", " ".join(words))
        wrong += [
            f"{' '.join(words)}: {' '.join(path)} has no option {option}"
            for option in given
            if option not in known | {"--help"}
        ]
    return wrong


def _called(words: Sequence[str], root: click.Group) -> tuple[click.Command, list[str], str]:
    """The command that the first words name, the names on the way, and the word that is the name of none."""
    command: click.Command = root
    path = [root.name or ""]
    for word in words:
        if not isinstance(command, click.Group) or not re.fullmatch(r"[a-z][a-z-]*", word):
            break
        inner = command.get_command(click.Context(command), word)
        if inner is None:
            return command, path, word
        command = inner
        path.append(word)
    return command, path, ""
