"""Deletes rows that are older than their retention, in small transactions that block nobody for long."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from core.db.connection import Connection
from core.db.engine import Database
from core.model.retention import Retention
from core.model.user import IDLE
from core.store import (
    alert_changes,
    alerts,
    article_revisions,
    articles,
    audit,
    dead_letters,
    entries,
    feeds,
    findings,
    host_patterns,
    hourly,
    idempotency,
    notifications,
    paces,
    pushes,
    raw_pages,
    sessions,
    silences,
    stats,
    stories,
    traces,
)

_PIECE = 1000
CHANGES_KEPT = timedelta(days=7)  # of alerts: how far back who watches them can resume
_KEYS_KEPT = timedelta(hours=24)  # answers under idempotency keys

Prune = Callable[[Connection, datetime, int], Awaitable[int]]


_PRUNES: dict[str, Prune] = {
    "articles": articles.prune,
    "entries": entries.prune,
    "traces": traces.prune,
    "findings": findings.prune,
    "alerts": alerts.prune,
    "notifications": notifications.prune,
    "silences": silences.prune,
    "dead_letters": dead_letters.prune,
    "audit": audit.prune,
    "raw_pages": raw_pages.prune,
}
_WITH_ARTICLES: tuple[Prune, ...] = (article_revisions.prune, stories.prune, pushes.prune)


async def sweep(db: Database, keep: Retention, now: datetime) -> dict[str, int]:
    """Delete everything older than `keep` allows, each batch in its own transaction; return how many rows of each kind."""
    deleted = dict.fromkeys(_PRUNES, 0)
    for kind, prune in _PRUNES.items():
        deleted[kind] = await _all(db, prune, now - timedelta(days=getattr(keep, kind)))
    for prune in _WITH_ARTICLES:
        await _all(db, prune, now - timedelta(days=keep.articles))
    async with db.transaction() as conn:
        # With the findings: no metric rule looks back further. What is left of so few rows goes at the next sweep.
        await alert_changes.prune(conn, now - CHANGES_KEPT, _PIECE)
        await host_patterns.prune(conn, now - timedelta(days=keep.entries), _PIECE)
        await feeds.prune(conn, now - timedelta(days=keep.notifications), _PIECE)
        await paces.prune(conn, now - timedelta(days=keep.findings), _PIECE)
        await hourly.prune(conn, now - timedelta(days=keep.stats))
        await sessions.prune(conn, now, now - IDLE)
        deleted["stats"] = await stats.prune(conn, (now - timedelta(days=keep.stats)).date())
    await _all(db, idempotency.prune, now - _KEYS_KEPT)
    await db.give_back_space()
    return deleted


async def _all(db: Database, prune: Prune, before: datetime) -> int:
    deleted, piece = 0, _PIECE
    while piece >= _PIECE:
        async with db.transaction() as conn:
            piece = await prune(conn, before, _PIECE)
        deleted += piece
    return deleted
