"""The archive: which articles are indexed with their facts, what articles were before they were edited, and stories by size and
pace. Articles of before are indexed by and by (core.store.archive.add_facts)."""

import sqlalchemy as sa
from alembic import op

from core.db.types import Instant, Number

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("articles", sa.Column("facts", sa.Integer()))
    without = sa.text("facts IS NULL")
    op.create_index(op.f("ix_articles_number"), "articles", ["number"], sqlite_where=without, postgresql_where=without)
    op.create_table(
        "article_revisions",
        sa.Column("number", Number, autoincrement=False, nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("accepted", Instant(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_article_revisions")),
    )
    op.create_index(op.f("ix_article_revisions_article_id_number"), "article_revisions", ["article_id", "number"])
    op.create_index(op.f("ix_article_revisions_accepted"), "article_revisions", ["accepted"])
    _stories()


def _stories() -> None:
    op.create_table(
        "stories",
        sa.Column("story_id", sa.Text(), nullable=False),
        sa.Column("first", Instant(), nullable=False),
        sa.Column("last", Instant(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("outlets", sa.Integer(), nullable=False),
        sa.Column("pace", sa.Float(), nullable=False),
        sa.Column("lang", sa.Text()),
        sa.Column("country", sa.Text()),
        sa.PrimaryKeyConstraint("story_id", name=op.f("pk_stories")),
    )
    for columns in (["first", "story_id"], ["last"], ["outlets", "last"], ["pace"]):
        op.create_index(op.f(f"ix_stories_{'_'.join(columns)}"), "stories", columns)
    op.create_table(
        "story_outlets",
        sa.Column("story_id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.story_id"], name=op.f("fk_story_outlets_story_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("story_id", "source_id", name=op.f("pk_story_outlets")),
        sqlite_with_rowid=False,
    )
