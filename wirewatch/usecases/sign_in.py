"""Signing in with a name and a password: throttled by address and by name, and telling nobody who exists.

A wrong name, a wrong password, a disabled user and one without a password get one answer, after the same time.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import structlog

from core.clock import Clock
from core.model.outcome import SignInOutcome
from core.model.user import UserRow, name_key
from core.passwords import hashed, is_right, outdated
from core.store import sessions, users
from wirewatch.throttle import Throttle
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.session_life import Begun, Came, begin

_MOST_NAME = 200  # characters of what is typed
_logger = structlog.get_logger(__name__)


class Wrong(Exception):
    """Name and password belong to nobody who may sign in."""


class TooOften(Exception):
    """Too many tries; `seconds` until the next."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed."""

    name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Door:
    """Where people sign in. `by_address`, `by_name`: tries that were no success. `count`: is told what became of each."""

    by_address: Throttle
    by_name: Throttle
    count: Callable[[SignInOutcome], None]

    @classmethod
    def new(cls, clock: Clock, count: Callable[[SignInOutcome], None] = lambda _: None) -> "Door":
        by_address, by_name = Throttle(clock, burst=30, seconds=3.0), Throttle(clock, burst=10, seconds=20.0)
        return cls(by_address=by_address, by_name=by_name, count=count)

    async def sign_in(self, acting: Acting, typed: Typed, came: Came) -> Begun:
        """A new session. Raises Wrong, TooOften."""
        key = name_key(typed.name[:_MOST_NAME].strip())
        wait = self.by_address.wait_seconds(came.address) or self.by_name.wait_seconds(key)
        if wait > 0:
            self.count(SignInOutcome.THROTTLED)
            _logger.warning("sign_in_throttled", name=typed.name[:_MOST_NAME], address=came.address)
            raise TooOften(wait)
        async with acting.db.connection() as conn:
            row = await users.by_name(conn, typed.name[:_MOST_NAME].strip())
        right = await is_right(None if row is None or not row.enabled else row.password_hash, typed.password)
        if row is None or not right:
            self.count(SignInOutcome.WRONG)
            _logger.warning("sign_in_refused", name=typed.name[:_MOST_NAME], address=came.address)
            raise Wrong
        self.count(SignInOutcome.OK)
        self.by_address.give_back(came.address)
        self.by_name.give_back(key)
        return await _let_in(acting, row, typed.password, came)

    async def sign_out(self, acting: Acting, secret: str) -> None:
        """End the session that this secret opens, if it opens one."""
        async with acting.db.transaction() as conn:
            found = await sessions.find(conn, secret)
            if found is None:
                return
            await sessions.end_by_secret(conn, secret)
            user = found.holder.user
            who = replace(acting, actor=user.name, user_id=user.user_id, action="session.end")
            await who.note(conn, user.name, session=found.session.session_id)

    async def has_users(self, acting: Acting) -> bool:
        """Whether there is anybody who could sign in."""
        async with acting.db.connection() as conn:
            return await users.any_at_all(conn)


async def _let_in(acting: Acting, row: UserRow, password: str, came: Came) -> Begun:
    stored = row.password_hash
    anew = await hashed(password) if stored is not None and outdated(stored) else stored
    async with acting.db.transaction() as conn:
        now = await users.by_id(conn, row.user_id)
        if now is None or not now.enabled or now.password_hash != stored:
            raise Wrong  # disabled, or given another password, while it was compared
        if anew != stored:
            await users.change(conn, row.user_id, password_hash=anew)
        begun = await begin(conn, row, came, acting.clock.now())
        signed = replace(acting, actor=row.name, user_id=row.user_id, address=came.address, action="session.begin")
        await signed.note(conn, row.name, session=begun.session.session_id)
    return begun
