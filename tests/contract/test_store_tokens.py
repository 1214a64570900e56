"""What the store promises of API tokens, of sign-ins under way, and of who somebody is at a provider."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from core.db.engine import Database
from core.model.token import TokenRow
from core.model.user import UserRow
from core.store import identities, sign_in_attempts, teams, tokens, users
from core.store.holders import Holder
from core.store.sign_in_attempts import AttemptRow
from tests.contract.databases import NOW, after

KIM = UserRow(
    user_id="u-kim", name="Kim", password_hash=None, role="editor", enabled=True, time_zone=None, preferences={},
    created=NOW, last_sign_in=None,
)  # fmt: skip
LEE = replace(KIM, user_id="u-lee", name="Lee", enabled=False)
CI = TokenRow(
    token_id="t-1", name="ci", user_id="u-kim", team_id=None, scopes=("alerts:read", "rules:read"), created=NOW,
    expires=after(60),
)  # fmt: skip
MINUTE = timedelta(minutes=1)


async def with_users(db: Database) -> None:
    async with db.transaction() as conn:
        assert await users.add(conn, KIM)
        assert await users.add(conn, LEE)


async def test_a_token_opens_what_it_is_and_is_not_kept(db: Database) -> None:
    await with_users(db)
    async with db.transaction() as conn:
        ids = await teams.ensure(conn, ["Asia desk"], NOW)
        await users.join_team(conn, "u-kim", ids["Asia desk"])
        assert await tokens.add(conn, replace(CI, team_id=ids["Asia desk"]), "ww_secret")
        found = await tokens.opened_by(conn, "ww_secret")
        assert await tokens.opened_by(conn, "ww_secreT") is None
        assert await tokens.opened_by(conn, "\udcff\0") is None
        assert found is not None
        assert found.token == replace(CI, team_id=ids["Asia desk"])
        assert found.holder == Holder(user=KIM, teams={ids["Asia desk"]: "Asia desk"}, chosen="Asia desk")
        kept = (await conn.execute(text("SELECT * FROM tokens"))).one()
    assert not [value for value in kept if "ww_secret" in str(value)]


async def test_an_owner_has_one_token_of_a_name(db: Database) -> None:
    await with_users(db)
    async with db.transaction() as conn:
        assert await tokens.add(conn, CI, "one")
        assert not await tokens.add(conn, replace(CI, token_id="t-2"), "two")
        assert await tokens.add(conn, replace(CI, token_id="t-3", user_id="u-lee"), "three")
        assert [one.owner for one in await tokens.named(conn, "ci")] == ["Kim", "Lee"]
        assert [one.enabled for one in await tokens.named(conn, "ci", "u-lee")] == [False]
        assert await tokens.count(conn, "u-kim") == 1


async def test_tokens_are_listed_newest_first_in_pages(db: Database) -> None:
    await with_users(db)
    rows = [replace(CI, token_id=f"t-{n}", name=f"n{n}", created=after(n // 2)) for n in range(4)]
    async with db.transaction() as conn:
        for row in rows:
            await tokens.add(conn, row, row.name)
        await tokens.add(conn, replace(CI, token_id="t-9", user_id="u-lee"), "lee's")
        assert [one.token for one in await tokens.page(conn, user_id="u-kim")] == rows[::-1]
        assert len(await tokens.page(conn)) == 5
        assert [one.token for one in await tokens.page(conn, user_id="u-kim", limit=1, after=(after(1), "t-3"))] == [
            rows[2]
        ]


async def test_the_last_use_is_noted_at_most_once_a_minute(db: Database) -> None:
    await with_users(db)
    async with db.transaction() as conn:
        await tokens.add(conn, CI, "one")
        assert await tokens.touch(conn, "t-1", NOW, "10.0.0.7", MINUTE)
        assert not await tokens.touch(conn, "t-1", after(59), "10.0.0.8", MINUTE)
        assert await tokens.touch(conn, "t-1", after(60), "10.0.0.9", MINUTE)
        found = await tokens.get(conn, "t-1")
    assert found is not None
    assert (found.token.last_used, found.token.last_address) == (after(60), "10.0.0.9")


async def test_a_token_goes_when_it_is_removed_and_with_its_owner(db: Database) -> None:
    await with_users(db)
    async with db.transaction() as conn:
        await tokens.add(conn, CI, "one")
        assert await tokens.remove(conn, "t-1")
        assert not await tokens.remove(conn, "t-1")
        assert await tokens.opened_by(conn, "one") is None
        await tokens.add(conn, CI, "one")
        await users.remove(conn, "u-kim")
        assert await tokens.opened_by(conn, "one") is None


async def test_a_sign_in_under_way_is_taken_once_and_forgotten_in_time(db: Database) -> None:
    row = AttemptRow(nonce="n", verifier="v", created=NOW)
    async with db.transaction() as conn:
        await sign_in_attempts.add(conn, "state", row)
        assert await sign_in_attempts.take(conn, "other") is None
        assert await sign_in_attempts.take(conn, "state") == row
        assert await sign_in_attempts.take(conn, "state") is None
        await sign_in_attempts.add(conn, "old", row)
        await sign_in_attempts.add(conn, "new", replace(row, created=after(1)))
        await sign_in_attempts.prune(conn, after(1))
        assert await sign_in_attempts.count(conn) == 1
        assert await sign_in_attempts.take(conn, "new") is not None


async def test_somebody_at_a_provider_is_one_user_here(db: Database) -> None:
    await with_users(db)
    async with db.transaction() as conn:
        assert await identities.user_of(conn, "https://login.example", "7") is None
        assert await identities.add(conn, "https://login.example", "7", "u-kim", NOW)
        assert not await identities.add(conn, "https://login.example", "7", "u-lee", NOW)
        assert await identities.user_of(conn, "https://login.example", "7") == "u-kim"
        assert await identities.user_of(conn, "https://other.example", "7") is None
        assert await identities.issuers(conn, "u-kim") == ["https://login.example"]
        await users.remove(conn, "u-kim")
        assert await identities.user_of(conn, "https://login.example", "7") is None
