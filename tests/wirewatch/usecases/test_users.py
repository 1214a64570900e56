"""Users and teams: who may sign in, in which role, and that somebody is always left who may add others."""

from dataclasses import replace

import pytest

from core.model.team import DEFAULT_TEAM
from core.model.user import IDLE
from core.passwords import is_right
from core.store import audit, sessions
from core.store import users as users_in_store
from tests.fakes.clock import FakeClock
from tests.fakes.passwords import quick_passwords
from wirewatch.usecases import teams, users
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Role
from wirewatch.usecases.refusals import Conflict, Invalid, NotFound, Stale
from wirewatch.usecases.session_life import Came, begin
from wirewatch.usecases.users import NewUser, UserChange

__all__ = ["quick_passwords"]

pytestmark = pytest.mark.usefixtures("quick_passwords")
GOOD = "a long walk home"
CAME = Came(address="192.0.2.7", user_agent="Browser")


async def signed_in(acting: Acting, name: str) -> str:
    """The id of a new session of that user."""
    async with acting.db.transaction() as conn:
        row = await users_in_store.by_name(conn, name)
        assert row is not None
        return (await begin(conn, row, CAME, acting.clock.now())).session.session_id


async def test_the_first_user_is_an_admin_and_the_next_a_viewer(acting: Acting) -> None:
    with pytest.raises(Invalid, match="first user must be an admin"):
        await users.add(acting, NewUser(name="ann", role=Role.VIEWER))
    first = await users.add(acting, NewUser(name="kim", password=GOOD))
    second = await users.add(acting, NewUser(name="ann"))
    assert (first.role, first.has_password, first.teams) == (Role.ADMIN, True, (DEFAULT_TEAM,))
    assert (second.role, second.has_password, second.enabled) == (Role.VIEWER, False, True)
    assert [one.name for one in (await users.list_page(acting, Paging())).items] == ["ann", "kim"]
    with pytest.raises(Conflict, match="already"):
        await users.add(acting, NewUser(name="KIM"))


@pytest.mark.parametrize(
    "name", ["", " kim", "kim  li", "a/b", "kim (by link)", "<b>", "k\u202eim", "k\x00", "k\nm", "x" * 101]
)
async def test_a_name_that_could_pass_for_something_else_is_refused(acting: Acting, name: str) -> None:
    with pytest.raises(Invalid, match="expected a name") as refused:
        await users.add(acting, NewUser(name=name))
    assert refused.value.field == "name"


async def test_a_weak_password_is_refused_and_no_user_made(acting: Acting) -> None:
    with pytest.raises(Invalid, match="10 to 1000 characters"):
        await users.add(acting, NewUser(name="kim", password="short"))
    assert (await users.list_page(acting, Paging())).items == ()


async def test_an_admin_is_always_left(acting: Acting) -> None:
    await users.add(acting, NewUser(name="kim"))
    await users.add(acting, NewUser(name="ann"))
    for change in (UserChange(role=Role.EDITOR), UserChange(enabled=False)):
        with pytest.raises(Conflict, match="only admin"):
            await users.change(acting, "kim", change)
    with pytest.raises(Conflict, match="only admin"):
        await users.remove(acting, "kim")
    await users.change(acting, "ann", UserChange(role=Role.ADMIN))
    assert (await users.change(acting, "kim", UserChange(enabled=False))).enabled is False
    await users.remove(acting, "kim")
    with pytest.raises(Conflict, match="only admin"):
        await users.remove(replace(acting, user_id="somebody"), "ann")
    await users.remove(acting, "ann")  # by command: then there are no users at all


async def test_who_is_disabled_or_gets_a_new_password_is_signed_out(acting: Acting) -> None:
    await users.add(acting, NewUser(name="kim"))
    await users.add(acting, NewUser(name="ann", password=GOOD))
    await signed_in(acting, "ann")
    await users.set_password(acting, "Ann", "another long walk")
    assert await users.sessions_of(acting, "ann") == []
    async with acting.db.connection() as conn:
        row = await users_in_store.by_name(conn, "ann")
    assert row is not None
    assert await is_right(row.password_hash, "another long walk")
    await signed_in(acting, "ann")
    await users.change(acting, "ann", UserChange(enabled=False))
    assert await users.sessions_of(acting, "ann") == []
    first, _ = await signed_in(acting, "ann"), await signed_in(acting, "ann")
    assert await users.end_sessions(acting, "ann", first) == 1
    with pytest.raises(NotFound, match="no such session"):
        await users.end_sessions(acting, "ann", first)
    assert await users.end_sessions(acting, "ann") == 1


async def test_sessions_that_are_over_are_not_listed(acting: Acting) -> None:
    await users.add(acting, NewUser(name="kim"))
    session_id = await signed_in(acting, "kim")
    assert [one.session_id for one in await users.sessions_of(acting, "kim")] == [session_id]
    assert isinstance(acting.clock, FakeClock)
    acting.clock.advance(IDLE.total_seconds())
    assert await users.sessions_of(acting, "kim") == []


async def test_the_audit_log_tells_before_and_after_and_no_password(acting: Acting) -> None:
    await users.add(acting, NewUser(name="kim", password=GOOD))
    await teams.add(acting, "sport")
    await users.change(acting, "kim", UserChange(teams=("sport", "default")))
    await users.set_password(acting, "kim", "another long walk")
    async with acting.db.connection() as conn:
        rows = await audit.list_rows(conn)
    [_, changed, _, added] = rows
    assert added.after == {"role": "admin", "enabled": True, "teams": ["default"]}
    assert changed.before == added.after
    assert changed.after == {"role": "admin", "enabled": True, "teams": ["default", "sport"]}
    assert not any(word in repr(rows) for word in (GOOD, "another long walk", "argon2"))


async def test_a_change_of_what_is_not_so_any_more_is_refused(acting: Acting) -> None:
    await users.add(acting, NewUser(name="kim"))
    seen = (await users.add(acting, NewUser(name="ann"))).tag
    await users.change(replace(acting, if_match=seen), "ann", UserChange(role=Role.ANALYST))
    for act in (
        users.change(replace(acting, if_match=seen), "ann", UserChange()),
        users.remove(replace(acting, if_match=seen), "ann"),
    ):
        with pytest.raises(Stale, match="kim"):
            await act


async def test_a_user_is_in_one_team_at_least_and_only_in_teams_that_there_are(acting: Acting) -> None:
    await users.add(acting, NewUser(name="kim"))
    with pytest.raises(Invalid, match="one team at least"):
        await users.change(acting, "kim", UserChange(teams=()))
    with pytest.raises(NotFound, match="there is no team 'sprot'"):
        await users.change(acting, "kim", UserChange(teams=("sprot",)))
    with pytest.raises(NotFound, match="did you mean 'kim'"):
        await users.show(acting, "kin")


async def test_a_team_goes_when_nothing_is_left_in_it(acting: Acting) -> None:
    await teams.add(acting, "sport")
    with pytest.raises(Conflict, match="already"):
        await teams.add(acting, "sport")
    await users.add(acting, NewUser(name="kim", teams=("sport",)))
    [default, sport] = (await teams.list_page(acting, Paging())).items
    assert (default.name, default.members, sport.name, sport.members) == ("default", 0, "sport", 1)
    assert [one.name for one in (await users.list_page(acting, Paging(), "sport")).items] == ["kim"]
    with pytest.raises(Conflict, match="1 members"):
        await teams.remove(acting, "sport")
    await users.change(acting, "kim", UserChange(teams=("default",)))
    await teams.remove(acting, sport.team_id)
    with pytest.raises(NotFound):
        await teams.show(acting, "sport")
    with pytest.raises(Conflict, match="always there"):
        await teams.remove(acting, "default")


async def test_a_session_of_a_removed_user_opens_nothing(acting: Acting) -> None:
    await users.add(acting, NewUser(name="kim"))
    await users.add(acting, NewUser(name="ann"))
    async with acting.db.transaction() as conn:
        row = await users_in_store.by_name(conn, "ann")
        assert row is not None
        begun = await begin(conn, row, CAME, acting.clock.now())
    await users.remove(acting, "ann")
    async with acting.db.connection() as conn:
        assert await sessions.find(conn, begun.secret) is None
