"""Collects what no stage knows alone, every few seconds, for metrics and the status page: lag, sources, queues, rules."""

import asyncio
from collections import Counter as Tally
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from prometheus_client import Gauge

from alerts.channels.registry import KINDS
from core.clock import Clock
from core.db.engine import Database
from core.errors import Unavailable
from core.log.log import EventLog, Lag
from core.log.topics import TOPICS
from core.metrics import CHANNEL_KINDS, Metrics, total
from core.model.channel import ChannelRow
from core.model.outcome import Stage
from core.store import channels, outbox, rules, silences, source_health
from core.store.outbox import QueueStats
from core.tasks import describe
from ingest.poll.health import BOUNDS, state_counts
from wirewatch.health.parts import Health

SECONDS = 5.0
_RATE_SAMPLES = 13  # a minute of them
GROUPS = {topic.name: topic.read_by for topic in TOPICS if topic.read_by is not None}
"""Topic -> the stage that consumes it; its group has the stage's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The state of things at `at`."""

    at: datetime
    lag: dict[str, Lag] = field(default_factory=dict)
    feeds: dict[str, int] = field(default_factory=dict)
    queues: tuple[QueueStats, ...] = ()
    rules: dict[bool, int] = field(default_factory=dict)


class Rates:
    """What each stage has done in this process: in all, and a minute over the last minute."""

    def __init__(self, metrics: Metrics) -> None:
        self._counters = {
            Stage.POLL: metrics.feed_polls,
            Stage.READ: metrics.articles,
            Stage.STORY: metrics.stories,
            Stage.MATCH: metrics.match_articles,
            Stage.ALERT: metrics.alerts,
            Stage.DELIVER: metrics.notifications,
        }
        self._samples: deque[tuple[float, dict[Stage, float]]] = deque(maxlen=_RATE_SAMPLES)

    def sample(self, monotonic: float) -> None:
        self._samples.append((monotonic, {stage: total(counter) for stage, counter in self._counters.items()}))

    def total(self, stage: Stage) -> int:
        return int(total(self._counters[stage]))

    def a_minute(self, stage: Stage) -> float:
        if len(self._samples) < 2:
            return 0.0
        (first, then), (last, now) = self._samples[0], self._samples[-1]
        return 60 * (now[stage] - then[stage]) / max(last - first, 0.001)


class Collector:
    """Keeps the gauges and `snapshot` fresh."""

    def __init__(
        self,
        log: EventLog,
        db: Database,
        *,
        clock: Clock,
        metrics: Metrics,
        health: Health,
        shows_queues: bool = True,
    ) -> None:
        """`shows_queues`: whether the gauges of the outbox are set here; where this process delivers, its stage does so."""
        self._log = log
        self._db = db
        self._clock = clock
        self._metrics = metrics
        self._health = health
        self._shows_queues = shows_queues
        self.snapshot: Snapshot | None = None
        self.rates = Rates(metrics)

    async def run(self) -> None:
        """Collect until cancelled."""
        while True:
            await self.collect()
            await self._clock.sleep(SECONDS)

    async def collect(self) -> Snapshot:
        """Look once."""
        now = self._clock.now()
        self.rates.sample(self._clock.monotonic())
        lag = await self._lags()
        async with self._db.connection() as conn:
            feeds = state_counts(await source_health.counts(conn, now, BOUNDS))
            overdue = await source_health.longest_overdue(conn, now)
            queues = await outbox.queue_stats(conn)
            counted = await rules.count(conn)
            silenced = await silences.count(conn, now)
            known = await channels.list_all(conn) if self._shows_queues else []
        metrics = self._metrics
        metrics.feed_overdue_max_seconds.set(overdue.total_seconds())
        for state, number in feeds.items():
            metrics.feeds.labels(state=state).set(number)
        metrics.rules.labels(state="active").set(counted[True])
        metrics.rules.labels(state="disabled").set(counted[False])
        metrics.silences.labels(state="active").set(silenced.active)
        metrics.silences.labels(state="pending").set(silenced.pending)
        if self._shows_queues:
            self._queues(queues, {row.key: row for row in known}, now)
        self.snapshot = Snapshot(
            at=now,
            lag=lag,
            feeds={state.value: number for state, number in feeds.items() if number},
            queues=tuple(queues),
            rules=counted,
        )
        return self.snapshot

    async def _lags(self) -> dict[str, Lag]:
        found = {}
        try:
            async with asyncio.timeout(SECONDS * 2):
                for topic, group in GROUPS.items():
                    lag = found[topic] = await self._log.lag(group, topic)
                    self._metrics.consumer_lag_records.labels(topic=topic).set(lag.records)
                    self._metrics.consumer_lag_seconds.labels(topic=topic).set(lag.seconds)
        except (Unavailable, TimeoutError) as error:
            self._health.fail("log", describe(error))
        else:
            self._health.fail("log", None)
        return found

    def _queues(self, queues: list[QueueStats], known: Mapping[str, ChannelRow], now: datetime) -> None:
        metrics = self._metrics
        pending: Tally[str] = Tally()
        dead: Tally[str] = Tally()
        oldest: dict[str, float] = {}
        for queue in queues:
            channel = known.get(queue.channel)
            if channel is None:
                continue  # it is missing: the deliver stage says what waits for it
            kind = channel.kind
            pending[kind] += queue.pending
            dead[kind] += queue.dead
            if queue.oldest is not None and channel.enabled:  # what waits for a paused one is meant to
                oldest[kind] = max(oldest.get(kind, 0.0), (now - queue.oldest).total_seconds())
        for gauge, values in (
            (metrics.notification_queue_length, pending),
            (metrics.notification_deadletter, dead),
            (metrics.notification_oldest_pending_seconds, oldest),
        ):
            _set(gauge, values)


def _set(gauge: Gauge, values: Tally[str] | dict[str, float]) -> None:
    for kind in CHANNEL_KINDS:
        gauge.labels(channel=kind).set(values.get(kind, 0))


assert set(KINDS) <= set(CHANNEL_KINDS), "a kind of channel that the metrics do not know"  # noqa: S101 - at import, for the author of a new kind
