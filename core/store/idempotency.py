"""Answers to creations, each under the key that its sender gave it, for requests that are sent again.

No key stands here as it was sent: who reads the database can neither use one nor try out what a request held.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, select, update

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables_people import idempotency_keys as keys
from core.store.pruning import prune_oldest


@dataclass(frozen=True, slots=True)
class Claim:
    """A key that somebody has taken, and since when: until it is answered, only who took it then may answer."""

    actor: str
    key: str
    request_hash: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What stands under a key. `status` None: the request is at work. `body` None: the answer is not kept."""

    request_hash: str
    status: int | None
    headers: Mapping[str, str]
    body: bytes | None
    since: datetime


async def claim(conn: Connection, wanted: Claim, dead_since: datetime) -> Kept | None:
    """Take a key; None where it is taken now. Else what stands under it.

    The same request whose first one began before `dead_since`, and has no answer, takes the key over: that one's process is
    gone, or is told so when it wants to answer.
    """
    new = {"actor": wanted.actor, "key": wanted.key, "request_hash": wanted.request_hash, "headers": {}}
    statement = insert(conn, keys).values(**new, created=wanted.since).on_conflict_do_nothing()
    if (await conn.execute(statement)).rowcount == 1:
        return None
    one = and_(keys.c.actor == wanted.actor, keys.c.key == wanted.key)
    row = (await conn.execute(select(keys).where(one).with_for_update())).one_or_none()
    if row is None:  # its time was over just now
        return await claim(conn, wanted, dead_since)
    if row.status is None and row.created < dead_since and row.request_hash == wanted.request_hash:
        await conn.execute(update(keys).where(one).values(created=wanted.since))
        return None
    return Kept(request_hash=row.request_hash, status=row.status, headers=row.headers, body=row.body, since=row.created)


async def answer(conn: Connection, held: Claim, status: int, headers: Mapping[str, str], body: bytes | None) -> bool:
    """Keep the answer under a key; False where somebody else has taken it over."""
    values = {"status": status, "headers": dict(headers), "body": body}
    return (await conn.execute(update(keys).where(_held(held)).values(**values))).rowcount == 1


async def forget(conn: Connection, held: Claim) -> None:
    """Give a key back whose request did nothing."""
    await conn.execute(delete(keys).where(_held(held)))


async def prune(conn: Connection, before: datetime, limit: int = 1000) -> int:
    """Delete what is older; a piece, as `prune_oldest` says."""
    return await prune_oldest(conn, keys.c.created, before, limit)


def _held(held: Claim) -> ColumnElement[bool]:
    return and_(
        keys.c.actor == held.actor, keys.c.key == held.key, keys.c.created == held.since, keys.c.status.is_(None)
    )
