"""Every page that can be reached by links: accessible (axe-core), within 360 pixels, in the dark, light to transfer, without errors of scripts."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser

from core.clock import SystemClock
from core.metrics import Metrics
from tests.console.browser import DESK, PHONE, Window, window
from tests.console.newsroom import ADMIN, PASSWORD, running, seldom, sites
from tests.services.wirewatch import Running
from wirewatch.api.server import Server
from wirewatch.config.loading import load
from wirewatch.health.parts import Health

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

MOST_BYTES = 60_000  # of a page with its style and scripts, as they travel
UNLINKED = re.compile(
    r"^/(a|u|f|hooks|static|api|theme|metrics|livez|readyz)\b|^/sign-(in|out)|oidc|^/alerts/(new|badge|\{alert_id\}/row)$"  # the last are parts of pages
    r"|^/aliases/[^/]+/export$|^/rules/[^/]+/text$"  # files
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def newsroom(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Running, with all the alerts that the sample newsroom raises."""
    folder: Path = tmp_path_factory.mktemp("console")
    async with sites() as served:
        with running(folder, served.config()) as one:
            await served.receiver.until(len(served.desk.expected))
            await seldom(folder)
            yield one


def page_patterns(folder: Path) -> dict[str, re.Pattern[str]]:
    """The pages of the table of routes, by their path."""
    path = folder / "wirewatch.toml"
    config, clock = load(path, {}), SystemClock()
    server = Server(config, health=Health(dict), metrics=Metrics(), clock=clock, pages=True)
    paths = {route.path for route in server.routes() if route.method == "GET" and not UNLINKED.match(route.path)}
    return {one: re.compile(_regex(one) + "$") for one in paths}


def _regex(path: str) -> str:
    """Of a path of the table: `{name}` stands for a part of it, `{name:...}` for what fits its own regex."""
    parts = re.split(r"(\{\w+(?::(?:[^{}]|\{[^{}]*\})*)?\})", path)
    return "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in parts)


def pattern_of(path: str, patterns: dict[str, re.Pattern[str]]) -> str | None:
    """The most exact one that a path fits."""
    fitting = [one for one, pattern in patterns.items() if pattern.match(urlsplit(path).path)]
    return min(fitting, key=lambda one: one.count("{"), default=None)


async def walk(seen: Window, patterns: dict[str, re.Pattern[str]]) -> AsyncIterator[str]:
    """One address of each page that links lead to; the window shows it."""
    left, done = ["/rules?text=changed", "/"], set[str]()  # the rule that has versions to compare
    while left:
        path = left.pop(0)
        kind = pattern_of(path, patterns)
        if kind is None or kind in done:
            continue
        done.add(kind)
        assert await seen.go(path) == 200, path
        yield path
        links: list[str] = await seen.page.eval_on_selector_all(
            "a[href^='/']", "all => all.map(a => a.getAttribute('href'))"
        )
        left += links


@pytest.mark.parametrize(("width", "dark"), [(DESK, False), (PHONE, True)], ids=["desk-light", "phone-dark"])
async def test_every_page_is_accessible_and_fits(
    newsroom: Running, browser: Browser, width: int, *, dark: bool
) -> None:
    patterns = page_patterns(newsroom.log_path.parent)
    wrong, reached = [], set[str | None]()
    async with window(browser, newsroom.address(), width=width, dark=dark) as seen:
        await seen.sign_in()
        async for path in walk(seen, patterns):
            reached.add(pattern_of(path, patterns))
            wrong += [f"{path}: {one}" for one in await seen.violations()]
            if await seen.width() > width:
                wrong.append(f"{path}: {await seen.width()} pixels wide in a window of {width}")
            if await seen.page.locator("h1").count() != 1:
                wrong.append(f"{path}: {await seen.page.locator('h1').count()} headings of the first level")
            wrong += [f"{path}: {one}" for one in seen.said]
            seen.said.clear()
    assert wrong == [], "\n".join(wrong)
    assert patterns.keys() - reached == set(), "no link leads there"


async def test_no_page_is_heavy(newsroom: Running) -> None:
    patterns = page_patterns(newsroom.log_path.parent)
    paths = [path for path in patterns if "{" not in path]
    async with aiohttp.ClientSession(auto_decompress=False, headers={"Accept-Encoding": "gzip"}) as session:
        form = {"name": ADMIN, "password": PASSWORD}
        origin = {"Origin": newsroom.address()}
        async with session.post(f"{newsroom.address()}/sign-in", data=form, headers=origin) as answer:
            assert answer.status == 200
        files = 0
        for name in ("style.css", "htmx.js", "sse.js", "console.js"):
            async with session.get(f"{newsroom.address()}/static/{name}") as answer:
                files += len(await answer.read())
        for path in paths:
            async with session.get(f"{newsroom.address()}{path}") as answer:
                assert len(await answer.read()) + files < MOST_BYTES, path
