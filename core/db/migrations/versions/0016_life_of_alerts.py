"""What readers say of alerts, and where their messages are."""

import sqlalchemy as sa
from alembic import op

from core.db.types import Instant, Number, WebText

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _alert_states()
    _alert_events()
    _sent_messages()


def _alert_states() -> None:
    op.create_table(
        "alert_states",
        sa.Column("alert_id", WebText(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("by", WebText(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("comment", WebText(), nullable=False),
        sa.Column("until", Instant()),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.alert_id"], name=op.f("fk_alert_states_alert_id_alerts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_alert_states")),
    )
    op.create_index(op.f("ix_alert_states_status_at"), "alert_states", ["status", "at"])


def _alert_events() -> None:
    op.create_table(
        "alert_events",
        sa.Column("number", Number, autoincrement=True, nullable=False),
        sa.Column("alert_id", WebText(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by", WebText(), nullable=False),
        sa.Column("status", sa.Text()),
        sa.Column("comment", WebText(), nullable=False),
        sa.Column("until", Instant()),
        sa.Column("via", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.alert_id"], name=op.f("fk_alert_events_alert_id_alerts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_alert_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_alert_events_alert_id"), "alert_events", ["alert_id"])


def _sent_messages() -> None:
    op.create_table(
        "sent_messages",
        sa.Column("notification_id", WebText(), nullable=False),
        sa.Column("channel", WebText(), nullable=False),
        sa.Column("story_id", sa.Text(), nullable=False),
        sa.Column("reference", WebText(), nullable=False),
        sa.Column("sent", Instant(), nullable=False),
        sa.Column("edit_at", Instant()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.Text()),
        sa.Column("lease_until", Instant()),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notifications.notification_id"],
            name=op.f("fk_sent_messages_notification_id_notifications"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("notification_id", name=op.f("pk_sent_messages")),
    )
    op.create_index(op.f("ix_sent_messages_channel_story_id_sent"), "sent_messages", ["channel", "story_id", "sent"])
    due = sa.text("edit_at IS NOT NULL")
    op.create_index(op.f("ix_sent_messages_edit_at"), "sent_messages", ["edit_at"], sqlite_where=due, postgresql_where=due)
    held = sa.text("lease_owner IS NOT NULL")
    op.create_index(
        op.f("ix_sent_messages_lease_owner"), "sent_messages", ["lease_owner"], sqlite_where=held, postgresql_where=held
    )
