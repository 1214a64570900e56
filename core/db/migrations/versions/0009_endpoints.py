"""Endpoints that are left alone after failures, and an index for an owner's leases."""

import sqlalchemy as sa
from alembic import op

from core.db.types import Instant, WebText

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "endpoints",
        sa.Column("channel", WebText(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("asked_until", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", WebText(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_endpoints")),
    )
    for table in ("sources", "put_aside", "timers", "notifications"):
        op.create_index(
            op.f(f"ix_{table}_lease_owner"),
            table,
            ["lease_owner"],
            unique=False,
            sqlite_where=sa.text("lease_owner IS NOT NULL"),
            postgresql_where=sa.text("lease_owner IS NOT NULL"),
        )
