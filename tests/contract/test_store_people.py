"""What the store promises of users, their teams and their sessions."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.db import tables_people
from core.db.engine import Database
from core.model.team import DEFAULT_TEAM, Team
from core.model.user import SessionRow, UserRow
from core.store import sessions, teams, tokens, users, views
from core.store.holders import Holder, secret_hash
from tests.contract.databases import NOW, after

KIM = UserRow(
    user_id="u1", name="Kim", password_hash="$argon2id$x", role="admin", enabled=True, time_zone=None,
    preferences={}, created=NOW, last_sign_in=None,
)  # fmt: skip
ANN = replace(KIM, user_id="u2", name="ann", role="viewer")
SPORT = Team(team_id="t1", name="sport", created=NOW)
DESK = SessionRow(
    session_id="s1", user_id="u1", team_id=None, created=NOW, last_seen=NOW, expires=after(900),
    address="192.0.2.7", user_agent="Browser",
)  # fmt: skip


async def test_a_name_is_one_users_however_it_is_written(db: Database) -> None:
    async with db.transaction() as conn:
        assert not await users.any_at_all(conn)
        assert await users.add(conn, KIM)
        assert not await users.add(conn, replace(KIM, user_id="u3", name="KIM"))
        assert not await users.add(conn, replace(KIM, user_id="u3", name="ｋｉｍ"))  # in wide letters
        assert await users.by_name(conn, "kIm") == KIM
        assert await users.by_id(conn, "u1") == KIM
        assert await users.by_name(conn, "kimi") is None
        assert await users.add(conn, ANN)
        assert await users.names(conn) == ["ann", "Kim"]
        assert (await users.any_at_all(conn), await users.count(conn)) == (True, 2)
        assert "argon2id" not in repr(KIM)


async def test_who_has_a_role_and_may_sign_in_is_counted(db: Database) -> None:
    async with db.transaction() as conn:
        for user in (KIM, ANN, replace(KIM, user_id="u3", name="li", enabled=False)):
            await users.add(conn, user)
        assert await users.held_in_role(conn, "admin") == ["u1"]
        assert await users.change(conn, "u3", enabled=True)
        assert await users.held_in_role(conn, "admin") == ["u1", "u3"]
        assert not await users.change(conn, "u9", enabled=True)


async def test_users_are_in_teams_and_go_with_all_that_is_theirs(db: Database) -> None:
    async with db.transaction() as conn:
        assert await teams.add(conn, SPORT)
        assert not await teams.add(conn, replace(SPORT, team_id="t2"))
        for user in (KIM, ANN):
            await users.add(conn, user)
            assert await users.join_team(conn, user.user_id, DEFAULT_TEAM)
        assert not await users.join_team(conn, "u1", DEFAULT_TEAM)
        assert await users.join_team(conn, "u1", "t1")
        assert await users.teams_of(conn, ["u1", "u2"]) == {"u1": [DEFAULT_TEAM, "t1"], "u2": [DEFAULT_TEAM]}
        assert await users.team_sizes(conn) == {DEFAULT_TEAM: 2, "t1": 1}
        assert [user.name for user in await users.list_all(conn, "t1")] == ["Kim"]
        assert [user.name for user in await users.list_all(conn)] == ["ann", "Kim"]
        assert (await teams.holdings(conn, "t1"))["members"] == 1
        assert await users.leave_team(conn, "u1", "t1")
        assert not await users.leave_team(conn, "u1", "t1")
        assert not any((await teams.holdings(conn, "t1")).values())
        await teams.remove(conn, "t1")
        assert [team.name for team in await teams.list_all(conn)] == [DEFAULT_TEAM]
        await sessions.add(conn, DESK, "secret")
        assert await users.remove(conn, "u1")
        assert not await users.remove(conn, "u1")
        assert await sessions.find(conn, "secret") is None
        assert (await conn.execute(select(tables_people.team_members.c.user_id))).scalars().all() == ["u2"]


async def test_a_session_is_found_by_its_secret_alone_which_is_kept_nowhere(db: Database) -> None:
    async with db.transaction() as conn:
        await users.add(conn, KIM)
        await users.join_team(conn, "u1", DEFAULT_TEAM)
        await sessions.add(conn, DESK, "secret")
        found = await sessions.find(conn, "secret")
        holder = Holder(user=KIM, teams={DEFAULT_TEAM: DEFAULT_TEAM}, chosen=None)
        assert found == sessions.Found(session=DESK, holder=holder)
        for guess in ("", "Secret", "s1", secret_hash("secret"), "\ud800"):
            assert await sessions.find(conn, guess) is None
        rows = (await conn.execute(select(tables_people.sessions))).all()
        assert "secret" not in [value for row in rows for value in row]


@pytest.mark.parametrize("nonsense", ["\0", "u1\0", "\ud800", ""])
async def test_an_id_that_no_database_takes_is_nobodys(db: Database, nonsense: str) -> None:
    async with db.transaction() as conn:
        await users.add(conn, KIM)
        assert await users.by_id(conn, nonsense) is None
        assert await users.by_name(conn, nonsense) is None
        assert not await sessions.end(conn, "u1", nonsense)
        assert await tokens.get(conn, nonsense) is None
        assert await tokens.named(conn, nonsense, "u1") == []
        assert await views.get(conn, "u1", nonsense) is None
        assert not await views.remove(conn, "u1", nonsense)


async def test_sessions_are_listed_used_and_ended(db: Database) -> None:
    async with db.transaction() as conn:
        await users.add(conn, KIM)
        await users.add(conn, ANN)
        for number, secret in enumerate("abcd"):
            seen = replace(DESK, session_id=secret, last_seen=after(number), created=NOW)
            await sessions.add(conn, seen, secret)
        await sessions.touch(conn, "a", after(60), "192.0.2.9")
        await sessions.work_in(conn, "a", "t1")
        [first, *rest] = await sessions.of_user(conn, "u1")
        assert (first.session_id, first.address, first.team_id) == ("a", "192.0.2.9", "t1")
        assert [one.session_id for one in rest] == ["d", "c", "b"]
        assert not await sessions.end(conn, "u2", "a")  # another's
        assert await sessions.end(conn, "u1", "b")
        assert await sessions.end_by_secret(conn, "c")
        assert not await sessions.end_by_secret(conn, "c")
        assert await sessions.end_all(conn, "u1", but="a") == 1
        assert [one.session_id for one in await sessions.of_user(conn, "u1")] == ["a"]
        assert await sessions.end_all(conn, "u1") == 1


async def test_sessions_that_are_over_are_deleted(db: Database) -> None:
    async with db.transaction() as conn:
        await users.add(conn, KIM)
        await sessions.add(conn, replace(DESK, session_id="old", expires=after(10), last_seen=after(9)), "1")
        await sessions.add(conn, replace(DESK, session_id="idle", expires=after(999), last_seen=NOW), "2")
        await sessions.add(conn, replace(DESK, session_id="used", expires=after(999), last_seen=after(9)), "3")
        assert await sessions.prune(conn, after(10), NOW) == 2
        assert [one.session_id for one in await sessions.of_user(conn, "u1")] == ["used"]
        assert await sessions.prune(conn, after(10) + timedelta(days=9), NOW) == 1
