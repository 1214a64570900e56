"""Rules in a test's database, with settings named by their keys."""

from datetime import datetime

from core.db.engine import Database
from core.model.outcome import Priority
from core.model.rule import RuleDraft, RuleSettings, Throttle
from core.store import rules
from tests.alerts.making import NOW, QUERY


async def put_rule(  # the keys of a rule's settings, as in the configuration
    db: Database,
    name: str = "dprk-arms",
    *,
    query: str = QUERY,
    channels: tuple[str, ...] = ("desk",),
    priority: Priority = Priority.NORMAL,
    group_wait_seconds: float = 0.0,
    group_interval_seconds: float = 300.0,
    throttle: Throttle | None = None,
    quiet_hours: dict[str, object] | None = None,
    digest: dict[str, object] | None = None,
    standing: dict[str, object] | None = None,
    now: datetime = NOW,
) -> None:
    settings = RuleSettings(
        channels=channels,
        priority=priority,
        group_wait_seconds=group_wait_seconds,
        group_interval_seconds=group_interval_seconds,
        throttle=throttle,
        quiet_hours=quiet_hours,
        digest=digest,
        settings={} if standing is None else {"standing": standing},
    )
    async with db.transaction() as conn:
        await rules.put(conn, RuleDraft(name=name, query=query, canonical=query, settings=settings), now)
