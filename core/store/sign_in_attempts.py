"""Sign-ins at a provider that have begun: each is taken once, and forgotten after minutes. Its state is kept as its hash."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, func, select

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables_people import sign_in_attempts
from core.store.holders import secret_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow:
    """`verifier`: of PKCE. `created`: when the browser was sent away."""

    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    created: datetime


async def add(conn: Connection, state: str, row: AttemptRow) -> None:
    """Keep an attempt under its state, which is random."""
    values = {"state_hash": secret_hash(state), "nonce": row.nonce, "verifier": row.verifier, "created": row.created}
    await conn.execute(insert(conn, sign_in_attempts).values(values))


async def take(conn: Connection, state: str) -> AttemptRow | None:
    """The attempt of that state, for the first who asks; None for one that was taken or never was."""
    statement = delete(sign_in_attempts).where(sign_in_attempts.c.state_hash == secret_hash(state))
    row = (await conn.execute(statement.returning(sign_in_attempts))).one_or_none()
    return None if row is None else AttemptRow(nonce=row.nonce, verifier=row.verifier, created=row.created)


async def prune(conn: Connection, before: datetime) -> None:
    """Forget those that began before then."""
    await conn.execute(delete(sign_in_attempts).where(sign_in_attempts.c.created < before))


async def count(conn: Connection) -> int:
    """How many are under way, or were given up."""
    return int((await conn.execute(select(func.count()).select_from(sign_in_attempts))).scalar_one())
