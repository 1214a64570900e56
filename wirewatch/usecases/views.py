"""Views: filters of a list that somebody keeps under a name, for themselves."""

from enum import StrEnum
from urllib.parse import parse_qsl, urlencode

from core.model import ids
from core.model.naming import a_name
from core.store import views
from core.store.views import View
from wirewatch.usecases.acting import Acting, changes, reads
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Conflict, Invalid, NotFound

MOST = 100  # of one user
LONGEST_NAME = 60
_LONGEST_QUERY = 2000
_MOST_FIELDS = 50
_OF_THE_PAGE = frozenset({"cursor", "said", "limit"})  # of one visit, and no filter


class ViewedPage(StrEnum):
    """The lists whose filters can be kept."""

    ALERTS = "alerts"
    STORIES = "stories"
    SEARCH = "search"


@reads(Permission.OWN_ACCOUNT)
async def list_all(acting: Acting, page: ViewedPage | None = None) -> tuple[View, ...]:
    """One's own, by name; those of one list, or of all."""
    if acting.user_id is None:
        return ()
    async with acting.db.connection() as conn:
        return tuple(await views.of_user(conn, acting.user_id, page))


@changes(Permission.OWN_ACCOUNT, "view.save")
async def save(acting: Acting, page: ViewedPage, name: str, query: str) -> View:
    """Keep the filters of an address under a name; those that it had are replaced. Raises Invalid, Conflict."""
    user_id = _user(acting)
    name, query = " ".join(name.split()), _filters(query)
    try:
        a_name(name, LONGEST_NAME)
    except ValueError as error:
        raise Invalid(str(error), "name") from None
    async with acting.db.transaction() as conn:
        before = await views.named(conn, user_id, page, name)
        if before is None and await views.count(conn, user_id) >= MOST:
            raise Conflict(f"you keep {MOST} views already; remove one first")
        kept = View(
            view_id=ids.new_id(), user_id=user_id, page=page, name=name, query=query, created=acting.clock.now()
        )
        await views.put(conn, kept)
        found = await views.named(conn, user_id, page, name) or kept
        was = None if before is None else {"query": before.query}
        await acting.note(conn, found.view_id, before=was, after={"name": name, "query": query})
    return found


@changes(Permission.OWN_ACCOUNT, "view.remove")
async def remove(acting: Acting, view_id: str) -> None:
    """Raises NotFound for one that is not one's own."""
    user_id = _user(acting)
    async with acting.db.transaction() as conn:
        before = await views.get(conn, user_id, view_id)
        if before is None:
            raise NotFound(f"you have no view {view_id!r}")
        await views.remove(conn, user_id, view_id)
        await acting.note(conn, view_id, before={"name": before.name, "query": before.query})


def _user(acting: Acting) -> str:
    if acting.user_id is None:
        raise Invalid("views belong to a user: sign in first (`wirewatch users add` makes the first one)")
    return acting.user_id


def _filters(query: str) -> str:
    """The filters of a query string, in one way of writing them. Raises Invalid."""
    if len(query) > _LONGEST_QUERY:
        raise Invalid(f"the filters have {len(query)} characters; at most {_LONGEST_QUERY} are kept", "query")
    try:
        fields = parse_qsl(query.removeprefix("?"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Invalid("expected filters as in the address of the list: `state=open&rule=arms`", "query") from None
    return urlencode([(name, value) for name, value in fields if value and name not in _OF_THE_PAGE])


__all__ = ["LONGEST_NAME", "View", "ViewedPage", "list_all", "remove", "save"]
