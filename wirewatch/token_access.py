"""API tokens at the door: `Authorization: Bearer ww_...`. A token may do what its scopes say and its owner still may, at its pace."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from aiohttp import web

from core.clock import Clock
from core.errors import Unavailable
from core.store import tokens
from core.store.tokens import Opened
from wirewatch.config.sections import ServerConfig
from wirewatch.throttle import Throttle
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.permission import HELD, Permission, Role
from wirewatch.usecases.refusals import NotSignedIn, TooManyRequests
from wirewatch.usecases.tokens import is_over

_USED_AGAIN = timedelta(minutes=1)  # how exactly the last use is kept


class TokenPace:
    """How many requests each token may make. Follows the configuration, and remembers through a reload that leaves it as it is."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._of = (0.0, 0)
        self._throttle = Throttle(clock, burst=1, seconds=1.0)

    def wait_seconds(self, token_id: str, server: ServerConfig) -> float:
        """0: it may; the request is counted. Else how long until it may."""
        wanted = (server.token_requests_per_minute, server.token_requests_at_once)
        if wanted != self._of:
            self._of = wanted
            self._throttle = Throttle(self._clock, burst=wanted[1], seconds=60.0 / wanted[0])
        return self._throttle.wait_seconds(token_id)


def token_in(request: web.Request) -> str | None:
    """What a program shows to say who it is; None where it shows nothing of the kind."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


async def opened_by(acting: Acting, token: str, pace: TokenPace) -> Opened:
    """The token and its owner. Raises NotSignedIn for one that opens nothing, and TooManyRequests."""
    now = acting.clock.now()
    async with acting.db.connection() as conn:
        opened = await tokens.opened_by(conn, token)
    if opened is None or is_over(opened.token, now) or not opened.holder.user.enabled:
        raise NotSignedIn(
            "the token (header Authorization) is unknown, has expired, was removed, or its owner is disabled"
        )
    wait = pace.wait_seconds(opened.token.token_id, acting.config.server)
    if wait > 0:
        raise TooManyRequests(
            f"this token may make {acting.config.server.token_requests_per_minute:g} requests a minute", wait
        )
    last = opened.token.last_used
    if last is None or now - last >= _USED_AGAIN:
        with suppress(Unavailable):  # a full disk keeps nobody from reading
            async with acting.db.transaction() as conn:
                await tokens.touch(conn, opened.token.token_id, now, acting.address or "", _USED_AGAIN)
    return opened


def acting_with(acting: Acting, opened: Opened) -> Acting:
    """Who acts, and at most what the token may; the team is set by who knows which it is."""
    user = opened.holder.user
    scopes = {Permission(scope) for scope in opened.token.scopes if scope in set(Permission)}
    return replace(
        acting,
        actor=f"{user.name} (token {opened.token.name})",
        user_id=user.user_id,
        token_id=opened.token.token_id,
        teams=frozenset(opened.holder.teams),
        permissions=HELD[Role(user.role)] & scopes,
    )
