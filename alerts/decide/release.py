"""Held alerts go out when their time has come: group flushes, ends of quiet hours, digests. Timers are rows.

due timers -> by rule -> still wanted? -> one message a channel + timers done, one transaction
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.decide import awaiting
from alerts.decide.batch_state import GROUP, NOTIFIED
from alerts.decide.outbox import FIRST, NotifiedAlert, message_held
from alerts.decide.policy_cache import PolicyCache
from alerts.pipeline.local_time import last_time
from alerts.pipeline.recheck import silencing
from alerts.pipeline.routing import facts_of_alert
from alerts.pipeline.situation import Decision, RulePolicy
from core.clock import Clock
from core.db.connection import Connection
from core.db.engine import Database
from core.model import ids
from core.model.alert import Alert
from core.model.outcome import AlertOutcome, Reason
from core.model.silence import Silence
from core.model.timer import Timer
from core.store import alerts, findings, notifications, silences, timers
from core.ticker import Ticker
from core.wake_up import WakeUp

# What holds an alert, and why its message says it comes.
REASONS = {
    AlertOutcome.GROUPED: Reason.FIRST,
    AlertOutcome.QUIET_HOURS: Reason.QUIET_HOURS_OVER,
    AlertOutcome.DIGESTED: Reason.DIGEST,
}
_WHY = {
    Reason.FIRST: "the time for which the rule groups its alerts is over",
    Reason.QUIET_HOURS_OVER: "the quiet hours of the rule are over",
    Reason.DIGEST: "it is the time of the rule's digest",
}
_LEAST_SECONDS, _POLL_SECONDS = 0.01, 2.0  # between two looks; timers set by another process are found so late
_BATCH = 500
_SAME_MOMENT = timedelta(milliseconds=1)  # a digest's own time is not before itself
_LEASE_SECONDS = 60.0  # only until the transaction ends, which ends the timer too


def held_timer(decision: Decision, alert: Alert, sequence: int) -> Timer:
    """The timer that releases a held alert; a second one for the same alert changes nothing while it waits."""
    if decision.release is None:
        raise ValueError("what is held needs a time of release")
    return Timer(
        kind=decision.outcome,
        key=alert.alert_id,
        due_at=decision.release,
        payload={"rule": alert.rule.rule_id, "sequence": sequence},
    )


class Releaser:
    """Releases what the alert stage held."""

    def __init__(self, db: Database, *, clock: Clock, outbox_wake_up: WakeUp, timer_wake_up: WakeUp) -> None:
        self._db = db
        self._clock = clock
        self._outbox_wake_up = outbox_wake_up
        self._ticker = Ticker(clock, timer_wake_up, least_seconds=_LEAST_SECONDS, most_seconds=_POLL_SECONDS)
        self._rules = PolicyCache()

    async def run(self) -> None:
        """Release until cancelled."""
        await self._ticker.run(self._look)

    async def release_due(self) -> int:
        """Put what is due into the outbox; how many timers ended."""
        ended = 0
        for outcome, reason in REASONS.items():
            now = self._clock.now()
            async with self._db.transaction() as conn:
                due = await timers.claim_due(conn, outcome, now, _BATCH, "release", _LEASE_SECONDS)
                if due:
                    await self._release(conn, due, reason, now)
                for timer in due:
                    await timers.done(conn, timer)
            ended += len(due)
        if ended:
            self._outbox_wake_up.notify()
        return ended

    async def _look(self) -> float | None:
        if await self.release_due():
            return 0.0
        async with self._db.connection() as conn:
            return self._ticker.seconds_until(await timers.next_due(conn, self._clock.now(), *REASONS))

    async def _release(self, conn: Connection, due: Sequence[Timer], reason: Reason, now: datetime) -> None:
        by_rule: dict[str, list[Timer]] = defaultdict(list)
        for timer in due:
            by_rule[timer.payload["rule"]].append(timer)
        active = await silences.active(conn, now)
        for rule_id, policy in (await self._rules.policies(conn, by_rule)).items():
            sequences = {timer.key: int(timer.payload["sequence"]) for timer in by_rule[rule_id]}
            rows = await alerts.get_many(conn, list(sequences))
            notified: list[NotifiedAlert] = []
            inhibited = await self._inhibited(
                conn, [row.alert for row in rows if sequences[row.alert.alert_id] == FIRST]
            )
            for row in rows:
                instead = _instead(row.alert, policy, active)
                if instead is None and row.alert.alert_id in inhibited:
                    instead = AlertOutcome.INHIBITED
                if instead is None:
                    notified.append(NotifiedAlert(row.alert, sequences[row.alert.alert_id]))
                else:
                    await alerts.set_outcome(conn, row.alert.alert_id, instead, now)
            for item in notified:
                if item.sequence == FIRST:
                    await awaiting.begin(conn, policy, item.alert, now)
            template = "" if policy is None else policy.send.template
            missing = await _held_back(conn, rule_id, policy, reason, now)
            for channel, mine in (_by_channel(notified, policy) if policy is not None else {}).items():
                shown = {item.alert.alert_id for item in mine}
                others = await companions(conn, [item.alert for item in mine])
                more = [NotifiedAlert(alert, FIRST) for alert in others if alert.alert_id not in shown]
                held = message_held([*mine, *more], channel, reason, now=now, held_back=missing)
                held = replace(held, template=template, because=held.because or _WHY[reason])
                await notifications.add(conn, held, now)

    async def _inhibited(self, conn: Connection, waiting: Sequence[Alert]) -> set[str]:
        """The alerts, of those that nobody was told of, whose story a rule that inhibits theirs has told meanwhile."""
        of_rule = await self._rules.inhibitors(conn, {alert.rule.rule_id: alert.rule for alert in waiting}.values())
        inhibitors: dict[str, list[str]] = defaultdict(list)  # an inhibiting alert and those that it holds back
        for alert in waiting:
            for row in of_rule.get(alert.rule.rule_id, ()):
                inhibitors[ids.alert_id(row.rule_id, alert.story_id, GROUP)].append(alert.alert_id)
        told = [row for row in await alerts.get_many(conn, sorted(inhibitors)) if row.outcome in NOTIFIED]
        return {held for row in told for held in inhibitors[row.alert.alert_id]}


def _by_channel(notified: Sequence[NotifiedAlert], policy: RulePolicy) -> dict[str, list[NotifiedAlert]]:
    """What each channel is told: routes may lead the alerts of one rule to several."""
    found: dict[str, list[NotifiedAlert]] = defaultdict(list)
    for item in notified:
        for channel in policy.channels_for(facts_of_alert(item.alert)):
            found[channel].append(item)
    return found


# What a digest says of alerts that are not in it.
_NAMED = {
    AlertOutcome.SILENCED: "silenced",
    AlertOutcome.INHIBITED: "told by another rule",
    AlertOutcome.THROTTLED: "throttled",
    AlertOutcome.NOT_REACHED: "below the rule's condition",
    AlertOutcome.BEFORE_SOURCE: "there before their source was added",
    AlertOutcome.BEFORE_RULE: "there before the rule was made",
}


async def _held_back(conn: Connection, rule_id: str, policy: RulePolicy | None, reason: Reason, now: datetime) -> str:
    """The stories since the last digest that nobody is told of, by reason; empty where there are none."""
    digest = None if policy is None else policy.send.digest
    if reason is not Reason.DIGEST or digest is None:
        return ""
    since = last_time(digest, last_time(digest, now + _SAME_MOMENT))
    counts = await findings.count_by_outcome(conn, rule_id, since, sorted(_NAMED))
    named = ", ".join(f"{counts[outcome]} {words}" for outcome, words in _NAMED.items() if counts.get(outcome))
    return f"Held back since the last digest: {named}" if named else ""


def _instead(alert: Alert, policy: RulePolicy | None, active: Sequence[Silence]) -> AlertOutcome | None:
    """Why a held alert is not sent after all: a change while it waited. None: it is sent."""
    if policy is None:
        return AlertOutcome.RULE_GONE
    if not policy.channels_for(facts_of_alert(alert)):
        return AlertOutcome.NO_CHANNEL
    return None if silencing(alert, active) is None else AlertOutcome.SILENCED


async def companions(conn: Connection, notified: Sequence[Alert]) -> list[Alert]:
    """The alerts to be shown beside those of a metric rule: of the other stories that it counted."""
    others = dict.fromkeys(key for alert in notified if alert.standing is not None for key in alert.standing.others)
    return [row.alert for row in await alerts.get_many(conn, list(others))]
