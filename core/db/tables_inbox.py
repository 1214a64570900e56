"""The schema, continued: what the inbox filters alerts by, and tells of their changes."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Text

from core.db.tables import metadata
from core.db.tables_alerts import index_where
from core.db.types import Instant, Number, WebText

# What alerts are filtered by, one narrow row each: to read the records of all would take seconds. Written with the alert.
alert_list = Table(
    "alert_list",
    metadata,
    Column("alert_id", WebText, ForeignKey("alerts.alert_id", ondelete="CASCADE"), primary_key=True),
    Column("created", Instant, nullable=False),
    Column("rule_id", WebText, nullable=False),
    Column("team_id", WebText, nullable=False),
    Column("priority", Text, nullable=False),
    Column("outcome", Text, nullable=False),  # AlertOutcome
    Column("status", Text, nullable=False),  # AlertStatus
    Column("assignee", WebText),  # a user's id
    Column("words", WebText, nullable=False),  # rule, titles and outlets, folded
    Index("ix_alert_list_created", "created", "alert_id", "outcome", "team_id"),
    Index("ix_alert_list_status", "status", "created", "alert_id", "outcome", "team_id"),
    Index("ix_alert_list_rule", "rule_id", "created", "alert_id"),
    Index("ix_alert_list_priority", "priority", "created", "alert_id"),
    index_where("ix_alert_list_assignee", "assignee IS NOT NULL", "assignee", "created"),
)

# The outlets of each alert.
alert_outlets = Table(
    "alert_outlets",
    metadata,
    Column("outlet", WebText, primary_key=True),
    Column("created", Instant, primary_key=True),  # of the alert
    Column("alert_id", WebText, ForeignKey("alerts.alert_id", ondelete="CASCADE"), primary_key=True),
    Index(None, "alert_id"),
    sqlite_with_rowid=False,
)

# What became of alerts, for those who watch. A writer leaves `place` empty; who reads gives places, so that they become
# visible in their own order however writers commit. A place that was seen has none before it that comes later.
alert_changes = Table(
    "alert_changes",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("alert_id", WebText, nullable=False),
    Column("kind", Text, nullable=False),  # AlertChange
    Column("at", Instant, nullable=False),
    Column("place", BigInteger),
    Index("uq_alert_changes_place", "place", unique=True),
    index_where("ix_alert_changes_unplaced", "place IS NULL", "number"),
    Index(None, "at"),
    sqlite_autoincrement=True,
)
