"""Counts what waits and what was given up out of an index, however much that is."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    unfinished = sa.text("state IN ('pending', 'dead')")
    op.create_index(
        op.f("ix_notifications_open"),
        "notifications",
        ["state", "channel", "created", "last_reason"],
        sqlite_where=unfinished,
        postgresql_where=unfinished,
    )
