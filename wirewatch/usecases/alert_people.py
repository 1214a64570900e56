"""Whom an alert can be assigned to, and to whom it is."""

from collections.abc import Iterable

from core.db.connection import Connection
from core.model.alert_state import AlertState
from core.model.user import UserRow
from core.store import users
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.permission import HELD, Permission, Role

_MOST = 200  # names in a menu


@reads(Permission.CHANGE_ALERTS)
async def assignees(acting: Acting) -> tuple[str, ...]:
    """The names of the users who may sign in and work on alerts, by name."""
    async with acting.db.connection() as conn:
        return tuple(user.name for user in await users.list_all(conn) if may_work(user))[:_MOST]


async def assigned(conn: Connection, states: Iterable[AlertState]) -> dict[str, str]:
    """The names of those that alerts are assigned to, by their ids; who was removed has none."""
    found = {state.assignee for state in states if state.assignee is not None}
    return await users.named(conn, found) if found else {}


def may_work(user: UserRow) -> bool:
    """Whether they may sign in and work on alerts."""
    return user.enabled and Permission.CHANGE_ALERTS in HELD[Role(user.role)]
