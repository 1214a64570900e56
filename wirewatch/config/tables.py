"""A file's tables, checked whole: what is wrong with one key or item hides nothing that is wrong with another.

tables -> brackets corrected -> model --(problems)--> reported, skipped, tried again -> IncludedFile of the valid rest
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from core.config import Document, KeyPath, Problem, dotted, problems_of
from core.log.kafka_options import bootstrap_of
from core.model.outcome import Priority
from core.model.rule import RuleSettings
from core.model.rule_tables import TABLES
from core.model.sending import Throttle
from wirewatch.config.host_names import host_name
from wirewatch.config.schema import IncludedFile, RuleTable

LISTS = ("sources", "aliases", "rules", "channels", "routes", "silences")
NAMED = LISTS[:4]  # whose items have a name
_ROUNDS = 40
_M = TypeVar("_M", bound=IncludedFile)


def read_tables(document: Document, model: type[_M]) -> tuple[_M | None, list[Problem]]:
    """The good part of a document, and every problem of the rest."""
    problems = _brackets(document, model)
    data = {key: list(value) if isinstance(value, list) else value for key, value in document.data.items()}
    for kind in LISTS:
        document.places[kind] = list(range(len(data[kind]))) if isinstance(data.get(kind), list) else []
    for _ in range(_ROUNDS):
        try:
            return model.model_validate(data), problems
        except ValidationError as error:
            problems += problems_of(error, document, model)
            _leave_out(data, document, [detail["loc"] for detail in error.errors(include_url=False)])
    return None, problems


def log_url_problem(url: str) -> str | None:
    """What is wrong with `log.url`, or None."""
    if url in ("sqlite:", "memory:"):
        return None
    expected = 'expected "sqlite:" or "kafka://host:9092,host2:9092"'
    scheme, separator, rest = url.partition("://")
    if scheme != "kafka" or not separator or not rest:
        bare = host_name(url) is not None and ":" in url
        return expected + (f'; did you mean "kafka://{url}"?' if bare else "")
    for place in bootstrap_of(url).split(","):
        if not place.strip():
            return f"{expected}; there is a comma too many"
        if host_name(place) is None:
            return f"{place[:100]!r} is no host and port; {expected}"
    return None


def log_url_problems(main: Document, url: str) -> list[Problem]:
    """The same at its place, where nothing is told of it yet."""
    message, where = log_url_problem(url), ("log", "url")
    return [] if message is None or main.is_told(where) else [main.problem(where, message)]


def _brackets(document: Document, model: type[IncludedFile]) -> list[Problem]:
    """`[sources]` for `[[sources]]` and `[[server]]` for `[server]`: reported, and read as meant."""
    problems, data = [], document.data
    for name in model.model_fields:
        value = data.get(name)
        if name in LISTS and isinstance(value, dict):
            message = f"each of the {name} is one of a list: write [[{name}]], with two brackets"
            problems.append(document.problem((name,), message))
            data[name] = [value]
            moved = {(name, 0, *path[1:]): line for path, line in document.lines.items() if path[:1] == (name,)}
            document.lines = {**document.lines, **moved}
        elif name not in LISTS and isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            problems.append(document.problem((name, 0), f"there is one such table: write [{name}], with one bracket"))
            data[name] = value[0]
            moved = {(name, *path[2:]): line for path, line in document.lines.items() if path[:2] == (name, 0)}
            document.lines = {**document.lines, **moved}
    return problems


def _leave_out(data: dict[str, Any], document: Document, places: Sequence[KeyPath]) -> None:
    """Take out what is wrong: a key where the rest can do without it, else its item or section."""
    doomed: set[KeyPath] = set()
    for path in places:
        first_time = not document.is_told(path)
        document.told.add(document.placed(path))
        if not (first_time and _without(data, path)):
            doomed.add(path[:2] if path[0] in LISTS and len(path) > 1 else path[:1])
        if path[2:] == ("name",) and path[0] in LISTS and path[:2] in doomed:
            _name(data, path, document.placed(path))
            doomed.discard(path[:2])
    for path in doomed:
        if len(path) == 1:
            data.pop(str(path[0]), None)
    for kind in LISTS:
        gone = {int(path[1]) for path in doomed if len(path) > 1 and path[0] == kind}
        if gone:
            data[kind] = [one for index, one in enumerate(data[kind]) if index not in gone]
            document.places[kind] = [one for index, one in enumerate(document.places[kind]) if index not in gone]


def _name(data: dict[str, Any], path: KeyPath, place: KeyPath) -> None:
    """Give an item some name in place of none or a wrong one, so that the rest of it is looked at."""
    kind, index = str(path[0]), int(path[1])
    if isinstance(data[kind][index], dict):
        data[kind][index] = {**data[kind][index], "name": f"{kind}-{place[1]}"}  # one that each kind may have


def _without(data: dict[str, Any], path: KeyPath) -> bool:
    """Take the key at the path out, with the list that it may be an item of; False where nothing smaller can go."""
    names = [index for index, part in enumerate(path) if isinstance(part, str)]
    last = names[-1] if names else -1
    if last < 0 or (path[0] in LISTS and last < 2) or (path[0] not in LISTS and last < 1):
        return False
    here: Any = data
    for part in path[:last]:
        known = part in here if isinstance(here, dict) else isinstance(here, list)
        inner: Any = dict.get(here, part) if isinstance(here, dict) else here[part]
        if not known or not isinstance(inner, dict | list):
            return False
        copy: Any = dict(inner) if isinstance(inner, dict) else list(inner)
        here[part] = copy  # the document's own stays whole
        here = copy
    if not isinstance(here, dict) or path[last] not in here:
        return False
    here.pop(path[last])
    return True


def rule_tables(document: Document, index: int, table: RuleTable) -> tuple[dict[str, Any], list[Problem]]:
    """A rule's quiet hours, digest and condition as their types, and what is wrong with a rule beside its text."""
    where: KeyPath = ("rules", index)
    read: dict[str, Any] = dict.fromkeys(TABLES)
    problems: list[Problem] = []
    tables = {name: value for name in TABLES if (value := getattr(table, name)) is not None}
    if tables:
        from wirewatch.config.rule_settings import read_setting  # noqa: PLC0415 - few rules have such tables

        for name, value in tables.items():
            read[name], found = read_setting(name, value)
            problems += [document.problem((*where, *keys), message) for keys, message in found]
    return read, [*problems, *_query_problems(document, where, table)]


def rule_settings(table: RuleTable, read: Mapping[str, Any]) -> RuleSettings:
    """The settings of a rule whose tables are read."""
    return RuleSettings(
        channels=tuple(table.channels),
        priority=Priority(table.priority),
        group_wait_seconds=table.group_wait_seconds,
        group_interval_seconds=table.group_interval_seconds,
        throttle=Throttle(table.throttle.max, table.throttle.per_seconds) if table.throttle else None,
        tags=tuple(table.tags),
        inhibits=tuple(table.inhibits),
        spread_outlets=tuple(sorted(set(table.spread_outlets))),
        template=table.template,
        since=table.since,
        **read,
    )


def _query_problems(document: Document, where: KeyPath, table: RuleTable) -> Iterable[Problem]:
    if table.query is None and not watches_source(table) and not document.is_told((*where, "query")):
        yield document.problem((*where, "query"), "missing")
    if table.query is not None and watches_source(table):
        yield document.problem(
            (*where, "query"),
            "a rule that watches a source for silence has no query; leave it out, or leave out the source and"
            ' write AND source:"NAME" in the query',
        )


def watches_source(table: RuleTable) -> bool:
    """Whether the rule watches a source for silence, and so has no query."""
    return table.standing is not None and table.standing.get("source") is not None


def channel_path(where: KeyPath, text: str) -> KeyPath:
    """Of the registry's line `channels[0].url: ...`."""
    rest = text.partition(": ")[0].removeprefix(dotted(where)).lstrip(".")
    return (*where, *(part for part in rest.split(".") if part))
