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
from wirewatch.config.schema import IncludedFile, MainFile, RouteTable, RuleTable
from wirewatch.config.tables import NAMED

Files = Sequence[tuple[Document, IncludedFile]]


def unique(files: Files) -> Iterator[Problem]:
    """Whatever is there twice, aliases without terms, and fall-backs in a circle."""
    yield from _without_terms(files)
    for kind in NAMED:
        yield from _unique_names(files, kind)
    yield from _unique_urls(files)
    yield from _unique_ids(files)
    yield from fallback_loops(files)


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


def _without_terms(files: Files) -> Iterator[Problem]:
    for document, tables in files:
        for index, alias in enumerate(tables.aliases):
            where: KeyPath = ("aliases", index, "terms")
            told = document.is_told_within(where) or document.is_told_within(("aliases", index, "terms_file"))
            if alias.terms is None and alias.terms_file is None and not told:
                yield document.problem(where, 'missing; write terms = ["..."], or terms_file = "terms.txt"')


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
    """A rule or route in a file names a channel that no file has of its team; the database may have it.

    `team` None: of any team, for a route that asks for none. `place` is shown with a problem.
    """

    name: str
    team: str | None
    in_files: tuple[str, ...]
    place: Callable[[str], Problem] = field(repr=False, compare=False)


def other_channels(files: Files) -> Iterator[OtherChannel]:
    """A broken channel is reported elsewhere, not here."""
    of_team = channels_by_team(files)
    for document, tables in files:
        for where, channel, teams in _named(tables):
            if channel not in _known(of_team, teams):
                team = None if teams is None else teams[0]
                yield OtherChannel(channel, team, _known(of_team, teams), partial(document.problem, where))


def _named(tables: IncludedFile) -> Iterator[tuple[KeyPath, str, tuple[str, ...] | None]]:
    """Every channel that is named, with its place and the teams that must have it; None: any team."""
    for index, rule in enumerate(tables.rules):
        for where, channel in _named_channels(index, rule):
            yield where, channel, (rule.team,)
    for where, channel, team in _meant_instead(tables):
        yield where, channel, (team,)
    for index, route in enumerate(tables.routes):
        for where, table, teams in _routes(("routes", index), route, None):
            for place, channel in enumerate(table.channels or ()):
                yield (*where, "channels", place), channel, teams


def _meant_instead(tables: IncludedFile) -> Iterator[tuple[KeyPath, str, str]]:
    """The channels that hear of others that fail, with their places and teams."""
    for index, table in enumerate(tables.channels):
        fallback = table.get("fallback")
        if isinstance(fallback, str):
            yield ("channels", index, "fallback"), fallback, _team(table)
    if isinstance(tables, MainFile) and tables.alerts.owner_channel is not None:
        yield ("alerts", "owner_channel"), tables.alerts.owner_channel, DEFAULT_TEAM


def fallback_loops(files: Files) -> Iterator[Problem]:
    """Fall-backs that lead back to the channel that they begin with."""
    leads: dict[tuple[str, str], str] = {}
    for _, tables in files:
        for table in tables.channels:
            if isinstance(table.get("fallback"), str):
                leads[_team(table), str(table.get("name"))] = str(table["fallback"])
    for document, tables in files:
        for index, table in enumerate(tables.channels):
            team, name = _team(table), str(table.get("name"))
            path, here = [name], leads.get((team, name))
            while here is not None and here not in path:
                path.append(here)
                here = leads.get((team, here))
            if here == name:
                message = f"the fall-backs lead in a circle: {' > '.join([*path, name])}"
                yield document.problem(("channels", index, "fallback"), message)


def _routes(
    where: KeyPath, route: RouteTable, teams: tuple[str, ...] | None
) -> Iterator[tuple[KeyPath, RouteTable, tuple[str, ...] | None]]:
    """The route and those below it, with their places and the teams that they ask for."""
    teams = tuple(route.team) if route.team is not None else teams
    yield where, route, teams
    for index, below in enumerate(route.routes):
        yield from _routes((*where, "routes", index), below, teams)


def _known(of_team: Mapping[str, Sequence[str]], teams: tuple[str, ...] | None) -> tuple[str, ...]:
    """The channels that are there for a route: of any team, or those that each of its teams has."""
    if teams is None:
        return tuple(dict.fromkeys(name for names in of_team.values() for name in names))
    return tuple(name for name in of_team.get(teams[0], ()) if all(name in of_team.get(team, ()) for team in teams))


def channels_by_team(files: Files) -> dict[str, list[str]]:
    """The names of the channels in the files, by the name of their team."""
    of_team: dict[str, list[str]] = defaultdict(list)
    for _, tables in files:
        for table in tables.channels:
            of_team[_team(table)].append(str(table.get("name")))
    return of_team


def _named_channels(index: int, rule: RuleTable) -> Iterator[tuple[KeyPath, str]]:
    """The channels that its alerts go to, and go on to, with their places."""
    for place, channel in enumerate(rule.channels):
        yield ("rules", index, "channels", place), channel
    for number, step in enumerate(rule.escalate or ()):
        named = step.get("channels")
        for place, channel in enumerate(named if isinstance(named, list) else ()):
            if isinstance(channel, str):
                yield ("rules", index, "escalate", number, "channels", place), channel
