"""The schema, continued: the people who use wirewatch, their sessions and tokens, and what they keep for themselves.

A secret (password, cookie, token) stands here only as its hash.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from core.db.tables import metadata
from core.db.types import Instant, Json, WebText

users = Table(
    "users",
    metadata,
    Column("user_id", WebText, primary_key=True),
    Column("name", WebText, nullable=False),
    Column("name_key", WebText, nullable=False),  # the name as it is compared: two names that look alike are one
    Column("password_hash", Text),  # argon2id; none: signs in elsewhere (OpenID Connect), or not at all
    Column("role", Text, nullable=False),  # Role
    Column("enabled", Boolean, nullable=False),
    Column("time_zone", Text),  # IANA; none: that of the browser
    Column("preferences", Json, nullable=False),  # theme, shortcuts
    Column("created", Instant, nullable=False),
    Column("last_sign_in", Instant),
    Index("uq_users_name_key", "name_key", unique=True),
)

# Who a user is at an OpenID Connect provider.
identities = Table(
    "identities",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", WebText, primary_key=True),
    Column("user_id", Text, ForeignKey("users.user_id", ondelete="CASCADE"), nullable=False),
    Column("created", Instant, nullable=False),
    Index(None, "user_id"),
    sqlite_with_rowid=False,
)

team_members = Table(
    "team_members",
    metadata,
    Column("team_id", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True),
    Index(None, "user_id"),
    sqlite_with_rowid=False,
)

sessions = Table(
    "sessions",
    metadata,
    Column("session_id", WebText, primary_key=True),  # the name that lists and revocations use; opens nothing
    Column("secret_hash", Text, nullable=False),  # SHA-256 of what the cookie holds
    Column("user_id", Text, ForeignKey("users.user_id", ondelete="CASCADE"), nullable=False),
    Column("team_id", Text),  # that the user works in
    Column("created", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
    Column("expires", Instant, nullable=False),
    Column("address", WebText, nullable=False),
    Column("user_agent", WebText, nullable=False),
    Index("uq_sessions_secret_hash", "secret_hash", unique=True),
    Index(None, "user_id"),
    Index(None, "expires"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("token_id", WebText, primary_key=True),
    Column("name", WebText, nullable=False),
    Column("secret_hash", Text, nullable=False),  # SHA-256 of the token
    Column("user_id", Text, ForeignKey("users.user_id", ondelete="CASCADE"), nullable=False),
    Column("team_id", Text),  # that it acts in
    Column("scopes", Text, nullable=False),  # permissions, separated by spaces
    Column("created", Instant, nullable=False),
    Column("expires", Instant),
    Column("last_used", Instant),
    Column("last_address", WebText),
    Index("uq_tokens_secret_hash", "secret_hash", unique=True),
    Index("uq_tokens_user_id_name", "user_id", "name", unique=True),
)

# Sign-ins at an OpenID Connect provider that are under way.
sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("state_hash", Text, primary_key=True),
    Column("nonce", Text, nullable=False),
    Column("verifier", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Index(None, "created"),
    sqlite_with_rowid=False,
)

# Filters of a list that somebody keeps under a name.
views = Table(
    "views",
    metadata,
    Column("view_id", WebText, primary_key=True),
    Column("user_id", Text, ForeignKey("users.user_id", ondelete="CASCADE"), nullable=False),
    Column("page", Text, nullable=False),
    Column("name", WebText, nullable=False),
    Column("query", WebText, nullable=False),  # the query string of its address
    Column("created", Instant, nullable=False),
    Index("uq_views_user_id_page_name", "user_id", "page", "name", unique=True),
)

# Answers to creations, for requests that are sent again. Without a status: the first one is still at work.
idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("actor", WebText, primary_key=True),
    Column("key", WebText, primary_key=True),
    Column("request_hash", Text, nullable=False),
    Column("status", Integer),
    Column("headers", Json, nullable=False),
    Column("body", LargeBinary),
    Column("created", Instant, nullable=False),
    Index(None, "created"),
    sqlite_with_rowid=False,
)
