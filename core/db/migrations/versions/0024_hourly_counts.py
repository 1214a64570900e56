"""What the pipeline did by the hour, and the newest messages of one channel."""

import sqlalchemy as sa
from alembic import op

from core.db.types import Instant

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hourly_counts",
        sa.Column("hour", Instant(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hour", "step", name=op.f("pk_hourly_counts")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_notifications_channel_created"), "notifications", ["channel", "created"])
