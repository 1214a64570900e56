"""Keeps what is more than a channel takes in an hour, and tells it in one message when the hour is over.

claimed -> counted in the channel's hour, under its lock, in the transaction of the claim -> sent | capped, and a timer
timer due -> the hour ends -> one summary of what it kept back + timer done, one transaction

The count belongs to delivery: what people get is what is sent, whoever decided it, and however long it waited before.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from alerts.deliver.context import Context
from alerts.deliver.send_policy import SendPolicy
from core.db.connection import Connection
from core.model import ids
from core.model.alert import Alert, Notification
from core.model.channel import channel_name
from core.model.outcome import Event, NotificationState, Priority, Reason, Stage
from core.model.timer import CAP, Timer
from core.store import channel_hours, notifications, sends, timers, traces
from core.store.channel_hours import HOUR, Capped
from core.store.notifications import Pending
from core.store.traces import TraceRow

_LISTED = 40  # of what a summary lists; it says how many there are
_BATCH = 50
_LEASE_SECONDS = 60.0  # only until the transaction ends, which ends the timer too
_logger = structlog.get_logger(__name__)


async def within_cap(
    conn: Connection, policy: SendPolicy, channel: str, claimed: Sequence[Pending], now: datetime, owner: str
) -> list[Pending]:
    """What may be sent of what `owner` has just claimed; the rest is kept, to be told when the hour is over."""
    if policy.max_per_hour is None or not claimed:
        return list(claimed)
    new = [pending for pending in claimed if counts(pending, policy)]
    known = await channel_hours.counted(conn, [pending.notification.notification_id for pending in new])
    new = [pending for pending in new if pending.notification.notification_id not in known]
    if not new:
        return list(claimed)
    hour = await channel_hours.lock(conn, channel, now)
    left = max(policy.max_per_hour - hour.taken, 0)
    capped = [pending.notification for pending in new[left:]]
    taken = min(left, len(new))
    await channel_hours.note(
        conn, channel, hour, [pending.notification.notification_id for pending in new], taken=taken
    )
    if capped:
        await _keep(conn, capped, policy.max_per_hour, hour.since, now, owner)
    gone = {note.notification_id for note in capped}
    return [pending for pending in claimed if pending.notification.notification_id not in gone]


def counts(pending: Pending, policy: SendPolicy) -> bool:
    """Whether the cap is about it: not what was tried before, what somebody asked for, nor a summary; flash only where asked for."""
    note = pending.notification
    if pending.attempts or pending.begun or pending.maybe_sent or note.reason in (Reason.SUMMARY, Reason.REDRIVE):
        return False
    urgent = any(alert.rule.priority is Priority.FLASH for alert in note.alerts)
    return policy.cap_flash or not urgent


async def _keep(
    conn: Connection, capped: Sequence[Notification], most: int, since: datetime, now: datetime, owner: str
) -> None:
    channel = capped[0].channel
    because = f"{channel_name(channel)} takes {most} an hour, and had them since {since:%Y-%m-%d %H:%M} UTC"
    for note in capped:
        await sends.put_aside(conn, note.notification_id, NotificationState.CAPPED, because, now, owner=owner)
        await traces.add_many(conn, _steps(note, because, now))
    payload = {"channel": channel, "since": since.isoformat(), "most": most}
    await timers.put(conn, Timer(kind=CAP, key=f"{channel}|{since.isoformat()}", due_at=since + HOUR, payload=payload))
    _logger.info("notifications_capped", channel=channel, count=len(capped), max_per_hour=most)


def _steps(note: Notification, because: str, at: datetime) -> list[TraceRow]:
    return [
        TraceRow(
            subject=article.brief.article_id,
            stage=Stage.DELIVER,
            outcome=NotificationState.CAPPED,
            at=at,
            detail=f"to {channel_name(note.channel)}: {because}",
        )
        for alert in note.alerts
        for article in alert.articles
    ]


async def sum_up(context: Context) -> int:
    """Tell what the caps of hours that are over kept back; how many summaries."""
    now = context.clock.now()
    async with context.db.connection() as conn:
        due = await timers.next_due(conn, now, CAP)
    if due is None or due > now:
        return 0
    told = 0
    async with context.db.transaction() as conn:
        for timer in await timers.claim_due(conn, CAP, now, _BATCH, context.owner, _LEASE_SECONDS):
            channel, since = str(timer.payload["channel"]), datetime.fromisoformat(str(timer.payload["since"]))
            capped = await channel_hours.end(conn, channel, since, _LISTED)
            if capped.total:
                note = summary(capped, channel, since, int(timer.payload["most"]), now, context.settings.console_url)
                told += await notifications.add(conn, note, now)
            await timers.done(conn, timer)
    if told:
        context.wake_up.notify()
    return told


def summary(capped: Capped, channel: str, since: datetime, most: int, now: datetime, url: str) -> Notification:
    """The one message about an hour's rest, under an id derived from the hour; it lists what fits, and says how many there are."""
    where = f"{url}/" if url else f"wirewatch deliveries list --state capped --channel {channel_name(channel)!r}"
    because = f"{capped.total} more, see {where} (this channel takes {most} an hour; since {since:%Y-%m-%d %H:%M} UTC)"
    told: dict[str, Alert] = {}
    for note in capped.first:
        for alert in note.alerts:
            told.setdefault(alert.alert_id, replace(alert, articles=alert.articles[:1]))
    return Notification(
        notification_id=ids.derived_id("notification", "capped", channel, since.isoformat()),
        channel=channel,
        sequence=0,
        event=Event.DIGEST,
        reason=Reason.SUMMARY,
        alerts=tuple(told.values())[:_LISTED],
        created=now,
        matched=now,
        because=because,
    )
