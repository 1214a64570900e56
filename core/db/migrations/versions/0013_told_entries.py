"""As what an entry that waits for its page is an article already."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("put_aside", sa.Column("told_article", sa.Text()))
    op.add_column("put_aside", sa.Column("told_revision", sa.Text()))
