"""The state of the alert stage within a batch, and what it writes at the end.

Read once for the whole batch; decisions of earlier matches are seen by later ones; written in the same transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.pipeline.cooldown import after_message, held_back_text
from alerts.pipeline.first_contact import before
from alerts.pipeline.metric_rule import Counted, Verdict, reach_back_seconds
from alerts.pipeline.routing import facts_of_alert
from alerts.pipeline.situation import EarlierAlert, MetricCondition, Rest, RulePolicy, Situation
from core.db.connection import Connection
from core.model import ids
from core.model.alert import Alert
from core.model.match import Match
from core.model.metric_rule import Flatline
from core.model.outcome import BEFORE, AlertOutcome
from core.model.rule import RuleRow
from core.model.silence import Silence
from core.store import alerts, findings, paces, sent_messages, silences
from core.store.alerts import AlertRow
from core.store.paces import Pace

GROUP = ""  # alerts of one rule and story are one; rules that split a story further will name their parts here

_MOST_OTHERS = 30  # stories shown besides the one with which a metric rule notifies
_CLOCKS_DIFFER = timedelta(minutes=1)  # those of several processes
EDIT_AFTER = timedelta(seconds=3)  # a story grows by several articles at once; its messages are edited once
_MATCHED_AHEAD = timedelta(hours=2)  # of now, by the clock of another machine: more was noted by a clock that was ahead

# An alert with one of these has notified somebody, or will.
NOTIFIED = frozenset(
    {
        AlertOutcome.CREATED,
        AlertOutcome.GROUPED,
        AlertOutcome.DIGESTED,
        AlertOutcome.QUIET_HOURS,
    }
)


def alert_id_of(match: Match) -> str:
    return ids.alert_id(match.rule.rule_id, match.story_id, GROUP)


@dataclass(slots=True)
class Known:
    """An alert as it stands within the transaction. `before`: as in EarlierAlert."""

    alert: Alert
    notified: bool
    before: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """The stories of a rule with a metric condition, each with its first match."""

    rule: MetricCondition
    stories: dict[str, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a batch begins with. `inhibitors`: of each rule, those that hold it back."""

    policies: Mapping[str, RulePolicy | None]
    inhibitors: Mapping[str, Sequence[RuleRow]]
    silences: Sequence[Silence]
    alerts: Sequence[AlertRow]
    paces: Mapping[str, Pace]
    counts: Mapping[str, Count]


class BatchState:
    """One batch's working memory."""

    def __init__(self, now: datetime, read: Read) -> None:
        self.now = now
        self.policies = read.policies
        self.grown: set[str] = set()  # alerts that show more than their messages do
        self._silences = tuple(read.silences)
        self._alerts = {
            row.alert.alert_id: Known(row.alert, row.outcome in NOTIFIED, row.outcome in BEFORE) for row in read.alerts
        }
        self._paces = dict(read.paces)
        self._changed: set[str] = set()
        self._counts = read.counts
        self._inhibitors = read.inhibitors

    @classmethod
    async def read(
        cls,
        conn: Connection,
        matches: Sequence[Match],
        policies: Mapping[str, RulePolicy | None],
        inhibitors: Mapping[str, Sequence[RuleRow]],
        now: datetime,
    ) -> "BatchState":
        """Gather what the decisions about these matches depend on."""
        wanted = {alert_id_of(match) for match in matches}
        for match in matches:
            others = inhibitors.get(match.rule.rule_id, ())
            wanted |= {ids.alert_id(row.rule_id, match.story_id, GROUP) for row in others}
        rows = await alerts.get_many(conn, sorted(wanted))
        paced = [rule_id for rule_id, policy in policies.items() if policy is not None and is_paced(policy)]
        kept = {rule_id: _until(pace, now) for rule_id, pace in (await paces.get_many(conn, paced)).items()}
        counts = await _read_counts(conn, matches, policies)
        read = Read(
            policies=policies,
            inhibitors=inhibitors,
            silences=await silences.active(conn, now),
            alerts=rows,
            paces=kept,
            counts=counts,
        )
        return cls(now, read)

    def known(self, match: Match) -> Known | None:
        return self._alerts.get(alert_id_of(match))

    def situation(self, match: Match) -> Situation:
        """What is known when this match is decided; its story counts from now on."""
        known = self.known(match)
        pace = self._paces.get(match.rule.rule_id, Pace())
        policy = self.policies[match.rule.rule_id]
        return Situation(
            match=match,
            policy=policy,
            earlier=None if known is None else _earlier(known, routed=policy is not None and bool(policy.router)),
            silences=self._silences,
            notified_at=pace.notified,
            flush_at=pace.flush_at,
            now=self.now,
            counted=self._counted(match, pace),
            rest=_rest(pace),
            inhibited_by=self._inhibited_by(match),
        )

    def _inhibited_by(self, match: Match) -> str:
        """The first rule that told this story and holds this one back."""
        for row in self._inhibitors.get(match.rule.rule_id, ()):
            told = self._alerts.get(ids.alert_id(row.rule_id, match.story_id, GROUP))
            if told is not None and told.notified:
                return row.name
        return ""

    def held_back(self, rule_id: str) -> str:
        """What the rule's next message says of stories that it held back while it rested."""
        return held_back_text(_rest(self._paces.get(rule_id, Pace())))

    def _counted(self, match: Match, pace: Pace) -> Counted | None:
        count, policy = self._counts.get(match.rule.rule_id), self.policies[match.rule.rule_id]
        if count is None or policy is None or before(match, policy, self.now) is not None:
            return None
        first = count.stories.get(match.story_id)
        if first is not None or self.known(match) is None:  # else: a story from before what was read
            count.stories[match.story_id] = match.matched if first is None else min(first, match.matched)
        return Counted(
            stories=tuple(count.stories.values()),
            own=count.stories.get(match.story_id),
            now=match.matched,
            known_since=count.rule.known_since,
            notified=pace.metric_at,
        )

    def others(self, match: Match, verdict: Verdict) -> tuple[str, ...]:
        """The alerts of the other stories in the window of this verdict, newest first."""
        count = self._counts.get(match.rule.rule_id)
        if count is None:
            return ()
        since = verdict.at - timedelta(seconds=count.rule.condition.window_seconds)
        stories = [key for key, first in count.stories.items() if first > since and key != match.story_id]
        newest = sorted(stories, key=lambda key: (count.stories[key], key), reverse=True)[:_MOST_OTHERS]
        return tuple(ids.alert_id(match.rule.rule_id, story, GROUP) for story in newest)

    def keep(self, alert: Alert, *, notified: bool, before: bool) -> None:
        """Note an alert as it stands now."""
        self._alerts[alert.alert_id] = Known(alert, notified, before)

    def notified(self, rule_id: str) -> None:
        """Note that a message of the rule goes out now."""
        policy, pace = self.policies[rule_id], self._paces.get(rule_id)
        if policy is None or pace is None:
            return
        if policy.send.cooldown is not None:
            rest = after_message(policy.send.cooldown, _rest(pace), self.now)
            pace = replace(pace, rest_until=rest.until, rest_seconds=rest.seconds, held_back=0)
            self._change(rule_id, pace)
        if policy.send.throttle is None:
            return
        since = self.now - timedelta(seconds=policy.send.throttle.per_seconds)
        recent = tuple(moment for moment in pace.notified if moment > since)[-policy.send.throttle.max :]
        self._change(rule_id, replace(pace, notified=(*recent, self.now)))

    def cooling_down(self, rule_id: str) -> None:
        """Note that a story was held back while the rule rests."""
        pace = self._paces.get(rule_id)
        if pace is not None:
            self._change(rule_id, replace(pace, held_back=pace.held_back + 1))

    def grouped(self, rule_id: str, flush_at: datetime) -> None:
        """Note when the rule's group goes out."""
        pace = self._paces.get(rule_id)
        if pace is not None and pace.flush_at != flush_at:
            self._change(rule_id, replace(pace, flush_at=flush_at))

    def metric_notified(self, rule_id: str, at: datetime) -> None:
        """Note the match with which the rule's metric condition notifies."""
        pace = self._paces.get(rule_id)
        if pace is not None:
            self._change(rule_id, replace(pace, metric_at=at))

    def _change(self, rule_id: str, pace: Pace) -> None:
        self._paces[rule_id] = pace
        self._changed.add(rule_id)

    async def write(self, conn: Connection) -> None:
        """Keep what has changed of the rules' paces."""
        await paces.put_many(conn, {rule_id: self._paces[rule_id] for rule_id in self._changed}, self.now)
        await sent_messages.stale(conn, self.grown, self.now + EDIT_AFTER)


def is_paced(policy: RulePolicy) -> bool:
    """Whether earlier messages of the rule matter to its next."""
    send = policy.send
    return (
        send.throttle is not None
        or send.cooldown is not None
        or send.group_wait_seconds > 0
        or policy.standing is not None
    )


def _earlier(known: Known, *, routed: bool) -> EarlierAlert:
    briefs = [item.brief for item in known.alert.articles]
    return EarlierAlert(
        created=known.alert.created,
        notified=known.notified,
        before=known.before,
        articles=frozenset((brief.article_id, brief.revision) for brief in briefs),
        outlets=frozenset(brief.source_name for brief in briefs),
        facts=facts_of_alert(known.alert) if routed else (),
    )


def _rest(pace: Pace) -> Rest | None:
    if pace.rest_until is None:
        return None
    return Rest(until=pace.rest_until, seconds=pace.rest_seconds, held_back=pace.held_back)


def _until(pace: Pace, now: datetime) -> Pace:
    """The pace, but for what lies ahead of now: that was noted by a clock that was ahead.

    It must not count: a throttle would hold until the clock comes there.
    """
    latest = now + _CLOCKS_DIFFER
    ahead = pace.metric_at is not None and pace.metric_at > now + _MATCHED_AHEAD
    return replace(
        pace,
        notified=tuple(moment for moment in pace.notified if moment <= latest),
        metric_at=None if ahead else pace.metric_at,
    )


async def _read_counts(
    conn: Connection, matches: Sequence[Match], policies: Mapping[str, RulePolicy | None]
) -> dict[str, Count]:
    counts: dict[str, Count] = {}
    for rule_id, policy in policies.items():
        standing = None if policy is None else policy.standing
        if standing is None:
            continue
        if isinstance(standing.condition, Flatline):  # asks for no numbers
            counts[rule_id] = Count(standing, {})
            continue
        oldest = min(match.matched for match in matches if match.rule.rule_id == rule_id)
        since = oldest - timedelta(seconds=reach_back_seconds(standing.condition))
        stories = await findings.stories_since(conn, rule_id, since, from_version=standing.since_version)
        counts[rule_id] = Count(standing, stories)
    return counts
