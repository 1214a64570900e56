"""Alerts that nobody acknowledges go on to others, and snoozed ones are opened again. Timers are rows.

told --> a timer --> due: still open? --> messages to the step's channels + the timer of the next step, one transaction

The ids of messages derive from alert, channel, step and the time since when the alert waits, so one comes once, whatever
is killed. A clock that was ahead when an alert was told does not keep it from people: what waits since a time to come
waits since now.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from alerts.decide import awaiting
from alerts.decide.outbox import message_again
from alerts.decide.policy_cache import PolicyCache
from alerts.pipeline.escalate import Escalation, Waiting, due_at, escalate, next_step
from alerts.pipeline.recheck import silencing
from alerts.pipeline.situation import RulePolicy
from core.clock import Clock
from core.db.connection import Connection
from core.db.engine import Database
from core.metrics import Metrics
from core.model.alert import Alert
from core.model.alert_state import AlertEvent, Via
from core.model.channel import channel_name
from core.model.outcome import AlertStatus, EscalationOutcome, Reason
from core.model.silence import Silence
from core.model.timer import ESCALATION, SNOOZE, Timer
from core.store import alert_states, alerts, notifications, sent_messages, silences, timers
from core.ticker import Ticker
from core.wake_up import WakeUp

WE = "wirewatch"  # who says what nobody said
_LEAST_SECONDS, _POLL_SECONDS = 0.01, 2.0
_BATCH = 200
_LEASE_SECONDS = 60.0  # only until the transaction ends, which ends the timer too
_CLOCKS_DIFFER = timedelta(minutes=1)
_logger = structlog.get_logger(__name__)


class Escalator:
    """Escalates what is due, and ends snoozes."""

    def __init__(
        self, db: Database, *, clock: Clock, metrics: Metrics, outbox_wake_up: WakeUp, timer_wake_up: WakeUp
    ) -> None:
        self._db = db
        self._clock = clock
        self._metrics = metrics
        self._outbox_wake_up = outbox_wake_up
        self._ticker = Ticker(clock, timer_wake_up, least_seconds=_LEAST_SECONDS, most_seconds=_POLL_SECONDS)
        self._rules = PolicyCache()
        self._looked: tuple[datetime, float] | None = None  # the two clocks at the last look

    async def run(self) -> None:
        """Escalate until cancelled."""
        await self._ticker.run(self._look)

    async def escalate_due(self) -> int:
        """Do what is due; how many timers ended or went on to their next step."""
        await self._mend_times()
        worked = 0
        for kind, work in ((SNOOZE, self._wake), (ESCALATION, self._escalate)):
            now = self._clock.now()
            outcomes: list[EscalationOutcome] = []
            async with self._db.transaction() as conn:
                due = await timers.claim_due(conn, kind, now, _BATCH, "escalate", _LEASE_SECONDS)
                if due:
                    rules = {timer.key: str(timer.payload.get("rule", "")) for timer in due}
                    policies = await self._rules.policies(conn, set(rules.values()) - {""})
                    active = await silences.active(conn, now)
                    for timer in due:
                        outcome = await work(conn, timer, policies, active, now)
                        outcomes += [] if outcome is None else [outcome]
                        await timers.done(conn, timer)
            for outcome in outcomes:
                self._metrics.escalations.labels(outcome=outcome).inc()
            worked += len(due)
        if worked:
            self._outbox_wake_up.notify()
        return worked

    async def _look(self) -> float | None:
        if await self.escalate_due():
            return 0.0
        async with self._db.connection() as conn:
            return self._ticker.seconds_until(await timers.next_due(conn, self._clock.now(), ESCALATION, SNOOZE))

    async def _escalate(
        self,
        conn: Connection,
        timer: Timer,
        policies: dict[str, RulePolicy | None],
        active: Sequence[Silence],
        now: datetime,
    ) -> EscalationOutcome | None:
        """One step of one alert; None where there is nothing to say of it."""
        state = await alert_states.lock(conn, timer.key)
        row = None if state is None else await alerts.get(conn, timer.key)
        if state is None or row is None:
            return None  # pruned meanwhile
        policy, waiting = policies.get(str(timer.payload["rule"])), awaiting.waiting_of(timer)
        step = next_step(policy, waiting.reached)
        if step is not None and due_at(waiting, step) > now and state.status is AlertStatus.OPEN:
            await awaiting.go_on(conn, policy, row.alert, waiting)  # the rule gives more time than it did
            return None
        found = escalate(row.alert, policy, state, active, waiting, now)
        await _send_on(conn, row.alert, found, waiting, now)
        if found.step is not None and not found.ends:
            await awaiting.go_on(conn, policy, row.alert, replace(waiting, reached=found.step.after_seconds))
        _logger.info("escalation", alert_id=timer.key, outcome=found.outcome.value, because=found.because)
        return found.outcome

    async def _wake(
        self,
        conn: Connection,
        timer: Timer,
        _: dict[str, RulePolicy | None],
        active: Sequence[Silence],
        now: datetime,
    ) -> EscalationOutcome | None:
        """The end of a snooze: open again, told once, and waiting to be acknowledged anew."""
        state = await alert_states.lock(conn, timer.key)
        row = None if state is None else await alerts.get(conn, timer.key)
        if state is None or row is None or state.status is not AlertStatus.SNOOZED or state.until is None:
            return None
        alert = row.alert
        policy = (await self._rules.policies(conn, [alert.rule.rule_id]))[alert.rule.rule_id]
        by = state.by or "somebody"
        because = f"snoozed by {by} until now" + (f": {state.comment}" if state.comment else "")
        opened = AlertEvent(
            alert_id=alert.alert_id, at=now, by=WE, status=AlertStatus.OPEN, comment="the snooze is over", via=Via.TIME
        )
        await alert_states.put(conn, opened)
        await sent_messages.stale(conn, [alert.alert_id], now)
        outcome = _waking(alert, policy, active)
        if outcome is EscalationOutcome.REOPENED and policy is not None:
            key = f"snooze:{state.until.isoformat()}"
            for channel in policy.channels:
                note = message_again(alert, channel, Reason.SNOOZE_OVER, key, because=because, now=now)
                await notifications.add(conn, note, now)
            await awaiting.begin_anew(conn, policy, alert, now)
        _logger.info("snooze_over", alert_id=alert.alert_id, outcome=outcome.value)
        return outcome

    async def _mend_times(self) -> None:
        """Where the clock went back since the last look, or before this process: nothing waits since a time to come."""
        now, monotonic = self._clock.now(), self._clock.monotonic()
        looked, self._looked = self._looked, (now, monotonic)
        if looked is not None and now - looked[0] > timedelta(seconds=monotonic - looked[1]) - _CLOCKS_DIFFER:
            return
        async with self._db.transaction() as conn:
            for timer in await timers.all_of(conn, ESCALATION):
                waiting = awaiting.waiting_of(timer)
                if waiting.since > now + _CLOCKS_DIFFER:
                    moved = {**timer.payload, "since": now.isoformat()}
                    due = timer.due_at - (waiting.since - now)
                    await timers.put(conn, replace(timer, due_at=due, payload=moved), move=True)


def _waking(alert: Alert, policy: RulePolicy | None, active: Sequence[Silence]) -> EscalationOutcome:
    if policy is None:
        return EscalationOutcome.RULE_GONE
    if not policy.channels:
        return EscalationOutcome.NO_CHANNEL
    return EscalationOutcome.REOPENED if silencing(alert, active) is None else EscalationOutcome.SILENCED


async def _send_on(conn: Connection, alert: Alert, found: Escalation, waiting: Waiting, now: datetime) -> None:
    """The messages of a step, and a line in the alert's history."""
    if found.step is None or not found.channels:
        return
    key = f"escalation:{waiting.since.isoformat()}:{found.step.after_seconds:g}"
    for channel in found.channels:
        note = message_again(alert, channel, Reason.ESCALATION, key, because=found.because, now=now)
        await notifications.add(conn, note, now)
    to = ", ".join(map(channel_name, found.channels))
    said = f"escalated to {to}: {found.because}"
    await alert_states.put(conn, AlertEvent(alert_id=alert.alert_id, at=now, by=WE, comment=said, via=Via.TIME))
