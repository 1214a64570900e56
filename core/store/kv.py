"""Small values by key, for state that needs no table of its own."""

from typing import Any

import orjson
from sqlalchemy import delete, select

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables import kv


async def get(conn: Connection, key: str, default: Any = None) -> Any:
    """The JSON value under a key."""
    value = (await conn.execute(select(kv.c.value).where(kv.c.key == key))).scalar_one_or_none()
    return default if value is None else orjson.loads(value)


async def put(conn: Connection, key: str, value: Any) -> None:
    """Set the JSON value under a key."""
    statement = insert(conn, kv).values(key=key, value=orjson.dumps(value).decode())
    await conn.execute(
        statement.on_conflict_do_update(index_elements=[kv.c.key], set_={"value": statement.excluded.value})
    )


async def put_new(conn: Connection, key: str, value: Any) -> bool:
    """Set the JSON value under a key that has none; False, and nothing changed, where it has."""
    statement = insert(conn, kv).values(key=key, value=orjson.dumps(value).decode()).on_conflict_do_nothing()
    return (await conn.execute(statement)).rowcount == 1


async def lock(conn: Connection, key: str) -> None:
    """Let nobody else change what stands under a key until the transaction ends."""
    await conn.execute(select(kv.c.key).where(kv.c.key == key).with_for_update())


async def remove(conn: Connection, key: str) -> bool:
    """Forget a key; False if it was not there."""
    return (await conn.execute(delete(kv).where(kv.c.key == key))).rowcount == 1
