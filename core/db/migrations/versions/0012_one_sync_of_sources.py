"""A counter to lock, so that two processes bring the sources of their files in one after the other."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.text("INSERT INTO revisions (name, value) VALUES ('sources', 0)"))
