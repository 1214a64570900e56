"""A server with everything around it but stages: an embedded database that a test fills, and a health that it sets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from core.clock import SystemClock
from core.db.engine import Database
from core.log.memory import MemoryLog
from core.metrics import Metrics
from core.model.alert import Alert
from core.model.match import Evidence
from core.model.outcome import AlertOutcome, FailureReason, NotificationState, PollOutcome, Stage
from core.store import alerts, channels, notifications, sources
from core.store.notifications import Attempt
from core.supervise import RoleState, RoleStatus
from core.wake_up import WakeUp
from tests.fakes.records import a_notification, a_source, an_alert
from wirewatch.api.server import Server
from wirewatch.app import new_fetcher
from wirewatch.config.channels import channel_drafts
from wirewatch.config.loading import load
from wirewatch.health.collector import Collector
from wirewatch.health.parts import Health
from wirewatch.roles import Parts

HOSTILE = '<script>document.title = "taken"</script> & <b>bold</b>'
WELL = RoleStatus(RoleState.RUNNING, None, 0, well=True)
CHANNEL = '[[channels]]\nname = "desk"\nkind = "webhook"\nurl = "https://chat.example/hook"\n'
QUERY = "arms AND Russia"


def with_title(alert: Alert, title: str, *, url: str | None = None, lang: str = "en") -> Alert:
    """The alert about an article with this headline, found by `arms` in the body and `Russia` in the title."""
    (article,) = alert.articles
    brief = replace(article.brief, title=title, lang=lang, snippet="Ships with arms & <i>more</i> left.")
    brief = replace(brief, url=url or brief.url)
    evidence = (Evidence(0, 4, "body", 11, 15, "arms"), Evidence(9, 15, "title", 0, 6, "Russia"))
    rule = replace(alert.rule, name="dprk-russia-arms", query=QUERY)
    return replace(alert, rule=rule, articles=(replace(article, brief=brief, evidence=evidence),))


@dataclass
class StatusPage:
    """`roles`: what /readyz and the page tell of each."""

    db: Database
    server: Server
    collector: Collector
    health: Health
    metrics: Metrics
    roles: dict[str, RoleStatus] = field(default_factory=lambda: {stage.value: WELL for stage in (*Stage,)})

    async def raise_alert(self, alert: Alert, *failures: FailureReason, dead: bool = False) -> None:
        """With a notification that failed so, or was delivered."""
        now = SystemClock().now()
        note = a_notification(alert, at=now)
        async with self.db.transaction() as conn:
            await alerts.insert_alert(conn, alert, AlertOutcome.CREATED)
            await notifications.add(conn, note, now)
            for reason in failures:
                attempt = Attempt(at=now, reason=reason, status=503, latency_seconds=0.2, detail="HTTP 503: <down>")
                due = now + timedelta(seconds=90)
                state = NotificationState.DEAD if dead else NotificationState.PENDING
                next_due = None if dead else due
                await notifications.record_attempt(conn, note.notification_id, attempt, state=state, next_due=next_due)
            if not failures:
                attempt = Attempt(at=now, reason=None, status=204, latency_seconds=0.1, detail="delivered")
                await notifications.record_attempt(
                    conn, note.notification_id, attempt, state=NotificationState.DELIVERED
                )

    async def add_source(self, name: str, url: str, *, failures: int = 0) -> None:
        now = SystemClock().now()
        source = a_source(url, name)
        async with self.db.transaction() as conn:
            await sources.add(conn, source, now)
            if failures:
                state = sources.PollState(
                    next_poll=now + timedelta(minutes=5),
                    last_attempt=now,
                    outcome=PollOutcome.HTTP_4XX,
                    error="HTTP 404",
                    failures=failures,
                )
                await sources.save_poll(conn, source.source_id, state)


@asynccontextmanager
async def status_page(
    folder: Path, *, pages: bool = True, opened: bool = True, server: str = "", kind: type[Server] = Server
) -> AsyncIterator[StatusPage]:
    """A server that is started, on any free port of loopback; its address is `server.address`."""
    path = folder / "wirewatch.toml"
    path.write_text(f'[server]\nlisten = "127.0.0.1:0"\n{server}\n{CHANNEL}', encoding="utf-8")
    config, clock, metrics = load(path, {}), SystemClock(), Metrics()
    roles: dict[str, RoleStatus] = {stage.value: WELL for stage in Stage}
    health = Health(lambda: roles)
    (folder / "data").mkdir()
    async with (
        Database.open("sqlite:", folder / "data") as db,
        MemoryLog(clock) as log,
        kind(config, health=health, metrics=metrics, clock=clock, pages=pages) as served,
    ):
        collector = Collector(log, db, clock=clock, metrics=metrics, health=health)
        async with db.transaction() as conn:
            await channels.sync_from_config(conn, channel_drafts(config), clock.now())
        parts = Parts(
            config=config,
            clock=clock,
            metrics=metrics,
            owner="test",
            db=db,
            log=log,
            fetcher=new_fetcher(config, clock),
            outbox=WakeUp(),
            rules_changed=WakeUp(),
        )
        if opened:
            health.db, health.started = db, True
            if pages:
                served.open(parts, collector)
        yield StatusPage(db, served, collector, health, metrics, roles)


__all__ = ["HOSTILE", "QUERY", "WELL", "StatusPage", "an_alert", "status_page", "with_title"]
