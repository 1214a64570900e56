"""The order of a story's messages, the limits that channels share, and what a message shows."""

import sqlalchemy as sa
from alembic import op

from core.db.types import Instant, WebText

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notifications", sa.Column("story_id", sa.Text()))
    op.add_column("notifications", sa.Column("behind", WebText()))
    waiting = sa.text("state = 'pending' AND story_id IS NOT NULL")
    op.create_index(
        op.f("ix_notifications_story"),
        "notifications",
        ["story_id", "channel"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    held = sa.text("behind IS NOT NULL")
    op.create_index(
        op.f("ix_notifications_behind"), "notifications", ["behind"], sqlite_where=held, postgresql_where=held
    )
    op.add_column("endpoints", sa.Column("limit_key", WebText()))
    op.add_column("sent_messages", sa.Column("generation", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("sent_messages", sa.Column("shown", sa.Text()))
    op.add_column("sent_messages", sa.Column("edited", Instant()))
