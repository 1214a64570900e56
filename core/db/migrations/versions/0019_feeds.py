"""Outgoing feeds: their addresses and entries."""

import sqlalchemy as sa
from alembic import op

from core.db.types import Instant, Json, WebText

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feeds",
        sa.Column("channel", WebText(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("rule_key", sa.Text(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_feeds")),
    )
    op.create_index("uq_feeds_token_hash", "feeds", ["token_hash"], unique=True)
    op.create_table(
        "feed_entries",
        sa.Column("channel", WebText(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("rule_id", WebText(), nullable=False),
        sa.Column("published", Instant(), nullable=False),
        sa.Column("updated", Instant(), nullable=False),
        sa.Column("entry", Json(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "entry_id", name=op.f("pk_feed_entries")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_feed_entries_channel_rule_id_published"), "feed_entries", ["channel", "rule_id", "published"]
    )
    op.create_index(op.f("ix_feed_entries_published"), "feed_entries", ["published"])

