"""Pages as they were fetched, to be read again."""

import sqlalchemy as sa
from alembic import op

from core.db.types import Instant, WebText

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "raw_pages",
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("url", WebText(), nullable=False),
        sa.Column("content_type", WebText(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("fetched", Instant(), nullable=False),
        sa.Column("again_at", Instant()),
        sa.Column("lease_owner", sa.Text()),
        sa.Column("lease_until", Instant()),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_raw_pages")),
    )
    op.create_index(op.f("ix_raw_pages_fetched"), "raw_pages", ["fetched"])
    op.create_index(op.f("ix_raw_pages_source_id_fetched"), "raw_pages", ["source_id", "fetched"])
    again = sa.text("again_at IS NOT NULL")
    op.create_index(op.f("ix_raw_pages_again_at"), "raw_pages", ["again_at"], sqlite_where=again, postgresql_where=again)
    held = sa.text("lease_owner IS NOT NULL")
    op.create_index(op.f("ix_raw_pages_lease_owner"), "raw_pages", ["lease_owner"], sqlite_where=held, postgresql_where=held)
