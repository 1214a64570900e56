"""`wirewatch deliveries`: what was sent, what waits, what could not be delivered, and sending that again."""

from pathlib import Path

import click

from alerts.deliver.redrive import redrive as send_again
from core.errors import UserError
from core.model.outcome import NotificationState
from core.store import audit, notifications
from core.store.audit import AuditRow
from core.store.notifications import NotificationRow
from wirewatch.cli import output
from wirewatch.cli.opened import config_option, current_user, json_option, open_database, run

_COLUMNS = ("id", "state", "channel", "rules", "attempts", "created", "finished", "last_reason")
_ATTEMPT_COLUMNS = ("at", "outcome", "status", "latency_seconds", "detail")


@click.group("deliveries")
def command() -> None:
    """List notifications and send dead ones again."""


@command.command("list")
@click.option("--state", type=click.Choice([state.value for state in NotificationState]))
@click.option("--channel")
@click.option("--limit", type=click.IntRange(1, 10000), default=50, show_default=True)
@config_option
@json_option
def list_deliveries(path: Path, state: str | None, channel: str | None, limit: int, *, as_json: bool) -> None:
    """Notifications, newest first."""
    wanted = NotificationState(state) if state else None
    run(_list(path, wanted, channel, limit, as_json=as_json))


async def _list(path: Path, state: NotificationState | None, channel: str | None, limit: int, *, as_json: bool) -> None:
    async with open_database(path) as opened, opened.db.connection() as conn:
        rows = await notifications.list_rows(conn, state=state, channel=channel, limit=limit)
    output.show(list(map(_summary, rows)), _COLUMNS, as_json=as_json, empty="No notifications.")


@command.command("show")
@click.argument("notification_id")
@config_option
@json_option
def show(notification_id: str, path: Path, *, as_json: bool) -> None:
    """One notification with every attempt to send it."""
    run(_show(notification_id, path, as_json=as_json))


async def _show(notification_id: str, path: Path, *, as_json: bool) -> None:
    async with open_database(path) as opened, opened.db.connection() as conn:
        row = await notifications.get(conn, notification_id)
        if row is None:
            raise UserError(f"there is no notification {notification_id!r}; `wirewatch deliveries list` shows them")
        tried = await notifications.attempts(conn, notification_id)
    attempts = [
        {
            "at": one.at,
            "outcome": one.reason or NotificationState.DELIVERED,
            "status": one.status,
            "latency_seconds": round(one.latency_seconds, 3),
            "detail": one.detail,
        }
        for one in tried
    ]
    summary = {**_summary(row), "due": row.due_at, "last_detail": row.last_detail}
    if as_json:
        output.print_json({**summary, "attempts_made": attempts})
        return
    output.show_one(summary, as_json=False)
    output.say()
    output.show(attempts, _ATTEMPT_COLUMNS, as_json=False, empty="It was not tried yet.")


@command.command("redrive")
@click.argument("notification_ids", nargs=-1)
@click.option("--all", "every", is_flag=True, help="All dead notifications.")
@click.option("--silenced", is_flag=True, help="All that a silence stopped while they waited.")
@config_option
def redrive(notification_ids: tuple[str, ...], path: Path, *, every: bool, silenced: bool) -> None:
    """Send dead notifications again, under their old ids: a receiver that had one can drop it.

    Also what was put aside while it waited (silenced, rule_gone, no_channel), if nothing stops it any more.
    """
    if [every, silenced, bool(notification_ids)].count(True) != 1:
        raise click.UsageError("name the notifications, or give --all or --silenced")
    if notification_ids:
        run(_redrive(notification_ids, path, (NotificationState.DEAD, *notifications.ASIDE)))
    else:
        run(_redrive(None, path, (NotificationState.SILENCED if silenced else NotificationState.DEAD,)))


async def _redrive(wanted: tuple[str, ...] | None, path: Path, states: tuple[NotificationState, ...]) -> None:
    async with open_database(path) as opened:
        if wanted is not None:
            async with opened.db.connection() as conn:
                for one in wanted:
                    row = await notifications.get(conn, one)
                    if row is None:
                        raise UserError(f"there is no notification {one!r}; nothing is sent")
                    if row.state not in states:
                        raise UserError(f"{one} is {row.state.value}, not dead or put aside; nothing is sent")
        count = await send_again(opened.db, clock=opened.clock, notification_ids=wanted, states=states)
        async with opened.db.transaction() as conn:
            detail = {"notifications": count}
            subject = f"all {states[0].value}" if wanted is None else " ".join(wanted)
            row_ = AuditRow(
                at=opened.clock.now(), actor=current_user(), action="delivery.redrive", subject=subject, detail=detail
            )
            await audit.add(conn, row_)
    output.say(f"{count} notification{'' if count == 1 else 's'} due now")


def _summary(row: NotificationRow) -> dict[str, object]:
    sent = row.notification
    return {
        "id": sent.notification_id,
        "state": row.state,
        "channel": sent.channel,
        "event": sent.event,
        "reason": sent.reason,
        "rules": sorted({alert.rule.name for alert in sent.alerts}),
        "alerts": [alert.alert_id for alert in sent.alerts],
        "attempts": row.attempts,
        "created": sent.created,
        "finished": row.finished,
        "last_reason": row.last_reason,
    }
