"""Sources by tag, paused by somebody, with their rhythm; and what was found where one does not answer."""

import sqlalchemy as sa
from alembic import op

from core.db.types import Instant, Json, WebText

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sources", sa.Column("paused_at", Instant()))
    op.add_column("sources", sa.Column("paused_by", WebText()))
    op.add_column("sources", sa.Column("rhythm", Json()))
    op.create_table(
        "source_tags",
        sa.Column("tag", WebText(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["sources.source_id"],
            name=op.f("fk_source_tags_source_id_sources"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tag", "source_id", name=op.f("pk_source_tags")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_source_tags_source_id"), "source_tags", ["source_id"])
    op.create_table(
        "source_searches",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("found", Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["sources.source_id"],
            name=op.f("fk_source_searches_source_id_sources"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_source_searches")),
        sqlite_with_rowid=False,
    )
