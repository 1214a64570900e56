"""The inbox: what alerts are filtered by, their changes, and assignees."""

import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

from core.db.types import Instant, Number, WebText
from core.text.fold import fold

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_PIECE = 500
_FIRST = datetime(1000, 1, 1, tzinfo=UTC)
_MOST_WORDS = 2000  # characters


def upgrade() -> None:
    _alert_list()
    _alert_outlets()
    _alert_changes()
    op.add_column("alert_states", sa.Column("assignee", WebText()))
    op.add_column("alert_events", sa.Column("assignee", WebText()))
    _fill(op.get_bind())
    _indexes()


def _alert_list() -> None:
    op.create_table(
        "alert_list",
        sa.Column("alert_id", WebText(), nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.Column("rule_id", WebText(), nullable=False),
        sa.Column("team_id", WebText(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("assignee", WebText()),
        sa.Column("words", WebText(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.alert_id"], name=op.f("fk_alert_list_alert_id_alerts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_alert_list")),
    )


def _alert_outlets() -> None:
    op.create_table(
        "alert_outlets",
        sa.Column("outlet", WebText(), nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.Column("alert_id", WebText(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.alert_id"], name=op.f("fk_alert_outlets_alert_id_alerts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("outlet", "created", "alert_id", name=op.f("pk_alert_outlets")),
        sqlite_with_rowid=False,
    )


def _alert_changes() -> None:
    op.create_table(
        "alert_changes",
        sa.Column("number", Number, autoincrement=True, nullable=False),
        sa.Column("alert_id", WebText(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("place", sa.BigInteger()),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_alert_changes")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_alert_changes_place", "alert_changes", ["place"], unique=True)
    unplaced = sa.text("place IS NULL")
    op.create_index(
        op.f("ix_alert_changes_unplaced"),
        "alert_changes",
        ["number"],
        sqlite_where=unplaced,
        postgresql_where=unplaced,
    )
    op.create_index(op.f("ix_alert_changes_at"), "alert_changes", ["at"])
    op.execute(sa.text("INSERT INTO revisions (name, value) VALUES ('alert_changes', 0)"))


def _indexes() -> None:
    """After the rows, which is faster."""
    op.create_index(op.f("ix_alert_list_created"), "alert_list", ["created", "alert_id", "outcome", "team_id"])
    op.create_index(op.f("ix_alert_list_status"), "alert_list", ["status", "created", "alert_id", "outcome", "team_id"])
    op.create_index(op.f("ix_alert_list_rule"), "alert_list", ["rule_id", "created", "alert_id"])
    op.create_index(op.f("ix_alert_list_priority"), "alert_list", ["priority", "created", "alert_id"])
    assigned = sa.text("assignee IS NOT NULL")
    op.create_index(
        op.f("ix_alert_list_assignee"),
        "alert_list",
        ["assignee", "created"],
        sqlite_where=assigned,
        postgresql_where=assigned,
    )
    op.create_index(op.f("ix_alert_outlets_alert_id"), "alert_outlets", ["alert_id"])


_LISTED = sa.table(
    "alert_list",
    sa.column("created", Instant()),
    *map(sa.column, ("alert_id", "rule_id", "team_id", "priority", "outcome", "status", "words")),
)
_OUTLETS = sa.table("alert_outlets", sa.column("created", Instant()), sa.column("outlet"), sa.column("alert_id"))


def _fill(bind: sa.Connection) -> None:
    """The alerts that are there, out of their records as they were written until now; in the order in which they are read."""
    alerts = sa.text(
        "SELECT a.alert_id, a.created, a.rule_id, a.outcome, a.record, coalesce(s.status, 'open') AS status"
        " FROM alerts a LEFT JOIN alert_states s ON s.alert_id = a.alert_id"
        " WHERE a.created >= :at AND (a.created > :at OR a.alert_id > :after)"
        " ORDER BY a.created, a.alert_id LIMIT :limit"
    )
    alerts = alerts.bindparams(sa.bindparam("at", type_=Instant()))
    found = alerts.columns(
        sa.column("alert_id"),
        sa.column("created", Instant()),
        *map(sa.column, ("rule_id", "outcome", "record", "status")),
    )
    articles = sa.text("SELECT alert_id, record FROM alert_articles WHERE alert_id IN :ids ORDER BY position").bindparams(
        sa.bindparam("ids", expanding=True)
    )
    at, after = _FIRST, ""
    while rows := bind.execute(found, {"at": at, "after": after, "limit": _PIECE}).all():
        at, after = rows[-1].created, rows[-1].alert_id
        briefs: dict[str, list[dict[str, Any]]] = {row.alert_id: [] for row in rows}
        for row in bind.execute(articles, {"ids": list(briefs)}):
            briefs[row.alert_id].append(_plain(row.record).get("brief", {}))
        bind.execute(_LISTED.insert(), [_listed(row, briefs[row.alert_id]) for row in rows])
        told = list(_outlets(rows, briefs))
        if told:
            bind.execute(_OUTLETS.insert(), told)


def _listed(row: Any, briefs: list[dict[str, Any]]) -> dict[str, object]:
    rule = _plain(row.record).get("rule", {})
    words = [rule.get("name", ""), *(text for one in briefs for text in (one.get("title", ""), one.get("source_name", "")))]
    return {
        "alert_id": row.alert_id,
        "created": row.created,
        "rule_id": row.rule_id,
        "team_id": rule.get("team_id", "default"),
        "priority": rule.get("priority", "normal"),
        "outcome": row.outcome,
        "status": row.status,
        "words": fold(" ".join(dict.fromkeys(words))[:_MOST_WORDS]).replace("\0", "\ufffd"),
    }


def _outlets(rows: Iterable[Any], briefs: dict[str, list[dict[str, Any]]]) -> Iterator[dict[str, object]]:
    for row in rows:
        for name in dict.fromkeys(one.get("source_name", "") for one in briefs[row.alert_id]):
            yield {"outlet": name.replace("\0", "\ufffd"), "created": row.created, "alert_id": row.alert_id}


def _plain(record: bytes) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(record if record.startswith(b"{") else zlib.decompress(record))
    fields: dict[str, Any] = found["d"]
    return fields
