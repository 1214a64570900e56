"""Indexes by which sources, rules and what waits are counted without reading all rows, and from when a source is stale."""

import sqlalchemy as sa
from alembic import op

from core.db.types import Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sources", sa.Column("stale_at", Instant(), nullable=True))
    for column in ("failures", "last_attempt", "stale_at"):
        op.create_index(op.f(f"ix_sources_enabled_{column}"), "sources", ["enabled", column], unique=False)
    op.create_index(
        op.f("ix_sources_enabled_interval_seconds_failures"),
        "sources",
        ["enabled", "interval_seconds", "failures"],
        unique=False,
    )
    op.create_index(op.f("ix_sources_name"), "sources", ["name"], unique=False)
    op.create_index(op.f("ix_put_aside_source_id"), "put_aside", ["source_id"], unique=False)
    op.create_index(op.f("ix_rules_enabled"), "rules", ["enabled"], unique=False)
