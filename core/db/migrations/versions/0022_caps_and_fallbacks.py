"""Caps of channels by the hour, fall-back channels, and channels that wirewatch itself has paused."""

import sqlalchemy as sa
from alembic import op

from core.db.types import Instant, WebText

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_hours",
        sa.Column("channel", WebText(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_hours")),
        sqlite_with_rowid=False,
    )
    op.add_column("notifications", sa.Column("counted_in", Instant()))
    op.add_column("notifications", sa.Column("stands_for", WebText()))
    counted = sa.text("counted_in IS NOT NULL")
    op.create_index(
        op.f("ix_notifications_counted_in"),
        "notifications",
        ["channel", "counted_in"],
        sqlite_where=counted,
        postgresql_where=counted,
    )
    standing = sa.text("stands_for IS NOT NULL")
    op.create_index(
        op.f("ix_notifications_stands_for"),
        "notifications",
        ["state", "channel"],
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.add_column("channels", sa.Column("paused_because", WebText()))
