"""Checks across the files of a configuration: names, addresses and ids are those of one thing in a team; which channels
are in none."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from core.config import Document, KeyPath, Problem
from core.model.team import DEFAULT_TEAM
from core.net.url import feed_url
from wirewatch.config.schema import IncludedFile, RuleTable
from wirewatch.config.tables import LISTS

Files = Sequence[tuple[Document, IncludedFile]]


def unique(files: Files) -> Iterator[Problem]:
    """Whatever is there twice."""
    for kind in LISTS:
        yield from _unique_names(files, kind)
    yield from _unique_urls(files)
    yield from _unique_ids(files)


def _unique_names(files: Files, kind: str) -> Iterator[Problem]:
    seen: dict[tuple[str, str], str] = {}
    for document, tables in files:
        for index, table in enumerate(getattr(tables, kind)):
            if document.is_told((kind, index, "name")):
                continue  # it has none that could be compared
            name = table.get("name") if isinstance(table, dict) else table.name
            compared = str(name).lower() if kind == "aliases" else str(name)  # rules write @name in any letter case
            key = (_team(table) if isinstance(table, dict) else table.team, compared)
            problem = document.problem((kind, index, "name"), f"{name!r} is the name of another one")
            if key in seen:
                first = f"{name!r} is named twice; the first stands at {seen[key]}"
                yield document.problem((kind, index, "name"), first)
            else:
                seen[key] = f"{problem.file}:{problem.line}" if problem.line else problem.file


def _team(channel: Mapping[str, Any]) -> str:
    return str(channel.get("team", DEFAULT_TEAM))


def _unique_ids(files: Iterable[tuple[Document, IncludedFile]]) -> Iterator[Problem]:
    seen: dict[str, tuple[str, str]] = {}
    for document, tables in files:
        for index, table in enumerate(tables.rules):
            one = (table.team, table.name)
            if table.id is not None and (other := seen.setdefault(table.id, one)) != one:
                yield document.problem(("rules", index, "id"), f"the rule {other[1]!r} has the same id")


def _unique_urls(files: Iterable[tuple[Document, IncludedFile]]) -> Iterator[Problem]:
    seen: dict[tuple[str, str], str] = {}
    for document, tables in files:
        for index, table in enumerate(tables.sources):
            other = seen.setdefault((table.team, feed_url(table.url)), table.name)
            if other != table.name:
                yield document.problem(("sources", index, "url"), f"the source {other!r} has the same address")


@dataclass(frozen=True, slots=True)
class OtherChannel:
    """A rule in a file names a channel that no file has of its team; the database may have it. `place` is shown with a problem."""

    name: str
    team: str
    in_files: tuple[str, ...]
    place: Callable[[str], Problem] = field(repr=False, compare=False)


def other_channels(files: Files) -> Iterator[OtherChannel]:
    """A broken channel is reported elsewhere, not here."""
    of_team: dict[str, list[str]] = defaultdict(list)
    for _, tables in files:
        for table in tables.channels:
            of_team[_team(table)].append(str(table.get("name")))
    for document, tables in files:
        for index, rule in enumerate(tables.rules):
            known = tuple(dict.fromkeys(of_team.get(rule.team, ())))
            for where, channel in _named_channels(index, rule):
                if channel not in known:
                    yield OtherChannel(channel, rule.team, known, partial(document.problem, where))


def _named_channels(index: int, rule: RuleTable) -> Iterator[tuple[KeyPath, str]]:
    """The channels that its alerts go to, and go on to, with their places."""
    for place, channel in enumerate(rule.channels):
        yield ("rules", index, "channels", place), channel
    for number, step in enumerate(rule.escalate or ()):
        named = step.get("channels")
        for place, channel in enumerate(named if isinstance(named, list) else ()):
            if isinstance(channel, str):
                yield ("rules", index, "escalate", number, "channels", place), channel
