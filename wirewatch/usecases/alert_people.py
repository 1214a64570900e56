"""Whom an alert can be assigned to."""

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


def may_work(user: UserRow) -> bool:
    """Whether they may sign in and work on alerts."""
    return user.enabled and Permission.CHANGE_ALERTS in HELD[Role(user.role)]
