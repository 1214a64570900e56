"""A server with users in each role, and browsers that sign in to it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from yarl import URL

from core.clock import SystemClock
from core.db.engine import Database
from core.model.team import Team
from core.model.user import UserRow
from core.passwords import hashed
from core.store import teams as teams_in_store
from core.store import users as users_in_store
from tests.wirewatch.statuspage import StatusPage
from wirewatch.usecases.permission import Role
from wirewatch.usecases.session_life import Came, begin

PASSWORD = "a long walk home"
SPORT = "1" * 24
COOKIE = "wirewatch_session"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str
    cookies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Browser:
    """Keeps cookies, and names its origin with each form as browsers do."""

    session: aiohttp.ClientSession
    address: str

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.send("GET", path, headers=headers)

    async def post(self, path: str, fields: Mapping[str, str] | None = None, **headers: str) -> Answer:
        return await self.send("POST", path, data=dict(fields or {}), headers={"Origin": self.address, **headers})

    async def send(self, method: str, path: str, **more: object) -> Answer:
        sent = self.session.request(method, self.address + path, allow_redirects=False, **more)  # type: ignore[arg-type]
        async with sent as answer:
            cookies = {name: morsel.value for name, morsel in answer.cookies.items()}
            return Answer(answer.status, answer.headers, await answer.text(), cookies)

    async def sign_in(self, name: str, password: str = PASSWORD, **fields: str) -> Answer:
        return await self.post("/sign-in", {"name": name, "password": password, **fields})


async def add_people(page: StatusPage, *roles: Role) -> None:
    """A user of each role, called by it, in the default team; and a team `sport`."""
    await add_users(page.db, *roles)


async def add_users(db: Database, *roles: Role) -> None:
    """The same in a database."""
    password = await hashed(PASSWORD)
    async with db.transaction() as conn:
        now = SystemClock().now()
        await teams_in_store.add(conn, Team(team_id=SPORT, name="sport", created=now))
        for role in roles or tuple(Role):
            row = UserRow(user_id=role.value * 3, name=role.value, password_hash=password, role=role.value, created=now)
            await users_in_store.add(conn, row)
            await users_in_store.join_team(conn, row.user_id, "default")


async def begin_session(page: StatusPage, name: str) -> str:
    """The secret of a new session of that user."""
    async with page.db.transaction() as conn:
        row = await users_in_store.by_name(conn, name)
        assert row is not None
        came = Came(address="127.0.0.1", user_agent="Browser of the test")
        return (await begin(conn, row, came, SystemClock().now())).secret


@asynccontextmanager
async def browser(page: StatusPage, name: str | None = None) -> AsyncIterator[Browser]:
    """A browser of its own; signed in, where a name is given."""
    jar = aiohttp.CookieJar(unsafe=True)  # keeps cookies of an address, too
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        opened = Browser(session, str(page.server.address))
        if name is not None:
            jar.update_cookies({COOKIE: await begin_session(page, name)}, URL(opened.address))
        yield opened
