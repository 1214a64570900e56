"""The changes of alerts as they happen, for all who watch: read once for all of them, kept as far as a slow one may lag.

A watcher holds a place in the order of changes (core/store/alert_changes.py) and nothing else, so one that reads slowly costs
no memory. One that is further behind than what is kept here, although it had caught up, is too slow.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.clock import Clock
from core.db.connection import Connection
from core.db.engine import Database
from core.errors import UserError
from core.model.alert_state import OPEN, AlertChange, AlertState
from core.store import alert_changes, alert_states, alerts
from core.store.alert_changes import Change
from core.store.alert_list import Wanted
from core.store.alerts import AlertRow
from core.wake_up import WakeUp
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.alert_filters import AlertFilter, wanted_of
from wirewatch.usecases.alert_people import assigned
from wirewatch.usecases.permission import Permission

LOOK_SECONDS = 1.0  # between two looks at the database
MOST_KEPT = 1000  # changes
_PIECE = 200  # changes that are read at once


class TooSlow(UserError):
    """The watcher had caught up, and is behind by more than is kept for it."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A change of an alert, and the alert as it is now (as it was read, soon after). `assignee`: a user's name.

    Equal to itself alone: all who watch share those that are kept.
    """

    place: int
    kind: AlertChange
    at: datetime
    row: AlertRow
    state: AlertState
    assignee: str | None


@dataclass(frozen=True, slots=True)
class Piece:
    """Changes in order, up to the place `last`. `more`: there are some behind it. `gap`: some before are not kept any more."""

    seen: tuple[Seen, ...]
    last: int
    more: bool = False
    gap: bool = False


class AlertFeed:
    """What all watchers of this process share. `look_seconds`: between two looks at the database."""

    def __init__(self, db: Database, clock: Clock, look_seconds: float = LOOK_SECONDS) -> None:
        self._db = db
        self._clock = clock
        self._seconds = look_seconds
        self._kept: deque[Seen] = deque()
        self._from = -1  # behind this place everything up to `_last` is in `_kept`; -1: nothing was read yet
        self._last = -1
        self._looked: float | None = None
        self._looking = asyncio.Lock()
        self._closing = WakeUp()

    @property
    def closed(self) -> bool:
        """The process stops: every watcher is to go."""
        return self._closing.count > 0

    def close(self) -> None:
        """Have every watcher go."""
        self._closing.notify()

    async def rest(self) -> None:
        """Until it is worth looking again, or closed."""
        await self._closing.wait(0, self._clock, self._seconds)

    async def now(self) -> int:
        """The place of the last change."""
        await self._look()
        return self._last

    async def behind(self, place: int, *, live: bool) -> Piece:
        """What came behind that place, a piece at a time; nothing where nothing did.

        `live`: it had caught up, and took its time since. Raises TooSlow where that is behind what is kept.
        """
        await self._look()
        if place > self._last:  # of another database, or one that was restored: it begins anew
            return Piece((), self._last, gap=True)
        if place >= self._from:
            found = [one for one in self._kept if one.place > place]
            more = len(found) > _PIECE
            return Piece(tuple(found[:_PIECE]), found[_PIECE - 1].place if more else self._last, more=more)
        if live:
            raise TooSlow(f"you are more than {MOST_KEPT} changes behind: read faster, or narrow the stream")
        return await self._stored(place)

    async def _stored(self, place: int) -> Piece:
        async with self._db.connection() as conn:
            first = await alert_changes.first_place(conn)
            found = await alert_changes.after(conn, place, _PIECE)
            seen = await _complete(conn, found)
        gap = first is None or first > place + 1
        return Piece(seen, found[-1].place if found else self._last, more=bool(found), gap=gap)

    async def _look(self) -> None:
        """Read what is new, at most once in LOOK_SECONDS for all that ask."""
        async with self._looking:
            moment = self._clock.monotonic()
            if self._looked is not None and moment - self._looked < self._seconds:
                return
            last = await alert_changes.place(self._db)
            if self._from < 0 or last < self._last or last - self._last > MOST_KEPT:
                self._kept.clear()  # nobody was here, or too much came at once: who needs it reads it from the database
                self._from = last
            else:
                await self._read(last)
            self._last = last
            self._looked = moment

    async def _read(self, last: int) -> None:
        place = self._last
        while place < last:
            async with self._db.connection() as conn:
                found = await alert_changes.after(conn, place, _PIECE)
                self._kept.extend(await _complete(conn, found))
            if not found:
                break
            place = found[-1].place
        while len(self._kept) > MOST_KEPT:
            self._from = self._kept.popleft().place


async def _complete(conn: Connection, changes: Sequence[Change]) -> tuple[Seen, ...]:
    """With their alerts; those that are gone, and words of a later release, are left out."""
    known = [(one, one.kind) for one in changes if one.kind is not None]
    names = list(dict.fromkeys(one.alert_id for one, _ in known))
    rows = {row.alert.alert_id: row for row in await alerts.get_many(conn, names)}
    states = await alert_states.of_alerts(conn, names)
    people = await assigned(conn, states.values())
    seen = []
    for one, kind in known:
        if one.alert_id in rows:
            state = states.get(one.alert_id, OPEN)
            name = people.get(state.assignee or "")
            seen.append(Seen(one.place, kind, one.at, rows[one.alert_id], state, name))
    return tuple(seen)


@dataclass(frozen=True, slots=True)
class Watching:
    """What somebody watches."""

    wanted: Wanted

    def wants(self, seen: Seen) -> bool:
        """Whether the change is one of those that are watched."""
        alert, wanted = seen.row.alert, self.wanted
        return (
            (wanted.rules is None or alert.rule.rule_id in wanted.rules)
            and (wanted.teams is None or alert.rule.team_id in wanted.teams)
            and (wanted.priority is None or alert.rule.priority == wanted.priority)
            and (wanted.source is None or wanted.source in {one.brief.source_name for one in alert.articles})
        )


@reads(Permission.READ_ALERTS)
async def watch(acting: Acting, wanted: AlertFilter) -> Watching:
    """What to watch: rule, team, source and priority of the filter. Raises NotFound for a rule or a team that is not there."""
    async with acting.db.connection() as conn:
        return Watching(await wanted_of(conn, acting, wanted))
