"""Operations on users and their sessions."""

from wirewatch.api.operation import Answer, Call, operation
from wirewatch.api.user_models import (
    Ended,
    NewUserBody,
    PasswordBody,
    Session,
    Sessions,
    User,
    UserChangeBody,
    Users,
    UsersQuery,
)
from wirewatch.usecases import users
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.users import KnownUser, NewUser, UserChange

_READ, _CHANGE = Permission.READ_PEOPLE, Permission.CHANGE_PEOPLE


def _answer(known: KnownUser) -> Answer:
    return Answer(User.of(known), etag=known.tag)


@operation("GET", "/users", summary="List users", access=_READ, query=UsersQuery, answer=Users)
async def list_users(call: Call[UsersQuery, None]) -> Users:
    """By name; of one team, or all."""
    page = await users.list_page(call.acting, Paging(call.query.limit, call.query.cursor), call.query.team)
    return Users(users=User.of_all(page.items), next=page.next)


@operation(
    "POST", "/users", summary="Add a user", access=_CHANGE, body=NewUserBody, answer=User, status=201, creates=True
)
async def add_user(call: Call[None, NewUserBody]) -> Answer:
    """The first user is an admin."""
    given = call.body
    new = NewUser(name=given.name, password=given.password, role=given.role, teams=given.teams)
    return _answer(await users.add(call.acting, new))


@operation("GET", "/users/{name}", summary="Show a user", access=_READ, answer=User)
async def show_user(call: Call[None, None]) -> Answer:
    """By name or id."""
    return _answer(await users.show(call.acting, call.path["name"]))


@operation(
    "PATCH", "/users/{name}", summary="Change a user", access=_CHANGE, body=UserChangeBody, answer=User, stale=True
)
async def change_user(call: Call[None, UserChangeBody]) -> Answer:
    """Role and teams count at once, also in open sessions; who is disabled is signed out. One admin is always left."""
    wanted = UserChange(role=call.body.role, enabled=call.body.enabled, teams=call.body.teams)
    return _answer(await users.change(call.acting, call.path["name"], wanted))


@operation("DELETE", "/users/{name}", summary="Remove a user", access=_CHANGE, status=204, stale=True)
async def remove_user(call: Call[None, None]) -> None:
    """With sessions and tokens. The audit log keeps what the user did."""
    await users.remove(call.acting, call.path["name"])


@operation(
    "PUT", "/users/{name}/password", summary="Set a user's password", access=_CHANGE, body=PasswordBody, status=204
)
async def set_user_password(call: Call[None, PasswordBody]) -> None:
    """All sessions of the user end."""
    await users.set_password(call.acting, call.path["name"], call.body.password)


@operation("GET", "/users/{name}/sessions", summary="List a user's sessions", access=_READ, answer=Sessions)
async def list_user_sessions(call: Call[None, None]) -> Sessions:
    """Those that are not over, the one used last first."""
    return Sessions(sessions=Session.of_all(await users.sessions_of(call.acting, call.path["name"])))


@operation("DELETE", "/users/{name}/sessions", summary="End all sessions of a user", access=_CHANGE, answer=Ended)
async def end_user_sessions(call: Call[None, None]) -> Ended:
    """The user may sign in again."""
    return Ended(ended=await users.end_sessions(call.acting, call.path["name"]))


@operation(
    "DELETE", "/users/{name}/sessions/{session_id}", summary="End a session of a user", access=_CHANGE, status=204
)
async def end_user_session(call: Call[None, None]) -> None:
    """The user may sign in again."""
    await users.end_sessions(call.acting, call.path["name"], call.path["session_id"])


OPERATIONS = [
    list_users,
    add_user,
    show_user,
    change_user,
    remove_user,
    set_user_password,
    list_user_sessions,
    end_user_sessions,
    end_user_session,
]
