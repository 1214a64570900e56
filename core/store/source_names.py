"""Sources by what many articles call them."""

from collections.abc import Sequence

from sqlalchemy import or_, select

from core.db.connection import Connection
from core.db.statements import slices
from core.db.tables import sources
from core.store import subscriptions
from core.store.sources import SourceRow, source_row


async def called(conn: Connection, texts: Sequence[str], team_id: str) -> dict[str, SourceRow]:
    """The sources that the team reads by these names or ids; of several of one name the first by id."""
    found: dict[str, SourceRow] = {}
    theirs = subscriptions.read_by(team_id)
    for part in slices(texts):
        asked = or_(sources.c.name.in_(part), sources.c.source_id.in_(part))
        for row in await conn.execute(select(sources).where(asked, *theirs).order_by(sources.c.source_id)):
            for text in {row.name, row.source_id} & set(part):
                found.setdefault(text, source_row(row))
    return found
