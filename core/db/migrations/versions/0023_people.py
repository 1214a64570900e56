"""Users, their sessions and tokens, saved views, repeated creations; the audit log says from where, before and after."""

import sqlalchemy as sa
from alembic import op

from core.db.types import Instant, Json, WebText

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _users()
    _identities()
    _team_members()
    _sessions()
    _tokens()
    _views()
    _idempotency_keys()
    _audit_says_more()


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("name", WebText(), nullable=False),
        sa.Column("name_key", WebText(), nullable=False),
        sa.Column("password_hash", sa.Text()),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("time_zone", sa.Text()),
        sa.Column("preferences", Json(), nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.Column("last_sign_in", Instant()),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_users")),
    )
    op.create_index("uq_users_name_key", "users", ["name_key"], unique=True)


def _identities() -> None:
    op.create_table(
        "identities",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", WebText(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_identities_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_identities")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_identities_user_id"), "identities", ["user_id"])


def _team_members() -> None:
    op.create_table(
        "team_members",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.user_id"], name=op.f("fk_team_members_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", "user_id", name=op.f("pk_team_members")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_team_members_user_id"), "team_members", ["user_id"])


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text()),
        sa.Column("created", Instant(), nullable=False),
        sa.Column("last_seen", Instant(), nullable=False),
        sa.Column("expires", Instant(), nullable=False),
        sa.Column("address", WebText(), nullable=False),
        sa.Column("user_agent", WebText(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_sessions_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_sessions")),
    )
    op.create_index("uq_sessions_secret_hash", "sessions", ["secret_hash"], unique=True)
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"])
    op.create_index(op.f("ix_sessions_expires"), "sessions", ["expires"])


def _tokens() -> None:
    op.create_table(
        "tokens",
        sa.Column("token_id", sa.Text(), nullable=False),
        sa.Column("name", WebText(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text()),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.Column("expires", Instant()),
        sa.Column("last_used", Instant()),
        sa.Column("last_address", WebText()),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_tokens_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_tokens")),
    )
    op.create_index("uq_tokens_secret_hash", "tokens", ["secret_hash"], unique=True)
    op.create_index("uq_tokens_user_id_name", "tokens", ["user_id", "name"], unique=True)


def _views() -> None:
    op.create_table(
        "views",
        sa.Column("view_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("name", WebText(), nullable=False),
        sa.Column("query", WebText(), nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_views_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("view_id", name=op.f("pk_views")),
    )
    op.create_index("uq_views_user_id_page_name", "views", ["user_id", "page", "name"], unique=True)


def _idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("actor", WebText(), nullable=False),
        sa.Column("key", WebText(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("headers", Json(), nullable=False),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("created", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotency_keys")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_idempotency_keys_created"), "idempotency_keys", ["created"])


def _audit_says_more() -> None:
    op.add_column("audit", sa.Column("address", WebText()))
    op.add_column("audit", sa.Column("before", Json()))
    op.add_column("audit", sa.Column("after", Json()))
