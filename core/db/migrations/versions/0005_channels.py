"""Channels as rows, added and changed while processes run."""

import sqlalchemy as sa
from alembic import op

from core.db.types import Instant, Json, WebText

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channels",
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), server_default="default", nullable=False),
        sa.Column("name", WebText(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("settings", Json(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("paused_by", WebText(), nullable=True),
        sa.Column("paused_at", Instant(), nullable=True),
        sa.Column("removed", Instant(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.Column("updated", Instant(), nullable=False),
        sa.Column("author", WebText(), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_channels")),
        sa.UniqueConstraint("team_id", "name", name=op.f("uq_channels_team_id_name")),
    )
    op.create_index(op.f("ix_channels_revision"), "channels", ["revision"], unique=False)
    op.execute(sa.text("INSERT INTO revisions (name, value) VALUES ('channels', 0)"))
