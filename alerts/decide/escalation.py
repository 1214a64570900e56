"""Alerts that nobody acknowledges go on to others, and snoozed ones are opened again. Timers are rows.

told --> a timer --> due: still open? --> messages to the step's channels + the timer of the next step, one transaction each

The ids of messages derive from alert, channel, step and the time since when the alert waits, so one comes once, whatever
is killed. A clock that was ahead when an alert was told does not keep it from people: what waits since a time to come
waits since now.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from alerts.decide import awaiting
from alerts.decide.outbox import message_again
from alerts.decide.policy_cache import PolicyCache
from alerts.pipeline.escalate import Escalation, Waiting, due_at, escalate, next_step
from alerts.pipeline.recheck import silencing
from alerts.pipeline.routing import facts_of_alert
from alerts.pipeline.situation import RulePolicy
from core.clock import Clock
from core.db.connection import Connection
from core.db.engine import Database
from core.faults import FaultPoint, reach
from core.metrics import Metrics
from core.model.alert import Alert
from core.model.alert_state import AlertEvent, AlertState, Via
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
_LEASE_SECONDS = 10.0  # of timers whose process dies before their turn comes
_CLOCKS_DIFFER = timedelta(minutes=1)
_logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Case:
    """An alert whose timer is due. `policy` None: its rule is gone."""

    alert: Alert
    state: AlertState
    policy: RulePolicy | None
    now: datetime


_Work = Callable[[Connection, Timer, _Case], Awaitable[EscalationOutcome | None]]


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
            async with self._db.transaction() as conn:
                due = await timers.claim_due(conn, kind, self._clock.now(), _BATCH, "escalate", _LEASE_SECONDS)
            for timer in due:
                async with self._db.transaction() as conn:
                    outcome = await self._work(conn, timer, work)
                    reach(FaultPoint.ALERT_DECIDED)
                reach(FaultPoint.ALERT_STORED)
                if outcome is not None:
                    self._metrics.escalations.labels(outcome=outcome).inc()
            worked += len(due)
        if worked:
            self._outbox_wake_up.notify()
        return worked

    async def _look(self) -> float | None:
        await self._mend_times()
        now = self._clock.now()
        async with self._db.connection() as conn:
            due = await timers.next_due(conn, now, ESCALATION, SNOOZE)
        if due is not None and due <= now and await self.escalate_due():
            return 0.0
        return self._ticker.seconds_until(due)

    async def _work(self, conn: Connection, timer: Timer, work: _Work) -> EscalationOutcome | None:
        """One timer, under the lock of its alert, which whoever says something of the alert takes first, too."""
        state = await alert_states.lock(conn, timer.key)
        mine = await timers.done(conn, timer)
        row = await alerts.get(conn, timer.key) if mine and state is not None else None
        if state is None or row is None:
            return None  # pruned, or set anew or ended by somebody's word meanwhile
        rule_id = row.alert.rule.rule_id
        policy = (await self._rules.policies(conn, [rule_id]))[rule_id]
        return await work(conn, timer, _Case(row.alert, state, policy, self._clock.now()))

    async def _escalate(self, conn: Connection, timer: Timer, case: _Case) -> EscalationOutcome | None:
        """One step of one alert; None where there is nothing to say of it."""
        policy, waiting = case.policy, awaiting.waiting_of(timer)
        step = next_step(policy, waiting.reached)
        if step is not None and due_at(waiting, step) > case.now and case.state.status is AlertStatus.OPEN:
            await awaiting.go_on(conn, policy, case.alert, waiting)  # the rule gives more time than it did
            return None
        active = await silences.active(conn, case.now)
        found = escalate(case.alert, policy, case.state, active, waiting, case.now)
        await _send_on(conn, case.alert, found, waiting, case.now)
        if found.step is not None and not found.ends:
            await awaiting.go_on(conn, policy, case.alert, replace(waiting, reached=found.step.after_seconds))
        _logger.info("escalation", alert_id=timer.key, outcome=found.outcome.value, because=found.because)
        return found.outcome

    async def _wake(self, conn: Connection, _: Timer, case: _Case) -> EscalationOutcome | None:
        """The end of a snooze: open again, told once, and waiting to be acknowledged anew."""
        alert, state, policy, now = case.alert, case.state, case.policy, case.now
        if state.status is not AlertStatus.SNOOZED or state.until is None:
            return None
        by = state.by or "somebody"
        because = f"snoozed by {by} until now" + (f": {state.comment}" if state.comment else "")
        opened = AlertEvent(
            alert_id=alert.alert_id, at=now, by=WE, status=AlertStatus.OPEN, comment="the snooze is over", via=Via.TIME
        )
        await alert_states.put(conn, opened)
        await sent_messages.stale(conn, [alert.alert_id], now)
        outcome = _waking(alert, policy, await silences.active(conn, now))
        if outcome is EscalationOutcome.REOPENED and policy is not None:
            key = f"snooze:{state.until.isoformat()}"
            for channel in policy.channels_for(facts_of_alert(alert)):
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
    if not policy.channels_for(facts_of_alert(alert)):
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
