"""Who a user is at an OpenID Connect provider: the issuer and its own id for the person, which never passes to another."""

from datetime import datetime

from sqlalchemy import select

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables_people import identities


async def user_of(conn: Connection, issuer: str, subject: str) -> str | None:
    """The id of the user who is that."""
    here = (identities.c.issuer == issuer, identities.c.subject == subject)
    found: str | None = (await conn.execute(select(identities.c.user_id).where(*here))).scalar_one_or_none()
    return found


async def add(conn: Connection, issuer: str, subject: str, user_id: str, now: datetime) -> bool:
    """From now on that is this user; False where it is one already."""
    values = {"issuer": issuer, "subject": subject, "user_id": user_id, "created": now}
    return (await conn.execute(insert(conn, identities).values(values).on_conflict_do_nothing())).rowcount == 1


async def issuers(conn: Connection, user_id: str) -> list[str]:
    """The providers that a user signs in with."""
    statement = select(identities.c.issuer).where(identities.c.user_id == user_id).order_by(identities.c.issuer)
    return list((await conn.execute(statement)).scalars())
