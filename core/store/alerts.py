"""Alerts with their articles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, Row, bindparam, func, select, update

from core.db.connection import Connection
from core.db.statements import insert, insert_in, slices
from core.db.tables_alerts import alert_articles, alerts, notification_alerts, notifications
from core.model.alert import Alert, AlertArticle
from core.model.alert_state import AlertChange
from core.model.outcome import AlertOutcome, NotificationState
from core.store import alert_changes, alert_list
from core.store.alert_list import Wanted
from core.store.payload import member, pack, unpack
from core.store.pruning import prune_oldest


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """The present state of an alert: its articles, the size of its story and its outcome."""

    alert: Alert
    outcome: AlertOutcome
    updated: datetime


async def insert_alert(conn: Connection, alert: Alert, outcome: AlertOutcome) -> bool:
    """Store an alert with its articles. Returns False and changes nothing if it exists."""
    result = await conn.execute(
        insert(conn, alerts).on_conflict_do_nothing(),
        {
            "alert_id": alert.alert_id,
            "rule_id": alert.rule.rule_id,
            "story_id": alert.story_id,
            "group": alert.group,
            "outcome": outcome,
            "story_size": alert.story_size,
            "created": alert.created,
            "updated": alert.created,
            "record": pack(replace(alert, articles=())),
        },
    )
    if result.rowcount == 0:
        return False
    rows = [_article_values(alert.alert_id, article, place) for place, article in enumerate(alert.articles)]
    if rows:
        await conn.execute(insert(conn, alert_articles).on_conflict_do_nothing(), rows)
    await alert_list.add(conn, alert, outcome)
    await alert_changes.note(conn, alert.alert_id, AlertChange.CREATED, alert.created)
    return True


async def add_article(
    conn: Connection, alert_id: str, article: AlertArticle, *, story_size: int, now: datetime
) -> bool:
    """Add a copy or update to its alert, which must exist. Returns False and changes nothing if the article is there.

    An edit (another revision of an article that is there) takes the place of what it edits.
    """
    place = (await conn.execute(_COUNT, {"alert": alert_id})).scalar_one()
    put, grow = _adding(conn.dialect.name)
    if (await conn.execute(put, _article_values(alert_id, article, place))).rowcount == 0:
        return False
    await conn.execute(grow, {"alert": alert_id, "size": story_size, "now": now})
    await alert_list.add_article(conn, alert_id, article)
    await alert_changes.note(conn, alert_id, AlertChange.UPDATED, now)
    return True


# Kept, because building these statements takes longer than running them.
_COUNT = select(func.count()).select_from(alert_articles).where(alert_articles.c.alert_id == bindparam("alert"))


@cache
def _adding(dialect: str) -> tuple[Executable, Executable]:
    """To put an article into an alert, and to make the alert's story as large as it is now."""
    statement = insert_in(dialect, alert_articles)
    put = statement.on_conflict_do_update(
        index_elements=[alert_articles.c.alert_id, alert_articles.c.article_id],
        set_={"revision": statement.excluded.revision, "record": statement.excluded.record},
        where=alert_articles.c.revision != statement.excluded.revision,
    )
    larger = func.max if dialect == "sqlite" else func.greatest
    size = larger(alerts.c.story_size, bindparam("size", type_=alerts.c.story_size.type))
    grow = update(alerts).where(alerts.c.alert_id == bindparam("alert"))
    return put, grow.values(story_size=size, updated=bindparam("now", type_=alerts.c.updated.type))


async def set_outcome(conn: Connection, alert_id: str, outcome: AlertOutcome, now: datetime) -> bool:
    """Record the later outcome of an alert (released, digested); False if it does not exist."""
    statement = update(alerts).where(alerts.c.alert_id == alert_id).values(outcome=outcome, updated=now)
    if (await conn.execute(statement)).rowcount == 0:
        return False
    await alert_list.set_outcome(conn, alert_id, outcome)
    await alert_changes.note(conn, alert_id, AlertChange.UPDATED, now)
    return True


async def set_standing(conn: Connection, alert: Alert) -> None:
    """Keep why a metric rule told this alert, which is there already."""
    record = pack(replace(alert, articles=()))
    await conn.execute(update(alerts).where(alerts.c.alert_id == alert.alert_id).values(record=record))


async def get(conn: Connection, alert_id: str) -> AlertRow | None:
    found = await get_many(conn, [alert_id])
    return found[0] if found else None


async def get_many(conn: Connection, alert_ids: Sequence[str]) -> list[AlertRow]:
    """The alerts that exist, in the order of `alert_ids`."""
    rows: dict[str, Row[Any]] = {}
    for part in slices(alert_ids):
        rows.update(
            {row.alert_id: row for row in await conn.execute(select(alerts).where(alerts.c.alert_id.in_(part)))}
        )
    return await _complete(conn, [rows[key] for key in alert_ids if key in rows])


async def recent(
    conn: Connection,
    limit: int | None = 50,
    *,
    wanted: Wanted | None = None,
    after: tuple[datetime, str] | None = None,
) -> list[AlertRow]:
    """The newest alerts, or the newest of those wanted; `after`: creation time and id of the row to continue behind."""
    rows = await conn.execute(alert_list.ids(wanted or Wanted(), limit, after))
    return await get_many(conn, [row.alert_id for row in rows])


async def alerts_of_article(conn: Connection, article_id: str) -> list[AlertRow]:
    """The alerts that show this article, oldest first."""
    statement = (
        select(alerts)
        .join(alert_articles, alert_articles.c.alert_id == alerts.c.alert_id)
        .where(alert_articles.c.article_id == article_id)
        .order_by(alerts.c.created, alerts.c.alert_id)
    )
    return await _complete(conn, list(await conn.execute(statement)))


async def told_articles(conn: Connection, article_ids: Sequence[str]) -> dict[str, dict[str, AlertArticle]]:
    """Article -> rule -> the article as the rule's alert has it, of those articles that are in an alert."""
    found: dict[str, dict[str, AlertArticle]] = {}
    for part in slices(sorted(article_ids)):
        statement = (
            select(alerts.c.rule_id, alert_articles.c.article_id, alert_articles.c.record)
            .join(alerts, alerts.c.alert_id == alert_articles.c.alert_id)
            .where(alert_articles.c.article_id.in_(part))
        )
        for row in await conn.execute(statement):
            found.setdefault(row.article_id, {})[row.rule_id] = unpack(row.record, AlertArticle)
    return found


async def counts(conn: Connection, since: datetime) -> dict[AlertOutcome, int]:
    """The number of alerts created since then, for every outcome."""
    statement = select(alerts.c.outcome, func.count()).where(alerts.c.created >= since).group_by(alerts.c.outcome)
    found = {row[0]: row[1] for row in await conn.execute(statement)}
    return {outcome: found.get(outcome, 0) for outcome in AlertOutcome}


async def count_since(conn: Connection, rule_id: str, since: datetime) -> int:
    """How many alerts of a rule were created since then."""
    statement = select(func.count()).where(alerts.c.rule_id == rule_id, alerts.c.created >= since)
    return int((await conn.execute(statement)).scalar_one())


async def count_waiting(conn: Connection, rule_id: str) -> int:
    """How many messages with alerts of a rule wait to be sent."""
    statement = (
        select(func.count(notifications.c.notification_id.distinct()))
        .join(notification_alerts, notification_alerts.c.notification_id == notifications.c.notification_id)
        .join(alerts, alerts.c.alert_id == notification_alerts.c.alert_id)
        .where(alerts.c.rule_id == rule_id, notifications.c.state == NotificationState.PENDING.value)
    )
    return int((await conn.execute(statement)).scalar_one())


async def prune(conn: Connection, before: datetime, limit: int = 1000) -> int:
    """Delete a batch of alerts untouched since `before`, with their articles (see `prune_oldest`)."""
    return await prune_oldest(conn, alerts.c.updated, before, limit)


def _article_values(alert_id: str, article: AlertArticle, place: int) -> dict[str, object]:
    return {
        "alert_id": alert_id,
        "article_id": article.brief.article_id,
        "revision": article.brief.revision,
        "position": place,
        "record": pack(article),
    }


async def _complete(conn: Connection, rows: Iterable[Row[Any]]) -> list[AlertRow]:
    found = list(rows)
    articles: dict[str, list[AlertArticle]] = {row.alert_id: [] for row in found}
    for part in slices(list(articles)):
        statement = select(alert_articles).where(alert_articles.c.alert_id.in_(part))
        for row in await conn.execute(statement.order_by(alert_articles.c.position, alert_articles.c.article_id)):
            articles[row.alert_id].append(unpack(row.record, AlertArticle))
    return [
        AlertRow(
            alert=replace(unpack(row.record, Alert), articles=tuple(articles[row.alert_id]), story_size=row.story_size),
            outcome=member(AlertOutcome, row.outcome),
            updated=row.updated,
        )
        for row in found
    ]
