"""A receiver that says it is gone for good: its channel is paused with that reason, and its owner is told elsewhere."""

import structlog

from alerts.deliver.context import Context
from core.model import ids
from core.model.alert import Alert, Notification, StandingReason
from core.model.channel import Pause, channel_name, key_parts
from core.model.match import RuleRef
from core.model.outcome import Event, Priority, Reason
from core.store import channels, notifications

WE = "wirewatch"
_logger = structlog.get_logger(__name__)


async def stop_channel(context: Context, channel: str, fallback: str) -> bool:
    """Pause a channel whose receiver is gone, and tell its owner through the fall-back or the owner's channel.

    False where it is not stored, or paused already: then somebody knows.
    """
    now = context.clock.now()
    team_id, name = key_parts(channel)
    because = "its receiver answered that it is gone for good (HTTP 410); mend its address, then resume it"
    target = fallback or context.owner_channel()
    async with context.db.transaction() as conn:
        if not await channels.stop(conn, name, team_id, Pause(WE, now, because)):
            return False
        if target and target != channel:
            await notifications.add(conn, _notice(channel, target, because, context), now)
    _logger.error("channel_gone", channel=channel, told=target or None, because=because)
    context.wake_up.notify()
    return True


def _notice(channel: str, target: str, because: str, context: Context) -> Notification:
    """About the channel, not about an article: as an alert about silence, which has none."""
    now = context.clock.now()
    team_id, name = key_parts(channel)
    sentence = f"the channel {name} is paused: {because}; `wirewatch channels resume {name}`"
    subject = ids.derived_id("channel", "gone", channel, now.isoformat())
    alert = Alert(
        alert_id=subject,
        rule=RuleRef(
            rule_id=ids.derived_id("channel", channel),
            version=1,
            name=f"channel {name}",
            query="",
            priority=Priority.FLASH,
            team_id=team_id,
        ),
        story_id=subject,
        group="",
        story_size=0,
        story_first_seen=now,
        articles=(),
        created=now,
        standing=StandingReason(kind="silence", because=sentence, window_seconds=60.0, stories=0, since=now),
    )
    return Notification(
        notification_id=ids.derived_id("notification", "gone", channel, now.isoformat()),
        channel=target,
        sequence=0,
        event=Event.ALERT_CREATED,
        reason=Reason.FIRST,
        alerts=(alert,),
        created=now,
        matched=now,
        because=f"{channel_name(channel)} can be told nothing any more",
        has_page=False,
    )
