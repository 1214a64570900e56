"""The stage that decides: one alert per rule and story, with its messages, in one transaction.

MATCHES -> known already? -> decide (alerts.pipeline) -> finding + alert + outbox + timers, one transaction -> commit

A repeated match has its finding already and changes nothing.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from alerts.decide import awaiting
from alerts.decide.batch_state import GROUP, NOTIFIED, BatchState, alert_id_of
from alerts.decide.escalation import Escalator
from alerts.decide.flatline_watch import FlatlineWatch
from alerts.decide.outbox import FIRST, NotifiedAlert, message_now, newest_first, update_sequence
from alerts.decide.policy_cache import PolicyCache
from alerts.decide.release import Releaser, companions, held_timer
from alerts.pipeline.decide import decide
from alerts.pipeline.reached import verdict
from alerts.pipeline.routing import facts_of_alert
from alerts.pipeline.situation import Action, Decision, Situation
from core.clock import Clock
from core.db.connection import Connection
from core.db.engine import Database
from core.faults import FaultPoint, reach
from core.log.consumer import FaultPoints, Options, Output, consume_batches
from core.log.log import EventLog
from core.log.topics import MATCHES
from core.metrics import Metrics
from core.model.alert import Alert, AlertArticle, StandingReason
from core.model.match import Match
from core.model.metric_rule import NewTerm
from core.model.outcome import BEFORE, AlertOutcome, Reason, Stage
from core.store import alerts, findings, notifications, silences, stats, timers, traces
from core.store.findings import Finding
from core.store.stats import RuleStats
from core.store.traces import TraceRow
from core.tasks import kept
from core.wake_up import WakeUp

_REASONS = {AlertOutcome.SPREADING: Reason.SPREADING, AlertOutcome.CORRECTED: Reason.CORRECTION}


@dataclass(frozen=True, slots=True)
class Decided:
    """A match with its decision."""

    match: Match
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertParts:
    """The parts that the stage works with. `wake_up`: notified when there is something to deliver."""

    log: EventLog
    db: Database
    clock: Clock
    metrics: Metrics
    wake_up: WakeUp = field(default_factory=WakeUp)


class AlertStage:
    """Turns matches into alerts and messages, releases held alerts at their time, escalates, and alerts on flatlines."""

    def __init__(self, parts: AlertParts, *, options: Options | None = None) -> None:
        self._log = log = parts.log
        self._db = db = parts.db
        self._clock = clock = parts.clock
        self._metrics = metrics = parts.metrics
        self._wake_up = parts.wake_up
        self._options = replace(options or Options(clock=clock), origins_of=_origins)
        self._rules = PolicyCache()
        self._timer_set = WakeUp()
        self.releaser = Releaser(db, clock=clock, outbox_wake_up=self._wake_up, timer_wake_up=self._timer_set)
        self.watch = FlatlineWatch(
            log, db, clock=clock, metrics=metrics, outbox_wake_up=self._wake_up, timer_wake_up=self._timer_set
        )
        self.escalator = Escalator(
            db, clock=clock, metrics=metrics, outbox_wake_up=self._wake_up, timer_wake_up=self._timer_set
        )

    async def run(self) -> None:
        """Decide until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(kept(self.releaser.run()))
            group.create_task(kept(self.watch.run()))
            group.create_task(kept(self.escalator.run()))
            await consume_batches(
                self._log,
                group="alert",
                topic=MATCHES.name,
                record_type=Match,
                handle=self.handle,
                faults=FaultPoints(after_commit=FaultPoint.ALERT_COMMITTED),
                options=self._options,
            )

    async def handle(self, matches: Sequence[Match]) -> Sequence[Output]:
        """Decide about a batch and write all consequences. Repeating it changes nothing."""
        async with self._db.transaction() as conn:
            decided = await self._decide(conn, matches)
            reach(FaultPoint.ALERT_DECIDED)
        reach(FaultPoint.ALERT_STORED)
        for item in decided:
            self._metrics.alerts.labels(outcome=item.decision.outcome).inc()
        if any(item.decision.action is Action.TELL for item in decided):
            self._wake_up.notify()
        if any(item.decision.action is Action.HOLD for item in decided):
            self._timer_set.notify()
        return ()

    async def _decide(self, conn: Connection, matches: Sequence[Match]) -> list[Decided]:
        repeated = await findings.known(conn, [match.match_id for match in matches])
        fresh = {match.match_id: match for match in matches if match.match_id not in repeated}
        if not fresh:
            return []
        refs = {match.rule.rule_id: match.rule for match in fresh.values()}
        policies = await self._rules.policies(conn, refs)
        inhibitors = await self._rules.inhibitors(conn, refs.values())
        batch = await BatchState.read(conn, list(fresh.values()), policies, inhibitors, self._clock.now())
        decided: list[Decided] = []
        # Rules that hold others back come first: what they tell now counts for the others of the batch.
        for match in sorted(fresh.values(), key=lambda match: match.rule.rule_id in inhibitors):
            situation = batch.situation(match)
            decision = decide(situation)
            await _carry_out(conn, batch, match, decision, _standing(batch, match, situation, decision))
            decided.append(Decided(match, decision))
        await batch.write(conn)
        await _note(conn, batch, decided)
        return decided


def _standing(batch: BatchState, match: Match, situation: Situation, decision: Decision) -> StandingReason | None:
    """Why a metric rule alerts now, recorded as notified; None for other rules, and where no alert goes out."""
    found, policy = verdict(situation), situation.policy
    if found is None or policy is None or policy.standing is None or decision.action not in (Action.TELL, Action.HOLD):
        return None
    condition = policy.standing.condition
    batch.metric_notified(match.rule.rule_id, found.at)
    return StandingReason(
        kind=condition.kind,
        because=found.because,
        window_seconds=condition.window_seconds,
        stories=found.stories,
        usual=found.usual,
        others=() if isinstance(condition, NewTerm) else batch.others(match, found),
    )


async def _carry_out(
    conn: Connection, batch: BatchState, match: Match, decision: Decision, standing: StandingReason | None
) -> None:
    if decision.action is Action.DROP:
        return
    known = batch.known(match)
    article = _article(match)
    update = known is not None and known.notified
    if known is None:
        alert = _new_alert(match, article, batch, standing)
        await alerts.insert_alert(conn, alert, decision.outcome)
    else:
        alert = _grown(known.alert, article, match.story_size, standing)
        await alerts.add_article(conn, alert.alert_id, article, story_size=match.story_size, now=batch.now)
        if not known.notified and decision.outcome in NOTIFIED:
            await alerts.set_outcome(conn, alert.alert_id, decision.outcome, batch.now)
        if standing is not None:
            await alerts.set_standing(conn, alert)
    old = decision.outcome in BEFORE if known is None else known.before
    batch.keep(alert, notified=update or decision.outcome in NOTIFIED, before=old)
    if update:
        batch.grown.add(alert.alert_id)
    notified = NotifiedAlert(alert, update_sequence(match) if update else FIRST)
    await _follow(conn, batch, match, decision, notified)


async def _follow(
    conn: Connection, batch: BatchState, match: Match, decision: Decision, notified: NotifiedAlert
) -> None:
    """What comes of the decision beside the alert itself: messages, timers, counts."""
    rule_id, alert = match.rule.rule_id, notified.alert
    if decision.action is Action.TELL:
        shown = replace(newest_first(alert, _article(match)), rule=match.rule)
        await _tell(conn, batch, match, NotifiedAlert(shown, notified.sequence), decision)
    elif decision.action is Action.HOLD:
        await timers.put(conn, held_timer(decision, alert, notified.sequence))
        if decision.outcome is AlertOutcome.GROUPED and decision.release is not None:
            batch.grouped(rule_id, decision.release)
    elif decision.outcome is AlertOutcome.COOLING_DOWN:
        batch.cooling_down(rule_id)
    elif decision.silence_id is not None:
        await silences.count_hidden(conn, decision.silence_id)


async def _tell(conn: Connection, batch: BatchState, match: Match, notified: NotifiedAlert, decision: Decision) -> None:
    policy = batch.policies[match.rule.rule_id]
    others = await companions(conn, [notified.alert])
    because = "; ".join(filter(None, (decision.because, batch.held_back(match.rule.rule_id))))
    channels = () if policy is None else policy.channels_for(facts_of_alert(notified.alert))
    template = "" if policy is None else policy.send.template
    for channel in channels:
        told = message_now(notified, channel, matched=match.matched, now=batch.now, others=others)
        reason = _REASONS.get(decision.outcome, told.reason)
        told = replace(told, reason=reason, because=because, template=template)
        await notifications.add(conn, told, batch.now)
    if notified.sequence == FIRST:
        await awaiting.begin(conn, policy, notified.alert, batch.now)
    batch.notified(match.rule.rule_id)


def _article(match: Match) -> AlertArticle:
    return AlertArticle(brief=match.article, evidence=match.evidence, rule_version=match.rule.version)


def _new_alert(match: Match, article: AlertArticle, batch: BatchState, standing: StandingReason | None) -> Alert:
    return Alert(
        alert_id=alert_id_of(match),
        rule=match.rule,
        story_id=match.story_id,
        group=GROUP,
        story_size=match.story_size,
        story_first_seen=match.story_first_seen,
        articles=(article,),
        created=batch.now,
        standing=standing,
    )


def _grown(alert: Alert, article: AlertArticle, story_size: int, standing: StandingReason | None) -> Alert:
    place = {item.brief.article_id: number for number, item in enumerate(alert.articles)}
    at = place.get(article.brief.article_id, len(alert.articles))
    articles = (*alert.articles[:at], article, *alert.articles[at + 1 :])  # an edit replaces the earlier revision
    size = max(alert.story_size, story_size)
    return replace(alert, articles=articles, story_size=size, standing=standing or alert.standing)


async def _note(conn: Connection, batch: BatchState, decided: Sequence[Decided]) -> None:
    """Store every match as a finding, with its outcome and the reason."""
    rows = [
        Finding(
            match=item.match,
            outcome=item.decision.outcome,
            alert_id=None if item.decision.action is Action.DROP else alert_id_of(item.match),
        )
        for item in decided
    ]
    await findings.put_many(conn, rows)
    await traces.add_many(conn, [_trace(item, batch) for item in decided])
    raised = [item.match for item in decided if item.decision.outcome is AlertOutcome.CREATED]
    day = batch.now.date()
    await stats.add_many(conn, [RuleStats(rule_id=match.rule.rule_id, day=day, alerts=1) for match in raised])


def _origins(match: Match) -> list[str]:
    """Failures of one rule or one source do not prove bad code."""
    return [match.rule.rule_id, match.article.source_name]


def _trace(item: Decided, batch: BatchState) -> TraceRow:
    return TraceRow(
        subject=item.match.article.article_id,
        stage=Stage.ALERT,
        outcome=item.decision.outcome,
        at=batch.now,
        detail=f"{item.match.rule.name}: {item.decision.because}",
    )
