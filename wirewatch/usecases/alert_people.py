"""Whom an alert can be assigned to."""

from core.store import users
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.permission import Permission

_MOST = 200  # names in a menu


@reads(Permission.CHANGE_ALERTS)
async def assignees(acting: Acting) -> tuple[str, ...]:
    """The names of the users who may sign in, by name."""
    async with acting.db.connection() as conn:
        return tuple(user.name for user in await users.list_all(conn) if user.enabled)[:_MOST]
