"""Signing in, and what users do for themselves."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.model.user import IDLE
from core.store import sessions
from core.store import users as users_in_store
from tests.fakes.clock import FakeClock
from tests.fakes.passwords import quick_passwords
from wirewatch.usecases import account, teams, users
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.permission import HELD, Role
from wirewatch.usecases.refusals import Conflict, Invalid, NotFound
from wirewatch.usecases.session_life import LONGEST, Begun, Came, alive
from wirewatch.usecases.sign_in import Door, TooOften, Typed, Wrong
from wirewatch.usecases.users import NewUser, UserChange

__all__ = ["quick_passwords"]

pytestmark = pytest.mark.usefixtures("quick_passwords")
GOOD = "a long walk home"
CAME = Came(address="192.0.2.7", user_agent="Browser")


@pytest.fixture
async def ann(acting: Acting) -> Acting:
    """Ann, an editor, who has signed in."""
    await users.add(acting, NewUser(name="kim", password=GOOD))
    await teams.add(acting, "sport")
    await users.add(acting, NewUser(name="ann", password=GOOD, role=Role.EDITOR, teams=("default", "sport")))
    return await signed_in(acting, "ann")


async def signed_in(acting: Acting, name: str) -> Acting:
    begun = await Door.new(acting.clock).sign_in(acting, Typed(name, GOOD), CAME)
    async with acting.db.connection() as conn:
        found = await sessions.find(conn, begun.secret)
    assert found is not None
    return replace(
        acting, actor=name, user_id=begun.user.user_id, session_id=begun.session.session_id, teams=frozenset(found.holder.teams),
        permissions=HELD[Role(begun.user.role)],
    )  # fmt: skip


async def test_who_signs_in_gets_a_new_session_and_loses_the_one_that_was_there(acting: Acting, ann: Acting) -> None:
    door = Door.new(acting.clock)
    first = await door.sign_in(acting, Typed(" ANN ", GOOD), CAME)
    second = await door.sign_in(acting, Typed("ann", GOOD), replace(CAME, secret=first.secret))
    planted = await door.sign_in(acting, Typed("ann", GOOD), replace(CAME, secret="planted"))
    assert len({first.secret, second.secret, planted.secret, "planted"}) == 4
    async with acting.db.connection() as conn:
        assert await sessions.find(conn, first.secret) is None
        assert await sessions.find(conn, "planted") is None
        assert await sessions.find(conn, second.secret) is not None
        row = await users_in_store.by_name(conn, "ann")
    assert row is not None
    assert row.last_sign_in == acting.clock.now()
    assert ann.session_id in {one.session_id for one in await account.list_sessions(ann)}
    assert second.secret not in repr(second)


@pytest.mark.parametrize("name", ["ann", "nobody", "off", "elsewhere", ""])
async def test_nobody_learns_who_exists(acting: Acting, ann: Acting, name: str) -> None:
    await users.add(acting, NewUser(name="off", password=GOOD))
    await users.change(acting, "off", UserChange(enabled=False))
    await users.add(acting, NewUser(name="elsewhere"))
    door = Door.new(acting.clock)
    wrong = "another long walk" if name == "ann" else GOOD
    for _ in range(10):
        with pytest.raises(Wrong):
            await door.sign_in(acting, Typed(name, wrong), CAME)
    with pytest.raises(TooOften) as told:
        await door.sign_in(acting, Typed(name.upper(), GOOD), replace(CAME, address="192.0.2.8"))
    assert 0 < told.value.seconds <= 20
    assert ann.user_id is not None


async def test_an_address_that_tries_many_names_waits(acting: Acting, ann: Acting) -> None:
    door = Door.new(acting.clock)
    for number in range(30):
        with pytest.raises(Wrong):
            await door.sign_in(acting, Typed(f"user{number}", "x"), CAME)
    with pytest.raises(TooOften):
        await door.sign_in(acting, Typed("ann", GOOD), CAME)
    assert isinstance(await door.sign_in(acting, Typed("ann", GOOD), replace(CAME, address="192.0.2.8")), Begun)
    assert isinstance(acting.clock, FakeClock)
    acting.clock.advance(3)
    assert isinstance(await door.sign_in(acting, Typed("ann", GOOD), CAME), Begun)
    assert ann.user_id is not None


async def test_who_signs_in_rightly_is_never_throttled(acting: Acting, ann: Acting) -> None:
    door = Door.new(acting.clock)
    for _ in range(12):
        await door.sign_in(acting, Typed("ann", GOOD), CAME)
    assert len(await account.list_sessions(ann)) == 13


async def test_a_session_ends_when_unused_and_when_old(acting: Acting, ann: Acting) -> None:
    [session] = await account.list_sessions(ann)
    now = acting.clock.now()
    assert alive(session, now + IDLE - timedelta(seconds=1))
    assert not alive(session, now + IDLE)
    assert not alive(replace(session, last_seen=now + LONGEST), now + LONGEST)
    assert isinstance(acting.clock, FakeClock)
    acting.clock.advance(IDLE.total_seconds())
    assert await account.list_sessions(ann) == []


async def test_a_new_password_needs_the_old_one_and_ends_the_other_sessions(acting: Acting, ann: Acting) -> None:
    other = await signed_in(acting, "ann")
    with pytest.raises(Invalid, match="not your present password") as refused:
        await account.change_password(ann, "wrong wrong wrong", "another long walk")
    assert refused.value.field == "old_password"
    with pytest.raises(Invalid, match="10 to 1000"):
        await account.change_password(ann, GOOD, "short")
    assert len(await account.list_sessions(other)) == 2
    await account.change_password(ann, GOOD, "another long walk")
    assert [one.session_id for one in await account.list_sessions(ann)] == [ann.session_id]
    with pytest.raises(Wrong):
        await Door.new(acting.clock).sign_in(acting, Typed("ann", GOOD), CAME)


async def test_who_signs_in_elsewhere_has_no_password_to_change(acting: Acting, ann: Acting) -> None:
    added = await users.add(acting, NewUser(name="elsewhere"))
    with pytest.raises(Conflict, match="elsewhere"):
        await account.change_password(replace(ann, user_id=added.user_id), "", GOOD)


async def test_one_ends_ones_own_sessions_and_no_others(acting: Acting, ann: Acting) -> None:
    kim, other = await signed_in(acting, "kim"), await signed_in(acting, "ann")
    for session_id in (kim.session_id, "none"):
        with pytest.raises(NotFound):
            await account.end_sessions(ann, session_id)
    assert await account.end_sessions(ann, other.session_id) == 1
    await signed_in(acting, "ann")
    assert await account.end_sessions(ann) == 1
    assert len(await account.list_sessions(ann)) == 1
    assert len(await account.list_sessions(kim)) == 1


async def test_one_works_in_a_team_of_ones_own(acting: Acting, ann: Acting) -> None:
    await teams.add(acting, "crime")
    assert [team.name for team in (await account.show(ann)).teams] == ["default", "sport"]
    await account.work_in(ann, "sport")
    [session] = await account.list_sessions(ann)
    assert session.team_id in ann.teams
    with pytest.raises(NotFound, match="you are in no team 'crime'"):
        await account.work_in(ann, "crime")
    with pytest.raises(Invalid, match="only an admin"):
        await account.work_in(ann, None)
    kim = await signed_in(acting, "kim")
    await account.work_in(kim, "crime")
    await account.work_in(kim, None)
    with pytest.raises(Invalid, match="a token keeps its own"):
        await account.work_in(replace(ann, session_id=None), "sport")


async def test_a_time_zone_is_one_that_there_is(ann: Acting) -> None:
    await account.set_time_zone(ann, "Asia/Kolkata")
    assert (await account.show(ann)).time_zone == "Asia/Kolkata"
    with pytest.raises(Invalid, match="IANA"):
        await account.set_time_zone(ann, "Asia/Kolkatta")
    await account.set_time_zone(ann, None)
    assert (await account.show(ann)).time_zone is None


async def test_who_has_not_signed_in_has_no_account(acting: Acting) -> None:
    with pytest.raises(NotFound, match="not signed in"):
        await account.show(acting)
