"""Any interleaving of the alert stage, its timers, the outbox, restarts and repeats ends in the same alerts, once each."""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from alerts.channels.channel import Capabilities, Confirmation, Limits, Receipt, SendFailure, Sending
from alerts.channels.message import Message
from alerts.decide.stage import AlertParts, AlertStage
from alerts.deliver.stage import DeliverParts, DeliverStage
from core.db.engine import Database
from core.log.memory import MemoryLog
from core.metrics import Metrics
from core.model import ids
from core.model.match import Match
from core.model.outcome import Event, FailureReason, StoryVerdict
from core.wake_up import WakeUp
from tests.alerts.making import NOW, match, rule_ref
from tests.alerts.rules_in_store import put_rule
from tests.effort import scaled
from tests.fakes.clock import FakeClock
from tests.fakes.stored import pending_channels

RULES = ("plain", "grouped")
STORIES = ("a", "b")


def matches_of_the_day() -> list[Match]:
    """For each rule and story: the first article, a copy and an update."""
    verdicts = (StoryVerdict.NEW, StoryVerdict.COPY, StoryVerdict.UPDATE)
    return [
        match(number * 3 + place, story=story, verdict=verdict, size=place + 1, rule=rule_ref(name))
        for name in RULES
        for number, story in enumerate(STORIES)
        for place, verdict in enumerate(verdicts)
    ]


class Receiver:
    """A channel that fails when told to, and may have got what it fails on."""

    name, kind, limit_key = "desk", "webhook", ""
    capabilities = Capabilities()
    limits = Limits(max_bytes=20_000, in_flight=2)

    def __init__(self) -> None:
        self.fail = False
        self.got: dict[str, Message] = {}
        self.attempts: dict[str, list[int]] = {}

    async def send(self, message: Message, sending: Sending) -> Receipt:
        self.attempts.setdefault(sending.notification_id, []).append(sending.attempt)
        told = replace(message, maybe_sent=None)
        assert self.got.setdefault(sending.notification_id, told) == told  # the same id never means another message
        if self.fail:
            raise SendFailure(FailureReason.TIMEOUT, "no answer in time", retriable=True)
        return Receipt(Confirmation.DELIVERED, 200)


class AlertsMachine(RuleBasedStateMachine):
    """The log hands matches out in order per rule, at least once; everything else may happen at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        self.clock, self.receiver = FakeClock(NOW), Receiver()
        self.queues = {name: [m for m in matches_of_the_day() if m.rule.name == name] for name in RULES}
        self.given = dict.fromkeys(RULES, 0)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    @initialize()
    def open(self) -> None:
        self.db: Database = self.run(_open(self.folder))
        self.run(put_rule(self.db, "plain"))
        self.run(put_rule(self.db, "grouped", group_wait_seconds=30, group_interval_seconds=0))
        self.restart()

    @rule()
    def restart(self) -> None:
        wake_up, metrics = WakeUp(), Metrics()
        self.alerting = AlertStage(
            AlertParts(log=MemoryLog(), db=self.db, clock=self.clock, metrics=metrics, wake_up=wake_up)
        )
        self.delivering = DeliverStage(
            DeliverParts(
                db=self.db, clock=self.clock, metrics=metrics, chance=lambda: 0.5, owner="one", wake_up=wake_up
            ),
            [self.receiver],
        )

    @rule(name=st.sampled_from(RULES), count=st.integers(1, 4), back=st.integers(0, 3))
    def consume(self, name: str, count: int, back: int) -> None:
        """A batch that may begin before the last commit, and is committed."""
        start = max(self.given[name] - back, 0)
        batch = self.queues[name][start : start + count]
        self.run(self.alerting.handle(batch))
        self.given[name] = max(self.given[name], start + len(batch))

    @rule(seconds=st.sampled_from([1, 10, 31, 300]))
    def advance(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @rule()
    def release(self) -> None:
        self.run(self.alerting.releaser.release_due())

    @rule(fail=st.booleans())
    def deliver(self, fail: bool) -> None:  # noqa: FBT001 - drawn by name
        self.receiver.fail = fail
        self.run(self.delivering.deliver_due())

    @invariant()
    def attempts_count_up(self) -> None:
        for attempts in self.receiver.attempts.values():
            assert attempts == list(range(1, len(attempts) + 1))

    def teardown(self) -> None:
        try:
            if hasattr(self, "db"):
                self.run(self._finish())
                self._check()
                self.run(self.db.close())
        finally:
            self.runner.close()
            shutil.rmtree(self.folder)

    async def _finish(self) -> None:
        self.receiver.fail = False
        for queue in self.queues.values():
            await self.alerting.handle(queue)
        for _ in range(3):
            self.clock.advance(30_000)
            await self.alerting.releaser.release_due()
            await self.delivering.deliver_due()
        async with self.db.connection() as conn:
            assert await pending_channels(conn) == []

    def _check(self) -> None:
        plain = [message for message in self.receiver.got.values() if message.rule.name == "plain"]
        expected = sorted((story, event) for story in STORIES for event in (Event.ALERT_CREATED, Event.ALERT_UPDATED))
        named = {ids.derived_id("story", story): story for story in STORIES}
        assert sorted((named[m.stories[0].story_id], m.event) for m in plain) == expected
        grouped = [message for message in self.receiver.got.values() if message.rule.name == "grouped"]
        told = {article.article_id for message in grouped for article in message.articles}
        assert told >= {m.article.article_id for m in self.queues["grouped"] if m.verdict is not StoryVerdict.COPY}


async def _open(folder: Path) -> Database:
    return await Database.open("sqlite:", folder)


TestExactlyOnce = AlertsMachine.TestCase
TestExactlyOnce.settings = settings(max_examples=scaled(15), stateful_step_count=20)
