"""Articles that were pushed."""

import sqlalchemy as sa
from alembic import op

from core.db.types import Instant

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pushes",
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_pushes")),
    )
    op.create_index(op.f("ix_pushes_at"), "pushes", ["at"])
