"""Rules: the standing rules with all their versions."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from alerts.management.diff import Change, diff
from alerts.pipeline.silence import covers
from alerts.rules.parser import parse
from alerts.rules.syntax import Node
from core.db.connection import Connection
from core.model.escalation import EscalationStep
from core.model.metric_rule import MetricRule
from core.model.outcome import Priority
from core.model.rule import RuleDraft, RuleRow, RuleSettings
from core.model.silence import Silence
from core.store import rules, silences
from wirewatch.config.one_rule import written_settings
from wirewatch.usecases.acting import Acting, changes, reads
from wirewatch.usecases.alias_sets import known_aliases
from wirewatch.usecases.named_rules import find_rule, readable_tree, stored_rule, version, versions_of
from wirewatch.usecases.pages import Page, Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Conflict, Invalid, checked_name
from wirewatch.usecases.routes import Destination, routing_of
from wirewatch.usecases.rule_checks import (
    check_channels,
    check_origin,
    check_owner,
    check_source,
    read,
    rule_tag,
    shape,
)

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
    condition that was there, None of any. `keep_escalation` likewise. `settings` take the place of all that were.

    `name`: of a rule that is stored its id will do. `only_new`: refuse a name that is in use.
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
    settings: RuleSettings | None = None
    only_new: bool = False
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PutRule:
    """`changed` False: it was so already. `warnings`: what is probably not meant, rendered with its place."""

    name: str
    rule_id: str
    version: int
    changed: bool
    settings: RuleSettings
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleChanges:
    """The difference in meaning from the first version to the second. `settings`: those that differ, before and after."""

    first: RuleRow
    second: RuleRow
    changes: tuple[Change, ...]
    settings: dict[str, tuple[Any, Any]]


@reads(Permission.READ_RULES)
async def list_page(acting: Acting, paging: Paging) -> Page[RuleRow]:
    """The team's rules in the version in force, removed ones too, in the order of their ids."""
    async with acting.db.connection() as conn:
        rows = await rules.page(conn, limit=paging.asked, after=paging.after_id(_LIST), team_id=acting.listed_team)
    return paging.page(_LIST, rows, lambda row: (row.rule_id,))


@reads(Permission.READ_RULES)
async def current(acting: Acting, name: str) -> RuleRow:
    """A rule by its name or id. Raises NotFound with the nearest name."""
    async with acting.db.connection() as conn:
        return await stored_rule(conn, acting, name)


@reads(Permission.READ_RULES)
async def show(acting: Acting, name: str) -> RuleHistory:
    """A rule with its versions. Raises NotFound with the nearest name."""
    async with acting.db.connection() as conn:
        current = await stored_rule(conn, acting, name)
        return RuleHistory(current, tuple(await rules.versions_of(conn, current.rule_id)))


@reads(Permission.READ_RULES)
async def detail(acting: Acting, name: str) -> KnownRule:
    """A rule by its name or id, with all that is known of it. Raises NotFound with the nearest name."""
    async with acting.db.connection() as conn:
        return await _known(acting, conn, await stored_rule(conn, acting, name))


@reads(Permission.READ_RULES)
async def by_id(acting: Acting, rule_id: str) -> KnownRule | None:
    """The rule that a message's link is about; None where it is stored no more, or never was."""
    async with acting.db.connection() as conn:
        row = await rules.by_id(conn, rule_id)
        if row is not None and acting.listed_team not in (None, row.team_id):
            return None
        return None if row is None else await _known(acting, conn, row)


async def _known(acting: Acting, conn: Connection, row: RuleRow) -> KnownRule:
    versions = tuple(await rules.versions_of(conn, row.rule_id))
    muted = [one for one in await silences.active(conn, acting.clock.now()) if covers(one, row.name, "", row.team_id)]
    routing = await routing_of(conn, row)
    return KnownRule(
        RuleHistory(row, versions), tuple(one for one in muted if one.source is None), routing.destinations
    )


@changes(Permission.OWN_RULES, "rule.put")
async def put(acting: Acting, new: NewRule) -> PutRule:
    """Store a rule, or a new version of one that no file manages.

    Raises NotFound, ManagedInFile, Conflict, NotPermitted, Stale, and Invalid with every problem.
    """
    async with acting.db.transaction() as conn:
        before = await find_rule(conn, acting, new.name)
        if before is None:
            checked_name(new.name)
            if not acting.team:
                raise Invalid(f"{acting.actor} is in no team, whose rule it would be; an admin can change that")
        else:
            acting = _in_its_team(acting, before)
            _check_new(new, before)
            await _check_change(acting, conn, before, "change it")
        number, settings, warnings = await _store(acting, conn, new, before)
        after = await rules.get(conn, new.name if before is None else before.name, acting.team)
        assert after is not None  # noqa: S101 - stored above
        await acting.note(
            conn, after.name, before=None if before is None else shape(before), after=shape(after), version=number
        )
    same = before is not None and before.enabled and before.version == number
    return PutRule(
        name=after.name, rule_id=after.rule_id, version=number, changed=not same, settings=settings, warnings=warnings
    )


def _check_new(new: NewRule, before: RuleRow) -> None:
    if new.only_new:
        state = "in force" if before.enabled else "out of force"
        raise Conflict(f"there is a rule {before.name!r} already, {state}; take another name, or change that one")


async def _store(
    acting: Acting, conn: Connection, new: NewRule, before: RuleRow | None
) -> tuple[int, RuleSettings, tuple[str, ...]]:
    """Check and store it: the version, the settings, the warnings of its text."""
    settings = _settings(new, RuleSettings() if before is None else before.settings)
    await check_channels(conn, acting, settings.channels if new.settings is not None else new.channels)
    steps = settings.escalate if new.settings is not None else new.escalate
    await check_channels(conn, acting, [name for step in steps or () for name in step.channels])
    query = new.query or ""
    if not query and new.query is None and before is not None and settings.watched_source is None:
        query = before.query
    await check_source(conn, settings, query)
    canonical, warnings = read(query, await known_aliases(conn, acting)) if query else ("", ())
    draft = RuleDraft(
        name=new.name if before is None else before.name,
        owner=acting.user_id,
        query=query,
        canonical=canonical,
        settings=settings,
        author=acting.actor,
        comment=new.comment,
    )
    return await rules.put(conn, draft, acting.clock.now(), acting.team), settings, warnings


@changes(Permission.OWN_RULES, "rule.remove")
async def remove(acting: Acting, name: str) -> RuleRow:
    """Take a rule out of force; its versions and alerts stay. Raises NotFound, Conflict, ManagedInFile, NotPermitted, Stale."""
    return await _take_out(acting, name, "removed", "remove it")


@changes(Permission.OWN_RULES, "rule.disable")
async def disable(acting: Acting, name: str) -> RuleRow:
    """The same, for a while."""
    return await _take_out(acting, name, "out of force", "take it out of force")


async def _take_out(acting: Acting, name: str, already: str, how: str) -> RuleRow:
    async with acting.db.transaction() as conn:
        row = await stored_rule(conn, acting, name)
        acting = _in_its_team(acting, row)
        await _check_change(acting, conn, row, how)
        if not row.enabled:
            raise Conflict(f"rule {row.name!r} is {already} already")
        await rules.set_enabled(conn, row.name, acting.team, enabled=False)
        await acting.note(conn, row.name, before=shape(row), after={**shape(row), "enabled": False})
    return row


@changes(Permission.OWN_RULES, "rule.enable")
async def enable(acting: Acting, name: str) -> RuleRow:
    """Put a rule in force again, in its last version. Raises NotFound, Conflict, NotPermitted, Stale, and Invalid where it can be
    used no more."""
    async with acting.db.transaction() as conn:
        row = await stored_rule(conn, acting, name)
        acting = _in_its_team(acting, row)
        await _check_change(acting, conn, row, "put it in force")
        if row.enabled:
            raise Conflict(f"rule {row.name!r} is in force already")
        await _put_again(acting, conn, row, row.comment)
        await acting.note(conn, row.name, before=shape(row), after={**shape(row), "enabled": True})
    return row


async def _put_again(acting: Acting, conn: Connection, row: RuleRow, comment: str) -> int:
    """Store a version that there was, checked anew: an alias or a channel of it may be gone."""
    await check_channels(conn, acting, row.settings.channels)
    if row.query:
        readable_tree(row.query, await known_aliases(conn, acting))
    draft = RuleDraft(
        name=row.name,
        query=row.query,
        canonical=row.canonical,
        settings=row.settings,
        author=acting.actor,
        comment=comment,
    )
    return await rules.put(conn, draft, acting.clock.now(), acting.team)


@changes(Permission.OWN_RULES, "rule.rename")
async def rename(acting: Acting, old: str, new: str) -> RuleRow:
    """Give a rule another name; its versions, alerts and pace stay.

    Raises NotFound, ManagedInFile, Conflict, Invalid, NotPermitted, Stale.
    """
    checked_name(new)
    async with acting.db.transaction() as conn:
        row = await stored_rule(conn, acting, old)
        acting = _in_its_team(acting, row)
        await _check_change(acting, conn, row, "change its name")
        if await rules.get(conn, new, acting.team) is not None:
            raise Conflict(f"{new!r} is the name of another rule, in force or removed")
        await rules.rename(conn, row.rule_id, new)
        await acting.note(conn, new, before=shape(row), after={**shape(row), "name": new}, rule_id=row.rule_id)
    return row


@changes(Permission.OWN_RULES, "rule.rollback")
async def rollback(acting: Acting, name: str, number: int) -> int:
    """Put an old version in force again, as a new one; its number.

    Raises NotFound, ManagedInFile, NotPermitted, Stale, and Invalid where it can be used no more.
    """
    async with acting.db.transaction() as conn:
        row = await stored_rule(conn, acting, name)
        acting = _in_its_team(acting, row)
        old = version(await versions_of(conn, row), number)
        await _check_change(acting, conn, row, "change it")
        now = await _put_again(acting, conn, replace(old, name=row.name), f"back to version {number}")
        await acting.note(
            conn, row.name, before=shape(row), after={**shape(old), "version": now}, version=now, to=number
        )
    return now


async def _check_change(acting: Acting, conn: Connection, row: RuleRow, how: str) -> None:
    check_owner(acting, row)
    check_origin(row, how)
    await acting.unchanged(conn, row.name, rule_tag(row))


def _in_its_team(acting: Acting, row: RuleRow) -> Acting:
    """The actor in the team of the rule, whose names it uses."""
    return replace(acting, team=row.team_id)


@reads(Permission.READ_RULES)
async def compare(acting: Acting, name: str, first: int, second: int) -> RuleChanges:
    """Clauses gained and lost from one version to another, and changed settings. Raises NotFound, Invalid."""
    async with acting.db.connection() as conn:
        row = await stored_rule(conn, acting, name)
        rows = await versions_of(conn, row)
        known = await known_aliases(conn, _in_its_team(acting, row))
    old, new = (version(rows, number) for number in (first, second))
    clauses = diff(_tree(old), _tree(new), known) if old.query or new.query else ()
    before, after = (written_settings(row.settings) for row in (old, new))
    settings = {
        name: (before.get(name), after.get(name)) for name in {**before, **after} if before.get(name) != after.get(name)
    }
    return RuleChanges(old, new, tuple(clauses), settings)


def _settings(new: NewRule, before: RuleSettings) -> RuleSettings:
    if new.settings is not None:
        return new.settings
    return replace(
        before,
        channels=new.channels or before.channels,
        priority=new.priority or before.priority,
        tags=new.tags or before.tags,
        standing=before.standing if new.keep_standing else new.standing,
        escalate=before.escalate if new.keep_escalation else new.escalate,
        since=new.since or before.since,
    )


def _tree(row: RuleRow) -> Node:
    if not row.query:
        raise Invalid(f"version {row.version} watches a source and has no query to compare")
    parsed = parse(row.query)
    if parsed.tree is None:
        raise Invalid(f"version {row.version} can no longer be read: {parsed.problems[0].message}")
    return parsed.tree
