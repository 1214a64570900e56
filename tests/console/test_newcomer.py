"""The whole way of a newcomer through the console, in a real browser: from signing in to the first alert, and out again."""

from email.utils import format_datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from core.clock import SystemClock
from tests.console.browser import Window, window
from tests.console.newsroom import running, sites
from tests.fakes.receiver import Receiver
from tests.fakes.web import FakeWeb

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

HARBOUR = """The council of the harbour town debated the pier for three hours. Fishermen asked for cranes, and the mayor
promised an answer by the end of the month. A vote is due in the spring, when the engineers have measured the ground."""
ARMS = """North Korea and Russia talked about arms on Monday, said two people who know of the meeting. The delegation stayed for
three days and visited a factory near the river. Neither side answered questions, and no paper was signed."""
TRAINS = """Witnesses at the border counted eleven trains in one night. North Korea sells arms to Russia, a minister in the south
told reporters, and satellite pictures show new tracks. The railway company declined to comment on its timetable."""
TEXTS = {
    "harbour": ("Harbour council weighs a new pier", HARBOUR),
    "arms": ("Envoys from Pyongyang discuss arms in Moscow", ARMS),
    "arms-later": ("Trains with weapons cross the border at night", TRAINS),
}


class Outlet:
    """A newspaper with a home page that announces its feed; it publishes when told."""

    def __init__(self, web: FakeWeb) -> None:
        self._web = web
        self._published: list[tuple[str, str]] = []
        self.home = web.url("/")
        feed = '<link rel="alternate" type="application/rss+xml" title="The Coast Herald" href="/news.xml">'
        web.serve("/", f"<html lang=en><head><title>The Coast Herald</title>{feed}</head><body>News.</body></html>")

    def publish(self, key: str) -> None:
        title, text = TEXTS[key]
        self._published.insert(0, (key, format_datetime(SystemClock().now())))
        body = f"<html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{text}</p></article></body></html>"
        self._web.serve(f"/{key}.html", body)
        items = "".join(
            f"<item><title>{TEXTS[one][0]}</title><link>{self._web.url(f'/{one}.html')}</link><guid>{one}</guid><pubDate>{when}</pubDate></item>"
            for one, when in self._published
        )
        head = f"<title>The Coast Herald</title><link>{self.home}</link><description>News of the coast</description>"
        document = f"<?xml version='1.0'?><rss version='2.0'><channel>{head}{items}</channel></rss>"
        self._web.serve("/news.xml", document, content_type="application/rss+xml")


async def test_from_signing_in_to_the_first_alert_and_out_again(tmp_path: Path, browser: Browser) -> None:
    async with FakeWeb() as web, sites() as served:
        outlet = Outlet(web)
        outlet.publish("harbour")
        outlet.publish("arms")
        with running(tmp_path, served.config(sources=False)) as newsroom:
            async with window(browser, newsroom.address()) as seen:
                page = seen.page
                await seen.sign_in()
                await page.get_by_role("heading", name="Alerts").wait_for()
                await adds_a_source(page, outlet)
                await until_read(seen)
                await writes_a_rule(seen)
                await is_told_live(seen, outlet, served.receiver)
                await silences_it(page)
                await searches(seen)
                await page.get_by_role("button", name="Sign out").click()
                await page.get_by_text("You are signed out.").wait_for()
                assert seen.said == []


async def adds_a_source(page: Page, outlet: Outlet) -> None:
    """The address of the site is enough: its feed is proposed, and shown before it is added."""
    await page.get_by_role("link", name="Sources", exact=True).click()
    await page.get_by_role("link", name="Add a source").first.click()
    await page.get_by_label("Address").fill(outlet.home)
    await page.get_by_role("button", name="Look what stands there").click()
    await page.get_by_role("button", name="Preview The Coast Herald").click()
    await (
        page.get_by_role("cell", name="Envoys from Pyongyang discuss arms in Moscow")
        .or_(page.get_by_role("rowheader", name="Envoys from Pyongyang discuss arms in Moscow"))
        .first.wait_for()
    )
    await page.get_by_role("button", name="Add it").click()
    await page.get_by_role("heading", name="The Coast Herald").wait_for()


async def until_read(seen: Window) -> None:
    """Both articles are in the archive."""
    for _ in range(200):
        await seen.go("/articles")
        if await seen.page.get_by_role("link", name=TEXTS["arms"][0]).count():
            return
        await seen.page.wait_for_timeout(250)
    raise AssertionError("the articles were never read")


async def writes_a_rule(seen: Window) -> None:
    """With a mistake, whose fix is a click away; the preview shows what it would have found."""
    page = seen.page
    await seen.go("/rules/new")
    await page.get_by_label("Name").fill("dprk-arms")
    await page.get_by_label("Text", exact=True).fill('"North Korea" AND arms OR weapons')
    problems = page.get_by_role("list", name="Problems of the text")
    await problems.wait_for()
    assert "mixed-and-or" in await problems.inner_text()
    await problems.get_by_role("button", name="Fix").first.click()
    found = page.locator("#preview").get_by_role("link", name=TEXTS["arms"][0])
    await found.wait_for()
    assert await problems.count() == 0
    assert "(" in await page.get_by_label("Text", exact=True).input_value()
    await page.get_by_label("desk").check()
    await page.get_by_role("button", name="Save the rule").click()
    await page.get_by_role("heading", name="dprk-arms").wait_for()


async def is_told_live(seen: Window, outlet: Outlet, receiver: Receiver) -> None:
    """The open inbox says that something is new; the alert is acknowledged by the keyboard."""
    page = seen.page
    await seen.go("/")
    outlet.publish("arms-later")
    other = await page.context.new_page()  # somebody polls the source at once
    await other.goto(f"{seen.address}/sources")
    await other.get_by_role("link", name="The Coast Herald").first.click()
    await other.get_by_role("button", name="Poll now").click()
    await other.close()
    await page.get_by_role("link", name="1 new").click(timeout=60_000)
    await page.get_by_role("link", name=TEXTS["arms-later"][0]).wait_for()
    assert "arms" in await page.locator("mark").all_inner_texts()
    await receiver.until(1)
    await page.keyboard.press("j")
    await page.keyboard.press("a")
    await page.get_by_role("article").get_by_text("acknowledged").wait_for()


async def silences_it(page: Page) -> None:
    """After a look at what that would have hidden."""
    await page.goto(page.url.split("?")[0] + "?state=acknowledged")
    await page.get_by_role("link", name=TEXTS["arms-later"][0]).click()
    await page.get_by_role("heading", name=TEXTS["arms-later"][0]).first.wait_for()
    await page.get_by_role("link", name="see first what that would have hidden").click()
    await page.get_by_role("heading", name="What it would have hidden").wait_for()
    assert await page.get_by_role("link", name=TEXTS["arms-later"][0]).count() == 1
    await page.get_by_label("Why").fill("known since Monday")
    await page.get_by_role("button", name="Silence for").click()
    await page.goto("/".join(page.url.split("/")[:3]) + "/silences")
    await page.get_by_text("known since Monday").wait_for()


async def searches(seen: Window) -> None:
    """By the language of rules; what is found can become one."""
    page = seen.page
    await seen.go("/search")
    await page.get_by_label("Query").fill("satellite AND trains")
    await page.get_by_role("button", name="Search").click()
    await page.get_by_role("link", name=TEXTS["arms-later"][0]).wait_for()
    await page.get_by_role("button", name="Save as a rule").click()
    assert await page.get_by_label("Text", exact=True).input_value() == "satellite AND trains"
