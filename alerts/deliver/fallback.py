"""Sends what waits for a channel that has failed for long through its fall-back, and gives back what that cannot send either.

failing, gone or missing for fallback_after_seconds -> the first channel of the chain that may send -> what waits is sent there
                                                                    | it fails, too -> the messages wait for their own again

While another message stands for one, that one is never due: what comes back meanwhile doubles nothing.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from alerts.deliver.context import Context
from alerts.deliver.send_policy import SendPolicy
from alerts.deliver.worker import ChannelWorker
from core.model import ids
from core.model.alert import Notification
from core.model.channel import channel_name
from core.model.outcome import FailureReason, NotificationState, Reason, Stage
from core.store import endpoints, fallbacks, traces
from core.store.endpoints import EndpointRow
from core.store.notifications import Pending
from core.store.traces import TraceRow

_PIECE = 100
_OF_CHANNEL = frozenset({FailureReason.AUTH_ERROR, FailureReason.GONE})  # its fault, not the message's; not tried again
_LOOKS_BACK = timedelta(days=1)
_logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Failing:
    """Why a channel's messages go elsewhere: `what` it is, and since when."""

    since: datetime
    what: str

    def said(self, channel: str, now: datetime) -> str:
        day = "" if self.since.date() == now.date() else f"{self.since:%Y-%m-%d} "
        return f"meant for {channel_name(channel)}, which {self.what} since {day}{self.since:%H:%M} UTC"


class Fallbacks:
    """`workers`: those of the channels that this process has, by key. `policies`: of all channels that are stored."""

    def __init__(self, context: Context, workers: Mapping[str, ChannelWorker]) -> None:
        self.policies: Mapping[str, SendPolicy] = {}
        self._context = context
        self._workers = workers
        self._missing: dict[str, float] = {}  # channel -> since when this process lacks it, monotonic

    async def tend(self) -> int:
        """Send what waits for failing channels elsewhere, and give back what cannot be sent there; how many moved."""
        wanted = {name: policy for name, policy in self.policies.items() if policy.fallback}
        self._note_missing(wanted)
        async with self._context.db.connection() as conn:
            rows = await endpoints.failing(conn)
        moved = await self._give_back(rows)
        for name, policy in wanted.items():
            failing = await self._failing(name, policy, rows)
            if failing is not None:
                moved += await self._divert(name, failing, rows)
        if moved:
            self._context.wake_up.notify()
        return moved

    def _note_missing(self, wanted: Collection[str]) -> None:
        monotonic = self._context.clock.monotonic()
        lacking = [name for name in wanted if name not in self._workers]
        self._missing = {name: self._missing.get(name, monotonic) for name in lacking}

    async def _failing(self, name: str, policy: SendPolicy, rows: Mapping[str, EndpointRow]) -> Failing | None:
        now, after = self._context.clock.now(), timedelta(seconds=policy.fallback_after_seconds)
        if policy.gone_since is not None:
            return Failing(policy.gone_since, "has been gone")
        worker = self._workers.get(name)
        if worker is None:
            since = now - timedelta(seconds=self._context.clock.monotonic() - self._missing[name])
            return Failing(since, "could not be used") if since + after <= now else None
        if worker.paused:
            return None  # somebody wants its messages to wait
        row = rows.get(name)
        async with self._context.db.connection() as conn:
            tried = await fallbacks.failing_since(conn, name)
        # One message alone, or one that is refused, says nothing of the next; but it waits, and its channel delivers nothing.
        failed = min((moment for moment in (tried, None if row is None else row.since) if moment), default=None)
        if failed is not None:
            return Failing(failed, "has failed") if failed + after <= now else None
        async with self._context.db.connection() as conn:
            refused = await fallbacks.dead_since(conn, name, _OF_CHANNEL, now - _LOOKS_BACK)
        return Failing(refused, "has refused us") if refused is not None and refused + after <= now else None

    async def _divert(self, name: str, failing: Failing, rows: Mapping[str, EndpointRow]) -> int:
        """What waits for it, and what it gave up for a reason of its own."""
        now = self._context.clock.now()
        target, most = self._target(name, rows, now)
        if target is None:
            return 0
        moved = 0
        async with self._context.db.transaction() as conn:
            waiting = await fallbacks.meant_for(conn, name, now, most)
            waiting += await fallbacks.dead_of(conn, name, _OF_CHANNEL, failing.since - _LOOKS_BACK, most)
            for pending in waiting[:most]:
                note = instead_of(pending, target, failing, now)
                because = f"{failing.said(name, now)}; {channel_name(target)} has it instead"
                if await fallbacks.divert(conn, pending, note, because, now):
                    moved += 1
                    await traces.add_many(conn, _steps(pending.notification, because, now))
        if moved:
            _logger.warning("notifications_fall_back", channel=name, fallback=target, count=moved)
        return moved

    def _target(self, name: str, rows: Mapping[str, EndpointRow], now: datetime) -> tuple[str | None, int]:
        """The first channel of the chain that is well; else the first that may be tried again, with one message."""
        chain = [one for one in self._chain(name) if one in self._workers and not self._workers[one].paused]
        well = next((one for one in chain if one not in rows), None)
        if well is not None:
            return well, _PIECE
        return next((one for one in chain if rows[one].left_alone_until <= now), None), 1

    def _chain(self, name: str) -> Iterator[str]:
        seen = {name}
        policy = self.policies.get(name)
        while policy is not None and policy.fallback and policy.fallback not in seen:
            seen.add(policy.fallback)
            yield policy.fallback
            policy = self.policies.get(policy.fallback)

    async def _give_back(self, rows: Mapping[str, EndpointRow]) -> int:
        """What waits for a fall-back that fails, too, or that gave it up, waits for its own channel again."""
        now, moved = self._context.clock.now(), 0
        async with self._context.db.connection() as conn:
            standing = await fallbacks.standing(conn, now, _PIECE)
        for target, waiting in standing.items():
            worker, row = self._workers.get(target), rows.get(target)
            away = worker is None or worker.paused or (row is not None and row.left_alone_until > now)
            async with self._context.db.transaction() as conn:
                for pending in waiting:
                    if away or pending.gave_up:
                        because = f"its fall-back {channel_name(target)} fails, too"
                        moved += await fallbacks.give_back(conn, pending.notification, because, now)
        return moved


def _steps(note: Notification, because: str, at: datetime) -> list[TraceRow]:
    return [
        TraceRow(
            subject=article.brief.article_id,
            stage=Stage.DELIVER,
            outcome=NotificationState.FALLBACK,
            at=at,
            detail=f"to {channel_name(note.channel)}: {because}",
        )
        for alert in note.alerts
        for article in alert.articles
    ]


def instead_of(pending: Pending, target: str, failing: Failing, now: datetime) -> Notification:
    """What the fall-back is sent, under an id derived from both."""
    note = pending.notification
    perhaps = "it may have arrived there" if pending.begun or pending.maybe_sent else ""
    because = "; ".join(filter(None, (failing.said(note.channel, now), perhaps, note.because)))
    return replace(
        note,
        notification_id=ids.derived_id("notification", "fallback", note.notification_id, target),
        channel=target,
        reason=Reason.FALLBACK,
        because=because,
        meant_for=note.channel,
        meant_as=note.meant_as or note.reason,
        stands_for=note.notification_id,
    )
