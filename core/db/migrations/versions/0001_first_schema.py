"""The first schema."""

import sqlalchemy as sa
from alembic import op

from core.db.types import Instant, Json, Number, WebText

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Each word as core.store.words writes it is one token: the tokenizer has nothing to decide. `detail=none` and
# `columnsize=0` leave out positions and lengths, which nobody asks for.
WORDS_SQLITE = """
CREATE VIRTUAL TABLE article_words USING fts5(
    words, detail='none', columnsize=0,
    tokenize="ascii tokenchars '!""#$%&''()*+,-./:;<=>?@[\\]^_`{|}~'"
)
"""
WORDS_POSTGRESQL = """
CREATE TABLE article_words (
    number BIGINT PRIMARY KEY REFERENCES articles (number) ON DELETE CASCADE,
    accepted TIMESTAMPTZ NOT NULL,
    words TSVECTOR NOT NULL
)
"""


def upgrade() -> None:
    _alerts()
    _aliases()
    _articles()
    _audit()
    _findings()
    _hosts()
    _kv()
    _notifications()
    _revisions()
    _rule_stats()
    _rules()
    _silences()
    _sources()
    _timers()
    _traces()
    _alert_articles()
    _alias_versions()
    _entries()
    _notification_alerts()
    _notification_attempts()
    _rule_versions()
    _revisions_and_words()


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("story_id", sa.Text(), nullable=False),
        sa.Column("group", WebText(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("story_size", sa.Integer(), nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.Column("updated", Instant(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_alerts")),
    )
    op.create_index(op.f("ix_alerts_created"), "alerts", ["created"], unique=False)
    op.create_index(op.f("ix_alerts_rule_id_created"), "alerts", ["rule_id", "created"], unique=False)
    op.create_index(op.f("ix_alerts_story_id"), "alerts", ["story_id"], unique=False)
    op.create_index(op.f("ix_alerts_updated"), "alerts", ["updated"], unique=False)


def _aliases() -> None:
    op.create_table(
        "aliases",
        sa.Column("name", WebText(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_aliases")),
    )
    op.create_index(op.f("ix_aliases_revision"), "aliases", ["revision"], unique=False)


def _articles() -> None:
    op.create_table(
        "articles",
        sa.Column("number", Number, autoincrement=True, nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("url_id", sa.Text(), nullable=False),
        sa.Column("story_id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("accepted", Instant(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_articles")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_articles_accepted_number"), "articles", ["accepted", "number"], unique=False)
    op.create_index(op.f("ix_articles_article_id"), "articles", ["article_id"], unique=True)
    op.create_index(op.f("ix_articles_story_id"), "articles", ["story_id"], unique=False)
    op.create_index(op.f("ix_articles_url_id"), "articles", ["url_id"], unique=False)


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", Number, autoincrement=True, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", WebText(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", WebText(), nullable=False),
        sa.Column("detail", Json(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_index(op.f("ix_audit_subject"), "audit", ["subject"], unique=False)


def _findings() -> None:
    op.create_table(
        "findings",
        sa.Column("match_id", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("story_id", sa.Text(), nullable=False),
        sa.Column("matched", Instant(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("alert_id", sa.Text(), nullable=True),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("match_id", name=op.f("pk_findings")),
    )
    op.create_index(op.f("ix_findings_alert_id"), "findings", ["alert_id"], unique=False)
    op.create_index(op.f("ix_findings_article_id"), "findings", ["article_id"], unique=False)
    op.create_index(op.f("ix_findings_matched"), "findings", ["matched"], unique=False)
    op.create_index(op.f("ix_findings_rule_id_matched"), "findings", ["rule_id", "matched"], unique=False)


def _hosts() -> None:
    op.create_table(
        "hosts",
        sa.Column("host", WebText(), nullable=False),
        sa.Column("not_before", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_hosts")),
    )


def _kv() -> None:
    op.create_table(
        "kv",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_kv")),
    )


def _notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("notification_id", sa.Text(), nullable=False),
        sa.Column("channel", WebText(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("created", Instant(), nullable=False),
        sa.Column("finished", Instant(), nullable=True),
        sa.Column("last_reason", sa.Text(), nullable=True),
        sa.Column("last_detail", WebText(), nullable=True),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("notification_id", name=op.f("pk_notifications")),
    )
    op.create_index(op.f("ix_notifications_created"), "notifications", ["created"], unique=False)
    op.create_index(op.f("ix_notifications_finished"), "notifications", ["finished"], unique=False)
    op.create_index(
        "ix_notifications_pending",
        "notifications",
        ["channel", "urgency", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(op.f("ix_notifications_state_created"), "notifications", ["state", "created"], unique=False)


def _revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_revisions")),
    )


def _rule_stats() -> None:
    op.create_table(
        "rule_stats",
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("candidates", sa.BigInteger(), nullable=False),
        sa.Column("matches", sa.BigInteger(), nullable=False),
        sa.Column("alerts", sa.BigInteger(), nullable=False),
        sa.Column("evaluation_seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("rule_id", "day", name=op.f("pk_rule_stats")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_rule_stats_day"), "rule_stats", ["day"], unique=False)


def _rules() -> None:
    op.create_table(
        "rules",
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("name", WebText(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("rule_id", name=op.f("pk_rules")),
    )
    op.create_index(op.f("ix_rules_name"), "rules", ["name"], unique=False)
    op.create_index(op.f("ix_rules_revision"), "rules", ["revision"], unique=False)


def _silences() -> None:
    op.create_table(
        "silences",
        sa.Column("silence_id", sa.Text(), nullable=False),
        sa.Column("rule", WebText(), nullable=False),
        sa.Column("source", WebText(), nullable=True),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("author", WebText(), nullable=False),
        sa.Column("comment", WebText(), nullable=False),
        sa.Column("hidden_count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("silence_id", name=op.f("pk_silences")),
    )
    op.create_index(op.f("ix_silences_ends"), "silences", ["ends"], unique=False)


def _sources() -> None:
    op.create_table(
        "sources",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("name", WebText(), nullable=False),
        sa.Column("url", WebText(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.Column("next_poll", Instant(), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("etag", WebText(), nullable=True),
        sa.Column("last_modified", WebText(), nullable=True),
        sa.Column("body_hash", sa.Text(), nullable=True),
        sa.Column("interval_seconds", sa.Float(), nullable=True),
        sa.Column("last_attempt", Instant(), nullable=True),
        sa.Column("last_success", Instant(), nullable=True),
        sa.Column("last_new", Instant(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("error", WebText(), nullable=True),
        sa.Column("entries_seen_total", sa.BigInteger(), nullable=False),
        sa.Column("full_get_at", Instant(), nullable=True),
        sa.Column("memory", Json(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_sources")),
    )
    op.create_index(op.f("ix_sources_enabled_next_poll"), "sources", ["enabled", "next_poll"], unique=False)


def _timers() -> None:
    op.create_table(
        "timers",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", WebText(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("payload", Json(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_timers")),
    )
    op.create_index(op.f("ix_timers_kind_due_at"), "timers", ["kind", "due_at"], unique=False)


def _traces() -> None:
    op.create_table(
        "traces",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("detail_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("detail", WebText(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("subject", "stage", "outcome", "detail_key", name=op.f("pk_traces")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_traces_article_id"), "traces", ["article_id"], unique=False)
    op.create_index(op.f("ix_traces_at"), "traces", ["at"], unique=False)


def _alert_articles() -> None:
    op.create_table(
        "alert_articles",
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.alert_id"], name=op.f("fk_alert_articles_alert_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("alert_id", "article_id", name=op.f("pk_alert_articles")),
    )
    op.create_index(op.f("ix_alert_articles_article_id"), "alert_articles", ["article_id"], unique=False)


def _alias_versions() -> None:
    op.create_table(
        "alias_versions",
        sa.Column("name", WebText(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("terms", Json(), nullable=False),
        sa.Column("author", WebText(), nullable=False),
        sa.Column("comment", WebText(), nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["name"], ["aliases.name"], name=op.f("fk_alias_versions_name"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("name", "version", name=op.f("pk_alias_versions")),
    )


def _entries() -> None:
    op.create_table(
        "entries",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("last_seen", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.source_id"], name=op.f("fk_entries_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "entry_id", name=op.f("pk_entries")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_entries_last_seen"), "entries", ["last_seen"], unique=False)


def _notification_alerts() -> None:
    op.create_table(
        "notification_alerts",
        sa.Column("notification_id", sa.Text(), nullable=False),
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notifications.notification_id"],
            name=op.f("fk_notification_alerts_notification_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("notification_id", "alert_id", name=op.f("pk_notification_alerts")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_notification_alerts_alert_id"), "notification_alerts", ["alert_id"], unique=False)


def _notification_attempts() -> None:
    op.create_table(
        "notification_attempts",
        sa.Column("number", Number, autoincrement=True, nullable=False),
        sa.Column("notification_id", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("latency_seconds", sa.Float(), nullable=False),
        sa.Column("detail", WebText(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notifications.notification_id"],
            name=op.f("fk_notification_attempts_notification_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_notification_attempts")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_notification_attempts_notification_id"), "notification_attempts", ["notification_id"], unique=False
    )


def _rule_versions() -> None:
    op.create_table(
        "rule_versions",
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("query", WebText(), nullable=False),
        sa.Column("canonical", WebText(), nullable=False),
        sa.Column("settings", Json(), nullable=False),
        sa.Column("author", WebText(), nullable=False),
        sa.Column("comment", WebText(), nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["rules.rule_id"], name=op.f("fk_rule_versions_rule_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("rule_id", "version", name=op.f("pk_rule_versions")),
        sqlite_with_rowid=False,
    )


def _revisions_and_words() -> None:
    op.execute(sa.text("INSERT INTO revisions (name, value) VALUES ('rules', 0), ('aliases', 0)"))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(WORDS_POSTGRESQL)
        op.execute("CREATE INDEX ix_article_words_words ON article_words USING gin (words)")
    else:
        op.get_bind().exec_driver_sql(WORDS_SQLITE)


def downgrade() -> None:
    raise NotImplementedError("restore the backup made before the upgrade")
