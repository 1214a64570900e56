"""Alerts by rule and source in a span of time: what a silence hid, or would have hidden."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, or_, select

from core.db.connection import Connection
from core.db.tables import articles, sources
from core.db.tables_alerts import alert_articles, alerts, notification_alerts, notifications
from core.model.outcome import AlertOutcome, NotificationState
from core.store import keyset

_WAITED = timedelta(days=4)  # a message is given up before that
_FEW = 500  # ids that a statement names one by one


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Alerts created from `since` until before `until`, of these rules; None: of all."""

    since: datetime
    until: datetime
    rule_ids: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """How many alerts a rule raised by articles of a source; its name is empty where that is not known any more."""

    rule_id: str
    source: str
    number: int


async def groups(conn: Connection, span: Span, *, by_source: bool) -> list[Group]:
    """All of the span. `by_source` False: with no names of sources, which costs less."""
    if not by_source:
        plain = select(alerts.c.rule_id, literal_column("''").label("source"), func.count().label("number"))
        return await _groups(conn, plain.where(*_in(span)).group_by(alerts.c.rule_id), span)
    statement = (
        select(alerts.c.rule_id, func.coalesce(sources.c.name, "").label("source"), func.count().label("number"))
        .select_from(alerts)
        .join(
            alert_articles,
            and_(alert_articles.c.alert_id == alerts.c.alert_id, alert_articles.c.position == 0),
            isouter=True,
        )
        .join(articles, articles.c.article_id == alert_articles.c.article_id, isouter=True)
        .join(sources, sources.c.source_id == articles.c.source_id, isouter=True)
    )
    return await _groups(conn, statement.where(*_in(span)).group_by(alerts.c.rule_id, sources.c.name), span)


async def newest(
    conn: Connection,
    span: Span,
    limit: int | None,
    *,
    silenced: bool = False,
    after: tuple[datetime, str] | None = None,
) -> list[str]:
    """The ids of the newest alerts of the span, and perhaps of some more rules where they are many; the newest first.

    `silenced`: only those that somebody was not told of because of a silence.
    """
    statement = select(alerts.c.alert_id).where(*(_silenced(span) if silenced else _in(span)))
    if after is not None:
        statement = statement.where(keyset.older(alerts.c.created, alerts.c.alert_id, after))
    statement = statement.order_by(alerts.c.created.desc(), alerts.c.alert_id).limit(limit)
    return list((await conn.execute(statement)).scalars())


def _silenced(span: Span) -> list[ColumnElement[bool]]:
    """Alerts that raised no message, and those whose message was stopped while it waited: they may be older."""
    stopped = (
        select(notification_alerts.c.alert_id)
        .join(notifications, notifications.c.notification_id == notification_alerts.c.notification_id)
        .where(
            notification_alerts.c.alert_id == alerts.c.alert_id,
            notifications.c.state == NotificationState.SILENCED.value,
            notifications.c.finished >= span.since,
            notifications.c.finished < span.until,
        )
    )
    quiet = and_(alerts.c.outcome == AlertOutcome.SILENCED.value, alerts.c.created >= span.since)
    return [*_in(replace(span, since=span.since - _WAITED)), or_(quiet, stopped.exists())]


def _in(span: Span) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [alerts.c.created >= span.since, alerts.c.created < span.until]
    if span.rule_ids is not None and len(span.rule_ids) <= _FEW:
        found.append(alerts.c.rule_id.in_(sorted(span.rule_ids)))
    return found


async def _groups(conn: Connection, statement: Select[Any], span: Span) -> list[Group]:
    wanted = None if span.rule_ids is None else frozenset(span.rule_ids)
    rows = await conn.execute(statement)
    return [Group(row.rule_id, row.source, row.number) for row in rows if wanted is None or row.rule_id in wanted]
