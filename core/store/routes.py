"""The routes of the files, as one document under a revision of its own, so that who keeps them reads them again at a change."""

from collections.abc import Sequence

from core.db.connection import Connection
from core.errors import UpgradeFirst
from core.model.route import Route, read_routes, written_routes
from core.store import kv, revisions

_COUNTER = "routes"
_KEY = "routes"


async def sync_from_config(conn: Connection, routes: Sequence[Route]) -> bool:
    """Make the stored routes be these; whether they changed."""
    revision = await revisions.lock(conn, _COUNTER) + 1
    wanted = written_routes(routes)
    if await kv.get(conn, _KEY, []) == wanted:
        return False
    await kv.put(conn, _KEY, wanted)
    await revisions.advance(conn, _COUNTER, revision)
    return True


async def read(conn: Connection) -> tuple[Route, ...]:
    """The routes in their order. Raises UpgradeFirst for those of a later release."""
    try:
        return read_routes(await kv.get(conn, _KEY, []))
    except ValueError as error:
        raise UpgradeFirst(f"routes: {error}") from None


async def revision(conn: Connection) -> int:
    """The revision of the last committed change; 0 before the first."""
    return await revisions.read(conn, _COUNTER)
