"""Sign-ins at a provider that are under way; the audit log is found by actor and action, too."""

import sqlalchemy as sa
from alembic import op

from core.db.types import Instant

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_in_attempts",
        sa.Column("state_hash", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_sign_in_attempts")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_sign_in_attempts_created"), "sign_in_attempts", ["created"])
    for column in ("subject", "actor", "action"):
        op.create_index(op.f(f"ix_audit_{column}_at"), "audit", [column, "at"])
    op.drop_index(op.f("ix_audit_subject"), "audit")
