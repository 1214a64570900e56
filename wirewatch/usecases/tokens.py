"""API tokens: made for a script, shown once, worth at most what their owner may, listed and removed."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.db.connection import Connection
from core.model import ids
from core.model.token import TokenRow
from core.model.user import UserRow
from core.store import teams, tokens, users
from core.store.tokens import Owned
from wirewatch.usecases.acting import Acting, changes, reads
from wirewatch.usecases.pages import Page, Paging
from wirewatch.usecases.permission import HELD, READING, Permission, Role
from wirewatch.usecases.refusals import Conflict, Invalid, NotFound, NotPermitted, checked_name

PREFIX = "ww_"  # by which people and scanners of secrets know one
MOST = 200  # of one user
_SECRET_BYTES = 32
READ, ALL = "read", "all"  # words that stand for many scopes


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownToken:
    """`owner`: the user's name. `team`: the name of the one that it acts in; None: that of its owner.

    `works`: it has not expired, and its owner may sign in. `scopes`: as given; the owner's role may have come to allow less.
    """

    token_id: str
    name: str
    owner: str
    team: str | None
    scopes: tuple[str, ...]
    created: datetime
    expires: datetime | None
    last_used: datetime | None
    last_address: str | None
    works: bool

    def told(self) -> dict[str, object]:
        """For the audit log."""
        expires = None if self.expires is None else self.expires.isoformat()
        return {"owner": self.owner, "team": self.team, "scopes": list(self.scopes), "expires": expires}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """`owner` None: who makes it. `scopes`: permissions, or the words `read` and `all`. `lasting` None: until it is removed."""

    name: str
    scopes: tuple[str, ...]
    owner: str | None = None
    team: str | None = None
    lasting: timedelta | None = None


@dataclass(frozen=True, slots=True)
class MadeToken:
    """`secret`: the token itself; it is kept nowhere."""

    token: KnownToken
    secret: str = field(repr=False)


@reads(Permission.OWN_TOKENS)
async def list_page(acting: Acting, paging: Paging, *, own: bool = False) -> Page[KnownToken]:
    """The newest first: one's own, or those of all users for who may change them, unless `own`. Raises BadCursor."""
    mine = own or Permission.CHANGE_TOKENS not in acting.permissions
    async with acting.db.connection() as conn:
        rows = await tokens.page(
            conn,
            user_id=(acting.user_id or "") if mine else None,
            limit=paging.asked,
            after=paging.after_moment("tokens"),
        )
    known = [_known(acting, row) for row in rows]
    return paging.page("tokens", known, lambda one: (one.created, one.token_id))


@reads(Permission.OWN_TOKENS)
async def show(acting: Acting, token_id: str) -> KnownToken:
    """One token by its id. Raises NotFound, also for another's where one may see one's own alone."""
    async with acting.db.connection() as conn:
        return _known(acting, await _found(acting, conn, token_id))


@reads(Permission.OWN_TOKENS)
async def grantable(acting: Acting) -> tuple[Permission, ...]:
    """The scopes that a token of one's own can have, by name."""
    return tuple(sorted(acting.permissions))


@changes(Permission.OWN_TOKENS, "token.add")
async def add(acting: Acting, new: NewToken) -> MadeToken:
    """Make a token. Raises Invalid, Conflict, NotFound; NotPermitted for another's, or for more than one may do oneself."""
    name = checked_name(new.name)
    now = acting.clock.now()
    secret = PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
    async with acting.db.transaction() as conn:
        owner = await _owner(acting, conn, new.owner)
        row = TokenRow(
            token_id=ids.new_id(),
            name=name,
            user_id=owner.user_id,
            team_id=None if new.team is None else await _team(conn, owner, new.team),
            scopes=_scopes(acting, owner, new.scopes),
            created=now,
            expires=await _ends(acting, conn, new.lasting, now),
        )
        if await tokens.count(conn, owner.user_id) >= MOST:
            raise Conflict(f"{owner.name!r} has {MOST} tokens, the most that a user can have; remove one first")
        if not await tokens.add(conn, row, secret):
            raise Conflict(f"{owner.name!r} has a token {name!r} already; remove it first, or choose another name")
        known = _known(acting, await _found(acting, conn, row.token_id))
        await acting.note(conn, f"{owner.name}/{name}", after=known.told())
    return MadeToken(known, secret)


@changes(Permission.OWN_TOKENS, "token.remove")
async def remove(acting: Acting, token_id: str) -> KnownToken:
    """Remove a token by its id, or by its name where that is only one; from now on it opens nothing. Raises NotFound, Conflict."""
    async with acting.db.transaction() as conn:
        known = _known(acting, await _found(acting, conn, token_id))
        await tokens.remove(conn, known.token_id)
        await acting.note(conn, f"{known.owner}/{known.name}", before=known.told())
    return known


async def _owner(acting: Acting, conn: Connection, name: str | None) -> UserRow:
    if name is None and acting.user_id is not None:
        row = await users.by_id(conn, acting.user_id)
    elif name is None:
        every = await users.list_all(conn)
        if len(every) != 1:
            known = ", ".join(one.name for one in every[:10])
            why = (
                f"say whose token it is; the users are {known}" if every else "there is no user whose token it could be"
            )
            raise Invalid(f"{why}; `wirewatch users add` adds one" if not every else why, "user")
        row = every[0]
    else:
        row = await users.by_name(conn, name)
    if row is None:
        raise NotFound.of("user", name or "", await users.names(conn))
    if row.user_id != acting.user_id and Permission.CHANGE_TOKENS not in acting.permissions:
        raise NotPermitted(f"a token of another needs the permission {Permission.CHANGE_TOKENS}")
    return row


async def _team(conn: Connection, owner: UserRow, name: str) -> str:
    known = await teams.ids_by_name(conn)
    own = (await users.teams_of(conn, [owner.user_id])).get(owner.user_id, [])
    if name not in known or (owner.role != Role.ADMIN and known[name] not in own):
        raise NotFound.of("team", name, [one for one in known if owner.role == Role.ADMIN or known[one] in own])
    return known[name]


def _scopes(acting: Acting, owner: UserRow, wanted: Sequence[str]) -> tuple[str, ...]:
    held = HELD[Role(owner.role)]
    scopes: set[str] = set()
    for word in wanted:
        scopes |= held & acting.permissions if word == ALL else held & READING if word == READ else {word}
    unknown = sorted(scopes - set(Permission))
    if unknown:
        known = ", ".join(sorted(held))
        raise Invalid(f"there is no scope {unknown[0]!r}; the scopes are {READ}, {ALL}, {known}", "scopes")
    if not scopes:
        raise Invalid(f"a token needs a scope, such as {READ} or {Permission.READ_ALERTS}", "scopes")
    _within(scopes, held, f"{owner.name!r} has the role {owner.role}, which may not do")
    _within(scopes, acting.permissions, "a token may not do more than who makes it, who may not do")
    return tuple(sorted(scopes))


def _within(scopes: Collection[str], held: Collection[str], why: str) -> None:
    beyond = sorted(set(scopes) - set(held))
    if beyond:
        raise Invalid(f"{why} {', '.join(beyond)}", "scopes")


async def _ends(acting: Acting, conn: Connection, lasting: timedelta | None, now: datetime) -> datetime | None:
    """When the token ends. One that a token makes ends with that at the latest, or a stolen one would never end."""
    if lasting is not None and lasting <= timedelta():
        raise Invalid("a token lasts some time, such as 90d", "expires")
    try:
        wanted = None if lasting is None else now + lasting
    except OverflowError:
        raise Invalid("a token lasts a century at most; leave it out for one that does not expire", "expires") from None
    maker = None if acting.token_id is None else await tokens.get(conn, acting.token_id)
    ends = [one for one in (wanted, None if maker is None else maker.token.expires) if one is not None]
    return min(ends, default=None)


async def _found(acting: Acting, conn: Connection, token_id: str) -> Owned:
    mine = None if Permission.CHANGE_TOKENS in acting.permissions else (acting.user_id or "")
    row = await tokens.get(conn, token_id)
    if row is not None and mine in (None, row.token.user_id):
        return row
    named = await tokens.named(conn, token_id, mine)
    if len(named) > 1:
        raise Conflict(f"{len(named)} users have a token {token_id!r}; name it by its id")
    if not named:
        known = [one.token.name for one in await tokens.page(conn, user_id=mine, limit=1000)]
        raise NotFound.of("token", token_id, known)
    return named[0]


def _known(acting: Acting, owned: Owned) -> KnownToken:
    row = owned.token
    return KnownToken(
        token_id=row.token_id,
        name=row.name,
        owner=owned.owner,
        team=owned.team,
        scopes=row.scopes,
        created=row.created,
        expires=row.expires,
        last_used=row.last_used,
        last_address=row.last_address,
        works=owned.enabled and not is_over(row, acting.clock.now()),
    )


def is_over(row: TokenRow, now: datetime) -> bool:
    """Whether it has expired."""
    return row.expires is not None and row.expires <= now
