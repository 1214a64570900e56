"""Signing in with a real browser, by the keyboard alone, and what it sends along with forms."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.console.browser import DESK, PHONE, window
from tests.fakes.passwords import quick_passwords
from tests.wirewatch.people import PASSWORD, add_people
from tests.wirewatch.statuspage import StatusPage, status_page

__all__ = ["quick_passwords"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("quick_passwords"),
]


@pytest_asyncio.fixture(loop_scope="module")
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    async with status_page(tmp_path) as made:
        await add_people(made)
        yield made


async def test_somebody_signs_in_works_and_signs_out_by_the_keyboard_alone(page: StatusPage, browser: Browser) -> None:
    async with window(browser, str(page.server.address), width=DESK) as seen:
        keyboard = seen.page.keyboard
        await seen.go("/account")
        await seen.page.get_by_label("Name").focus()
        await keyboard.type("admin")
        await keyboard.press("Tab")
        await keyboard.type(PASSWORD)
        await keyboard.press("Enter")
        await seen.page.get_by_role("heading", name="admin").wait_for()
        await seen.page.get_by_label("Show times in").focus()  # a form of ours says where it comes from
        await keyboard.type("Asia/Kolkata")
        await keyboard.press("Enter")
        await seen.page.get_by_text("Saved.").wait_for()
        assert "+05:30" in await seen.page.inner_text("main")
        await seen.page.get_by_role("banner").get_by_role("button", name="Sign out").focus()
        await keyboard.press("Enter")
        await seen.page.get_by_text("You are signed out.").wait_for()
        assert seen.said == []


@pytest.mark.parametrize(("width", "dark"), [(DESK, False), (PHONE, True)], ids=["desk-light", "phone-dark"])
async def test_the_way_in_and_out_is_accessible_and_fits(
    page: StatusPage, browser: Browser, width: int, *, dark: bool
) -> None:
    async with window(browser, str(page.server.address), width=width, dark=dark) as seen:
        for path in ("/sign-in", "/sign-in?out", "/sign-out"):
            await seen.go(path)
            assert await seen.violations() == [], path
            assert await seen.width() <= width, path
        await seen.go("/sign-in")
        await seen.page.get_by_label("Name").fill("admin")
        await seen.page.get_by_label("Password").fill("not the password")
        await seen.page.get_by_role("button", name="Sign in").click()
        await seen.page.get_by_text("Name or password is wrong.").wait_for()
        assert await seen.violations() == []
        await seen.sign_in("admin", PASSWORD)
        for path in ("/account", "/people", "/people/editoreditoreditor"):
            await seen.go(path)
            assert await seen.violations() == [], path
            assert await seen.width() <= width, path
