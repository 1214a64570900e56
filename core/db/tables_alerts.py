"""The schema, continued: rules and their versions, findings, alerts, the outbox, silences and timers."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from core.db.tables import leased_index, metadata
from core.db.types import Instant, Json, Number, WebText


def index_where(name: str, condition: str, *columns: str) -> Index:
    """An index of the rows that meet the condition only."""
    return Index(name, *columns, sqlite_where=text(condition), postgresql_where=text(condition))


# One row a counter. A writer locks the row until it commits, so revisions become visible in their own order.
revisions = Table(
    "revisions",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

teams = Table(
    "teams",
    metadata,
    Column("team_id", Text, primary_key=True),
    Column("name", WebText, nullable=False),
    Column("created", Instant, nullable=False),
    Index("uq_teams_name", "name", unique=True),
)

rules = Table(
    "rules",
    metadata,
    Column("rule_id", WebText, primary_key=True),
    Column("name", WebText, nullable=False),
    Column("version", Integer, nullable=False),  # the one in force
    Column("origin", Text, nullable=False),  # file | db
    Column("enabled", Boolean, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("team_id", Text, nullable=False, server_default="default"),
    Column("file_key", WebText),  # the `id` that its file gives it
    Column("owner", Text),  # the user who made it; none: a file or a command did
    Index(None, "enabled"),
    Index(None, "revision"),
    Index(None, "name"),
    Index("uq_rules_team_id_name", "team_id", "name", unique=True),
)

rule_versions = Table(
    "rule_versions",
    metadata,
    Column("rule_id", WebText, ForeignKey("rules.rule_id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("query", WebText, nullable=False),
    Column("canonical", WebText, nullable=False),
    Column("settings", Json, nullable=False),
    Column("author", WebText, nullable=False),
    Column("comment", WebText, nullable=False),
    Column("created", Instant, nullable=False),
    sqlite_with_rowid=False,
)

# `name`: of another team than the default one it is TEAM_ID/NAME, since the first schema knew each name once.
aliases = Table(
    "aliases",
    metadata,
    Column("name", WebText, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("origin", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("alias_id", Text),
    Column("team_id", Text, nullable=False, server_default="default"),
    Index(None, "revision"),
    Index("uq_aliases_alias_id", "alias_id", unique=True),
)

alias_versions = Table(
    "alias_versions",
    metadata,
    Column("name", WebText, ForeignKey("aliases.name", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("terms", Json, nullable=False),  # {"terms": [...]}
    Column("author", WebText, nullable=False),
    Column("comment", WebText, nullable=False),
    Column("created", Instant, nullable=False),
)

# `settings` of a channel added by command may hold its secrets; those of a channel in a file never do. What is removed keeps
# its row without settings, so that readers learn of it by its revision and its id comes back with its name.
channels = Table(
    "channels",
    metadata,
    Column("channel_id", Text, primary_key=True),
    Column("team_id", Text, nullable=False, server_default="default"),
    Column("name", WebText, nullable=False),
    Column("kind", Text, nullable=False),
    Column("settings", Json, nullable=False),
    Column("origin", Text, nullable=False),  # file | db
    Column("enabled", Boolean, nullable=False),  # False: paused
    Column("paused_by", WebText),
    Column("paused_at", Instant),
    Column("paused_because", WebText),
    Column("removed", Instant),
    Column("revision", BigInteger, nullable=False),
    Column("created", Instant, nullable=False),
    Column("updated", Instant, nullable=False),
    Column("author", WebText, nullable=False),
    UniqueConstraint("team_id", "name"),
    Index(None, "revision"),
)

# Every match, also those that raised no alert of their own.
findings = Table(
    "findings",
    metadata,
    Column("match_id", Text, primary_key=True),
    Column("rule_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("article_id", Text, nullable=False),
    Column("story_id", Text, nullable=False),
    Column("matched", Instant, nullable=False),
    Column("outcome", Text, nullable=False),  # AlertOutcome
    Column("alert_id", Text),
    Column("record", LargeBinary, nullable=False),  # Match
    Index(None, "rule_id", "matched"),
    Index(None, "rule_id", "story_id", "matched"),  # when each story matched first
    Index(None, "article_id"),
    Index(None, "alert_id"),
    Index(None, "matched"),
)

alerts = Table(
    "alerts",
    metadata,
    Column("alert_id", WebText, primary_key=True),
    Column("rule_id", WebText, nullable=False),
    Column("story_id", Text, nullable=False),
    Column("group", WebText, nullable=False),
    Column("outcome", Text, nullable=False),  # AlertOutcome
    Column("story_size", Integer, nullable=False),
    Column("created", Instant, nullable=False),
    Column("updated", Instant, nullable=False),
    Column("record", LargeBinary, nullable=False),  # Alert without its articles
    Index(None, "created"),
    Index(None, "updated"),
    Index(None, "rule_id", "created"),
    Index(None, "story_id"),
)

alert_articles = Table(
    "alert_articles",
    metadata,
    Column("alert_id", Text, ForeignKey("alerts.alert_id", ondelete="CASCADE"), primary_key=True),
    Column("article_id", Text, primary_key=True),
    Column("revision", Text, nullable=False),  # the article's, as it matched
    Column("position", Integer, nullable=False),  # 0: the article that raised the alert
    Column("record", LargeBinary, nullable=False),  # AlertArticle
    Index(None, "article_id"),
)

notifications = Table(
    "notifications",
    metadata,
    Column("notification_id", WebText, primary_key=True),
    Column("channel", WebText, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("state", Text, nullable=False),  # NotificationState
    Column("urgency", Integer, nullable=False),  # 0 flash, 1 normal, 2 low: the order within a channel
    Column("due_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),  # since the last redrive
    Column("lease_owner", Text),
    Column("lease_until", Instant),
    Column("created", Instant, nullable=False),
    Column("finished", Instant),  # delivered or dead
    Column("last_reason", Text),  # FailureReason of the last failed attempt
    Column("last_detail", WebText),
    Column("begun", Instant),  # a send that has no end yet: in flight, or its process died
    Column("maybe_sent", Instant),  # when a send began that may have arrived although nobody heard
    Column("counted_in", Instant),  # since when the hour is that counted it, of a channel with a cap
    Column("stands_for", WebText),  # the message of another channel that this one is sent for
    Column("record", LargeBinary, nullable=False),  # Notification
    Column("story_id", Text),  # of a message about one alert
    Column("behind", WebText),  # an earlier message of its story that is to be sent first
    index_where("ix_notifications_pending", "state = 'pending'", "channel", "urgency", "due_at"),
    index_where("ix_notifications_counted_in", "counted_in IS NOT NULL", "channel", "counted_in"),
    index_where("ix_notifications_stands_for", "stands_for IS NOT NULL", "state", "channel"),
    Index(None, "state", "created"),
    Index(None, "channel", "created"),
    Index(None, "created"),
    Index(None, "finished"),
    index_where("ix_notifications_story", "state = 'pending' AND story_id IS NOT NULL", "story_id", "channel"),
    index_where("ix_notifications_open", "state IN ('pending', 'dead')", "state", "channel", "created", "last_reason"),
    index_where("ix_notifications_behind", "behind IS NOT NULL", "behind"),
    leased_index(),
)

# Of a channel that takes so many messages an hour: since when its present one is, and how many it took.
channel_hours = Table(
    "channel_hours",
    metadata,
    Column("channel", WebText, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("taken", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# Of a channel whose endpoint fails: until when it is left alone, and why. Gone with its first success.
endpoints = Table(
    "endpoints",
    metadata,
    Column("channel", WebText, primary_key=True),
    Column("failures", Integer, nullable=False),  # in a row, of different messages
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("asked_until", Instant),  # what the receiver asked for (Retry-After)
    Column("reason", Text, nullable=False),  # FailureReason of the last failure
    Column("detail", WebText, nullable=False),
    Column("limit_key", WebText),  # whose channels all wait until `asked_until`
)

notification_alerts = Table(
    "notification_alerts",
    metadata,
    Column(
        "notification_id", WebText, ForeignKey("notifications.notification_id", ondelete="CASCADE"), primary_key=True
    ),
    Column("alert_id", WebText, primary_key=True),
    Index(None, "alert_id"),
    sqlite_with_rowid=False,
)

notification_attempts = Table(
    "notification_attempts",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("notification_id", WebText, ForeignKey("notifications.notification_id", ondelete="CASCADE"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("outcome", Text, nullable=False),  # delivered | FailureReason
    Column("status", Integer),
    Column("latency_seconds", Float, nullable=False),
    Column("detail", WebText, nullable=False),
    Index(None, "notification_id"),
    sqlite_autoincrement=True,
)

# What readers said of alerts: the last word of each. An alert without a row is open.
alert_states = Table(
    "alert_states",
    metadata,
    Column("alert_id", WebText, ForeignKey("alerts.alert_id", ondelete="CASCADE"), primary_key=True),
    Column("status", Text, nullable=False),  # AlertStatus
    Column("by", WebText, nullable=False),
    Column("at", Instant, nullable=False),
    Column("comment", WebText, nullable=False),
    Column("until", Instant),
    Column("assignee", WebText),  # a user's id
    Index(None, "status", "at"),
)

# All that readers said of alerts, a comment alone too.
alert_events = Table(
    "alert_events",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("alert_id", WebText, ForeignKey("alerts.alert_id", ondelete="CASCADE"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", WebText, nullable=False),
    Column("status", Text),  # AlertStatus; none: only a comment
    Column("comment", WebText, nullable=False),
    Column("until", Instant),
    Column("via", Text, nullable=False),  # command | page | link | pagerduty
    Column("assignee", WebText),  # to whom it was assigned; empty: to nobody any more
    Index(None, "alert_id"),
    sqlite_autoincrement=True,
)

# Messages that can be brought up to date, or answered below, since the service said where they are.
sent_messages = Table(
    "sent_messages",
    metadata,
    Column(
        "notification_id", WebText, ForeignKey("notifications.notification_id", ondelete="CASCADE"), primary_key=True
    ),
    Column("channel", WebText, nullable=False),
    Column("story_id", Text, nullable=False),  # of its first alert
    Column("reference", WebText, nullable=False),  # the message's, in the channel's own words
    Column("sent", Instant, nullable=False),
    Column("edit_at", Instant),  # it shows less than is known by now: when to bring it up to date
    Column("attempts", Integer, nullable=False),  # to do so, that failed
    Column(
        "generation", Integer, nullable=False, server_default="0"
    ),  # grows when it is to be brought up to date again
    Column("shown", Text),  # a digest of what it shows
    Column("edited", Instant),
    Column("lease_owner", Text),
    Column("lease_until", Instant),
    Index(None, "channel", "story_id", "sent"),
    index_where("ix_sent_messages_edit_at", "edit_at IS NOT NULL", "edit_at"),
    leased_index(),
)

# Who has a message of an e-mail channel, while others of its recipients wait.
mail_recipients = Table(
    "mail_recipients",
    metadata,
    Column(
        "notification_id", WebText, ForeignKey("notifications.notification_id", ondelete="CASCADE"), primary_key=True
    ),
    Column("recipient", WebText, primary_key=True),
    Column("said", WebText, nullable=False),
    Column("at", Instant, nullable=False),
    sqlite_with_rowid=False,
)

# Who wants no mail of a channel any more.
mail_unsubscribed = Table(
    "mail_unsubscribed",
    metadata,
    Column("channel", WebText, primary_key=True),
    Column("address", WebText, primary_key=True),  # in small letters
    Column("at", Instant, nullable=False),
    sqlite_with_rowid=False,
)

silences = Table(
    "silences",
    metadata,
    Column("silence_id", WebText, primary_key=True),
    Column("rule", WebText, nullable=False),
    Column("source", WebText),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("author", WebText, nullable=False),
    Column("comment", WebText, nullable=False),
    Column("hidden_count", BigInteger, nullable=False),
    Column("team_id", Text, nullable=False, server_default="default"),
    Index(None, "ends"),
)

timers = Table(
    "timers",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("key", WebText, primary_key=True),
    Column("due_at", Instant, nullable=False),
    Column("payload", Json, nullable=False),
    Column("generation", Integer, nullable=False),  # grows when a claimed timer is set again
    Column("lease_owner", Text),
    Column("lease_until", Instant),
    Index(None, "kind", "due_at"),
    leased_index(),
)

# When each rule notified last: what throttles, groups and metric rules look at.
rule_pace = Table(
    "rule_pace",
    metadata,
    Column("rule_id", Text, primary_key=True),
    Column("notified", Json, nullable=False),  # {"at": [times]}, as many as the rule's throttle allows
    Column("flush_at", Instant),
    Column("metric_at", Instant),
    Column("updated", Instant, nullable=False),
    Index(None, "updated"),
)

rule_stats = Table(
    "rule_stats",
    metadata,
    Column("rule_id", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("candidates", BigInteger, nullable=False),
    Column("matches", BigInteger, nullable=False),
    Column("alerts", BigInteger, nullable=False),
    Column("evaluation_seconds", Float, nullable=False),
    Index(None, "day"),
    sqlite_with_rowid=False,
)
