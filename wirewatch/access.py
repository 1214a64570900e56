"""Who asks, and whether they may: the one place where a request gets its permissions and where they are checked.

Somebody who signed in is known by the cookie of the session, a program by its token. Where there are no users, whoever reaches the console on this
machine may read everything; elsewhere, and as soon as there is a user, nobody may do anything without signing in.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from aiohttp import web

from core.db.engine import Database
from core.errors import Unavailable, UserError
from core.model.team import DEFAULT_TEAM
from core.model.user import SessionRow
from core.store import sessions, users
from core.store.holders import Holder
from core.store.sessions import Found
from wirewatch import origin, session_cookie, token_access
from wirewatch.client_address import client_address
from wirewatch.config.loading import Config
from wirewatch.routing import Handler, Route
from wirewatch.serving import ACTING, READER, SERVING, Reader, Serving
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.permission import HELD, READING, Permission, Role
from wirewatch.usecases.refusals import ForeignOrigin, NotPermitted, NotSignedIn
from wirewatch.usecases.session_life import SEEN_AGAIN, alive

THEMES = ("light", "dark")
_ZONE_CHARACTERS = 64
_HARMLESS = ("GET", "HEAD")
_FIRST_USER = (
    "nobody can change anything before there is a user: `wirewatch users add NAME --role admin` adds the first"
)


@dataclass(frozen=True, slots=True)
class Asker:
    """`known`: signed in, or with a token. `session`: whose cookie a browser sent along, unasked, if it did."""

    acting: Acting
    reader: Reader
    known: bool = False
    session: SessionRow | None = None


async def refuse_strangers(config: Config, db: Database) -> None:
    """Raise UserError where other machines would reach a console that asks nobody who they are."""
    if config.server.on_loopback or config.oidc is not None:  # the provider brings the first users
        return
    async with db.connection() as conn:
        if await users.any_at_all(conn):
            return
    raise UserError(no_users(config))


def no_users(config: Config) -> str:
    """Why the console does not start for other machines, and how to let it."""
    host, port = config.server.listen or ("", 0)
    return (
        f"server.listen {host}:{port} is open to other machines, and there are no users who could sign in. Add the first with "
        f"`wirewatch users add NAME --role admin --config {config.path}`, or listen on 127.0.0.1:{port} alone"
    )


def checked(route: Route) -> Handler:
    """The handler of a route, for those who may use it. Raises NotSignedIn, NotPermitted, ForeignOrigin."""

    async def handle(request: web.Request) -> web.StreamResponse:
        serving = request.get(SERVING)
        if serving is not None:
            asker = (
                await identify(request, serving) if isinstance(route.access, Permission) else _anybody(request, serving)
            )
            request[ACTING], request[READER] = asker.acting, asker.reader
            if isinstance(route.access, Permission):
                _admit(request, asker, route.access)
                await _used(asker)
        return await route.handler(request)

    return handle


async def identify(request: web.Request, serving: Serving) -> Asker:
    """Whoever sent the request, with what they may do. To ask again for a long answer is no use of the session."""
    anybody = _anybody(request, serving)
    token = token_access.token_in(request)
    if token is not None:
        opened = await token_access.opened_by(anybody.acting, token, serving.pace)
        acting = token_access.acting_with(anybody.acting, opened)
        return _known(anybody, acting, opened.holder, opened.token.team_id)
    secret = session_cookie.secret_in(request, serving.visitor.config.server)
    if secret is not None:
        async with serving.visitor.db.connection() as conn:
            found = await sessions.find(conn, secret)
        if found is not None and found.holder.user.enabled and alive(found.session, serving.visitor.clock.now()):
            return _signed_in(anybody, found)
    if not serving.visitor.config.server.on_loopback:
        return anybody
    async with serving.visitor.db.connection() as conn:
        if await users.any_at_all(conn):
            return anybody
    return replace(anybody, acting=replace(anybody.acting, permissions=READING))


def _admit(request: web.Request, asker: Asker, needed: Permission) -> None:
    acting = asker.acting
    if not asker.known and not acting.permissions:
        raise NotSignedIn("sign in first, or send a token (header Authorization)")
    if (
        asker.session is not None
        and request.method not in _HARMLESS
        and not origin.is_ours(request, acting.config.server)
    ):
        raise ForeignOrigin(
            "this request to change something does not come from a page of this wirewatch (header Origin); a program uses a token"
        )
    if not asker.known and needed not in acting.permissions:
        raise NotPermitted(_FIRST_USER)
    acting.require(needed)


def reader_of(request: web.Request, serving: Serving) -> Reader:
    """How to show a page to somebody who was not asked who they are."""
    return _anybody(request, serving).reader


def _anybody(request: web.Request, serving: Serving) -> Asker:
    """Somebody whom only the browser knows: its zone and theme are in cookies."""
    theme = request.cookies.get("theme", "")
    reader = Reader(zone=zone(unquote(request.cookies.get("zone", ""))), theme=theme if theme in THEMES else "")
    return Asker(
        replace(serving.visitor, address=client_address(request, serving.visitor.config.server.trusted_proxies)), reader
    )


async def _used(asker: Asker) -> None:
    """Keep when and from where the session was used last."""
    acting, session = asker.acting, asker.session
    now = acting.clock.now()
    if session is None or now - session.last_seen < SEEN_AGAIN:
        return
    with suppress(Unavailable):  # a full disk keeps nobody from reading
        async with acting.db.transaction() as conn:
            await sessions.touch(conn, session.session_id, now, acting.address or "")


def _signed_in(anybody: Asker, found: Found) -> Asker:
    session, user = found.session, found.holder.user
    acting = replace(
        anybody.acting,
        actor=user.name,
        user_id=user.user_id,
        session_id=session.session_id,
        teams=frozenset(found.holder.teams),
        permissions=HELD[Role(user.role)],
    )
    return replace(_known(anybody, acting, found.holder, session.team_id), session=session)


def _known(anybody: Asker, acting: Acting, holder: Holder, chosen: str | None) -> Asker:
    """Whoever holds a session or a token, for which the team with the id `chosen` was chosen."""
    user, role = holder.user, Role(holder.user.role)
    team_id, all_teams = _working_in(chosen, holder, role)
    reader = replace(
        anybody.reader,
        name=user.name,
        role=role,
        zone=anybody.reader.zone if user.time_zone is None else zone(user.time_zone),
        team=None if all_teams else holder.teams.get(team_id, holder.chosen),
    )
    return Asker(replace(acting, team=team_id, all_teams=all_teams), reader, known=True)


def _working_in(chosen: str | None, holder: Holder, role: Role) -> tuple[str, bool]:
    """The id of the team that a user works in, and whether those of the others are shown, too.

    An admin may work in any, and sees all until choosing one. Who is in no team works in one that owns nothing.
    """
    teams = holder.teams
    if chosen is not None and (chosen in teams or (role is Role.ADMIN and holder.chosen is not None)):
        return chosen, False
    own = DEFAULT_TEAM if DEFAULT_TEAM in teams else min(teams, key=teams.__getitem__, default="")
    return (own or DEFAULT_TEAM, True) if role is Role.ADMIN else (own, False)


def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name; UTC where there is none."""
    try:
        return ZoneInfo(name[:_ZONE_CHARACTERS] or "UTC")
    except (KeyError, ValueError, OSError):  # unknown, or no name of a zone at all
        return ZoneInfo("UTC")
