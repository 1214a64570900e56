"""When each rule notified last, in a table of its own; it stood as JSON in `kv`, where older processes go on reading it."""

import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from core.db.types import Instant, Json

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = op.create_table(
        "rule_pace",
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("notified", Json(), nullable=False),
        sa.Column("flush_at", Instant(), nullable=True),
        sa.Column("metric_at", Instant(), nullable=True),
        sa.Column("updated", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("rule_id", name=op.f("pk_rule_pace")),
    )
    op.create_index(op.f("ix_rule_pace_updated"), "rule_pace", ["updated"], unique=False)
    rows = op.get_bind().execute(sa.text("SELECT key, value FROM kv WHERE key LIKE 'pace:%'")).all()
    now = datetime.now(UTC)
    paces = [_pace(key.removeprefix("pace:"), json.loads(value), now) for key, value in rows]
    if paces:
        op.bulk_insert(table, paces)


def _pace(rule_id, value, now):
    return {
        "rule_id": rule_id,
        "notified": {"at": value["told_at"]},
        "flush_at": _time(value.get("flush_at")),
        "metric_at": _time(value.get("standing_told")),
        "updated": now,
    }


def _time(stored):
    return None if stored is None else datetime.fromisoformat(stored)
