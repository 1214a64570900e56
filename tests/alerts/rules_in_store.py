"""Rules in a test's database, with settings named by their keys."""

from datetime import datetime

from sqlalchemy import update

from core.db.engine import Database
from core.db.tables_alerts import rule_versions
from core.model import ids
from core.model.escalation import EscalationStep
from core.model.outcome import Priority
from core.model.rule import RuleDraft, RuleSettings
from core.model.rule_tables import read_table, written
from core.model.sending import Throttle
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
    escalate: tuple[EscalationStep, ...] | None = None,
    cooldown: dict[str, object] | None = None,
    inhibits: tuple[str, ...] = (),
    spread_outlets: tuple[int, ...] = (),
    template: str = "",
    standing: dict[str, object] | None = None,
    since: datetime | None = None,
    now: datetime = NOW,
) -> None:
    settings = RuleSettings(
        channels=channels,
        priority=priority,
        group_wait_seconds=group_wait_seconds,
        group_interval_seconds=group_interval_seconds,
        throttle=throttle,
        quiet_hours=None if quiet_hours is None else read_table("quiet_hours", quiet_hours),
        digest=None if digest is None else read_table("digest", digest),
        escalate=escalate,
        cooldown=None if cooldown is None else read_table("cooldown", cooldown),
        inhibits=inhibits,
        spread_outlets=spread_outlets,
        template=template,
        since=since,
        standing=None if standing is None else read_table("standing", standing),
    )
    async with db.transaction() as conn:
        rule_id = ids.derived_id("rule", name)  # as records of these tests have it
        draft = RuleDraft(name=name, rule_id=rule_id, query=query, canonical=query, settings=settings)
        await rules.put(conn, draft, now)


async def spoil_settings(db: Database, stored: dict[str, object]) -> None:
    """Put what cannot be read into the settings of all stored rules."""
    async with db.transaction() as conn:
        settings = {**written(RuleSettings(channels=("desk",))), **stored}
        await conn.execute(update(rule_versions).values(settings=settings))
