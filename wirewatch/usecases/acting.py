"""The actor of a use case, with team and permissions; and how a use case declares the permission that it needs.

A use case is an async function whose first argument is an `Acting`. `reads` or `changes` above it declares its permission:
the check stands here and nowhere else. One that changes something notes it in the audit log, in its own transaction.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from core.clock import Clock, SystemClock
from core.db.connection import Connection
from core.db.engine import Database
from core.db.types import JsonObject
from core.errors import UserError
from core.model.team import DEFAULT_TEAM
from core.store import audit, moving, teams
from core.store.audit import AuditRow
from wirewatch.config.loading import Config
from wirewatch.usecases.permission import EVERYTHING, Permission
from wirewatch.usecases.refusals import NotFound, NotPermitted, Stale, nearest

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """The context of a use case. `config`: the configuration, as this process has read it.

    `team`: names refer to its things, and what is new is its own. `all_teams`: lists show the rows of every team.

    `user_id`: of somebody who signed in; None: a command at this machine, or a visitor. `address`: where a request came from.
    `if_match`: the tag that what is changed must still have (RFC 9110 section 13.1.1); None: whatever it has become.

    `token_id`, `session_id`: of the token or the session that asks, if one does. `teams`: the ids of those that the user
    belongs to.

    `action`: the verb that `note` writes into the audit log; only a use case declared with `changes` has one.
    """

    actor: str
    user_id: str | None = None
    team: str = DEFAULT_TEAM
    all_teams: bool = False
    address: str | None = None
    if_match: str | None = None
    token_id: str | None = None
    session_id: str | None = None
    teams: frozenset[str] = frozenset()
    permissions: frozenset[Permission]
    config: Config
    db: Database
    clock: Clock
    action: str | None = None

    @property
    def listed_team(self) -> str | None:
        """Whose rows a list shows; None: those of every team."""
        return None if self.all_teams else self.team

    @property
    def seen_team(self) -> str | None:
        """Whose rows they see where a command shows those of every team; None: every."""
        return None if self.user_id is None else self.listed_team

    def sees(self, team_id: str) -> bool:
        """Whether a thing of that team is theirs to see. Of what is not, the answer is that it is not there."""
        return self.seen_team in (None, team_id)

    def require(self, permission: Permission) -> None:
        """Raise NotPermitted without the permission."""
        if permission not in self.permissions:
            raise NotPermitted(f"{self.actor} may not do this: it needs the permission {permission.value}")

    async def unchanged(self, conn: Connection, subject: str, tag: str) -> None:
        """Raise Stale where `if_match` is not `tag`, the tag of what the transaction `conn` is about to change.

        `subject`: what `note` calls it; the refusal says who changed it last.
        """
        if self.if_match is None or self.if_match == tag:
            return
        noun = (self.action or "").partition(".")[0]
        last = [row for row in await audit.list_rows(conn, subject=subject) if row.action.startswith(f"{noun}.")]
        who = f"{last[0].actor} ({last[0].action}, {last[0].at:%Y-%m-%d %H:%M:%S} UTC)" if last else "somebody"
        raise Stale(f"{subject} was changed meanwhile by {who}; read it again, and change what it is now", tag)

    async def note(
        self,
        conn: Connection,
        subject: str,
        *,
        before: JsonObject | None = None,
        after: JsonObject | None = None,
        **detail: object,
    ) -> None:
        """Write into the audit log what this use case does, in the transaction `conn` that does it. No secrets in any of it.

        `before` and `after`: what was changed, as it was and as it is; None: it was not, or is not, there.
        """
        if self.action is None:
            raise TypeError("a use case that changes something is declared with `changes`")
        row = AuditRow(
            at=self.clock.now(),
            actor=self.actor,
            action=self.action,
            subject=subject,
            detail=detail,
            team_id=self.team,
            address=self.address,
            before=before,
            after=after,
        )
        await audit.add(conn, row)


@asynccontextmanager
async def local(config: Config, actor: str, team: str = DEFAULT_TEAM) -> AsyncIterator[Acting]:
    """Somebody at this machine, who may do everything, on the database of the configuration. Raises UserError, Unavailable.

    A running process may use the same database. `team`: the name of the team that they act for.
    """
    try:
        config.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"data_dir {config.data_dir}: {error.strerror}") from None
    async with Database.open(config.database.url, config.data_dir) as db:
        async with db.connection() as conn:
            await moving.see_usable(conn)
        team_id = await _team_id(db, team)
        yield Acting(actor=actor, team=team_id, permissions=EVERYTHING, config=config, db=db, clock=SystemClock())


async def _team_id(db: Database, name: str) -> str:
    if name == DEFAULT_TEAM:
        return DEFAULT_TEAM
    async with db.connection() as conn:
        known = await teams.ids_by_name(conn)
    if name not in known:
        near = nearest(name, known)
        hint = f"did you mean {near!r}?" if near else f"the teams are {', '.join(sorted(known))}."
        raise NotFound(f"there is no team {name!r}; {hint} `wirewatch run` makes a team that a file names")
    return known[name]


@dataclass(frozen=True, slots=True)
class Declaration:
    """What stands above a use case. `action` None: it changes nothing."""

    permission: Permission
    action: str | None

    def __call__(
        self, function: Callable[Concatenate[Acting, P], Awaitable[R]]
    ) -> Callable[Concatenate[Acting, P], Awaitable[R]]:
        DECLARED[f"{function.__module__.rpartition('.')[2]}.{function.__name__}"] = self

        @wraps(function)
        async def checked(acting: Acting, /, *args: P.args, **kwargs: P.kwargs) -> R:
            acting.require(self.permission)
            return await function(replace(acting, action=self.action), *args, **kwargs)

        return checked


DECLARED: dict[str, Declaration] = {}  # by name (`silences.add`), of the modules that are loaded


def reads(permission: Permission) -> Declaration:
    """Declare a use case that changes nothing."""
    return Declaration(permission, None)


def changes(permission: Permission, action: str) -> Declaration:
    """Declare a use case that changes something; `action` is the audit log's verb for it, such as `silence.add`."""
    return Declaration(permission, action)
