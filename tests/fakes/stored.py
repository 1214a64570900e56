"""What tests put into the store and read from it in one line."""

from collections.abc import Sequence

from sqlalchemy import select

from core.db.connection import Connection
from core.db.tables_alerts import notifications
from core.model.match import Match
from core.model.outcome import AlertOutcome, NotificationState
from core.store import findings
from core.store.findings import Finding


async def put_matches(
    conn: Connection, matches: Sequence[Match], outcome: AlertOutcome, alert_id: str | None = None
) -> set[str]:
    """Findings with one outcome; the ids of those that are new."""
    return await findings.put_many(
        conn, [Finding(match=match, outcome=outcome, alert_id=alert_id) for match in matches]
    )


async def pending_channels(conn: Connection) -> list[str]:
    """The channels that have pending notifications."""
    statement = select(notifications.c.channel).where(notifications.c.state == NotificationState.PENDING.value)
    return sorted((await conn.execute(statement.distinct())).scalars())
