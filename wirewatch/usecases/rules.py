"""Rules: the standing rules with all their versions."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from alerts.management.diff import Change, diff
from alerts.pipeline.silence import covers
from alerts.rules.aliases import AliasSet
from alerts.rules.parser import parse
from alerts.rules.printer import print_rule
from alerts.rules.problem import render
from alerts.rules.syntax import Node
from core.db.connection import Connection
from core.model.escalation import EscalationStep
from core.model.metric_rule import MetricRule
from core.model.origin import FILE
from core.model.outcome import Priority
from core.model.rule import RuleDraft, RuleRow, RuleSettings
from core.model.silence import Silence
from core.store import channels, rules, silences, sources, teams
from wirewatch.usecases.acting import Acting, changes, reads
from wirewatch.usecases.named_rules import known_aliases, readable_tree, stored_rule, version, versions_of
from wirewatch.usecases.pages import Page, Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Conflict, Invalid, ManagedInFile, NotFound, checked_name
from wirewatch.usecases.routes import Destination, routing_of

_LIST = "rules"


@dataclass(frozen=True, slots=True)
class RuleHistory:
    """A rule in the version in force, and all its versions, the newest first."""

    current: RuleRow
    versions: tuple[RuleRow, ...]


@dataclass(frozen=True, slots=True)
class KnownRule:
    """A rule with its versions, the silences in force that keep all its alerts back, and where its alerts go."""

    history: RuleHistory
    silences: tuple[Silence, ...]
    destinations: tuple[Destination, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRule:
    """What is None or empty stays as it was in the version before. `keep_standing` False: `standing` takes the place of the
    condition that was there, None of any. `keep_escalation` likewise.
    """

    name: str
    query: str | None = None
    channels: tuple[str, ...] = ()
    priority: Priority | None = None
    standing: MetricRule | None = None
    keep_standing: bool = True
    escalate: tuple[EscalationStep, ...] | None = None
    keep_escalation: bool = True
    tags: tuple[str, ...] = ()
    since: datetime | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PutRule:
    """`changed` False: it was so already. `warnings`: what is probably not meant, rendered with its place."""

    name: str
    version: int
    changed: bool
    settings: RuleSettings
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleChanges:
    """The difference in meaning from the first version to the second."""

    first: RuleRow
    second: RuleRow
    changes: tuple[Change, ...] = field(default=())


@reads(Permission.READ_RULES)
async def list_page(acting: Acting, paging: Paging) -> Page[RuleRow]:
    """The team's rules in the version in force, removed ones too, in the order of their ids."""
    async with acting.db.connection() as conn:
        rows = await rules.page(conn, limit=paging.asked, after=paging.after_id(_LIST), team_id=acting.listed_team)
    return paging.page(_LIST, rows, lambda row: (row.rule_id,))


@reads(Permission.READ_RULES)
async def show(acting: Acting, name: str) -> RuleHistory:
    """A rule with its versions. Raises NotFound with the nearest name."""
    async with acting.db.connection() as conn:
        current = await stored_rule(conn, acting, name)
        return RuleHistory(current, tuple(await rules.versions_of(conn, current.rule_id)))


@reads(Permission.READ_RULES)
async def by_id(acting: Acting, rule_id: str) -> KnownRule | None:
    """The rule that a message's link is about; None where it is stored no more, or never was."""
    async with acting.db.connection() as conn:
        row = await rules.by_id(conn, rule_id)
        if row is None:
            return None
        versions = tuple(await rules.versions_of(conn, rule_id))
        muted = [
            one for one in await silences.active(conn, acting.clock.now()) if covers(one, row.name, "", row.team_id)
        ]
        routing = await routing_of(conn, row)
    return KnownRule(
        RuleHistory(row, versions), tuple(one for one in muted if one.source is None), routing.destinations
    )


@changes(Permission.CHANGE_RULES, "rule.put")
async def put(acting: Acting, new: NewRule) -> PutRule:
    """Store a rule, or a new version of one that no file manages. Raises NotFound, ManagedInFile, and Invalid with every problem."""
    async with acting.db.transaction() as conn:
        await _check_channels(acting, conn, new.channels)
        await _check_channels(acting, conn, [name for step in new.escalate or () for name in step.channels])
        before = await rules.get(conn, new.name, acting.team)
        if before is None:
            checked_name(new.name)
        _check_origin(before)
        settings = _settings(new, RuleSettings() if before is None else before.settings)
        query = new.query or ""
        if not query and before is not None and settings.watched_source is None:
            query = before.query
        await _check_source(conn, settings, query)
        canonical, warnings = _read(query, await known_aliases(conn, acting)) if query else ("", ())
        draft = RuleDraft(
            name=new.name,
            query=query,
            canonical=canonical,
            settings=settings,
            author=acting.actor,
            comment=new.comment,
        )
        number = await rules.put(conn, draft, acting.clock.now(), acting.team)
        await acting.note(conn, new.name, version=number)
    same = before is not None and before.enabled and before.version == number
    return PutRule(name=new.name, version=number, changed=not same, settings=settings, warnings=warnings)


@changes(Permission.CHANGE_RULES, "rule.remove")
async def remove(acting: Acting, name: str) -> RuleRow:
    """Take a rule out of force; its versions and alerts stay. Raises NotFound, Conflict, ManagedInFile."""
    async with acting.db.transaction() as conn:
        row = await stored_rule(conn, acting, name)
        if not row.enabled:
            raise Conflict(f"rule {name!r} is removed already")
        if row.origin == FILE:
            raise ManagedInFile(f"rule {name!r} is managed in a file; remove it there")
        await rules.set_enabled(conn, name, acting.team, enabled=False)
        await acting.note(conn, name)
    return row


@changes(Permission.CHANGE_RULES, "rule.rename")
async def rename(acting: Acting, old: str, new: str) -> RuleRow:
    """Give a rule another name; its versions, alerts and pace stay. Raises NotFound, ManagedInFile, Conflict, Invalid."""
    checked_name(new)
    async with acting.db.transaction() as conn:
        row = await stored_rule(conn, acting, old)
        if row.enabled and row.origin == FILE:
            raise ManagedInFile(f"rule {old!r} is managed in a file; change its name there")
        if await rules.get(conn, new, acting.team) is not None:
            raise Conflict(f"{new!r} is the name of another rule, in force or removed")
        await rules.rename(conn, row.rule_id, new)
        await acting.note(conn, new, before={"name": old}, after={"name": new}, rule_id=row.rule_id)
    return row


@changes(Permission.CHANGE_RULES, "rule.rollback")
async def rollback(acting: Acting, name: str, number: int) -> int:
    """Put an old version in force again, as a new one; its number. Raises NotFound, ManagedInFile, Invalid."""
    async with acting.db.transaction() as conn:
        old = version(await versions_of(conn, acting, name), number)
        _check_origin(old)
        if old.query:
            readable_tree(old.query, await known_aliases(conn, acting))  # an alias of it may be gone
        now = await rules.rollback(conn, name, number, acting.actor, acting.clock.now(), acting.team)
        await acting.note(conn, name, version=now, to=number)
    return now


@reads(Permission.READ_RULES)
async def compare(acting: Acting, name: str, first: int, second: int) -> RuleChanges:
    """Clauses gained and lost from one version to another. Raises NotFound, Invalid."""
    async with acting.db.connection() as conn:
        rows = await versions_of(conn, acting, name)
    old, new = (version(rows, number) for number in (first, second))
    return RuleChanges(old, new, tuple(diff(_tree(old), _tree(new)) if old.query or new.query else ()))


def _check_origin(row: RuleRow | None) -> None:
    if row is not None and row.enabled and row.origin == FILE:
        raise ManagedInFile(f"rule {row.name!r} is managed in a file; change it there")


def _settings(new: NewRule, before: RuleSettings) -> RuleSettings:
    return replace(
        before,
        channels=new.channels or before.channels,
        priority=new.priority or before.priority,
        tags=new.tags or before.tags,
        standing=before.standing if new.keep_standing else new.standing,
        escalate=before.escalate if new.keep_escalation else new.escalate,
        since=new.since or before.since,
    )


async def _check_channels(acting: Acting, conn: Connection, wanted: Iterable[str]) -> None:
    team = await teams.name_of(conn, acting.team)
    known = {channel.settings.name for channel in acting.config.channels if channel.team == team}
    known |= {row.name for row in await channels.list_all(conn) if row.team_id == acting.team}
    for channel in wanted:
        if channel not in known:
            raise NotFound(str(NotFound.of("channel", channel, known)).partition("; `wirewatch")[0])


async def _check_source(conn: Connection, settings: RuleSettings, query: str) -> None:
    """A watched source must be there, and has no query beside it; every other rule has one."""
    name = settings.watched_source
    if name is None:
        if not query:
            raise Invalid("a rule needs a query; only --standing silence --source NAME goes without")
        return
    if query:
        raise Invalid(
            "a rule that watches a source for silence has no query; leave out --source and write"
            f' AND source:"{name}" in the query'
        )
    if not await sources.ids_named(conn, name):
        raise NotFound.of("source", name, await sources.names(conn))


def _read(query: str, aliases: AliasSet) -> tuple[str, tuple[str, ...]]:
    """The canonical form and the warnings."""
    parsed = parse(query, aliases=aliases)
    if parsed.tree is None:
        raise Invalid("\n".join(render(problem, query) for problem in parsed.problems))
    return print_rule(parsed.tree), tuple(render(warning, query) for warning in parsed.warnings)


def _tree(row: RuleRow) -> Node:
    if not row.query:
        raise Invalid(f"version {row.version} watches a source and has no query to compare")
    parsed = parse(row.query)
    if parsed.tree is None:
        raise Invalid(f"version {row.version} can no longer be read: {parsed.problems[0].message}")
    return parsed.tree
