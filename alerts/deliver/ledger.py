"""Begins and ends of sends, written down: those of all channels that come up while one transaction is written share the next.

A send is noted before it begins and after its answer, each on the disk before anything else happens; together that is a
fraction of a transaction for each. What decides whether a message is still sent is read in the same transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alerts.deliver.context import Context
from alerts.deliver.outlet import Outlet
from alerts.deliver.recheck import Looked
from core.db.connection import Connection
from core.model.alert_state import OPEN, AlertState
from core.model.outcome import Event
from core.store import alert_states, notifications, sends, sent_messages, silences
from core.store.endpoints import EndpointRow
from core.store.notifications import Ended, Pending
from core.store.sent_messages import SentMessage
from core.together import Together

_MOST = 64


@dataclass(frozen=True, slots=True)
class Begin:
    """Who `owner` holds, to be sent now."""

    outlet: Outlet
    pending: Pending
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """`pending`: what to send; None: nothing, since another has it, it waits behind an earlier one of its story, or `looked`
    says that it is not wanted as it is. `thread`: what to answer below. `state`: of its only alert.
    """

    pending: Pending | None = None
    looked: Looked | None = None
    thread: str | None = None
    state: AlertState = OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """`sent`: where the service keeps the message, if it said so."""

    outlet: Outlet
    ended: Ended
    sent: SentMessage | None = None


_NOTHING = Begun()


@dataclass(slots=True)
class _Written:
    begun: dict[int, Begun] = field(default_factory=dict)
    saved: list[tuple[Outlet, EndpointRow | None]] = field(default_factory=list)


class Ledger:
    """Shared by all channels of a stage."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._together: Together[Begin | End, Begun] = Together(self._write, _MOST)

    async def begin(self, begin: Begin) -> Begun:
        """Note that a send begins, unless it is not to."""
        return await self._together.do(begin)

    async def end(self, end: End) -> None:
        """Write down how a send ended, where its message is, and how its endpoint stands."""
        await self._together.do(end)

    async def _write(self, items: Sequence[Begin | End]) -> list[Begun]:
        now, written = self._context.clock.now(), _Written()
        ends = [item for item in items if isinstance(item, End)]
        begins = [(place, item) for place, item in enumerate(items) if isinstance(item, Begin)]
        async with self._context.db.transaction(urgent=True) as conn:
            if ends:
                written.saved = await self._end(conn, ends, now)
            if begins:
                written.begun = await self._begin(conn, begins, now)
        for outlet, row in written.saved:
            outlet.saved = row
        return [written.begun.get(place, _NOTHING) for place in range(len(items))]

    async def _end(
        self, conn: Connection, ends: Sequence[End], now: datetime
    ) -> list[tuple[Outlet, EndpointRow | None]]:
        await notifications.record_many(conn, [end.ended for end in ends])
        for end in ends:
            if end.sent is not None:
                await self._keep_place(conn, end, end.sent, now)
        outlets = {end.outlet.name: end.outlet for end in ends}
        return [(outlets[name], await outlets[name].save(conn)) for name in sorted(outlets)]

    async def _keep_place(self, conn: Connection, end: End, sent: SentMessage, now: datetime) -> None:
        """Where it is; what it shows may have changed since it was built, so an editing channel looks once more."""
        again = timedelta(seconds=self._context.settings.edit_seconds)
        edit_at = now + again if end.outlet.channel.capabilities.edit else None
        await sent_messages.put(conn, sent, edit_at=edit_at)

    async def _begin(self, conn: Connection, begins: Sequence[tuple[int, Begin]], now: datetime) -> dict[int, Begun]:
        active = await silences.active(conn, now)
        notes = [item.pending.notification for _, item in begins]
        looks = await self._context.second_look.look_many(conn, notes, active)
        found: dict[int, Begun] = {}
        going: list[tuple[int, Begin]] = []
        for (place, item), looked in zip(begins, looks, strict=True):
            if looked.withheld:
                found[place] = Begun(looked=looked)
            elif not await self._waits_behind(conn, item, now):
                going.append((place, item))
        if going:
            found |= await self._go(conn, going, now)
        return found

    async def _waits_behind(self, conn: Connection, item: Begin, now: datetime) -> bool:
        earlier = await sends.behind(conn, item.pending)
        if earlier is None:
            return False
        await sends.postpone(conn, item.pending.notification.notification_id, earlier, item.owner, now)
        return True

    async def _go(self, conn: Connection, going: Sequence[tuple[int, Begin]], now: datetime) -> dict[int, Begun]:
        begun = await sends.begin_many(conn, [(item.pending, item.owner) for _, item in going], now)
        alone = [item.pending.notification.alerts for _, item in going]
        states = await alert_states.of_alerts(conn, [alerts[0].alert_id for alerts in alone if len(alerts) == 1])
        found: dict[int, Begun] = {}
        for place, item in going:
            note = item.pending.notification
            pending = begun.get(note.notification_id)
            if pending is not None:
                found[place] = Begun(
                    pending=pending,
                    thread=await _thread(conn, item),
                    state=states.get(note.alerts[0].alert_id, OPEN) if len(note.alerts) == 1 else OPEN,
                )
        return found


async def _thread(conn: Connection, item: Begin) -> str | None:
    """What an update answers below, on a channel that can. A new alert is seen by itself, whatever was told of its story."""
    note = item.pending.notification
    story_id = notifications.story_of(note)
    if story_id is None or note.event is not Event.ALERT_UPDATED or not item.outlet.channel.capabilities.thread:
        return None
    first = await sent_messages.first_of_story(conn, item.outlet.name, story_id)
    return None if first is None else first.reference
