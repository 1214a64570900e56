"""The inbox in a real browser: found, readable, usable by keyboard, on a phone, in the dark, and live."""

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from alerts.deliver.link_maker import keys_in
from alerts.links import Link, LinkAction, expires_at, sign
from core.clock import SystemClock
from core.model.outcome import FailureReason
from core.model.rule import RuleDraft
from core.store import rules
from tests.console.browser import PHONE
from tests.wirewatch.people import COOKIE, add_people, begin_session
from tests.wirewatch.statuspage import HOSTILE, QUERY, StatusPage, an_alert, status_page, with_title
from wirewatch.usecases.permission import Role

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

LONG = "Verfassungsschutzpräsidentenkandidatenauswahlkommission " * 4 + "x" * 200


@pytest_asyncio.fixture(loop_scope="module")
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    """A newsroom in trouble: hostile and long titles, three scripts, a dead source, a delivery that is tried again."""
    async with status_page(tmp_path) as made:
        titles = [
            ("Russia buys arms from North Korea", "en"),
            (HOSTILE, "en"),
            (LONG, "de"),
            ("روسيا تشتري أسلحة من كوريا الشمالية: 12 سفينة", "ar"),
        ]
        for number, (title, lang) in enumerate(titles):
            alert = with_title(an_alert(f"story-{number}"), title, lang=lang)
            failures = [FailureReason.SERVER_ERROR] if number == 0 else []
            await made.raise_alert(alert, *failures)
        await made.add_source("Example World", "https://news.example/world.xml")
        await made.add_source("A feed that is gone", "https://gone.example/" + "long/" * 40, failures=3)
        await made.collector.collect()
        yield made


async def opened(browser: Browser, page: StatusPage, path: str = "/", *, width: int = 1280, dark: bool = False) -> Page:
    """The page in a window of that width; any error of the page or of its policy fails the test."""
    context = await browser.new_context(  # closed with the browser
        viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light"
    )
    window = await context.new_page()
    said: list[str] = []
    window.on("console", lambda message: said.append(message.text))
    window.on("pageerror", lambda error: said.append(str(error)))
    answer = await window.goto(f"{page.server.address}{path}")
    assert answer is not None
    assert answer.ok
    assert said == []
    return window


async def test_the_alert_stands_there_with_its_evidence(browser: Browser, page: StatusPage) -> None:
    window = await opened(browser, page)
    alert = window.get_by_role("article").filter(has_text="Russia buys arms from North Korea")
    assert await alert.locator("mark").all_inner_texts() == ["Russia", "arms"]
    assert await window.title() == "(1 trouble) Alerts · wirewatch"
    await alert.get_by_role("link", name="Russia buys arms from North Korea").click()
    await window.get_by_role("heading", name="Deliveries").wait_for()
    why = window.get_by_role("list", name="What matched").get_by_role("listitem")
    assert await why.all_inner_texts() == ["arms → “arms” in the body", "Russia → “Russia” in the title"]
    assert await window.get_by_role("cell", name="server_error").is_visible()
    assert await window.get_by_text("arms AND Russia").is_visible()


async def test_the_first_alert_is_on_the_first_screen_of_a_telephone(browser: Browser, page: StatusPage) -> None:
    window = await opened(browser, page, width=PHONE)
    assert await window.evaluate("document.querySelector('[data-row] h2').getBoundingClientRect().bottom") < 640


async def test_an_alert_is_taken_with_a_key_and_a_new_one_moves_nothing(browser: Browser, page: StatusPage) -> None:
    await add_people(page, Role.ANALYST)
    window = await opened(browser, page, "/sign-in")
    await window.context.add_cookies(
        [{"name": COOKIE, "value": await begin_session(page, "analyst"), "url": str(page.server.address)}]
    )
    await window.goto(f"{page.server.address}/")
    await window.keyboard.press("j")
    await window.keyboard.press("j")
    about = await window.evaluate("document.activeElement.closest('[data-row]').id")
    await window.keyboard.press("a")
    await window.locator(f"#{about} .state").filter(has_text="acknowledged").wait_for()
    before = await window.evaluate("document.activeElement.closest('[data-row]').getBoundingClientRect().top")
    await page.raise_alert(with_title(an_alert("live"), "It came live"))
    await window.get_by_role("link", name="1 new").wait_for()
    assert await window.evaluate("document.activeElement.closest('[data-row]').getBoundingClientRect().top") == before
    await window.keyboard.press("?")
    await window.get_by_role("cell", name="go to the next one").wait_for()
    await window.get_by_role("button", name="Turn the shortcuts off").click()
    await window.keyboard.press("Escape")
    await window.keyboard.press("j")
    assert await window.evaluate("document.activeElement.closest('[data-row]')") is None
    await window.get_by_role("link", name="1 new").click()
    await window.get_by_role("heading", name="It came live").wait_for()


@pytest.mark.parametrize("width", [PHONE, 1280])
async def test_the_rule_of_an_alert_is_one_click_away(browser: Browser, page: StatusPage, width: int) -> None:
    async with page.db.transaction() as conn:
        for query in ("arms", QUERY, f"{QUERY} AND {'x' * 200}"):
            draft = RuleDraft(name="dprk-russia-arms", query=query, canonical=query, author="kim", comment=LONG)
            await rules.put(conn, draft, SystemClock().now())
        row = await rules.get(conn, "dprk-russia-arms")
    assert row is not None
    alert = with_title(an_alert("of-the-rule"), "An alert of the rule that is stored")
    await page.raise_alert(replace(alert, rule=replace(alert.rule, rule_id=row.rule_id)))
    window = await opened(browser, page, width=width)
    card = window.get_by_role("article").filter(has_text="An alert of the rule that is stored")
    await card.get_by_role("link", name="dprk-russia-arms").click()
    await window.get_by_role("heading", name="Versions").wait_for()
    assert await window.title() == "dprk-russia-arms · wirewatch"
    assert await window.get_by_text("● in force").is_visible()
    assert await window.get_by_role("region", name="Versions").get_by_role("row").count() >= 3
    assert await window.get_by_role("heading", name="An alert of the rule that is stored").is_visible()
    assert await window.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("action", LinkAction)
async def test_a_signed_link_is_one_button_on_a_telephone(
    browser: Browser, page: StatusPage, action: LinkAction
) -> None:
    alert = with_title(an_alert("linked"), HOSTILE)
    async with page.db.transaction() as conn:
        draft = RuleDraft(rule_id=alert.rule.rule_id, name=LONG[:180], query="arms", canonical="arms")
        await rules.put(conn, draft, SystemClock().now())
    await page.raise_alert(alert)
    (key,) = await keys_in(page.db)
    token = sign(key, Link(action=action, alert_id=alert.alert_id, expires=expires_at(SystemClock().now())))
    window = await opened(browser, page, f"/a/{token}", width=PHONE)
    assert await window.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert await window.locator("script, main b, main i").count() == 0
    buttons = window.get_by_role("button")
    assert await buttons.count() == (0 if action is LinkAction.WHY else 1)
    if action is not LinkAction.WHY:
        await window.get_by_label("Your name").fill("Ann")
        await buttons.click()
        done = {LinkAction.ACKNOWLEDGE: "Acknowledged by Ann (by link).", LinkAction.SILENCE: "Silenced until"}[action]
        assert done in await window.get_by_role("status").inner_text()
        assert await window.evaluate("document.documentElement.scrollWidth") <= PHONE


async def test_a_hostile_title_is_text(browser: Browser, page: StatusPage) -> None:
    window = await opened(browser, page)
    assert await window.get_by_role("heading", name=HOSTILE).is_visible()
    assert await window.locator("script:not([src^='/static/']), main b, main i").count() == 0
    assert await window.title() == "(1 trouble) Alerts · wirewatch"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, 1280])
async def test_nothing_is_wider_than_the_window(browser: Browser, page: StatusPage, width: int, *, dark: bool) -> None:
    window = await opened(browser, page, width=width, dark=dark)
    assert await window.evaluate("document.documentElement.scrollWidth") <= width
    ground = await window.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(21, 21, 23)") is dark


async def test_a_title_of_another_direction_keeps_it(browser: Browser, page: StatusPage) -> None:
    window = await opened(browser, page)
    headings = window.get_by_role("heading", name="روسيا")
    assert await headings.first.evaluate("element => getComputedStyle(element).direction") == "rtl"
    other = window.get_by_role("heading", name="Russia buys arms")
    assert await other.first.evaluate("element => getComputedStyle(element).direction") == "ltr"


async def test_the_keyboard_reaches_everything_and_shows_where_it_is(browser: Browser, page: StatusPage) -> None:
    window = await opened(browser, page, "/")
    await window.keyboard.press("Tab")
    assert await window.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert await window.evaluate("document.activeElement.getBoundingClientRect().left >= 0")
    await window.keyboard.press("Enter")
    await window.keyboard.press("Tab")
    focused = "document.activeElement.closest('main') !== null"
    assert await window.evaluate(focused)
    assert await window.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


async def test_keys_go_through_the_rows_of_other_lists_too(browser: Browser, page: StatusPage) -> None:
    window = await opened(browser, page, "/deliveries")
    await window.keyboard.press("j")
    first = await window.evaluate("document.activeElement.closest('tbody tr') !== null")
    assert first
    await window.keyboard.press("o")
    await window.wait_for_url(lambda address: not address.endswith("/deliveries"))


async def test_headings_are_in_order(browser: Browser, page: StatusPage) -> None:
    window = await opened(browser, page)
    for path in ("/", await window.locator("[data-open]").first.get_attribute("href")):
        await window.goto(f"{page.server.address}{path}")
        levels = await window.evaluate(
            "[...document.querySelectorAll('h1, h2, h3, h4')].map(h => Number(h.tagName[1]))"
        )
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
