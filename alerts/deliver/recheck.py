"""Checks waiting notifications again before each attempt, and stops those that nobody wants any more.

notification -> rules, routes and silences as they stand -> sent | sent without some of its alerts | silenced, rule_gone, no_channel
                                                                               the rule's other channels <-|
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from alerts.decide.router_cache import RouterCache
from alerts.pipeline.recheck import ASKING, RuleNow, Withheld, second_look, taken
from core.db.connection import Connection
from core.db.engine import Database
from core.model import ids
from core.model.alert import Alert, Notification
from core.model.alert_state import OPEN, AlertState
from core.model.channel import channel_name
from core.model.outcome import Event, NotificationState, Reason, Stage
from core.model.rule import RuleRow
from core.model.silence import Silence
from core.store import alert_states, alerts, notifications, routes, rules, sends, silences, traces
from core.store.traces import TraceRow

_PIECE = 200
_ELSEWHERE = NotificationState.NO_CHANNEL
_logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Looked:
    """`wanted`: what of the notification may be sent; None: nothing. `withheld`: its other alerts, each with the reason."""

    notification: Notification
    wanted: Notification | None
    withheld: tuple[tuple[Alert, Withheld], ...]

    @property
    def state(self) -> NotificationState:
        """Of a notification of which nothing is sent."""
        return self.withheld[0][1].state


class SecondLook:
    """Rules and routes are read again only when a revision says that one changed."""

    def __init__(self) -> None:
        self._revision = (-1, -1)
        self._routers = RouterCache()
        self._rules: dict[str, RuleNow | None] = {}
        self._swept: object = None

    async def look_many(
        self, conn: Connection, notes: Sequence[Notification], active: Sequence[Silence]
    ) -> list[Looked]:
        """Judge notifications as rules and these silences stand now."""
        known = await self._known(conn, {alert.rule.rule_id for note in notes for alert in note.alerts})
        asking = [alert.alert_id for note in notes if _reason(note) in ASKING for alert in note.alerts]
        states = await alert_states.of_alerts(conn, asking) if asking else {}
        return [_look(note, known, states, active) for note in notes]

    async def sweep(self, db: Database, now: datetime) -> list[Looked]:
        """Look at all that waits, on any channel, if a rule or a silence changed since the last sweep; what was put aside."""
        async with db.connection() as conn:
            active = await silences.active(conn, now)
            revisions = (await rules.revision(conn), await routes.revision(conn))
            stamp = (revisions, tuple(silence.silence_id for silence in active))
        if stamp == self._swept:
            return []
        aside: list[Looked] = []
        last = ""
        while True:
            async with db.connection() as conn:
                piece = await sends.waiting(conn, last, _PIECE)
                looks = await self.look_many(conn, [pending.notification for pending in piece], active)
            if not piece:
                break
            last = piece[-1].notification.notification_id
            unwanted = [looked for looked in looks if looked.wanted is None]
            if unwanted:
                async with db.transaction() as conn:
                    aside += [looked for looked in unwanted if await withhold(conn, looked, now, owner=None)]
        self._swept = stamp
        return aside

    async def _known(self, conn: Connection, rule_ids: set[str]) -> dict[str, RuleNow | None]:
        revision = (await rules.revision(conn), await self._routers.revision(conn))
        if revision != self._revision:
            self._rules.clear()
            self._revision = revision
        known = {rule_id: self._rules[rule_id] for rule_id in rule_ids & self._rules.keys()}
        for rule_id in rule_ids - known.keys():
            row = await rules.by_id(conn, rule_id)
            known[rule_id] = None if row is None else await self._rule_now(conn, row)
            if self._revision == revision:  # else it changed again while we read
                self._rules[rule_id] = known[rule_id]
        return known

    async def _rule_now(self, conn: Connection, row: RuleRow) -> RuleNow:
        router = await self._routers.router(conn, row)
        return RuleNow(enabled=row.enabled, channels=row.channel_keys, goes_on_to=row.escalation_keys, router=router)


def _look(
    notification: Notification,
    known: Mapping[str, RuleNow | None],
    states: Mapping[str, AlertState],
    active: Sequence[Silence],
) -> Looked:
    reason = _reason(notification)
    if notification.event is Event.TEST or reason is Reason.SUMMARY:
        return Looked(notification, notification, ())
    newest_only = notification.event is Event.ALERT_UPDATED
    withheld: list[tuple[Alert, Withheld]] = []
    for alert in notification.alerts:
        rule, channel = known[alert.rule.rule_id], notification.meant_for or notification.channel
        state = states.get(alert.alert_id, OPEN) if reason in ASKING else OPEN
        found = taken(state) or second_look(alert, rule, channel, active, newest_only=newest_only, reason=reason)
        if found is not None:
            withheld.append((alert, found))
    counted = _counted(notification, {alert.alert_id for alert, _ in withheld})
    withheld = [one for one in withheld if one[0].alert_id not in counted or one[1].state is not _ELSEWHERE]
    if not withheld:
        return Looked(notification, notification, ())
    gone = {alert.alert_id for alert, _ in withheld}
    left = tuple(alert for alert in notification.alerts if alert.alert_id not in gone)
    return Looked(notification, replace(notification, alerts=left) if left else None, tuple(withheld))


def _reason(notification: Notification) -> Reason:
    """Why it is sent; of what a fall-back sends, or is sent again, why it was to be sent."""
    return notification.meant_as or notification.reason


def _counted(notification: Notification, unwanted: set[str]) -> set[str]:
    """The alerts that a metric rule only counted: they go where the alert goes that counted them."""
    counting = [alert for alert in notification.alerts if alert.standing and alert.alert_id not in unwanted]
    return {key for alert in counting if alert.standing is not None for key in alert.standing.others}


async def withhold(conn: Connection, looked: Looked, now: datetime, *, owner: str | None) -> bool:
    """Keep what is not wanted, with its outcome; False if another worker has it. `owner`: the worker that asks, if any."""
    notification = looked.notification
    if looked.wanted is None:
        because = looked.withheld[0][1].because
        key = notification.notification_id
        if not await sends.put_aside(conn, key, looked.state, because, now, owner=owner):
            return False
        _logger.info(
            "notification_put_aside",
            notification_id=key,
            channel=notification.channel,
            state=looked.state.value,
            because=because,
        )
    else:
        await sends.leave_out(conn, looked.wanted, [alert.alert_id for alert, _ in looked.withheld])
    await _move(conn, looked, now)
    for alert, found in looked.withheld:
        if found.outcome is not None and not await sends.is_told_otherwise(
            conn, alert.alert_id, notification.notification_id
        ):
            await alerts.set_outcome(conn, alert.alert_id, found.outcome, now)
        if found.silence_id is not None:
            await silences.count_hidden(conn, found.silence_id)
    await traces.add_many(conn, _traces(looked, now))
    return True


async def _move(conn: Connection, looked: Looked, now: datetime) -> None:
    """Moves a notification from a channel that its rule no longer names to the rule's present channels, unless they have the alert."""
    notification = looked.notification
    missed: dict[str, list[Alert]] = defaultdict(list)
    for alert, found in looked.withheld:
        for channel in found.instead:
            if await notifications.last_sequence(conn, alert.alert_id, channel) is None:
                missed[channel].append(alert)
    for channel, left in missed.items():
        if len(notification.alerts) == 1:
            key = ids.notification_id(left[0].alert_id, channel, notification.sequence)
        else:
            key = ids.derived_id("notification", "moved", channel, notification.notification_id)
        moved = replace(notification, notification_id=key, channel=channel, alerts=tuple(left))
        if await notifications.add(conn, moved, now):
            _logger.info("notification_moved", notification_id=key, before=notification.channel, channel=channel)


def _traces(looked: Looked, at: datetime) -> list[TraceRow]:
    return [
        TraceRow(
            subject=article.brief.article_id,
            stage=Stage.DELIVER,
            outcome=found.state,
            at=at,
            detail=f"to {channel_name(looked.notification.channel)}: {found.because}",
        )
        for alert, found in looked.withheld
        for article in alert.articles
    ]
