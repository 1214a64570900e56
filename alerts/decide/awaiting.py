"""The timers of alerts that wait to be acknowledged: set when one is told, moved on step by step, set anew when it is opened
again."""

from datetime import datetime

from alerts.pipeline.escalate import Waiting, due_at, next_step
from alerts.pipeline.situation import RulePolicy
from core.db.connection import Connection
from core.model.alert import Alert
from core.model.timer import ESCALATION, Timer
from core.store import timers


async def begin(conn: Connection, policy: RulePolicy | None, alert: Alert, now: datetime) -> None:
    """For an alert that is told now; one that waits already goes on waiting."""
    await _put(conn, policy, alert, Waiting(since=now), move=False)


async def begin_anew(conn: Connection, policy: RulePolicy | None, alert: Alert, now: datetime) -> None:
    """For one that was opened again: all steps are to come once more."""
    await _put(conn, policy, alert, Waiting(since=now), move=True)


async def go_on(conn: Connection, policy: RulePolicy | None, alert: Alert, waiting: Waiting) -> None:
    """For one whose step is done: the next, if there is one."""
    await _put(conn, policy, alert, waiting, move=True)


def waiting_of(timer: Timer) -> Waiting:
    since = datetime.fromisoformat(str(timer.payload["since"]))
    return Waiting(since=since, reached=float(timer.payload.get("reached", 0.0)))


async def _put(conn: Connection, policy: RulePolicy | None, alert: Alert, waiting: Waiting, *, move: bool) -> None:
    step = next_step(policy, waiting.reached)
    if step is None:
        return
    payload = {"rule": alert.rule.rule_id, "since": waiting.since.isoformat(), "reached": waiting.reached}
    timer = Timer(kind=ESCALATION, key=alert.alert_id, due_at=due_at(waiting, step), payload=payload)
    await timers.put(conn, timer, move=move)
