"""What a send leaves before and after it: that it began, and that an earlier one may have arrived."""

import sqlalchemy as sa
from alembic import op

from core.db.types import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notifications", sa.Column("begun", Instant(), nullable=True))
    op.add_column("notifications", sa.Column("maybe_sent", Instant(), nullable=True))
