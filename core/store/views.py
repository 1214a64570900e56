"""Filters of a list that somebody keeps under a name."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, select

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables_people import views


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """`page`: of which list; `query`: the filters, as in the page's address."""

    view_id: str
    user_id: str
    page: str
    name: str
    query: str
    created: datetime


async def put(conn: Connection, view: View) -> None:
    """Keep it; one of that name on that page gets its query, and keeps its id."""
    values = {name: getattr(view, name) for name in View.__slots__}
    names = [views.c.user_id, views.c.page, views.c.name]
    statement = insert(conn, views).values(values)
    await conn.execute(statement.on_conflict_do_update(index_elements=names, set_={"query": view.query}))


async def get(conn: Connection, user_id: str, view_id: str) -> View | None:
    """One of theirs."""
    return await _one(conn, and_(views.c.user_id == user_id, views.c.view_id == view_id))


async def named(conn: Connection, user_id: str, page: str, name: str) -> View | None:
    """The one of that name on that page."""
    return await _one(conn, and_(views.c.user_id == user_id, views.c.page == page, views.c.name == name))


async def of_user(conn: Connection, user_id: str, page: str | None = None) -> list[View]:
    """Theirs, by name."""
    mine = [views.c.user_id == user_id] if page is None else [views.c.user_id == user_id, views.c.page == page]
    rows = await conn.execute(select(views).where(*mine).order_by(views.c.name, views.c.view_id))
    return [View(**row._asdict()) for row in rows]


async def count(conn: Connection, user_id: str) -> int:
    """How many they keep."""
    statement = select(func.count()).select_from(views).where(views.c.user_id == user_id)
    return int((await conn.execute(statement)).scalar_one())


async def remove(conn: Connection, user_id: str, view_id: str) -> bool:
    """False for one that is not theirs."""
    mine = and_(views.c.user_id == user_id, views.c.view_id == view_id)
    return (await conn.execute(delete(views).where(mine))).rowcount == 1


async def _one(conn: Connection, which: ColumnElement[bool]) -> View | None:
    row: Any = (await conn.execute(select(views).where(which))).one_or_none()
    return None if row is None else View(**row._asdict())
