"""The alert stage with its database, a clock that a test moves, and an eye on what it wrote."""

from alerts.decide.stage import AlertParts, AlertStage
from core.db.engine import Database
from core.log.memory import MemoryLog
from core.metrics import Metrics
from core.model import ids
from core.model.alert import Notification
from core.model.match import Match
from core.model.outcome import AlertOutcome
from core.store import alerts, findings, notifications
from core.wake_up import WakeUp
from tests.alerts.making import NOW
from tests.fakes.clock import JumpyClock


class Newsroom:
    """The alert stage with its database."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.clock = JumpyClock(NOW)
        self.metrics = Metrics()
        self.log = MemoryLog(self.clock)
        self.wake_up = WakeUp()
        self.stage = self.new_stage()

    def new_stage(self) -> AlertStage:
        return AlertStage(
            AlertParts(log=self.log, db=self.db, clock=self.clock, metrics=self.metrics, wake_up=self.wake_up)
        )

    async def give(self, *matches: Match) -> None:
        assert await self.stage.handle(matches) == ()

    async def release_after(self, seconds: float) -> int:
        self.clock.advance(seconds)
        return await self.stage.releaser.release_due()

    async def outbox(self) -> list[Notification]:
        async with self.db.connection() as conn:
            rows = await notifications.list_rows(conn)
        return [row.notification for row in sorted(rows, key=lambda row: (row.due_at, row.notification.sequence != 0))]

    async def outcomes(self, *matches: Match) -> list[AlertOutcome]:
        async with self.db.connection() as conn:
            found = {
                finding.match.match_id: finding.outcome
                for item in matches
                for finding in await findings.of_article(conn, item.article.article_id)
            }
        return [found[item.match_id] for item in matches]

    async def alert(self, item: Match) -> alerts.AlertRow:
        async with self.db.connection() as conn:
            row = await alerts.get(conn, ids.alert_id(item.rule.rule_id, item.story_id, ""))
        assert row is not None
        return row

    def counted(self, outcome: AlertOutcome) -> float:
        return self.metrics.registry.get_sample_value("news_alerts_total", {"outcome": outcome}) or 0.0

    async def silence_after(self, seconds: float) -> int:
        """Watch for that long, a look a minute; how many alerts. A longer gap would be time in which nobody watched."""
        told = await self.stage.watch.tick()
        while seconds > 0:
            self.clock.advance(min(seconds, 60.0))
            seconds -= 60.0
            told += await self.stage.watch.tick()
        return told
