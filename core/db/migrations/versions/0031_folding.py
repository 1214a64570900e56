"""With which folding the words of stored articles are indexed. Those of before are indexed anew by and by
(alerts.match.older_articles); the words of alerts, a line each, are folded anew here."""

import sqlalchemy as sa
from alembic import op

from core.text.fold import fold

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_PIECE = 1000
_MOST_WORDS = 2000  # characters


def upgrade() -> None:
    op.add_column("articles", sa.Column("folding", sa.Integer()))
    before = sa.text("folding IS NULL")
    op.create_index("ix_articles_folded_before", "articles", ["number"], sqlite_where=before, postgresql_where=before)
    _fold_alerts(op.get_bind())


def _fold_alerts(bind: sa.Connection) -> None:
    """What is folded already folds to what it would have become."""
    beyond_ascii = "words ~ '[^ -~]'" if bind.dialect.name == "postgresql" else "words GLOB '*[^ -~]*'"
    read = sa.text(
        f"SELECT alert_id, words FROM alert_list WHERE alert_id > :after AND {beyond_ascii} ORDER BY alert_id LIMIT :limit"
    )
    write = sa.text("UPDATE alert_list SET words = :words WHERE alert_id = :alert_id")
    after = ""
    while rows := bind.execute(read, {"after": after, "limit": _PIECE}).all():
        after = rows[-1].alert_id
        folded = [{"alert_id": row.alert_id, "words": fold(row.words)[:_MOST_WORDS]} for row in rows]
        bind.execute(write, folded)
