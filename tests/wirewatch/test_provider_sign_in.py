"""Signing in with an OpenID Connect provider, from the button to the session; and what the page says when that fails."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from core.clock import SystemClock
from core.errors import UserError
from core.model.user import UserRow
from core.store import audit, users
from tests.fakes.oidc_browser import sign_in_at
from tests.fakes.oidc_provider import FakeProvider
from tests.services.oidc_provider import CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, RunningProvider
from tests.wirewatch.people import COOKIE, Browser, add_people, browser
from tests.wirewatch.statuspage import StatusPage, status_page
from wirewatch import access
from wirewatch.oidc.problems import SignInProblem
from wirewatch.reach_people import strangers_warning

HOME = REDIRECT_URI.removesuffix("/sign-in/oidc/callback")
SECTION = """
public_url = "{home}"
[fetch]
allow_networks = ["127.0.0.0/8"]
[oidc]
issuer = "{issuer}"
client_id = "{client_id}"
client_secret = "{secret}"
scopes = ["openid", "profile", "groups"]
[oidc.roles]
news-desk = "editor"
[oidc.teams]
asia = "Asia desk"
"""


@asynccontextmanager
async def served(folder: Path, issuer: str, secret: str = CLIENT_SECRET) -> AsyncIterator[StatusPage]:
    section = SECTION.format(home=HOME, issuer=issuer, client_id=CLIENT_ID, secret=secret)
    async with status_page(folder, server=section) as page:
        yield page


async def begun(one: Browser, wanted: str = "/") -> str:
    """Where the button leads."""
    shown = await one.get(f"/sign-in?{urlencode({'next': wanted})}")
    link = re.search(r'href="(/sign-in/oidc[^"]*)"', shown.text)
    assert link is not None
    sent = await one.get(link[1].replace("&amp;", "&"))
    assert sent.status == 303
    return sent.headers["Location"]


async def failure(one: Browser, answer_query: dict[str, str]) -> str:
    """The word that the way back ends with; the page says it in words, and nobody is signed in."""
    back = await one.get(f"/sign-in/oidc/callback?{urlencode(answer_query)}")
    assert back.status == 303
    word = back.headers["Location"].removeprefix("/sign-in?failed=")
    said = await one.get(back.headers["Location"])
    assert SignInProblem(word).words.split(".")[0].replace("'", "&#39;") in said.text
    assert COOKIE not in back.cookies
    return word


async def test_somebody_of_a_real_provider_is_a_user_here_with_role_and_team_of_the_groups(
    tmp_path: Path, oidc: RunningProvider
) -> None:
    async with served(tmp_path, oidc.issuer) as page, browser(page) as one:
        answer = await sign_in_at(await begun(one, "/system"), "ann")
        back = await one.get(f"/sign-in/oidc/callback?{urlencode(answer)}")
        assert (back.status, back.headers["Location"]) == (303, "/system")
        assert {"HttpOnly", "SameSite=Lax"} <= set(back.headers.getall("Set-Cookie")[0].split("; "))  # type: ignore[attr-defined] # of aiohttp
        shown = await one.get("/account")
        assert "Asia desk" in shown.text
        async with page.db.connection() as conn:
            row = await users.by_name(conn, "ann")
            assert row is not None
            assert (row.role, row.password_hash) == ("editor", None)
            actions = [(action.actor, action.action) for action in await audit.list_rows(conn)]
        assert actions == [("ann", "session.begin"), ("ann", "user.add")]
        assert await failure(one, dict(answer)) == "unknown_state", "an answer is good once"


async def test_who_is_in_no_group_or_has_no_name_is_told_so_and_makes_no_user(
    tmp_path: Path, oidc: RunningProvider
) -> None:
    async with served(tmp_path, oidc.issuer) as page:
        for name, word in (("bob", "no_group"), ("eve", "no_name")):
            async with browser(page) as one:
                assert await failure(one, dict(await sign_in_at(await begun(one), name))) == word
        async with page.db.connection() as conn:
            assert not await users.any_at_all(conn)


async def test_a_user_whom_an_admin_expects_is_the_one_who_comes_and_a_user_with_a_password_is_taken_over_by_nobody(
    tmp_path: Path, oidc: RunningProvider
) -> None:
    for password_hash, enabled, word in ((None, True, ""), ("a hash", True, "name_taken"), (None, False, "disabled")):
        folder = tmp_path / f"{password_hash}{enabled}"
        folder.mkdir()
        async with served(folder, oidc.issuer) as page, browser(page) as one:
            row = UserRow(
                user_id="expected", name="Ann", password_hash=password_hash, role="viewer", enabled=enabled, time_zone=None,
                preferences={}, created=SystemClock().now(), last_sign_in=None,
            )  # fmt: skip
            async with page.db.transaction() as conn:
                assert await users.add(conn, row)
            answer = dict(await sign_in_at(await begun(one), "ann"))
            if word:
                assert await failure(one, answer) == word
                continue
            back = await one.get(f"/sign-in/oidc/callback?{urlencode(answer)}")
            assert back.headers["Location"] == "/"
            async with page.db.connection() as conn:
                found = await users.by_id(conn, "expected")
                assert found is not None
                assert found.role == "editor", "as the groups say"
                assert await users.count(conn) == 1


async def test_another_browser_cannot_end_what_one_began(tmp_path: Path, oidc: RunningProvider) -> None:
    async with served(tmp_path, oidc.issuer) as page, browser(page) as one, browser(page) as other:
        answer = dict(await sign_in_at(await begun(one), "ann"))
        assert await failure(other, answer) == "unknown_state"


async def test_a_provider_that_is_down_is_said_and_passwords_still_work(tmp_path: Path) -> None:
    async with served(tmp_path, "http://127.0.0.1:9") as page:
        await add_people(page)
        async with browser(page) as one:
            assert await begun(one) == "/sign-in?failed=provider_down"
            assert "Sign in with 127.0.0.1" in (await one.get("/sign-in")).text
            assert "does not answer" in (await one.get("/sign-in?failed=provider_down")).text
            assert (await one.sign_in("editor")).status == 303


@pytest.mark.parametrize(
    ("claims", "word"),
    [
        ({"iss": "https://other.example"}, "wrong_issuer"),
        ({"aud": "another"}, "wrong_audience"),
        ({"exp": int((SystemClock().now() - timedelta(hours=2)).timestamp())}, "expired"),
        ({"nonce": "of another"}, "wrong_nonce"),
    ],
)
async def test_a_token_that_is_not_for_us_signs_nobody_in(tmp_path: Path, claims: dict[str, object], word: str) -> None:
    async with FakeProvider(claims) as fake, served(tmp_path, fake.issuer, "fake-secret") as page, browser(page) as one:
        sent = await begun(one)
        state = re.search(r"state=([^&]+)", sent)
        assert state is not None
        assert await failure(one, {"code": "code", "state": state[1]}) == word


async def test_a_word_that_is_none_of_ours_says_nothing(tmp_path: Path) -> None:
    async with served(tmp_path, "http://127.0.0.1:9") as page, browser(page) as one:
        assert 'role="alert"' not in (await one.get("/sign-in?failed=%3Cb%3Epay%20here")).text


async def test_without_a_provider_there_is_no_button_and_no_way(tmp_path: Path) -> None:
    async with status_page(tmp_path) as page, browser(page) as one:
        assert "/sign-in/oidc" not in (await one.get("/sign-in")).text
        assert (await one.get("/sign-in/oidc")).status == 404


async def test_a_console_for_other_machines_starts_without_users_where_a_provider_brings_them(tmp_path: Path) -> None:
    async with served(tmp_path, "http://127.0.0.1:9") as page:
        assert page.server._serving is not None
        config = page.server._serving.visitor.config
        elsewhere = replace(config, server=replace(config.server, listen=("0.0.0.0", 8080)))
        assert not elsewhere.server.on_loopback
        await access.refuse_strangers(elsewhere, page.db)
        assert await strangers_warning(elsewhere) is None
        with pytest.raises(UserError, match="no users"):
            await access.refuse_strangers(replace(elsewhere, oidc=None), page.db)
