"""A channel as it is configured now, with what its last answers say of its endpoint: in memory, and as a row for others."""

from dataclasses import replace
from datetime import datetime, timedelta

from alerts.channels.channel import Channel, Receipt, SendFailure
from alerts.deliver.context import Context
from alerts.deliver.endpoint import LATEST_SECONDS, Endpoint, after_success, is_unwell
from alerts.deliver.pace import Paced, SendPace
from core.db.connection import Connection
from core.store import endpoints
from core.store.endpoints import EndpointRow

_SAME_SECONDS = 1.0  # by which two processes may read one wish differently


class Outlet:
    """`changes`: of the channel since the start: what an earlier one answered says nothing of this one.

    `row`: of an endpoint that fails; `saved`: the row that stands in the database, as far as is known here.
    `gone`: its receiver said so, and the channel is paused for it. `failing_from`: when this process saw it fail first, monotonic: an earlier one's stop was no failure.
    """

    def __init__(self, channel: Channel, context: Context) -> None:
        self.channel = channel
        self.paced = Paced(channel.name)
        self.changes = 0
        self.gone = False
        self.fallback = ""
        self.endpoint = Endpoint()
        self.row: EndpointRow | None = None
        self.saved: EndpointRow | None = None
        self.failing_from: float | None = None
        self._context = context
        self._declare()

    @property
    def name(self) -> str:
        return self.channel.name

    @property
    def kind(self) -> str:
        return self.channel.kind

    def use(self, channel: Channel, *, changed: bool) -> None:
        """Send the next message through this one. `changed`: what held the old one up does not hold it."""
        self.channel = channel
        self._declare()
        if changed:
            self.changes += 1
            self.try_at_once()

    def try_at_once(self) -> None:
        """Somebody has mended it, or says so, and has taken the row away."""
        self.endpoint = Endpoint()
        self.row = self.saved = self.failing_from = None
        self.gone = False
        self.paced.own.let_go()

    def _declare(self) -> None:
        channel, paced = self.channel, self.paced
        paced.own.rate = channel.limits.rate
        if channel.limit_key:
            paced.shared = self._context.paces.shared(channel.limit_key, channel.limits.shared_rate)
        else:
            paced.shared = SendPace()

    def remember(self, row: EndpointRow, now: datetime) -> None:
        """What an earlier process left: one message is tried at once, but not before the receiver asked for."""
        monotonic = self._context.clock.monotonic()
        left = 0.0 if row.asked_until is None else (row.asked_until - now).total_seconds()
        asked = monotonic + min(left, LATEST_SECONDS) if left > 0 else 0.0
        self.endpoint = Endpoint(failures=row.failures, asked_until=asked)
        self.row = self.saved = row

    def knows(self, row: EndpointRow) -> bool:
        """Whether the pause that it tells of is the one that this process was asked for, or heard of: its clock may have jumped."""
        if self.saved is None or self.saved.asked_until is None or row.asked_until is None:
            return False
        return abs((self.saved.asked_until - row.asked_until).total_seconds()) < _SAME_SECONDS

    def hear(self, row: EndpointRow, now: datetime) -> None:
        """What another process was asked for by the same receiver holds here too."""
        left = 0.0 if row.asked_until is None else (row.asked_until - now).total_seconds()
        until = self._context.clock.monotonic() + min(left, LATEST_SECONDS)
        if left > 0 and until > self.endpoint.asked_until + _SAME_SECONDS:
            self.endpoint = replace(self.endpoint, asked_until=until)
            self.row = self.saved = row

    def reserve(self, wanted: int) -> int:
        """Let up to that many messages out, as its pace allows; each is to be `ended` or given back."""
        return self.paced.reserve(wanted, self._context.clock.monotonic())

    def ended(self, result: Receipt | SendFailure) -> None:
        """A message that was let out has its answer, which may ask for a pause."""
        now = self._context.clock.monotonic()
        self.paced.ended(now)
        if isinstance(result, Receipt):
            self.paced.pause(result.pause_seconds, now)
        elif result.holds_all and result.retry_after_seconds is not None and self.channel.limit_key:
            seconds = min(max(result.retry_after_seconds, 0.0), LATEST_SECONDS)
            self._context.paces.hold(self.channel.limit_key, seconds, now)

    def left_alone_seconds(self) -> float:
        """For how long nothing may be sent since it fails, or since it asked for that."""
        return self.endpoint.seconds_left(self._context.clock.monotonic())

    @property
    def resting(self) -> bool:
        """Whether nothing may be sent now: it fails, or asked for a pause."""
        return self.left_alone_seconds() > 0 or self.paced.held(self._context.clock.monotonic())

    def seconds_left(self) -> float:
        """For how long nothing may be sent, by its failures or by its pace."""
        return max(self.left_alone_seconds(), self.paced.seconds_left(self._context.clock.monotonic()))

    def failing_seconds(self) -> float:
        """For how long this process has seen it fail."""
        return 0.0 if self.failing_from is None else self._context.clock.monotonic() - self.failing_from

    def failed(self, failure: SendFailure, *, tried_before: bool, seen: Endpoint) -> None:
        """A send failed; `seen`: how the endpoint stood when it began."""
        if not is_unwell(failure):
            return
        context = self._context
        monotonic, now = context.clock.monotonic(), context.clock.now()
        self.endpoint = after = context.settings.endpoint.after_failure(
            self.endpoint, failure, seen=seen, tried_before=tried_before, now=monotonic, chance=context.chance()
        )
        if self.row is None and not after.seconds_left(monotonic):
            return
        if self.failing_from is None:
            self.failing_from = monotonic
        self.row = EndpointRow(
            channel=self.name,
            failures=after.failures,
            since=now if self.row is None else min(self.row.since, now),  # a clock may have been ahead
            until=now + timedelta(seconds=max(after.until - monotonic, 0.0)),
            asked_until=_at(after.asked_until - monotonic, now),
            reason=failure.reason,
            detail=failure.detail,
            limit_key=self.channel.limit_key or None if failure.holds_all else None,
        )

    def succeeded(self) -> bool:
        """A send succeeded; whether the endpoint is back after it failed for several messages."""
        before, self.endpoint = self.endpoint, after_success(self.endpoint)
        if not self.left_alone_seconds():
            self.row = self.failing_from = None
        return before.failures > 1

    async def save(self, conn: Connection) -> EndpointRow | None:
        """Keep the row as it is now; to be `saved` once that is committed."""
        row = self.row
        if row is None and self.saved is not None:
            await endpoints.forget(conn, [self.name])
        elif row is not None and row is not self.saved:
            await endpoints.put(conn, row)
        return row


def _at(seconds: float, now: datetime) -> datetime | None:
    return now + timedelta(seconds=seconds) if seconds > 0 else None
