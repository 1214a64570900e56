"""With which folding the words of stored articles are indexed. Those of before are indexed anew by and by
(alerts.match.older_articles)."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("articles", sa.Column("folding", sa.Integer()))
    before = sa.text("folding IS NULL")
    op.create_index("ix_articles_folded_before", "articles", ["number"], sqlite_where=before, postgresql_where=before)
