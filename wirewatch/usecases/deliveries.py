"""Deliveries: what was sent, what waits, what could not be delivered, and sending that again."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.db.connection import Connection
from core.model.channel import channel_key, key_parts
from core.model.outcome import FailureReason, NotificationState
from core.store import channels, notifications, outbox, redrives, teams
from core.store.notifications import Attempt, NotificationRow
from core.store.redrives import Cause, Wanted
from core.store.team_channels import TeamChannels
from wirewatch.health.trouble import pause_words, waits_for
from wirewatch.usecases.acting import Acting, changes, reads
from wirewatch.usecases.pages import Page, Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Conflict, NotFound

_LIST = "deliveries"
_ALL_DEAD = Wanted()
_DEAD = {"state": NotificationState.DEAD.value}  # for the audit log
_AGAIN = {"state": NotificationState.PENDING.value}
_PIECE = 500  # of a redrive, in one transaction
ASIDE = notifications.ASIDE | {NotificationState.CAPPED, NotificationState.FALLBACK}  # kept and shown, not sent
# What can be sent again; what another message stands for, or stood for, goes its own way.
REDRIVABLE = (
    NotificationState.DEAD,
    *sorted(ASIDE - {NotificationState.FALLBACK, NotificationState.RETURNED}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFilter:
    """Which notifications. `channel`: its name; `reason`: of the last failure."""

    state: NotificationState | None = None
    channel: str | None = None
    reason: FailureReason | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A notification with every attempt to send it, oldest first."""

    row: NotificationRow
    attempts: tuple[Attempt, ...]


@reads(Permission.READ_DELIVERIES)
async def list_page(acting: Acting, paging: Paging, wanted: DeliveryFilter) -> Page[NotificationRow]:
    """Notifications, the newest first. Raises NotFound for a channel that is not there and never had any."""
    async with acting.db.connection() as conn:
        rows = await notifications.list_rows(
            conn,
            state=wanted.state,
            channel=None if wanted.channel is None else channel_key(acting.team, wanted.channel),
            reason=wanted.reason,
            only=await _of_team(acting, conn),
            limit=paging.asked,
            after=paging.after_moment(_LIST),
        )
        if not rows and wanted.channel is not None:
            await _see_channel(acting, conn, wanted.channel)
    return paging.page(_LIST, rows, lambda row: (row.notification.created, row.notification.notification_id))


async def _see_channel(acting: Acting, conn: Connection, name: str) -> None:
    known = [row.name for row in await channels.list_all(conn) if row.team_id == acting.team]
    if name not in known and not await notifications.list_rows(conn, channel=channel_key(acting.team, name), limit=1):
        raise NotFound.of("channel", name, known)


@reads(Permission.READ_DELIVERIES)
async def show(acting: Acting, notification_id: str) -> Delivery:
    """One notification with its attempts. Raises NotFound."""
    async with acting.db.connection() as conn:
        row = await notifications.get(conn, notification_id)
        if row is None or not _seen(acting, row.notification.channel):
            raise NotFound(f"there is no notification {notification_id!r}; `wirewatch deliveries list` shows them")
        return Delivery(row, tuple(await notifications.attempts(conn, notification_id)))


@reads(Permission.READ_DELIVERIES)
async def causes(acting: Acting) -> list[Cause]:
    """What is dead, by channel and by the reason of its last failure, the most first."""
    async with acting.db.connection() as conn:
        return [cause for cause in await redrives.causes(conn) if _seen(acting, cause.channel)]


@reads(Permission.READ_DELIVERIES)
async def held(acting: Acting, name: str | None = None) -> dict[str, str]:
    """The keys of channels through which nothing is sent now although something may wait, with the reason in words.

    Somebody has paused it, or its endpoint fails and is left alone for a while. `name`: only the one that the acting team calls so.
    """
    async with acting.db.connection() as conn:
        pauses = await channels.paused(conn)
        queues = await outbox.queue_stats(conn)
    now, waiting = acting.clock.now(), {queue.channel: queue.pending for queue in queues}
    found = {
        queue.channel: waits_for(queue.endpoint, queue.pending, now)
        for queue in queues
        if queue.endpoint is not None and queue.pending
    }
    found |= {name: pause_words(pause, waiting.get(name, 0)) for name, pause in pauses.items()}
    wanted = None if name is None else channel_key(acting.team, name)
    return {key: words for key, words in found.items() if _seen(acting, key) and (name is None or key == wanted)}


@changes(Permission.REDRIVE_DELIVERIES, "delivery.redrive")
async def redrive(acting: Acting, notification_ids: Sequence[str]) -> int:
    """Send these again under their old ids; how many. Raises NotFound, or Conflict for one that is neither dead nor put aside.

    Then none is sent. What rules and silences still withhold is put aside again.
    """
    async with acting.db.transaction() as conn:
        states: dict[str, object] = {}
        for one in notification_ids:
            row = await notifications.get(conn, one)
            if row is None or not _seen(acting, row.notification.channel):
                raise NotFound(f"there is no notification {one!r}; nothing is sent")
            if row.state not in REDRIVABLE:
                raise Conflict(f"{one} is {row.state.value}, not dead or put aside; nothing is sent")
            states = {"state": row.state.value}
        count = await redrives.redrive(conn, notification_ids, acting.clock.now(), REDRIVABLE)
        await acting.note(conn, " ".join(notification_ids), before=states, after=_AGAIN, notifications=count)
    return count


@changes(Permission.REDRIVE_DELIVERIES, "delivery.redrive")
async def redrive_all(acting: Acting, wanted: Wanted = _ALL_DEAD) -> int:
    """Send all of these again; how many. A piece at a time, so that nobody waits for long; what a kill leaves is there to be asked for again."""
    count, piece = 0, _PIECE
    while piece == _PIECE:
        async with acting.db.transaction() as conn:
            only = await _of_team(acting, conn)
            piece = await redrives.redrive_all(conn, wanted, acting.clock.now(), _PIECE, only)
            if piece or not count:
                await acting.note(conn, str(wanted), before=_DEAD, after=_AGAIN, notifications=piece)
        count += piece
    return count


def _seen(acting: Acting, channel: str) -> bool:
    return acting.sees(key_parts(channel)[0])


async def _of_team(acting: Acting, conn: Connection) -> TeamChannels | None:
    """Where only the channels of the acting team are theirs: those."""
    if acting.seen_team is None:
        return None
    return TeamChannels(acting.seen_team, tuple(team.team_id for team in await teams.list_all(conn)))


__all__ = [
    "ASIDE",
    "REDRIVABLE",
    "Attempt",
    "Cause",
    "Delivery",
    "DeliveryFilter",
    "NotificationRow",
    "Wanted",
    "causes",
    "held",
    "list_page",
    "redrive",
    "redrive_all",
    "show",
]
