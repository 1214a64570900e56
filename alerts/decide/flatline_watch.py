"""Telling that nothing came: of each flatline rule, a timer that survives every restart.

rule in force -> timer -> due: really nothing? -> alert + outbox + timer set again, one transaction
                              | something came: due again a window after it

The newest match or article is read from the database when a timer is due, so nothing has to be written at each match.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.decide import awaiting
from alerts.decide.batch_state import GROUP
from alerts.decide.outbox import FIRST, NotifiedAlert, message_now
from alerts.decide.policy_cache import PolicyCache
from alerts.decide.release import held_timer
from alerts.pipeline.decide import decide
from alerts.pipeline.routing import facts_of_alert
from alerts.pipeline.situation import Action, Decision, Nothing, RulePolicy, Situation
from alerts.pipeline.watch import Watch, due_at, nothing, paused, seen
from core.clock import Clock
from core.db.connection import Connection
from core.db.engine import Database
from core.faults import FaultPoint, reach
from core.log.log import EventLog
from core.log.topics import MATCHES, STORIES
from core.metrics import Metrics
from core.model import ids
from core.model.alert import Alert, StandingReason
from core.model.metric_rule import Flatline
from core.model.rule import RuleRow
from core.model.timer import Timer
from core.store import alerts, articles, findings, kv, notifications, rules, silences, sources, stats, timers
from core.store.stats import RuleStats
from core.ticker import Ticker
from core.wake_up import WakeUp

KIND = "silence"
_ALIVE = "standing:alive"  # when somebody watched last
_ALIVE_SECONDS = 30.0
_DOWN_SECONDS = 90.0  # a longer gap is time in which nobody watched
_LEAST_SECONDS, _POLL_SECONDS = 0.05, 2.0
_BATCH = 200
_LEASE_SECONDS = 60.0  # only until the transaction ends, which sets the timer anew
_FEEDING = (("match", STORIES.name), ("alert", MATCHES.name))  # in the order of the data


@dataclass(frozen=True, slots=True)
class _Case:
    """A rule whose timer is due, and how its watch stands with the newest match or article."""

    row: RuleRow
    policy: RulePolicy
    condition: Flatline
    watch: Watch


class FlatlineWatch:
    """Arms the timers of rules as they come into force, and tells when nothing came. Several may run at once."""

    def __init__(
        self,
        log: EventLog,
        db: Database,
        *,
        clock: Clock,
        metrics: Metrics,
        outbox_wake_up: WakeUp,
        timer_wake_up: WakeUp,
    ) -> None:
        self._log = log
        self._db = db
        self._clock = clock
        self._metrics = metrics
        self._outbox_wake_up = outbox_wake_up
        self._timer_wake_up = timer_wake_up
        self._ticker = Ticker(clock, WakeUp(), least_seconds=_LEAST_SECONDS, most_seconds=_POLL_SECONDS)
        self._rules = PolicyCache()
        self._revision = -1
        self._alive: datetime | None = None

    async def run(self) -> None:
        """Watch until cancelled."""
        await self._ticker.run(self._tick)

    async def tick(self) -> int:
        """Arm what came into force, tell what is due; how many alerts."""
        await self._note_alive()
        await self._arm()
        return await self._tell_due()

    async def _tick(self) -> float | None:
        await self.tick()
        async with self._db.connection() as conn:
            return self._ticker.seconds_until(await timers.next_due(conn, self._clock.now(), KIND))

    async def _note_alive(self) -> None:
        """Note that somebody watches; after a time in which nobody did, put every timer off by as long."""
        now = self._clock.now()
        if self._alive is not None and (now - self._alive).total_seconds() < _ALIVE_SECONDS:
            return
        async with self._db.transaction() as conn:
            stored = await kv.get(conn, _ALIVE)
            gap = 0.0 if stored is None else (now - datetime.fromisoformat(stored)).total_seconds()
            if gap > _DOWN_SECONDS:
                for timer in await timers.all_of(conn, KIND):
                    await self._put_off(conn, timer, gap)
            await kv.put(conn, _ALIVE, now.isoformat())
        self._alive = now

    async def _put_off(self, conn: Connection, timer: Timer, seconds: float) -> None:
        case = await self._case(conn, timer)
        if case is None or case.watch.told:
            return
        await _set(conn, timer.key, paused(case.watch, seconds), case.condition.window_seconds)

    async def _arm(self) -> None:
        async with self._db.connection() as conn:
            if await rules.revision(conn) == self._revision:
                return
            changed, revision = await rules.standing_since(conn, self._revision)
        watched = [(row, found) for row in changed if isinstance(found := row.settings.standing, Flatline)]
        if watched:
            async with self._db.transaction() as conn:
                for row, condition in watched:
                    await self._arm_one(conn, row, condition)
        self._revision = revision

    async def _arm_one(self, conn: Connection, row: RuleRow, condition: Flatline) -> None:
        timer = await timers.get(conn, KIND, row.rule_id)
        if timer is None or Watch.read(timer.payload).revision != row.revision:
            watch = Watch(revision=row.revision, since=self._clock.now())
            await _set(conn, row.rule_id, watch, condition.window_seconds)

    async def _tell_due(self) -> int:
        now = self._clock.now()
        async with self._db.connection() as conn:
            due = await timers.next_due(conn, now, KIND)
        if due is None or due > now:
            return 0
        waiting = await self._oldest_waiting(now)
        decisions: list[Decision] = []
        async with self._db.transaction() as conn:
            for timer in await timers.claim_due(conn, KIND, now, _BATCH, "watch", _LEASE_SECONDS):
                decisions += await self._look(conn, timer, now, waiting)
            reach(FaultPoint.ALERT_DECIDED)
        reach(FaultPoint.ALERT_STORED)
        for decision in decisions:
            self._metrics.alerts.labels(outcome=decision.outcome).inc()
        if any(decision.action is Action.TELL for decision in decisions):
            self._outbox_wake_up.notify()
        if any(decision.action is Action.HOLD for decision in decisions):
            self._timer_wake_up.notify()
        return len(decisions)

    async def _oldest_waiting(self, now: datetime) -> datetime | None:
        """Since when articles or matches wait to be worked on: until then it is not known whether anything came."""
        ages = [lag.seconds for group, topic in _FEEDING if (lag := await self._log.lag(group, topic)).records]
        return now - timedelta(seconds=max(ages)) if ages else None

    async def _look(
        self, conn: Connection, timer: Timer, now: datetime, waiting: datetime | None
    ) -> Sequence[Decision]:
        case = await self._case(conn, timer)
        if case is None:
            await timers.done(conn, timer)
            return ()
        window, watch = case.condition.window_seconds, case.watch
        due = due_at(watch, window)
        if not watch.told and due > now:
            await _set(conn, timer.key, watch, window)
            return ()
        if watch.told:
            await _set(conn, timer.key, watch, window, at=now + timedelta(seconds=window))
            return ()
        if waiting is not None and waiting <= due:
            await _set(conn, timer.key, watch, window, at=now + timedelta(seconds=_POLL_SECONDS))
            return ()
        told = replace(watch, told=True)
        await _set(conn, timer.key, told, window, at=now + timedelta(seconds=window))
        return await _raise(conn, case, now)

    async def _case(self, conn: Connection, timer: Timer) -> _Case | None:
        policy = (await self._rules.policies(conn, [timer.key]))[timer.key]
        condition = None if policy is None or policy.standing is None else policy.standing.condition
        row = await rules.by_id(conn, timer.key)
        if row is None or policy is None or not isinstance(condition, Flatline):
            return None  # removed, or no rule of that kind any more
        watch = seen(Watch.read(timer.payload), await _newest(conn, row, condition))
        return _Case(row, policy, condition, watch)


async def _newest(conn: Connection, row: RuleRow, condition: Flatline) -> datetime | None:
    if condition.source is None:
        return await findings.last_matched(conn, row.rule_id)
    return await articles.newest_of(conn, await sources.ids_named(conn, condition.source))


async def _set(
    conn: Connection, rule_id: str, watch: Watch, window_seconds: float, *, at: datetime | None = None
) -> None:
    due = at or due_at(watch, window_seconds)
    await timers.put(conn, Timer(kind=KIND, key=rule_id, due_at=due, payload=watch.stored()), move=True)


async def _raise(conn: Connection, case: _Case, now: datetime) -> Sequence[Decision]:
    """The alert about one time without anything; its id is that of the time, so telling it twice gives one."""
    standing = _reason(case)
    alert = _alert(case, standing, now)
    decision = decide(
        Situation(
            match=Nothing(
                rule=case.row.name, source=standing.source, because=standing.because, team_id=case.row.team_id
            ),
            policy=case.policy,
            earlier=None,
            silences=tuple(await silences.active(conn, now)),
            notified_at=(),
            flush_at=None,
            now=now,
        )
    )
    if not await alerts.insert_alert(conn, alert, decision.outcome):
        return ()
    if decision.action is Action.TELL:
        for channel in case.policy.channels_for(facts_of_alert(alert)):
            await notifications.add(conn, message_now(NotifiedAlert(alert, FIRST), channel, matched=now, now=now), now)
        await awaiting.begin(conn, case.policy, alert, now)
    elif decision.action is Action.HOLD:
        await timers.put(conn, held_timer(decision, alert, FIRST))
    elif decision.silence_id is not None:
        await silences.count_hidden(conn, decision.silence_id)
    await stats.add_many(conn, [RuleStats(rule_id=case.row.rule_id, day=now.date(), alerts=1)])
    return (decision,)


def _reason(case: _Case) -> StandingReason:
    return StandingReason(
        kind=case.condition.kind,
        because=nothing(case.condition, case.watch),
        window_seconds=case.condition.window_seconds,
        stories=0,
        since=case.watch.since,
        source=case.condition.source,
    )


def _alert(case: _Case, standing: StandingReason, now: datetime) -> Alert:
    row, since = case.row, case.watch.since
    story_id = ids.derived_id("silence", row.rule_id, since.isoformat())
    return Alert(
        alert_id=ids.alert_id(row.rule_id, story_id, GROUP),
        rule=row.ref(),
        story_id=story_id,
        group=GROUP,
        story_size=0,
        story_first_seen=since,
        articles=(),
        created=now,
        standing=standing,
    )
