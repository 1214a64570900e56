"""The way of a new installation: a source, a rule, a channel, and a message that arrived."""

from dataclasses import dataclass

from core.model.outcome import NotificationState
from core.store import channels, kv, notifications, rules, source_pages
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.channels import TESTED
from wirewatch.usecases.permission import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSteps:
    """Which are done. `told`: a test message or an alert was delivered. `channel_id`: where one could be sent."""

    sources: bool
    rules: bool
    channels: bool
    told: bool
    channel_id: str | None

    @property
    def done(self) -> bool:
        return self.sources and self.rules and self.channels and self.told


@reads(Permission.READ_STATUS)
async def show(acting: Acting) -> FirstSteps:
    """How far it is."""
    async with acting.db.connection() as conn:
        known = await channels.list_all(conn)
        delivered = await notifications.list_rows(conn, state=NotificationState.DELIVERED, limit=1)
        return FirstSteps(
            sources=bool(await source_pages.page(conn, limit=1)),
            rules=(await rules.count(conn))[True] > 0,
            channels=bool(known),
            told=bool(delivered) or bool(await kv.get(conn, TESTED)),
            channel_id=known[0].channel_id if known else None,
        )
