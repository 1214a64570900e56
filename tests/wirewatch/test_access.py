"""Who may do what: every route of the table with every role, and what only looks like somebody who may."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from sqlalchemy import select, update
from yarl import URL

from core.clock import SystemClock
from core.db import tables_people
from core.db.engine import Database
from core.errors import UserError
from core.model.user import IDLE
from core.store import users as users_in_store
from tests.fakes.passwords import quick_passwords
from tests.wirewatch.people import COOKIE, PASSWORD, Browser, add_people, add_users, begin_session, browser
from tests.wirewatch.statuspage import StatusPage, status_page
from wirewatch import access
from wirewatch.api.server import Server
from wirewatch.config.loading import load
from wirewatch.reach_people import strangers_warning
from wirewatch.routing import Open, Route
from wirewatch.usecases.permission import EVERYTHING, HELD, READING, Permission, Role
from wirewatch.usecases.session_life import LONGEST

__all__ = ["quick_passwords"]

pytestmark = pytest.mark.usefixtures("quick_passwords")


async def reached(_: web.Request) -> web.StreamResponse:
    """In place of what a route does."""
    return web.Response(text="reached")


class Hollow(Server):
    """Its routes ask who may use them, and do nothing."""

    def routes(self) -> list[Route]:
        return [replace(route, handler=reached) for route in super().routes()]


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    """A server with a user of each role."""
    async with status_page(tmp_path) as made:
        await add_people(made)
        yield made


@pytest.fixture
async def hollow(tmp_path: Path) -> AsyncIterator[StatusPage]:
    async with status_page(tmp_path, kind=Hollow) as made:
        yield made


_VARIABLE = re.compile(r"\{(\w+)(?::(?:[^{}]|\{[^}]*\})*)?\}")  # of aiohttp: {name} or {name:pattern}
_VALUES = {"token": "a" * 24, "ending": "atom"}


def path_of(route: Route) -> str:
    return _VARIABLE.sub(lambda found: _VALUES.get(found[1], "1"), route.path)


async def status_of(one: Browser, route: Route) -> int:
    headers = {"Origin": one.address}
    return (await one.send(route.method, path_of(route), headers=headers)).status


async def test_every_route_lets_in_who_may_and_nobody_else(hollow: StatusPage) -> None:
    """A route without a declared permission fails here."""
    await add_people(hollow)
    table = Server.routes(hollow.server)
    for who in (None, *Role):
        async with browser(hollow, None if who is None else who.value) as one:
            for route in table:
                what = f"{who} {route.method} {route.path}"
                assert isinstance(route.access, Permission | Open), what
                got = await status_of(one, route)
                if isinstance(route.access, Open):
                    assert route.access.because, what
                    assert got == 200, what
                elif who is None:
                    goes_to_sign_in = route.method in ("GET", "HEAD") and not route.path.startswith("/api/")
                    assert got == (303 if goes_to_sign_in else 401), what
                else:
                    assert got == (200 if route.access in HELD[who] else 403), what


async def test_without_users_everything_on_this_machine_may_be_read_and_nothing_changed(hollow: StatusPage) -> None:
    async with browser(hollow) as one:
        for route in Server.routes(hollow.server):
            allowed = isinstance(route.access, Open) or route.access in READING
            assert await status_of(one, route) == (200 if allowed else 403), f"{route.method} {route.path}"
        refused = await one.get("/people")
        assert "wirewatch users add NAME --role admin" in refused.text


def test_every_route_that_is_mounted_stands_in_the_table(hollow: StatusPage) -> None:
    mounted = {
        (route.method, resource.canonical)
        for resource in hollow.server.application().router.resources()
        for route in resource
        if route.method != "HEAD"
    }
    assert mounted == {(route.method, _VARIABLE.sub(r"{\1}", route.path)) for route in hollow.server.routes()}


def test_each_role_may_do_what_the_one_before_may_and_more() -> None:
    for less, more in zip(Role, [*Role][1:], strict=False):
        assert HELD[less] < HELD[more]
    changing = {role: sorted(p.value for p in HELD[role] if not p.value.endswith(":read")) for role in Role}
    assert changing[Role.VIEWER] == ["account:own", "tokens:own"]
    assert changing[Role.ANALYST] == ["account:own", "alerts:change", "rules:own", "silences:change", "tokens:own"]
    assert not HELD[Role.EDITOR] & {
        Permission.READ_PEOPLE, Permission.CHANGE_PEOPLE, Permission.CHANGE_TOKENS, Permission.READ_AUDIT
    }  # fmt: skip
    assert HELD[Role.ADMIN] == EVERYTHING


async def test_a_change_from_a_page_of_another_site_is_refused(page: StatusPage) -> None:
    async with browser(page, "admin") as one:
        port = one.address.rpartition(":")[2]
        foreign = [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": one.address + ".evil.example"},
            {"Origin": f"http://127.0.0.1:{int(port) + 1}"},
            {"Origin": f"http://localhost:{port}"},
            {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Referer": one.address + "/people"},
            {},
        ]
        for headers in foreign:
            for method, path in (("POST", "/people/teams"), ("DELETE", "/api/v1/users/viewer")):
                answer = await one.send(method, path, data={"team": "taken"}, headers=headers)
                assert answer.status == 403, (headers, path)
                assert "Origin" in answer.text
        assert "taken" not in (await one.get("/people")).text
        for headers in ({"Origin": one.address}, {"Origin": "null", "Sec-Fetch-Site": "same-origin"}):
            team = f"t{len(headers)}"
            assert (await one.send("POST", "/people/teams", data={"team": team}, headers=headers)).status == 303
        answer = await one.send("DELETE", "/api/v1/users/viewer", headers={"Origin": one.address})
        assert answer.status == 204


async def test_two_origins_are_none(page: StatusPage) -> None:
    async with browser(page, "admin") as one:
        headers = [("Origin", one.address), ("Origin", "https://evil.example")]
        assert (await one.send("POST", "/people/teams", data={"team": "t"}, headers=headers)).status == 403


async def test_a_session_that_a_browser_brings_along_is_never_taken_over(page: StatusPage) -> None:
    """Fixation: somebody plants a cookie, waits for the sign-in, and would have the session."""
    async with browser(page) as one:
        planted = {"Cookie": f"{COOKIE}=planted-by-somebody-else", "Origin": one.address}
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as bare:
            fields = {"name": "admin", "password": PASSWORD}
            async with bare.post(
                one.address + "/sign-in", data=fields, headers=planted, allow_redirects=False
            ) as answer:
                given = answer.cookies[COOKIE].value
            assert given != "planted-by-somebody-else"
            for value, status in (("planted-by-somebody-else", 303), (given, 200)):
                headers = {"Cookie": f"{COOKIE}={value}"}
                async with bare.get(one.address + "/account", headers=headers, allow_redirects=False) as answer:
                    assert answer.status == status
            again = {"Cookie": f"{COOKIE}={given}", "Origin": one.address}
            async with bare.post(one.address + "/sign-in", data=fields, headers=again, allow_redirects=False) as answer:
                assert answer.cookies[COOKIE].value != given
            headers = {"Cookie": f"{COOKIE}={given}"}
            async with bare.get(one.address + "/account", headers=headers, allow_redirects=False) as answer:
                assert answer.status == 303  # the session of before is over


async def test_a_session_ends_unused_old_signed_out_disabled_and_revoked(page: StatusPage) -> None:
    sessions, now = tables_people.sessions, SystemClock().now()
    over = [
        {"last_seen": now - IDLE},
        {"expires": now},
        {"created": now - LONGEST, "expires": now - timedelta(seconds=1), "last_seen": now},
    ]
    for values in over:
        async with browser(page, "editor") as one:
            assert (await one.get("/account")).status == 200
            async with page.db.transaction() as conn:
                await conn.execute(update(sessions).values(**values))
            assert (await one.get("/account")).status == 303
            assert (await one.get("/api/v1/account")).status == 401
            posted = await one.post("/account/time-zone", {"time_zone": "UTC"})
            assert (posted.status, "What you typed is not lost" in posted.text) == (401, True)
    async with browser(page, "editor") as one, browser(page, "editor") as other, browser(page, "admin") as admin:
        assert (await one.post("/sign-out")).status == 303
        assert (await one.get("/account")).status == 303
        assert (await other.get("/account")).status == 200
        [open_now] = [
            session for session in await _sessions(admin, "editor") if session["last_seen"] > now.isoformat()
        ][:1]
        headers = {"Origin": admin.address}
        await admin.send("DELETE", f"/api/v1/users/editor/sessions/{open_now['session_id']}", headers=headers)
        await admin.send("DELETE", "/api/v1/users/editor/sessions", headers=headers)
        assert (await other.get("/account")).status == 303
        await other.sign_in("editor")
        assert (await other.get("/account")).status == 200
        body = {"enabled": False}
        await admin.send("PATCH", "/api/v1/users/editor", json=body, headers=headers)
        assert (await other.get("/account")).status == 303
        assert (await other.sign_in("editor")).status == 401


async def _sessions(admin: Browser, name: str) -> list[dict[str, str]]:
    answer = await admin.get(f"/api/v1/users/{name}/sessions")
    found: list[dict[str, str]] = orjson.loads(answer.text)["sessions"]
    return found


async def test_a_secret_that_was_signed_out_opens_nothing_any_more(page: StatusPage) -> None:
    async with browser(page) as one:
        secret = (await one.sign_in("admin")).cookies[COOKIE]
        async with page.db.connection() as conn:
            rows = (await conn.execute(select(tables_people.sessions))).all()
        assert secret not in repr(rows)
        await one.post("/sign-out")
        one.session.cookie_jar.update_cookies({COOKIE: secret}, URL(one.address))
        assert (await one.get("/api/v1/account")).status == 401


@pytest.mark.parametrize("secret", ["", "x", "a" * 5000, "'; DROP TABLE sessions --", "%00", '"quoted"'])
async def test_a_cookie_that_is_none_is_as_if_there_were_none(page: StatusPage, secret: str) -> None:
    async with aiohttp.ClientSession() as bare:
        headers = {"Cookie": f"{COOKIE}={secret}"}
        async with bare.get(f"{page.server.address}/api/v1/account", headers=headers) as answer:
            assert answer.status == 401
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_a_role_that_is_taken_away_counts_at_once(page: StatusPage) -> None:
    async with browser(page, "editor") as one, browser(page, "admin") as admin:
        assert (await one.get("/people")).status == 403
        await admin.send("PATCH", "/api/v1/users/editor", json={"role": "admin"}, headers={"Origin": admin.address})
        assert (await one.get("/people")).status == 200
        await admin.send("PATCH", "/api/v1/users/editor", json={"role": "viewer"}, headers={"Origin": admin.address})
        assert (await one.get("/people")).status == 403


async def test_only_who_is_in_no_installation_with_users_may_look_without_signing_in(tmp_path: Path) -> None:
    async with status_page(tmp_path) as made, browser(made) as one:
        assert (await one.get("/")).status == 200
        assert (await one.get("/api/v1/alerts")).status == 200
        await add_people(made, Role.ADMIN)
        assert (await one.get("/")).headers["Location"] == "/sign-in?next=/"
        assert (await one.get("/api/v1/alerts")).status == 401
        async with made.db.transaction() as conn:
            await users_in_store.change(conn, Role.ADMIN.value * 3, enabled=False)
        assert (await one.get("/api/v1/alerts")).status == 401  # disabled ones count


@pytest.mark.parametrize(
    ("listen", "alone"),
    [("127.0.0.1:8080", True), ("127.9.9.9:1", True), ("[::1]:8080", True), ("localhost:80", True), ("", True),
     ("0.0.0.0:8080", False), ("[::]:8080", False), ("192.0.2.1:80", False), ("news.example:80", False)],
)  # fmt: skip
async def test_a_console_that_other_machines_reach_starts_only_when_somebody_can_sign_in(
    tmp_path: Path, listen: str, *, alone: bool
) -> None:
    (tmp_path / "wirewatch.toml").write_text(f'[server]\nlisten = "{listen}"\n', encoding="utf-8")
    config = load(tmp_path / "wirewatch.toml", {})
    assert config.server.on_loopback is alone
    (tmp_path / "served").mkdir()
    async with status_page(tmp_path / "served") as made:
        warned = await strangers_warning(config)  # of `check`; the configuration's own database is not made yet
        if alone:
            await access.refuse_strangers(config, made.db)
            assert warned is None
        else:
            with pytest.raises(UserError, match="wirewatch users add NAME --role admin"):
                await access.refuse_strangers(config, made.db)
            assert "wirewatch users add NAME --role admin" in (warned or "")
            config.data_dir.mkdir()
            async with Database.open("sqlite:", config.data_dir) as own:
                assert await strangers_warning(config) == warned
                await add_users(own, Role.ADMIN)
            assert await strangers_warning(config) is None
        await add_people(made, Role.ADMIN)
        await access.refuse_strangers(config, made.db)


async def test_where_other_machines_come_in_nobody_reads_even_without_users(tmp_path: Path) -> None:
    """The last user was removed while it runs."""
    async with status_page(tmp_path) as made, browser(made) as one:
        config = made.server._config
        made.server.adopt(replace(config, server=replace(config.server, listen=("0.0.0.0", 8080))))
        assert (await one.get("/api/v1/alerts")).status == 401


async def test_a_browser_is_refused_with_a_page_and_a_program_with_a_line(page: StatusPage) -> None:
    async with browser(page, "viewer") as one, browser(page) as nobody:
        for path, status, heading in (
            ("/people", 403, "You may not do this"),
            ("/articles/none", 404, "Not found"),
            ("/nope", 404, "Not found"),
        ):
            shown = await one.get(path, Accept="text/html,*/*")
            assert (shown.status, f"<h1>{heading}</h1>" in shown.text) == (status, True), path
            told = await one.get(path)
            assert (told.status, "<h1>" in told.text, "\n" in told.text.strip()) == (status, False, False), path
        assert "signed in as <bdi>viewer</bdi>, viewer" in (await one.get("/people", Accept="text/html")).text
        shown = await nobody.get("/nope", Accept="text/html")
        assert (shown.status, "<nav" in shown.text) == (404, False)  # nothing of ours to somebody unknown
        refused = await one.send("GET", "/api/v1/users", headers={"Accept": "text/html"})
        assert (refused.status, refused.headers["Content-Type"]) == (403, "application/problem+json")


async def test_a_session_is_kept_by_requests_and_not_by_an_answer_that_goes_on(page: StatusPage) -> None:
    """A stream of alerts asks again and again who its reader is: a browser that nobody uses is signed out all the same."""
    before = SystemClock().now() - timedelta(hours=1)
    serving = page.server._serving
    assert serving is not None
    async with browser(page) as one:
        secret = await begin_session(page, "viewer")
        async with page.db.transaction() as conn:
            await conn.execute(update(tables_people.sessions).values(last_seen=before))
        cookie = {"Cookie": f"{COOKIE}={secret}"}
        asker = await access.identify(make_mocked_request("GET", "/", headers=cookie), serving)
        assert asker.acting.actor == "viewer"
        assert await _last_seen(page) == before
        assert (await one.send("GET", "/api/v1/account", headers=cookie)).status == 200
        used = await _last_seen(page)
        assert used > before
        await one.send("GET", "/api/v1/account", headers=cookie)
        assert await _last_seen(page) == used  # within a minute nothing is written


async def _last_seen(page: StatusPage) -> datetime:
    async with page.db.connection() as conn:
        found: datetime = (await conn.execute(select(tables_people.sessions.c.last_seen))).scalar_one()
    return found
