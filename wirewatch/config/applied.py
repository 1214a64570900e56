"""A document of sources, rules, aliases, channels and silences, TOML or JSON, as `apply` takes it.

It has the tables of a configuration file, and is checked by the same code; `[[silences]]` stand in no file but here.
Variables of the environment are not filled in: whoever sends a document is not whoever may read them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
from pydantic import AfterValidator, StringConstraints

from core.config import Document, KeyPath, Problem, key_lines, pointed
from core.model.sending import aware
from core.model.team import DEFAULT_TEAM
from core.toml_mistakes import decoded, parse
from wirewatch.config.across import unique
from wirewatch.config.loading import RuleConfig, rule_config
from wirewatch.config.schema import AliasTable, IncludedFile, SourceTable, Text
from wirewatch.config.section import Name, Section
from wirewatch.config.tables import read_tables, rule_tables, watches_source

NOUNS = ("channels", "aliases", "sources", "rules", "silences")  # in the order in which they need each other
MOST_ITEMS = 20_000
MOST_BYTES = 20_000_000
_TIMES = ("since", "starts", "ends")
_SECRETS = ("username", "password", "password_file", "headers")  # of sources; the database holds none


class SilenceTable(Section):
    """A silence; the same rule, source and end are the same silence."""

    rule: Text
    team: Name = DEFAULT_TEAM
    source: Text | None = None
    starts: Annotated[datetime, AfterValidator(aware)] | None = None
    ends: Annotated[datetime, AfterValidator(aware)]
    comment: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class AppliedFile(IncludedFile):
    """The keys of such a document."""

    silences: list[SilenceTable] = []  # noqa: RUF012 - pydantic copies it


class Unreadable(Exception):
    """The document is no TOML, or no JSON. `code`: of the problem."""

    def __init__(self, code: str, problems: Iterable[Problem]) -> None:
        self.code = code
        self.problems = tuple(problems)
        super().__init__("; ".join(one.message for one in self.problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What stands in a document, each with its index there. `nouns`: those that it says something of, if only that there are none.

    `problems`: everything that is wrong with it.
    """

    nouns: frozenset[str]
    sources: tuple[SourceTable, ...] = ()
    aliases: tuple[AliasTable, ...] = ()
    rules: tuple[RuleConfig, ...] = field(default=(), repr=False)
    channels: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    silences: tuple[SilenceTable, ...] = ()
    problems: tuple[Problem, ...] = ()


def pointer(path: str) -> str:
    """`rules[0].query` -> `/rules/0/query`, a JSON pointer (RFC 6901)."""
    parts = re.sub(r"\[(\d+)\]", r".\1", path).split(".") if path else []
    return "".join(f"/{pointed(part)}" for part in parts)


def read_toml(raw: bytes, shown: str, team: str = DEFAULT_TEAM) -> Applied:
    """The document in TOML. Raises Unreadable."""
    found = decoded(raw)
    parsed = parse(found.text)
    mistakes = [*([] if found.mistake is None else [found.mistake]), *parsed.mistakes]
    if mistakes or parsed.data is None:
        raise Unreadable("bad_toml", [Problem(shown, one.line, "", one.message) for one in mistakes])
    return _read(Document(Path(shown), shown, parsed.data, key_lines(found.text)), team)


def read_json(raw: bytes, shown: str, team: str = DEFAULT_TEAM) -> Applied:
    """The document in JSON. Raises Unreadable."""
    try:
        data = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Unreadable("bad_json", [Problem(shown, error.lineno, "", f"no JSON: {error.msg}")]) from None
    return read_data(data, shown, team)


def read_data(data: object, shown: str, team: str = DEFAULT_TEAM) -> Applied:
    """The document out of JSON that is read already. Raises Unreadable."""
    if not isinstance(data, dict):
        raise Unreadable("bad_body", [Problem(shown, 0, "", "expected an object with sources, rules and the like")])
    return _read(Document(Path(shown), shown, _as_toml(data, "")), team)


def _as_toml(value: Any, key: str) -> Any:
    """JSON has no times, and 5.0 is an integer there."""
    match value:
        case dict():
            return {name: _as_toml(inner, name) for name, inner in value.items() if inner is not None}
        case list():
            return [_as_toml(inner, key) for inner in value]
        case float() if value.is_integer():
            return int(value)
        case str() if key in _TIMES:
            try:
                return datetime.fromisoformat(value)
            except ValueError:
                return value
        case _:
            return value


def _read(document: Document, team: str) -> Applied:
    nouns = frozenset(NOUNS) & document.data.keys()
    problems = list(_too_many(document))
    if problems:
        return Applied(nouns=nouns, problems=tuple(problems))
    tables, problems = read_tables(document, AppliedFile)
    tables = tables or AppliedFile()
    rules = []
    for index, table in enumerate(tables.rules):
        read, found = rule_tables(document, index, table)
        problems += found
        if table.query is not None or watches_source(table):
            rules.append(rule_config(document, index, table, read))
    problems += unique([(document, tables)])
    problems += _not_here(document, tables, team)
    return Applied(
        nouns=nouns,
        sources=tuple(tables.sources),
        aliases=tuple(tables.aliases),
        rules=tuple(rules),
        channels=tuple(tables.channels),
        silences=tuple(tables.silences),
        problems=tuple(problems),
    )


def _too_many(document: Document) -> Iterable[Problem]:
    count = sum(len(value) for noun in NOUNS if isinstance(value := document.data.get(noun), list))
    if count > MOST_ITEMS:
        yield document.problem((), f"it has {count:,} items; send at most {MOST_ITEMS:,} at once")


def _term_files(document: Document, tables: AppliedFile) -> Iterable[Problem]:
    """Whoever sends a document is not whoever may read files here."""
    for index, alias in enumerate(tables.aliases):
        for key in sorted(alias.model_fields_set.intersection(("terms_file", "exclude_file"))):
            message = "files of terms stand in configuration files only; `wirewatch aliases import` brings one in"
            yield document.problem(("aliases", index, key), message)


def _not_here(document: Document, tables: AppliedFile, team: str) -> Iterable[Problem]:
    """What a file may have, and the database may not."""
    if tables.routes:
        yield document.problem(("routes",), "routes stand in configuration files only")
    for index, source in enumerate(tables.sources):
        for key in sorted(source.model_fields_set.intersection(_SECRETS)):
            message = "no password is kept in the database; put the source into a configuration file"
            yield document.problem(("sources", index, key), message)
    yield from _term_files(document, tables)
    for index, rule in enumerate(tables.rules):
        if rule.id is not None:
            yield document.problem(("rules", index, "id"), "an id of one's own stands in configuration files only")
    for noun in NOUNS:
        for index, item in enumerate(getattr(tables, noun)):
            named = item.get("team", DEFAULT_TEAM) if isinstance(item, Mapping) else item.team
            given = "team" in item if isinstance(item, Mapping) else "team" in item.model_fields_set
            if given and named != team:
                place: KeyPath = (noun, index, "team")
                yield document.problem(place, f"whoever applies this acts for the team {team!r}, and for no other")
