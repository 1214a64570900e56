"""Rules, aliases and sources whose ids no longer come of their names and addresses: what says that two are one.

Ids that are there stay. A source's id was made of its address, so it is the key of that address.
"""

import secrets

import sqlalchemy as sa
from alembic import op

from core.db.types import WebText

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("rules", "aliases"):
        op.add_column(table, sa.Column("team_id", sa.Text(), server_default="default", nullable=False))
    op.add_column("rules", sa.Column("file_key", WebText(), nullable=True))
    # Names that the database refused differed before and may be one as they are stored.
    op.execute(
        sa.text(
            "UPDATE rules SET name = name || ' (' || substr(rule_id, 1, 6) || ')' WHERE EXISTS"
            " (SELECT 1 FROM rules AS other WHERE other.name = rules.name AND other.rule_id < rules.rule_id)"
        )
    )
    op.create_index("uq_rules_team_id_name", "rules", ["team_id", "name"], unique=True)
    op.add_column("aliases", sa.Column("alias_id", sa.Text(), nullable=True))
    connection = op.get_bind()
    names = [row.name for row in connection.execute(sa.text("SELECT name FROM aliases"))]
    if names:
        rows = [{"name": name, "id": secrets.token_hex(12)} for name in names]
        connection.execute(sa.text("UPDATE aliases SET alias_id = :id WHERE name = :name"), rows)
    op.create_index("uq_aliases_alias_id", "aliases", ["alias_id"], unique=True)
    op.add_column("sources", sa.Column("url_key", sa.Text(), nullable=True))
    op.execute(sa.text("UPDATE sources SET url_key = source_id"))
    op.create_index("uq_sources_url_key", "sources", ["url_key"], unique=True)
