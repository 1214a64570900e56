"""`wirewatch rules`: the rules with all their versions, and what a rule would find."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from alerts.management.diff import Change
from core.model.outcome import Priority
from core.model.rule import RuleRow, RuleSettings
from core.model.rule_tables import TABLES, written, written_table
from wirewatch.cli import output
from wirewatch.cli.commands.rules_format import format_rules
from wirewatch.cli.commands.rules_health import health
from wirewatch.cli.commands.rules_preview import preview
from wirewatch.cli.commands.rules_translate import translate
from wirewatch.cli.escalate_option import asked_escalation, escalate_option
from wirewatch.cli.opened import act, acting, config_option, json_option, run
from wirewatch.cli.standing_options import asked_standing, standing_options
from wirewatch.cli.times import SINCE, before
from wirewatch.usecases import rules
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.rules import NewRule

_COLUMNS = ("name", "version", "state", "priority", "channels", "origin", "changed", "author")
_VERSION_COLUMNS = ("version", "author", "created", "comment", "query")
_CHANGE_COLUMNS = ("change", "clause", "within", "effect")


@click.group("rules")
def command() -> None:
    """List, show, preview and change rules."""


command.add_command(preview)
command.add_command(health)
command.add_command(translate)
command.add_command(format_rules)


@command.command("list")
@config_option
@json_option
def list_rules(path: Path, *, as_json: bool) -> None:
    """List all rules by name, with removed ones."""
    rows = sorted(act(path, lambda me: rules.list_page(me, Paging(limit=None))).items, key=lambda row: row.name)
    empty = "No rules are stored; `wirewatch run` stores those of the configuration."
    output.show(list(map(_summary, rows)), _COLUMNS, as_json=as_json, empty=empty)


@command.command("show")
@click.argument("name")
@config_option
@json_option
def show(name: str, path: Path, *, as_json: bool) -> None:
    """Show a rule: query, canonical form, settings and versions."""
    found = act(path, lambda me: rules.show(me, name))
    current = found.current
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
        for row in found.versions
    ]
    if as_json:
        output.print_json({**whole, "versions": versions})
        return
    output.show_one({**whole, "settings": _settings(current.settings)}, as_json=False)
    output.say()
    output.show(versions, _VERSION_COLUMNS, as_json=False, empty="")


@command.command("add")
@click.argument("name")
@click.argument("query", required=False)
@click.option("--channel", "channels", multiple=True, help="Where its alerts go; repeatable.")
@click.option("--priority", type=click.Choice([priority.value for priority in Priority]))
@click.option("--tag", "tags", multiple=True, help="What routes know it by; repeatable.")
@click.option("--since", type=SINCE, help="What was published since then alerts; default: since the rule was made.")
@click.option("--comment", default="", help="The reason, shown in the list of versions.")
@escalate_option
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
    """Store a rule or a new version of an added rule. A query or settings that are not given stay.

    A rule that watches a source (--standing flatline --source NAME) takes no QUERY.
    """
    new = NewRule(
        name=name,
        query=query,
        channels=channels,
        priority=Priority(priority) if priority else None,
        tags=standing.pop("tags"),
        comment=comment,
    )
    run(_add(path, new, standing))


async def _add(path: Path, new: NewRule, standing: Mapping[str, Any]) -> None:
    since: datetime | timedelta | None = standing["since"]
    new = asked_escalation(asked_standing(new, standing), standing["escalate"])
    async with acting(path) as me:
        if since is not None:
            new = replace(new, since=before(me.clock.now(), since))
        stored = await rules.put(me, new)
    for warning in stored.warnings:
        output.say(f"warning: {warning}", err=True)
    output.say(f"{stored.name!r} is {'in force' if stored.changed else 'unchanged'}, version {stored.version}")
    if not stored.settings.channels:
        output.say("it names no channel: `wirewatch routes show` tells whether a route leads its alerts to one")


@command.command("remove")
@click.argument("name")
@config_option
def remove(name: str, path: Path) -> None:
    """Remove a rule; its versions and alerts stay."""
    row = act(path, lambda me: rules.remove(me, name))
    output.say(f"removed {name!r}; `wirewatch rules rollback {name!r} {row.version}` brings it back")


@command.command("disable")
@click.argument("name")
@config_option
def disable(name: str, path: Path) -> None:
    """Take a rule out of force for a while; its versions and alerts stay."""
    act(path, lambda me: rules.disable(me, name))
    output.say(f"{name!r} is out of force; `wirewatch rules enable {name!r}` puts it in force again")


@command.command("enable")
@click.argument("name")
@config_option
def enable(name: str, path: Path) -> None:
    """Put a rule that is out of force in force again, in its last version."""
    row = act(path, lambda me: rules.enable(me, name))
    output.say(f"{name!r} is in force, version {row.version}")


@command.command("rename")
@click.argument("old")
@click.argument("new")
@config_option
def rename(old: str, new: str, path: Path) -> None:
    """Rename a rule; it keeps its versions, alerts and matches."""
    act(path, lambda me: rules.rename(me, old, new))
    output.say(f"{old!r} is now {new!r}; silences go by the name, so see whether one names the old one")


@command.command("rollback")
@click.argument("name")
@click.argument("number", metavar="VERSION", type=int)
@config_option
def rollback(name: str, number: int, path: Path) -> None:
    """Make an old version current again, as a new version."""
    now = act(path, lambda me: rules.rollback(me, name, number))
    output.say(f"{name!r} is in force as of version {number}, now version {now}")


@command.command("diff")
@click.argument("name")
@click.argument("first", metavar="VERSION", type=int)
@click.argument("second", metavar="VERSION", type=int)
@config_option
@json_option
def compare(name: str, first: int, second: int, path: Path, *, as_json: bool) -> None:
    """Show what changed in meaning from the first version to the second: clauses gained and lost."""
    found = act(path, lambda me: rules.compare(me, name, first, second))
    shown = [_change(change) for change in found.changes]
    output.show(shown, _CHANGE_COLUMNS, as_json=as_json, empty="Both find the same articles.")
    old, new = found.first.settings, found.second.settings
    if old != new and not as_json:
        output.say(f"settings: {_settings(old)}\n      now: {_settings(new)}")


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
    if settings.tags:
        parts["tags"] = " ".join(settings.tags)
    if settings.inhibits:
        parts["inhibits"] = " ".join(settings.inhibits)
    if settings.since is not None:
        parts["since"] = settings.since.isoformat()
    if settings.spread_outlets:
        parts["told again at"] = f"{' '.join(map(str, settings.spread_outlets))} outlets"
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
