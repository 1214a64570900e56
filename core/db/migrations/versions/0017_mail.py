"""Who has a mail already, and who wants none."""

import sqlalchemy as sa
from alembic import op

from core.db.types import Instant, WebText

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_recipients",
        sa.Column("notification_id", WebText(), nullable=False),
        sa.Column("recipient", WebText(), nullable=False),
        sa.Column("said", WebText(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notifications.notification_id"],
            name=op.f("fk_mail_recipients_notification_id_notifications"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("notification_id", "recipient", name=op.f("pk_mail_recipients")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "mail_unsubscribed",
        sa.Column("channel", WebText(), nullable=False),
        sa.Column("address", WebText(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "address", name=op.f("pk_mail_unsubscribed")),
        sqlite_with_rowid=False,
    )
