"""What standing rules ask: when each story of a rule matched first, and a source's newest article."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        op.f("ix_findings_rule_id_story_id_matched"), "findings", ["rule_id", "story_id", "matched"], unique=False
    )
    op.create_index(op.f("ix_articles_source_id_accepted"), "articles", ["source_id", "accepted"], unique=False)
