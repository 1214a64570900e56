"""Operations on teams. Who is in one stands with the users."""

from wirewatch.api.model import PagedAll
from wirewatch.api.operation import Answer, Call, operation
from wirewatch.api.user_models import NewTeamBody, Team, Teams
from wirewatch.usecases import teams
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission


@operation("GET", "/teams", summary="List teams", access=Permission.READ_PEOPLE, query=PagedAll, answer=Teams)
async def list_teams(call: Call[PagedAll, None]) -> Teams:
    """By name."""
    page = await teams.list_page(call.acting, Paging(call.query.limit, call.query.cursor))
    return Teams(teams=Team.of_all(page.items), next=page.next)


@operation(
    "POST",
    "/teams",
    summary="Add a team",
    access=Permission.CHANGE_PEOPLE,
    body=NewTeamBody,
    answer=Team,
    status=201,
    creates=True,
)
async def add_team(call: Call[None, NewTeamBody]) -> Answer:
    """A team owns rules, aliases, channels and silences; its members see the alerts of those."""
    added = await teams.add(call.acting, call.body.name)
    return Answer(Team.of(added), etag=added.tag)


@operation("GET", "/teams/{name}", summary="Show a team", access=Permission.READ_PEOPLE, answer=Team)
async def show_team(call: Call[None, None]) -> Answer:
    """By name or id."""
    found = await teams.show(call.acting, call.path["name"])
    return Answer(Team.of(found), etag=found.tag)


@operation("DELETE", "/teams/{name}", summary="Remove a team", access=Permission.CHANGE_PEOPLE, status=204, stale=True)
async def remove_team(call: Call[None, None]) -> None:
    """One that has no members, rules, aliases, channels and sources any more."""
    await teams.remove(call.acting, call.path["name"])


OPERATIONS = [list_teams, add_team, show_team, remove_team]
