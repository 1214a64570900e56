"""A channel as it is configured now, with what its last answers say of its endpoint: in memory, and as a row for others."""

from datetime import datetime, timedelta

from alerts.channels.channel import Channel, SendFailure
from alerts.deliver.context import Context
from alerts.deliver.endpoint import LATEST_SECONDS, Endpoint, after_success, is_unwell
from core.db.connection import Connection
from core.store import endpoints
from core.store.endpoints import EndpointRow


class Outlet:
    """`changes`: of the channel since the start: what an earlier one answered says nothing of this one.

    `row`: of an endpoint that fails; `saved`: the row that stands in the database, as far as is known here.
    `failing_from`: when this process saw it fail first, monotonic: an earlier one's stop was no failure.
    """

    def __init__(self, channel: Channel, context: Context) -> None:
        self.channel = channel
        self.changes = 0
        self.endpoint = Endpoint()
        self.row: EndpointRow | None = None
        self.saved: EndpointRow | None = None
        self.failing_from: float | None = None
        self._context = context

    @property
    def name(self) -> str:
        return self.channel.name

    @property
    def kind(self) -> str:
        return self.channel.kind

    def use(self, channel: Channel, *, changed: bool) -> None:
        """Send the next message through this one. `changed`: what held the old one up does not hold it."""
        self.channel = channel
        if changed:
            self.changes += 1
            self.try_at_once()

    def try_at_once(self) -> None:
        """Somebody has mended it, or says so, and has taken the row away."""
        self.endpoint = Endpoint()
        self.row = self.saved = self.failing_from = None

    def remember(self, row: EndpointRow, now: datetime) -> None:
        """What an earlier process left: one message is tried at once, but not before the receiver asked for."""
        monotonic = self._context.clock.monotonic()
        left = 0.0 if row.asked_until is None else (row.asked_until - now).total_seconds()
        asked = monotonic + min(left, LATEST_SECONDS) if left > 0 else 0.0
        self.endpoint = Endpoint(failures=row.failures, asked_until=asked)
        self.row = self.saved = row

    def seconds_left(self) -> float:
        """For how long nothing may be sent."""
        return self.endpoint.seconds_left(self._context.clock.monotonic())

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
        )

    def succeeded(self) -> bool:
        """A send succeeded; whether the endpoint is back after it failed for several messages."""
        before, self.endpoint = self.endpoint, after_success(self.endpoint)
        if not self.seconds_left():
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
