"""What no stage knows alone: lag, sources, queues, rules, silences, and rates, as gauges and for the page."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.db.engine import Database
from core.errors import Unavailable
from core.log.log import Lag
from core.log.memory import MemoryLog
from core.log.topics import ENTRIES
from core.metrics import TOPICS, Metrics
from core.model.channel import ChannelDraft
from core.model.outcome import AlertOutcome, FailureReason, NotificationState, PollOutcome, Stage
from core.model.rule import RuleDraft
from core.model.silence import Silence
from core.store import alerts, channels, notifications, rules, silences, sources
from core.store.notifications import Attempt
from tests.fakes.clock import FakeClock
from tests.fakes.records import a_notification, a_source, an_alert
from wirewatch.health.collector import GROUPS, Collector, Rates
from wirewatch.health.parts import Health


class LaggingLog(MemoryLog):
    """A log that says what it is told to, or that it is away."""

    lags: dict[str, Lag] | None = None

    async def lag(self, group: str, topic: str) -> Lag:
        assert GROUPS[topic] == group
        if self.lags is None:
            raise Unavailable("the broker is away")
        return self.lags.get(topic, Lag(0, 0.0))


@dataclass
class Rig:
    log: LaggingLog
    db: Database
    clock: FakeClock
    metrics: Metrics
    health: Health
    collector: Collector

    def value(self, name: str, **labels: str) -> float | None:
        return self.metrics.registry.get_sample_value(f"news_{name}", labels)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    clock, metrics, health = FakeClock(), Metrics(), Health(dict)
    kinds = {"desk": "webhook", "ops": "webhook", "chat": "slack"}
    async with Database.open("sqlite:", tmp_path) as db, LaggingLog(clock) as log:
        log.lags = {}
        drafts = [ChannelDraft(name=name, kind=kind, settings={}, author="ann") for name, kind in kinds.items()]
        async with db.transaction() as conn:
            await channels.sync_from_config(conn, drafts, clock.now())
        collector = Collector(log, db, clock=clock, metrics=metrics, health=health)
        yield Rig(log, db, clock, metrics, health, collector)


def test_every_topic_that_a_stage_consumes_has_its_group() -> None:
    assert set(GROUPS) == set(TOPICS)


async def test_lag_becomes_gauges_and_a_log_that_is_away_is_told_until_it_is_back(rig: Rig) -> None:
    rig.log.lags = {ENTRIES.name: Lag(7, 12.5)}
    snapshot = await rig.collector.collect()
    assert snapshot.lag[ENTRIES.name] == Lag(7, 12.5)
    assert rig.value("consumer_lag_records", topic="entries") == 7
    assert rig.value("consumer_lag_seconds", topic="entries") == 12.5
    assert rig.health.failing == {}
    rig.log.lags = None
    assert (await rig.collector.collect()).lag == {}
    assert rig.health.failing == {"log": "Unavailable: the broker is away"}
    rig.log.lags = {}
    await rig.collector.collect()
    assert rig.health.failing == {}
    assert rig.value("consumer_lag_records", topic="entries") == 0


async def test_sources_are_counted_by_state_and_states_without_any_are_0(rig: Rig) -> None:
    now = rig.clock.now()
    async with rig.db.transaction() as conn:
        for number in range(3):
            await sources.add(conn, a_source(f"https://{number}.example/feed", f"S{number}"), now)
        state = sources.PollState(next_poll=now, last_attempt=now, outcome=PollOutcome.DNS, failures=5)
        await sources.save_poll(conn, a_source("https://0.example/feed").source_id, state)
        await sources.set_enabled(conn, a_source("https://1.example/feed").source_id, enabled=False)
    snapshot = await rig.collector.collect()
    assert snapshot.feeds == {"failing": 1, "paused": 1, "healthy": 1}
    assert rig.value("feed_overdue_max_seconds") == 0
    rig.clock.advance(40)
    await rig.collector.collect()
    assert rig.value("feed_overdue_max_seconds") == 40
    states = ("failing", "paused", "healthy", "stale", "degraded")
    assert [rig.value("feeds", state=state) for state in states] == [1, 1, 1, 0, 0]


async def put_notification(
    db: Database, story: str, channel: str, at: datetime, *, failures: Iterable[FailureReason] = (), dead: bool = False
) -> None:
    note = a_notification(an_alert(story, at=at), channel=channel, at=at)
    async with db.transaction() as conn:
        await alerts.insert_alert(conn, note.alerts[0], AlertOutcome.CREATED)
        await notifications.add(conn, note, at)
        for reason in failures:
            attempt = Attempt(at=at, reason=reason)
            state = NotificationState.DEAD if dead else NotificationState.PENDING
            due = None if dead else at
            await notifications.record_attempt(conn, note.notification_id, attempt, state=state, next_due=due)


async def test_queues_are_added_up_by_kind_of_channel_and_a_channel_that_is_gone_has_none(rig: Rig) -> None:
    now = rig.clock.now()
    await put_notification(rig.db, "1", "desk", now - timedelta(seconds=90))
    await put_notification(rig.db, "2", "ops", now - timedelta(seconds=30))
    await put_notification(rig.db, "3", "chat", now, failures=[FailureReason.GONE], dead=True)
    await put_notification(rig.db, "4", "gone", now)
    await rig.collector.collect()
    assert rig.value("notification_queue_length", channel="webhook") == 2
    assert rig.value("notification_oldest_pending_seconds", channel="webhook") == 90
    assert rig.value("notification_deadletter", channel="slack") == 1
    assert rig.value("notification_queue_length", channel="slack") == 0
    assert rig.value("notification_oldest_pending_seconds", channel="slack") == 0


async def test_where_the_deliver_stage_shows_the_queues_they_are_not_shown_twice(rig: Rig) -> None:
    await put_notification(rig.db, "1", "desk", rig.clock.now())
    quiet = Collector(rig.log, rig.db, clock=rig.clock, metrics=rig.metrics, health=rig.health, shows_queues=False)
    snapshot = await quiet.collect()
    assert [queue.pending for queue in snapshot.queues] == [1]
    assert rig.value("notification_queue_length", channel="webhook") == 0


async def test_rules_and_silences_are_counted(rig: Rig) -> None:
    now, hour = rig.clock.now(), timedelta(hours=1)
    async with rig.db.transaction() as conn:
        for name in ("one", "two"):
            await rules.put(conn, RuleDraft(name=name, query="arms", canonical="arms"), now)
        for number, starts in enumerate((now - hour, now + hour)):
            silence = Silence(
                silence_id=str(number),
                rule="*",
                starts=starts,
                ends=starts + 2 * hour,
                author="me",
                comment="",
            )
            await silences.add(conn, silence)
    await rig.collector.collect()
    assert rig.value("rules", state="active") == 2
    assert [rig.value("silences", state=state) for state in ("active", "pending")] == [1, 1]


def test_a_rate_is_taken_over_the_samples_of_a_minute() -> None:
    metrics = Metrics()
    rates = Rates(metrics)
    assert rates.a_minute(Stage.POLL) == 0
    for second in range(0, 125, 5):
        rates.sample(float(second))
        metrics.feed_polls.labels(PollOutcome.OK).inc(1 if second < 60 else 10)
    assert rates.total(Stage.POLL) == 12 + 130
    assert rates.a_minute(Stage.POLL) == pytest.approx(120)
    assert rates.a_minute(Stage.DELIVER) == 0
