"""The schema, continued: what kinds of channels keep for themselves, and what the system page counts."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from core.db.tables import metadata
from core.db.types import Instant, Json, WebText

# The addresses of outgoing feeds: what a token hashes to, and the key of its rules' own tokens.
feeds = Table(
    "feeds",
    metadata,
    Column("channel", WebText, primary_key=True),
    Column("token_hash", Text, nullable=False),
    Column("rule_key", Text, nullable=False),
    Column("entries", Integer, nullable=False),  # that it shows at most
    Index("uq_feeds_token_hash", "token_hash", unique=True),
)

feed_entries = Table(
    "feed_entries",
    metadata,
    Column("channel", WebText, primary_key=True),
    Column("entry_id", Text, primary_key=True),
    Column("rule_id", WebText, nullable=False),
    Column("published", Instant, nullable=False),
    Column("updated", Instant, nullable=False),
    Column("entry", Json, nullable=False),
    Index(None, "channel", "rule_id", "published"),
    Index(None, "published"),
    sqlite_with_rowid=False,
)

# What all processes together did in an hour, by step of the funnel (core/store/hourly.py).
hourly_counts = Table(
    "hourly_counts",
    metadata,
    Column("hour", Instant, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
