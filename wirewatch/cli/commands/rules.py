"""`wirewatch rules`: the standing rules with all their versions, and what a rule would find."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from alerts.management.diff import Change, diff
from alerts.management.preview import rule_tree
from alerts.rules.aliases import AliasSet
from alerts.rules.parser import parse
from alerts.rules.printer import print_rule
from alerts.rules.problem import render
from alerts.rules.syntax import Node
from core.db.connection import Connection
from core.errors import UserError
from core.model.outcome import Priority
from core.model.rule import RuleDraft, RuleRow, RuleSettings
from core.model.rule_tables import TABLES, written, written_table
from core.store import audit, rules
from core.store.audit import AuditRow
from wirewatch.cli import output
from wirewatch.cli.commands.rules_health import health
from wirewatch.cli.commands.rules_preview import preview
from wirewatch.cli.commands.rules_translate import translate
from wirewatch.cli.opened import Opened, config_option, current_user, json_option, open_database, run, unknown
from wirewatch.cli.rule_texts import known_aliases, stored_rule, version, versions_of
from wirewatch.cli.standing_options import check_source, standing_options, standing_settings
from wirewatch.cli.told import Told

_COLUMNS = ("name", "version", "state", "priority", "channels", "origin", "changed", "author")
_VERSION_COLUMNS = ("version", "author", "created", "comment", "query")
_CHANGE_COLUMNS = ("change", "clause", "within", "effect")


@click.group("rules")
def command() -> None:
    """List, show, preview and change rules."""


command.add_command(preview)
command.add_command(health)
command.add_command(translate)


@command.command("list")
@config_option
@json_option
def list_rules(path: Path, *, as_json: bool) -> None:
    """All rules, removed ones too, by name."""
    rows = run(_all(path))
    empty = "No rules are stored; `wirewatch run` stores those of the configuration."
    output.show(list(map(_summary, rows)), _COLUMNS, as_json=as_json, empty=empty)


async def _all(path: Path) -> list[RuleRow]:
    async with open_database(path) as opened, opened.db.connection() as conn:
        return await rules.list_all(conn)


@command.command("show")
@click.argument("name")
@config_option
@json_option
def show(name: str, path: Path, *, as_json: bool) -> None:
    """A rule: text, canonical form, settings and versions."""
    rows = list(run(_versions(path, name)).values())
    current = rows[0]
    whole: dict[str, object] = {
        **_summary(current),
        "query": current.query,
        "canonical": current.canonical,
        "settings": written(current.settings),
    }
    versions = [
        {
            "version": row.version,
            "author": row.author,
            "created": row.created,
            "comment": row.comment,
            "query": row.query,
        }
        for row in rows
    ]
    if as_json:
        output.print_json({**whole, "versions": versions})
        return
    output.show_one({**whole, "settings": _settings(current.settings)}, as_json=False)
    output.say()
    output.show(versions, _VERSION_COLUMNS, as_json=False, empty="")


async def _versions(path: Path, name: str) -> dict[int, RuleRow]:
    async with open_database(path) as opened, opened.db.connection() as conn:
        rows = await versions_of(conn, name)
        current = await stored_rule(conn, name)
    return {current.version: current, **rows}


@command.command("add")
@click.argument("name")
@click.argument("query", required=False)
@click.option("--channel", "channels", multiple=True, help="Where its alerts go; may be given several times.")
@click.option("--priority", type=click.Choice([priority.value for priority in Priority]))
@click.option("--comment", default="", help="Why, for those who read the versions later.")
@standing_options
@config_option
def add(
    name: str,
    query: str | None,
    path: Path,
    channels: tuple[str, ...],
    priority: str | None,
    comment: str,
    **standing: Any,
) -> None:
    """Store a rule, or a new version of one that was added so. A query and settings that are not given stay.

    A rule that watches a source (--standing silence --source NAME) goes without QUERY.
    """
    draft = RuleDraft(name=name, query=query or "", canonical="", author=current_user(), comment=comment)
    run(_add(path, draft, channels, Priority(priority) if priority else None, standing))


async def _add(
    path: Path, draft: RuleDraft, channels: tuple[str, ...], priority: Priority | None, standing: Mapping[str, Any]
) -> None:
    async with open_database(path) as opened, opened.db.transaction() as conn:
        known = {channel.settings.name for channel in opened.config.channels}
        for channel in channels:
            if channel not in known:
                raise UserError(f"{unknown('channel', channel, known)}".partition("; `wirewatch")[0])
        before = await rules.get(conn, draft.name)
        settings = RuleSettings() if before is None else before.settings
        settings = replace(
            settings,
            channels=channels or settings.channels,
            priority=priority or settings.priority,
            standing=standing_settings(standing, settings.standing),
        )
        if not draft.query and before is not None and settings.watched_source is None:
            draft = replace(draft, query=before.query)
        await check_source(conn, settings, draft.query)
        canonical = _canonical(draft.query, await known_aliases(conn, opened.config)) if draft.query else ""
        draft = replace(draft, canonical=canonical, settings=settings)
        number = await rules.put(conn, draft, opened.clock.now())
        await _note(opened, conn, "rule.put", draft.name, version=number)
    same = before is not None and before.enabled and before.version == number
    output.say(
        f"{draft.name!r} is unchanged, version {number}" if same else f"{draft.name!r} is in force, version {number}"
    )
    if not settings.channels:
        output.say("it names no channel: its alerts are kept and shown, and sent to nobody")


def _canonical(query: str, aliases: AliasSet) -> str:
    """The canonical form; warnings go to standard error. Raises UserError with every problem."""
    parsed = parse(query, aliases=aliases)
    if parsed.tree is None:
        raise UserError("\n".join(render(problem, query) for problem in parsed.problems))
    for warning in parsed.warnings:
        output.say(f"warning: {render(warning, query)}", err=True)
    return print_rule(parsed.tree)


@command.command("remove")
@click.argument("name")
@config_option
def remove(name: str, path: Path) -> None:
    """Take a rule out of force; its versions and alerts stay."""
    run(_remove(path, name))


async def _remove(path: Path, name: str) -> None:
    async with open_database(path) as opened, opened.db.transaction() as conn:
        row = await stored_rule(conn, name)
        if not row.enabled:
            raise UserError(f"rule {name!r} is removed already")
        if row.origin == rules.FILE:
            raise UserError(f"rule {name!r} is managed in a file; remove it there")
        await rules.set_enabled(conn, name, enabled=False)
        await _note(opened, conn, "rule.remove", name)
    output.say(f"removed {name!r}; `wirewatch rules rollback {name!r} {row.version}` brings it back")


@command.command("rollback")
@click.argument("name")
@click.argument("number", metavar="VERSION", type=int)
@config_option
def rollback(name: str, number: int, path: Path) -> None:
    """Put an old version in force again, as a new one."""
    run(_rollback(path, name, number))


async def _rollback(path: Path, name: str, number: int) -> None:
    async with open_database(path) as opened, opened.db.transaction() as conn:
        old = version(await versions_of(conn, name), number)
        if old.query:
            rule_tree(old.query, await known_aliases(conn, opened.config))  # an alias of it may be gone
        now = await rules.rollback(conn, name, number, current_user(), opened.clock.now())
        await _note(opened, conn, "rule.rollback", name, version=now, to=number)
    output.say(f"{name!r} is in force as of version {number}, now version {now}")


@command.command("diff")
@click.argument("name")
@click.argument("first", metavar="VERSION", type=int)
@click.argument("second", metavar="VERSION", type=int)
@config_option
@json_option
def compare(name: str, first: int, second: int, path: Path, *, as_json: bool) -> None:
    """What the second version means that the first does not: clauses gained and lost."""
    rows = run(_versions(path, name))
    texts = [version(rows, number) for number in (first, second)]
    changes = diff(*map(_tree, texts)) if any(row.query for row in texts) else []
    shown = [_change(change) for change in changes]
    output.show(shown, _CHANGE_COLUMNS, as_json=as_json, empty="Both find the same articles.")
    old, new = rows[first].settings, rows[second].settings
    if old != new and not as_json:
        output.say(f"settings: {_settings(old)}\n      now: {_settings(new)}")


def _tree(row: RuleRow) -> Node:
    if not row.query:
        raise Told(f"version {row.version} watches a source and has no query to compare")
    parsed = parse(row.query)
    if parsed.tree is None:
        raise Told(f"version {row.version} can no longer be read: {parsed.problems[0].message}")
    return parsed.tree


async def _note(opened: Opened, conn: Connection, action: str, name: str, **detail: int) -> None:
    row = AuditRow(at=opened.clock.now(), actor=current_user(), action=action, subject=name, detail=detail)
    await audit.add(conn, row)


def _summary(row: RuleRow) -> dict[str, object]:
    return {
        "name": row.name,
        "version": row.version,
        "state": "in force" if row.enabled else "removed",
        "priority": row.priority,
        "channels": row.channels,
        "origin": row.origin,
        "changed": row.created,
        "author": row.author,
        "query": row.query,
    }


def _settings(settings: RuleSettings) -> str:
    parts: dict[str, object] = {
        "channels": " ".join(settings.channels) or "none",
        "priority": settings.priority,
        "group wait": f"{settings.group_wait_seconds:g} s",
        "group interval": f"{settings.group_interval_seconds:g} s",
    }
    if settings.throttle is not None:
        parts["throttle"] = f"{settings.throttle.max} per {settings.throttle.per_seconds:g} s"
    for name in TABLES:
        table = written_table(getattr(settings, name))
        if table is not None:
            parts[name.replace("_", " ")] = f"({output.cell(table)})"
    if settings.unreadable:
        parts["cannot be read"] = f"({'; '.join(settings.unreadable)})"
    return output.cell(parts)


def _change(change: Change) -> dict[str, object]:
    return {
        "change": "gained" if change.gained else "lost",
        "clause": change.clause,
        "within": change.within or None,
        "effect": change.effect,
    }
