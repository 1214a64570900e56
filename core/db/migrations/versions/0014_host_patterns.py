"""What the pages of a host share, learned from its articles."""

import sqlalchemy as sa
from alembic import op

from core.db.types import Instant, Json, WebText

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "host_patterns",
        sa.Column("host", WebText(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("memory", Json(), nullable=False),
        sa.Column("changed", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("host", "source_id", name=op.f("pk_host_patterns")),
    )
    op.create_index("ix_host_patterns_source_id", "host_patterns", ["source_id"])
    op.create_index("ix_host_patterns_changed", "host_patterns", ["changed"])
