"""Signing in with a browser, and the pages of people and of one's own account."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.passwords import quick_passwords
from tests.wirewatch.people import COOKIE, PASSWORD, add_people, browser
from tests.wirewatch.statuspage import StatusPage, status_page
from wirewatch.console.sign_in_pages import local_path

__all__ = ["quick_passwords"]

pytestmark = pytest.mark.usefixtures("quick_passwords")


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    async with status_page(tmp_path) as made:
        await add_people(made)
        yield made


async def test_who_signs_in_goes_on_to_where_they_wanted(page: StatusPage) -> None:
    async with browser(page) as one:
        sent = await one.get("/alerts/abc?x=1&y=2")
        assert (sent.status, sent.headers["Location"]) == (303, "/sign-in?next=/alerts/abc%3Fx%3D1%26y%3D2")
        form = await one.get(sent.headers["Location"])
        wanted = re.search(r'name="next" value="([^"]*)"', form.text)
        assert wanted is not None
        assert wanted[1] == "/alerts/abc?x=1&amp;y=2"
        answer = await one.sign_in("Editor", next="/alerts/abc?x=1&y=2")
        assert (answer.status, answer.headers["Location"]) == (303, "/alerts/abc?x=1&y=2")
        assert ">editor</bdi>" in (await one.get("/account")).text
        assert (await one.get("/sign-out")).status == 200  # a link signs nobody out
        assert (await one.get("/account")).status == 200
        assert (await one.post("/sign-out")).headers["Location"] == "/sign-in?out"
        assert "You are signed out." in (await one.get("/sign-in?out")).text


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "evil", "",
     "/\tx", "/\n/evil.example", "/" + "x" * 3000, "http:/evil"],
)  # fmt: skip
async def test_signing_in_leads_to_no_other_site(page: StatusPage, wanted: str) -> None:
    async with browser(page) as one:
        answer = await one.sign_in("editor", next=wanted)
        assert (answer.status, answer.headers["Location"]) == (303, "/")


@given(st.text(max_size=60))
def test_a_path_of_ours_begins_with_one_slash(text: str) -> None:
    for wanted in (text, "/" + text, "//" + text):
        path = local_path(wanted)
        assert path.startswith("/")
        assert not path.startswith("//")
        assert path.isascii()
        assert path.isprintable()
        assert "\\" not in path


async def test_the_cookie_is_kept_from_scripts_and_other_sites(page: StatusPage) -> None:
    async with browser(page) as one:
        answer = await one.sign_in("editor")
        header = answer.headers["Set-Cookie"]
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(header.split("; "))
        assert "Secure" not in header
        assert "Domain" not in header
        assert len(answer.cookies[COOKIE]) >= 43  # 256 bits
        assert (await one.sign_in("editor")).cookies[COOKIE] != answer.cookies[COOKIE]


async def test_behind_tls_the_cookie_never_leaves_it(tmp_path: Path) -> None:
    async with status_page(tmp_path, server='public_url = "https://news.example"') as page:
        await add_people(page)
        async with browser(page) as one:
            headers = {"Host": "news.example", "Origin": "https://news.example"}
            answer = await one.post("/sign-in", {"name": "editor", "password": PASSWORD}, **headers)
            assert answer.status == 303
            header = answer.headers["Set-Cookie"]
            assert header.startswith("__Host-wirewatch_session=")
            assert {"HttpOnly", "SameSite=Lax", "Path=/", "Secure"} <= set(header.split("; "))
            assert "Domain" not in header
            secret = answer.cookies["__Host-wirewatch_session"]
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as bare:
            address = f"{page.server.address}/api/v1/account"
            for cookie, origin, status in (
                (f"__Host-wirewatch_session={secret}", "https://news.example", 200),
                (
                    f"__Host-wirewatch_session={secret}",
                    "http://news.example",
                    403,
                ),  # anybody on the way may have written it
                (f"wirewatch_session={secret}", "https://news.example", 401),  # a neighbour host may have set it
            ):
                headers = {"Host": "news.example", "Cookie": cookie, "Origin": origin}
                async with bare.patch(address, json={"time_zone": None}, headers=headers) as sent:
                    assert sent.status == status


async def test_a_wrong_sign_in_says_the_same_whoever_it_was_for_and_soon_waits(page: StatusPage) -> None:
    async with browser(page) as one:
        seen = []
        for name in ("editor", "nobody"):
            for _ in range(10):
                answer = await one.sign_in(name, "not the password")
                assert answer.status == 401
            waits = await one.sign_in(name)
            assert waits.status == 429
            assert 0 < int(waits.headers["Retry-After"]) <= 20
            assert COOKIE not in waits.cookies
            seen.append([re.sub(r"As of.*|\d+ s\.|editor|nobody", "", text) for text in (answer.text, waits.text)])
        assert seen[0] == seen[1]
        assert "not the password" not in answer.text
        counted = (await one.get("/metrics")).text
        for outcome, number in (("ok", 0), ("wrong", 20), ("throttled", 2)):
            assert f'news_sign_ins_total{{outcome="{outcome}"}} {number}.0' in counted


async def test_a_form_of_another_site_signs_nobody_in_or_out(page: StatusPage) -> None:
    async with browser(page, "editor") as one:
        for path in ("/sign-in", "/sign-out"):
            sent = await one.post(path, {"name": "viewer", "password": PASSWORD}, Origin="https://evil.example")
            assert (sent.status, COOKIE in sent.cookies) == (403, False)
        assert ">editor</bdi>" in (await one.get("/account")).text


async def test_without_users_the_page_says_how_to_add_the_first(tmp_path: Path) -> None:
    async with status_page(tmp_path) as page, browser(page) as one:
        assert "wirewatch users add NAME --role admin" in (await one.get("/sign-in")).text
        assert "read-only" in (await one.get("/")).text


async def test_ones_own_account(page: StatusPage) -> None:
    async with browser(page, "viewer") as one, browser(page, "viewer") as other:
        shown = (await one.get("/account")).text
        assert shown.count("/account/sessions/") == 2  # the other one, and all others
        refused = await one.post("/account/password", {"old_password": "x", "password": "y" * 9, "again": "y" * 8})
        assert (refused.status, "not the same" in refused.text) == (422, True)
        fields = {"old_password": "wrong", "password": "another long walk", "again": "another long walk"}
        refused = await one.post("/account/password", fields)
        assert (refused.status, "not your present password" in refused.text) == (422, True)
        assert "another long walk" not in refused.text
        done = await one.post("/account/password", {**fields, "old_password": PASSWORD})
        assert done.headers["Location"] == "/account?said=password"
        assert (await other.get("/account")).status == 303
        assert (await other.sign_in("viewer", "another long walk")).status == 303
        assert (await one.post("/account/sessions/end-others")).status == 303
        assert (await other.get("/account")).status == 303
        bad = await one.post("/account/time-zone", {"time_zone": "Mars/Olympus"})
        assert (bad.status, 'value="Mars/Olympus"' in bad.text) == (422, True)
        assert (await one.post("/account/time-zone", {"time_zone": "Asia/Kolkata"})).status == 303
        assert "+05:30" in (await one.get("/account")).text


async def test_people_and_teams_are_added_changed_and_removed(page: StatusPage) -> None:
    async with browser(page, "admin") as one:
        typed = {"name": "li", "password": "short", "role": "analyst", "teams": "sport"}
        refused = await one.post("/people", typed)
        assert (refused.status, 'value="li"' in refused.text, "10 to 1000" in refused.text) == (422, True, True)
        assert re.search(r'value="sport" checked', refused.text)
        assert (await one.post("/people", {**typed, "role": "king"})).status == 422
        added = await one.post("/people", {**typed, "password": PASSWORD})
        assert added.status == 303
        where = added.headers["Location"].partition("?")[0]
        assert "as analyst, in sport" in (await one.get(where)).text
        assert (await one.post("/people", {**typed, "password": PASSWORD})).status == 409
        kept = await one.post("/people/teams/" + "1" * 24 + "/remove")
        assert (kept.status, "still has 1 members" in kept.text) == (409, True)
        assert (
            await one.post(f"{where}/change", {"role": "editor", "enabled": "on", "teams": "default"})
        ).status == 303
        assert (await one.post(f"{where}/change", {"role": "editor", "enabled": "on"})).status == 422
        assert (await one.post("/people/teams/" + "1" * 24 + "/remove")).status == 303
        assert (await one.post(f"{where}/password", {"password": "short"})).status == 422
        assert (await one.post(f"{where}/password", {"password": "another long walk"})).status == 303
        async with browser(page) as li:
            assert (await li.sign_in("li", "another long walk")).status == 303
            assert "Browser" in (await one.get(where)).text
            assert (await one.post(f"{where}/sign-out")).status == 303
            assert (await li.get("/account")).status == 303
        last = await one.post("/people/adminadminadmin/remove")
        assert (last.status, "only admin" in last.text) == (409, True)
        assert (await one.post(f"{where}/remove")).headers["Location"] == "/people?said=removed"
        assert (await one.get(where)).status == 404
