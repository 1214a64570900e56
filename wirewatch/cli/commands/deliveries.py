"""`wirewatch deliveries`: sent, waiting and dead notifications, and sending them again."""

from collections.abc import Mapping
from pathlib import Path

import click

from core.model.channel import channel_key, channel_name
from core.model.outcome import FailureReason, NotificationState
from wirewatch.cli import output
from wirewatch.cli.opened import act, acting, config_option, json_option, run
from wirewatch.usecases import deliveries
from wirewatch.usecases.deliveries import Delivery, DeliveryFilter, NotificationRow, Wanted
from wirewatch.usecases.pages import Paging

_COLUMNS = ("id", "state", "channel", "rules", "attempts", "created", "finished", "last_reason")
_ATTEMPT_COLUMNS = ("at", "outcome", "status", "latency_seconds", "detail")


_reason_option = click.option(
    "--reason", type=click.Choice([one.value for one in FailureReason]), help="Why the last try failed."
)


def _reason(text: str | None) -> FailureReason | None:
    return FailureReason(text) if text else None


@click.group("deliveries")
def command() -> None:
    """List notifications and send dead ones again."""


@command.command("list")
@click.option("--state", type=click.Choice([state.value for state in NotificationState]))
@click.option("--channel")
@_reason_option
@click.option("--limit", type=click.IntRange(1, 10000), default=50, show_default=True)
@config_option
@json_option
def list_deliveries(
    path: Path, state: str | None, channel: str | None, reason: str | None, limit: int, *, as_json: bool
) -> None:
    """List notifications, newest first."""
    wanted = DeliveryFilter(state=NotificationState(state) if state else None, channel=channel, reason=_reason(reason))
    rows, held = run(_list(path, wanted, limit))
    output.show(list(map(_summary, rows)), _COLUMNS, as_json=as_json, empty="No notifications.")
    for key, words in held.items():
        output.say(output.one_line(f"channel {channel_name(key)}: {words}"), err=True)


async def _list(
    path: Path, wanted: DeliveryFilter, limit: int
) -> tuple[tuple[NotificationRow, ...], Mapping[str, str]]:
    async with acting(path) as me:
        return (await deliveries.list_page(me, Paging(limit), wanted)).items, await deliveries.held(me, wanted.channel)


@command.command("causes")
@config_option
@json_option
def list_causes(path: Path, *, as_json: bool) -> None:
    """List what is dead by channel and cause, the most first."""
    rows = [
        {
            "channel": channel_name(one.channel),
            "reason": one.reason,
            "dead": one.number,
            "oldest": one.oldest,
            "newest": one.newest,
            "detail": one.detail,
        }
        for one in act(path, deliveries.causes)
    ]
    columns = ("channel", "reason", "dead", "oldest", "newest", "detail")
    output.show(rows, columns, as_json=as_json, empty="No notification is dead.")


@command.command("show")
@click.argument("notification_id")
@config_option
@json_option
def show(notification_id: str, path: Path, *, as_json: bool) -> None:
    """Show a notification with every attempt to send it."""
    found, held = run(_show(path, notification_id))
    row = found.row
    attempts = [
        {
            "at": one.at,
            "outcome": one.reason or NotificationState.DELIVERED,
            "status": one.status,
            "latency_seconds": round(one.latency_seconds, 3),
            "detail": one.detail,
        }
        for one in found.attempts
    ]
    summary = {**_summary(row), "due": row.due_at, "last_detail": row.last_detail}
    if row.state is NotificationState.PENDING and row.notification.channel in held:
        summary["channel_is"] = held[row.notification.channel]
    if as_json:
        output.print_json({**summary, "attempts_made": attempts})
        return
    output.show_one(summary, as_json=False)
    output.say()
    output.show(attempts, _ATTEMPT_COLUMNS, as_json=False, empty="It was not tried yet.")


async def _show(path: Path, notification_id: str) -> tuple[Delivery, Mapping[str, str]]:
    async with acting(path) as me:
        return await deliveries.show(me, notification_id), await deliveries.held(me)


@command.command("redrive")
@click.argument("notification_ids", nargs=-1)
@click.option("--all", "every", is_flag=True, help="All dead notifications; --channel and --reason narrow it.")
@click.option("--silenced", is_flag=True, help="All notifications that a silence stopped while they waited.")
@click.option("--capped", is_flag=True, help="All notifications that were more than their channel takes in an hour.")
@click.option("--channel", help="With --all, --silenced or --capped: only those of this channel.")
@_reason_option
@config_option
def redrive(  # noqa: PLR0913 - its options
    notification_ids: tuple[str, ...],
    path: Path,
    channel: str | None,
    reason: str | None,
    *,
    every: bool,
    silenced: bool,
    capped: bool,
) -> None:
    """Send dead notifications again under their old ids, so that a receiver can drop repeats.

    Also sends notifications that were stopped while they waited (silenced, rule_gone, no_channel, capped), if nothing stops them
    now; a cap stops none a second time.
    """
    if [every, silenced, capped, bool(notification_ids)].count(True) != 1:
        raise click.UsageError("name the notifications, or give --all, --silenced or --capped")
    kept = NotificationState.SILENCED if silenced else NotificationState.CAPPED
    if notification_ids and (channel or reason):
        raise click.UsageError("--channel and --reason narrow --all, --silenced and --capped")
    if notification_ids:
        count = act(path, lambda me: deliveries.redrive(me, notification_ids))
    else:
        states = (NotificationState.DEAD if every else kept,)
        count = run(_redrive_all(path, states, channel, _reason(reason)))
    output.say(f"{count} notification{'' if count == 1 else 's'} due now")


async def _redrive_all(
    path: Path, states: tuple[NotificationState, ...], channel: str | None, reason: FailureReason | None
) -> int:
    async with acting(path) as me:
        key = None if channel is None else channel_key(me.team, channel)
        return await deliveries.redrive_all(me, Wanted(states=states, channel=key, reason=reason))


def _summary(row: NotificationRow) -> dict[str, object]:
    sent = row.notification
    return {
        "id": sent.notification_id,
        "state": row.state,
        "channel": channel_name(sent.channel),
        "event": sent.event,
        "reason": sent.reason,
        "rules": sorted({alert.rule.name for alert in sent.alerts}),
        "alerts": [alert.alert_id for alert in sent.alerts],
        "attempts": row.attempts,
        "created": sent.created,
        "finished": row.finished,
        "last_reason": row.last_reason,
    }
