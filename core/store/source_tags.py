"""Tags of sources, to find them by. A source's record has them too, and is what counts."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, delete, func, select

from core.db.connection import Connection
from core.db.statements import insert, slices
from core.db.tables import source_tags, sources
from core.store import subscriptions


async def put(conn: Connection, source_id: str, tags: Collection[str]) -> None:
    """Let a source have these tags and no others."""
    await conn.execute(delete(source_tags).where(source_tags.c.source_id == source_id))
    await add_many(conn, {source_id: tags})


async def add_many(conn: Connection, tags: Mapping[str, Collection[str]]) -> None:
    """Let sources that have no tags yet have these, by id."""
    rows = [{"tag": tag, "source_id": source_id} for source_id, of in sorted(tags.items()) for tag in of]
    if rows:
        await conn.execute(insert(conn, source_tags).on_conflict_do_nothing(), rows)


async def sync(conn: Connection, wanted: Mapping[str, Collection[str]]) -> None:
    """Let each of these sources have these tags and no others."""
    there: dict[str, set[str]] = defaultdict(set)
    for some in slices(sorted(wanted)):
        for row in await conn.execute(select(source_tags).where(source_tags.c.source_id.in_(some))):
            there[row.source_id].add(row.tag)
    for source_id, tags in sorted(wanted.items()):
        if there[source_id] != set(tags):
            await put(conn, source_id, tags)


async def counts(conn: Connection, team_id: str | None = None) -> dict[str, int]:
    """How many of the sources that a team reads have each tag, the most frequent first."""
    how_many = func.count().label("how_many")
    statement = (
        select(source_tags.c.tag, how_many).group_by(source_tags.c.tag).order_by(how_many.desc(), source_tags.c.tag)
    )
    theirs = subscriptions.read_by(team_id)
    if theirs:
        statement = statement.join(sources, sources.c.source_id == source_tags.c.source_id).where(*theirs)
    return {row.tag: row.how_many for row in await conn.execute(statement)}


def has_tag(tag: str) -> ColumnElement[bool]:
    """The condition on a source that it has the tag."""
    mine = select(source_tags.c.source_id).where(source_tags.c.tag == tag)
    return sources.c.source_id.in_(mine)
