"""`wirewatch silences`: not to hear of some rules for a while, on purpose and for a reason."""

from datetime import timedelta
from pathlib import Path

import click

from alerts.pipeline.silence import covers
from core.model import ids
from core.model.silence import Silence
from core.store import audit, rules, silences
from core.store.audit import AuditRow
from wirewatch.cli import output
from wirewatch.cli.opened import config_option, current_user, json_option, open_database, run, unknown
from wirewatch.cli.times import SPAN

_COLUMNS = ("id", "rule", "source", "state", "ends", "hidden", "author", "comment")


@click.group("silences")
def command() -> None:
    """List, add and remove silences."""


@command.command("list")
@click.option("--all", "every", is_flag=True, help="Those that are over, too.")
@config_option
@json_option
def list_silences(path: Path, *, every: bool, as_json: bool) -> None:
    """Silences in force or to come, and how many matches each has hidden."""
    run(_list(path, every=every, as_json=as_json))


async def _list(path: Path, *, every: bool, as_json: bool) -> None:
    async with open_database(path) as opened, opened.db.connection() as conn:
        found = await silences.list_all(conn)
    now = opened.clock.now()
    rows: list[dict[str, object]] = [
        {
            "id": one.silence_id,
            "rule": one.rule,
            "source": one.source,
            "state": "over" if one.ends <= now else "in force" if one.starts <= now else "to come",
            "starts": one.starts,
            "ends": one.ends,
            "hidden": one.hidden_count,
            "author": one.author,
            "comment": one.comment,
        }
        for one in found
        if every or one.ends > now
    ]
    output.show(rows, _COLUMNS, as_json=as_json, empty="No silence is in force.")


@command.command("add")
@click.option("--rule", required=True, help="A name or pattern, such as 'dprk-*'.")
@click.option("--source", help="Only for matches in sources whose name is like this.")
@click.option("--for", "span", type=SPAN, required=True, help="How long, such as 90m, 2h or 3d.")
@click.option("--comment", required=True, help="Why; told to those who wonder.")
@config_option
def add(rule: str, source: str | None, span: timedelta, comment: str, path: Path) -> None:
    """Keep matches of a rule from raising alerts for a while; they are kept and counted."""
    run(_add(rule, source, span, comment, path))


async def _add(rule: str, source: str | None, span: timedelta, comment: str, path: Path) -> None:
    async with open_database(path) as opened, opened.db.transaction() as conn:
        now = opened.clock.now()
        author = current_user()
        silence = Silence(
            silence_id=ids.derived_id("silence", rule, source or "", now.isoformat(), author),
            rule=rule,
            source=source,
            starts=now,
            ends=now + span,
            author=author,
            comment=comment,
        )
        names = [row.name for row in await rules.list_active(conn)]
        covered = [name for name in names if covers(silence, name, "")] if source is None else None
        if covered is not None and not covered and not any(sign in rule for sign in "*?["):
            raise unknown("rule", rule, names)
        await silences.add(conn, silence)
        detail = {"rule": rule, "source": source, "ends": silence.ends.isoformat()}
        await audit.add(
            conn, AuditRow(at=now, actor=author, action="silence.add", subject=silence.silence_id, detail=detail)
        )
    of = "" if covered is None else f", {len(covered)} rule{'' if len(covered) == 1 else 's'} at present"
    output.say(f"silence {silence.silence_id} until {output.cell(silence.ends)}{of}")


@command.command("remove")
@click.argument("silence_id")
@config_option
def remove(silence_id: str, path: Path) -> None:
    """End a silence now."""
    run(_remove(silence_id, path))


async def _remove(silence_id: str, path: Path) -> None:
    async with open_database(path) as opened, opened.db.transaction() as conn:
        now = opened.clock.now()
        if not await silences.remove(conn, silence_id, now):
            raise unknown("silence", silence_id, [one.silence_id for one in await silences.list_all(conn)])
        await audit.add(conn, AuditRow(at=now, actor=current_user(), action="silence.remove", subject=silence_id))
    output.say(f"ended {silence_id}")
