"""Teams, what belongs to them, and which sources they subscribe to. All that is there belongs to the default team."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from core.db.types import Instant, WebText

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    teams = op.create_table(
        "teams",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("name", WebText(), nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_teams")),
    )
    op.create_index("uq_teams_name", "teams", ["name"], unique=True)
    op.bulk_insert(teams, [{"team_id": "default", "name": "default", "created": datetime.now(UTC)}])
    for table in ("silences", "audit"):
        op.add_column(table, sa.Column("team_id", sa.Text(), server_default="default", nullable=False))
    op.create_table(
        "subscriptions",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("name", WebText(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["sources.source_id"],
            name=op.f("fk_subscriptions_source_id_sources"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_id", "source_id", name=op.f("pk_subscriptions")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_subscriptions_source_id"), "subscriptions", ["source_id"], unique=False)
    op.execute(
        sa.text(
            "INSERT INTO subscriptions (team_id, source_id, name, origin, created)"
            " SELECT 'default', source_id, name, origin, created FROM sources"
        )
    )
