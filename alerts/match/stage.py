"""The match stage: matches every article against every rule, in a thread, so that the event loop never stalls.

STORIES -> match (a thread) -> store articles, traces, statistics -> MATCHES, key: rule -> commit
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Generic

from alerts.match.corrections import corrected, is_edit
from alerts.match.older_articles import index_older
from alerts.match.results import Refs, matches_of
from alerts.match.rule_cache import Loaded, R, RuleCache
from alerts.match.words import words_of_article
from alerts.rules.cost import RuleCost
from core.clock import Clock
from core.db.connection import Connection
from core.db.engine import Database
from core.faults import FaultPoint
from core.log.consumer import FaultPoints, Options, Output, consume_batches
from core.log.log import EventLog
from core.log.topics import MATCHES, STORIES
from core.metrics import Metrics
from core.model.match import Match
from core.model.outcome import MatchOutcome, Stage
from core.model.story import StoryArticle
from core.store import alerts, articles, stats, traces
from core.store.articles import StoredArticle
from core.store.stats import RuleStats
from core.store.traces import TraceRow
from core.tasks import kept

_STATS_SECONDS = 5.0  # of statistics share a write; a crash loses them, since they are estimates
_NAMES_SHOWN = 20
_COSTS = 100  # rules whose cost one write stores: those that took longest


@dataclass(frozen=True, slots=True)
class Matched:
    """An article with its matches and the cost of finding them."""

    story: StoryArticle
    matches: list[Match]
    stored: StoredArticle
    seconds: float
    candidates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchParts(Generic[R]):
    """The parts that the stage works with."""

    log: EventLog
    db: Database
    rules: RuleCache[R]
    clock: Clock
    metrics: Metrics


class MatchStage:
    """Runs the rule cache: it loads the rules before the first article is read."""

    def __init__(self, parts: MatchParts[R], *, options: Options | None = None) -> None:
        self._log = parts.log
        self._db = parts.db
        self._rules = parts.rules
        self._clock = parts.clock
        self._metrics = parts.metrics
        self._options = replace(options or Options(clock=parts.clock), origins_of=_origins)
        self._refs = Refs()
        self._found: Counter[tuple[str, date]] = Counter()
        self._told: dict[str, RuleCost] = {}
        self._written = parts.clock.monotonic()

    async def run(self) -> None:
        """Match until cancelled."""
        await self._rules.refresh()
        async with asyncio.TaskGroup() as group:
            group.create_task(kept(self._rules.run()))
            group.create_task(kept(index_older(self._db, self._clock, self._metrics)))
            await consume_batches(
                self._log,
                group="match",
                topic=STORIES.name,
                record_type=StoryArticle,
                handle=self.handle,
                max_batch=64,
                faults=FaultPoints(
                    before_append=FaultPoint.MATCH_MATCHED,
                    after_append=FaultPoint.MATCH_APPENDED,
                    after_commit=FaultPoint.MATCH_COMMITTED,
                ),
                options=self._options,
            )

    async def handle(self, stories: Sequence[StoryArticle]) -> Sequence[Output]:
        """Match a batch. Stores its articles before it emits matches, so that every alert can be explained."""
        found = await asyncio.to_thread(self._match, self._rules.loaded, stories)
        now = self._clock.now()
        for item in found:
            self._measure(item, now)
        costs = await self._costs()
        loaded = self._rules.loaded
        async with self._db.transaction() as conn:
            found = await self._with_corrections(conn, loaded, found)
            await articles.put_many(conn, [item.stored for item in found])
            await traces.add_many(conn, [_trace(item, now) for item in found])
            if costs is not None:
                await stats.add_many(conn, self._statistics(costs, now.date()))
        return [Output(MATCHES.name, match.rule.rule_id, match) for item in found for match in item.matches]

    def _match(self, loaded: Loaded[R], stories: Sequence[StoryArticle]) -> list[Matched]:
        cpu = time.thread_time()
        found: list[Matched] = []
        before = start = loaded.compiled.effort()
        for story in stories:
            began = time.perf_counter()
            matches = matches_of(loaded.compiled, loaded.rows, story, self._clock.now, self._refs)
            seconds = time.perf_counter() - began
            after = loaded.compiled.effort()
            looked = max(after.candidates - before.candidates, 0)
            stored = StoredArticle(story, words_of_article(story.article))
            found.append(Matched(story, matches, stored, seconds, looked))
            before = after
        self._metrics.match_python_evaluations.inc(max(before.by_python - start.by_python, 0))
        self._metrics.stage_cpu_seconds.labels(stage=Stage.MATCH).inc(time.thread_time() - cpu)
        return found

    async def _with_corrections(self, conn: Connection, loaded: Loaded[R], found: list[Matched]) -> list[Matched]:
        """What edits took from alerts that were told: few articles are edits, and fewer of them were told."""
        edited = [item.story.article.article_id for item in found if is_edit(item.story)]
        told = await alerts.told_articles(conn, edited) if edited else {}
        return [
            replace(item, matches=corrected(item.story, item.matches, of_article, loaded.rows, self._clock.now))
            if (of_article := told.get(item.story.article.article_id))
            else item
            for item in found
        ]

    def _measure(self, item: Matched, now: datetime) -> None:
        metrics = self._metrics
        outcome = MatchOutcome.MATCHED if item.matches else MatchOutcome.NO_RULE
        metrics.match_articles.labels(outcome=outcome).inc()
        metrics.match_duration_seconds.observe(item.seconds)
        metrics.match_candidate_rules.observe(item.candidates)
        metrics.rule_matches.inc(len(item.matches))
        metrics.log_appended.labels(topic=MATCHES.name).inc(len(item.matches))
        waited = (now - item.story.article.accepted).total_seconds()
        metrics.latency_seconds.labels(stage="accepted_to_matched").observe(max(waited, 0.0))
        self._found.update((match.rule.rule_id, now.date()) for match in item.matches)

    async def _costs(self) -> Sequence[RuleCost] | None:
        """The rules that took longest, if statistics are due."""
        if self._clock.monotonic() - self._written < _STATS_SECONDS:
            return None
        compiled = self._rules.loaded.compiled
        costs = await asyncio.to_thread(compiled.costs, _COSTS)
        self._metrics.rules_without_anchor.set(compiled.effort().without_anchor)
        self._metrics.rules_over_budget.set(sum(cost.over_budget for cost in costs))
        return costs

    def _statistics(self, costs: Sequence[RuleCost], today: date) -> list[RuleStats]:
        rows = [RuleStats(rule_id=rule_id, day=day, matches=count) for (rule_id, day), count in self._found.items()]
        spent = (_spent(cost, self._told.get(cost.key), today) for cost in costs)
        rows += (row for row in spent if row.candidates)
        self._told = {cost.key: cost for cost in costs}
        self._found.clear()
        self._written = self._clock.monotonic()
        return rows


def _spent(cost: RuleCost, told: RuleCost | None, today: date) -> RuleStats:
    """The cost of a rule since its last write; its whole cost if it was recompiled meanwhile."""
    if told is None or told.candidates > cost.candidates or told.seconds > cost.seconds:
        told = RuleCost(cost.key, 0, 0, 0.0)
    return RuleStats(
        rule_id=cost.key,
        day=today,
        candidates=cost.candidates - told.candidates,
        evaluation_seconds=cost.seconds - told.seconds,
    )


def _origins(story: StoryArticle) -> list[str]:
    return [story.article.source_id]


def _trace(item: Matched, now: datetime) -> TraceRow:
    names = [match.rule.name for match in item.matches if match.correction is None or match.correction.holds]
    more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    return TraceRow(
        subject=item.story.article.article_id,
        stage=Stage.MATCH,
        outcome=MatchOutcome.MATCHED if names else MatchOutcome.NO_RULE,
        at=now,
        detail=", ".join(names[:_NAMES_SHOWN]) + more,
    )
