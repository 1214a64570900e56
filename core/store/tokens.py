"""API tokens of users. Of a token itself only the hash is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import LABEL_STYLE_TABLENAME_PLUS_COL, Row, and_, delete, func, or_, select, update

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables_alerts import teams
from core.db.tables_people import tokens, users
from core.model.token import TokenRow
from core.store import holders
from core.store.holders import Holder, holder, secret_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A token, and whose it is. It may have expired, and the user be disabled."""

    token: TokenRow
    holder: Holder


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """A token with the name of its owner, whether that user may sign in, and the name of its team."""

    token: TokenRow
    owner: str
    enabled: bool
    team: str | None


async def add(conn: Connection, token: TokenRow, secret: str) -> bool:
    """Keep a new token; False where its owner has one of that name."""
    values = {name: getattr(token, name) for name in TokenRow.__slots__}
    values |= {"scopes": " ".join(token.scopes), "secret_hash": secret_hash(secret)}
    statement = insert(conn, tokens).values(values).on_conflict_do_nothing(index_elements=["user_id", "name"])
    return (await conn.execute(statement)).rowcount == 1


async def opened_by(conn: Connection, secret: str) -> Opened | None:
    """The token that this secret is."""
    row = await holders.opened(conn, tokens, secret)
    return None if row is None else Opened(token=_token(row, "tokens_"), holder=await holder(conn, row))


async def touch(conn: Connection, token_id: str, now: datetime, address: str, at_most_each: timedelta) -> bool:
    """It was used now, from there; False where that was noted within `at_most_each`."""
    due = or_(tokens.c.last_used.is_(None), tokens.c.last_used <= now - at_most_each)
    statement = update(tokens).where(tokens.c.token_id == token_id, due)
    return (await conn.execute(statement.values(last_used=now, last_address=address))).rowcount == 1


async def page(
    conn: Connection, *, user_id: str | None = None, limit: int | None = None, after: tuple[datetime, str] | None = None
) -> list[Owned]:
    """Tokens of one user, or all; the newest first, `after` the making and the id of one."""
    statement = _OWNED.order_by(tokens.c.created.desc(), tokens.c.token_id.desc()).limit(limit)
    if user_id is not None:
        statement = statement.where(tokens.c.user_id == user_id)
    if after is not None:
        moment, token_id = after
        same = and_(tokens.c.created == moment, tokens.c.token_id < token_id)
        statement = statement.where(tokens.c.created <= moment, or_(tokens.c.created < moment, same))
    return [_owned(row) for row in await conn.execute(statement)]


async def get(conn: Connection, token_id: str) -> Owned | None:
    """The token with this id."""
    row = (await conn.execute(_OWNED.where(tokens.c.token_id == token_id))).one_or_none()
    return None if row is None else _owned(row)


async def named(conn: Connection, name: str, user_id: str | None = None) -> list[Owned]:
    """The tokens of that name, of one user or of all."""
    statement = _OWNED.where(tokens.c.name == name).order_by(tokens.c.token_id)
    if user_id is not None:
        statement = statement.where(tokens.c.user_id == user_id)
    return [_owned(row) for row in await conn.execute(statement)]


async def remove(conn: Connection, token_id: str) -> bool:
    """False for a token that is not there."""
    return (await conn.execute(delete(tokens).where(tokens.c.token_id == token_id))).rowcount == 1


async def count(conn: Connection, user_id: str) -> int:
    """How many a user has, expired ones too."""
    statement = select(func.count()).select_from(tokens).where(tokens.c.user_id == user_id)
    return int((await conn.execute(statement)).scalar_one())


_OWNED = (
    select(tokens, users.c.name, users.c.enabled, teams.c.name)
    .join(users, users.c.user_id == tokens.c.user_id)
    .outerjoin(teams, teams.c.team_id == tokens.c.team_id)
    .set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
)


def _owned(row: Row[Any]) -> Owned:
    return Owned(token=_token(row, "tokens_"), owner=row.users_name, enabled=row.users_enabled, team=row.teams_name)


def _token(row: Row[Any], prefix: str) -> TokenRow:
    values = {name: getattr(row, prefix + name) for name in TokenRow.__slots__}
    return TokenRow(**{**values, "scopes": tuple(values["scopes"].split())})
