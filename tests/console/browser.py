"""A real browser (Debian's chromium) on the console: windows whose every error fails the test, and axe-core."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.console.newsroom import ADMIN, PASSWORD

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PHONE, DESK = 360, 1280
_AXE = Path(__file__).resolve().parents[1] / "vendored" / "axe.js"
# WCAG 2.2 A and AA, and what axe-core calls best practice.
_AXE_RUN = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.map(one => `${one.id} (${one.impact}): ${one.help}: ${one.nodes.slice(0, 3).map(node => node.html).join(" | ")}`);
}"""


def chromium_path() -> str | None:
    """Where the browser is, if there is one."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The browser; without it the tests are skipped, in CI they fail."""
    path = chromium_path()
    if path is None:
        reason = "no chromium is installed (Debian: the package chromium)"
        if os.environ.get("CI"):
            pytest.fail(f"CI must have a browser: {reason}")
        pytest.skip(reason)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Window:
    """A window on the console. `said`: errors of scripts and of the content security policy."""

    page: Page
    address: str
    said: list[str] = field(default_factory=list)

    async def go(self, path: str) -> int:
        """Open a page of ours; its status."""
        answer = await self.page.goto(f"{self.address}{path}")
        assert answer is not None
        return answer.status

    async def sign_in(self, name: str = ADMIN, password: str = PASSWORD) -> None:
        await self.go("/sign-in")
        await self.page.get_by_label("Name").fill(name)
        await self.page.get_by_label("Password").fill(password)
        await self.page.get_by_role("button", name="Sign in").click()
        await self.page.get_by_role("link", name="Alerts").first.wait_for()

    async def violations(self) -> list[str]:
        """What axe-core has against the page as it is now."""
        # Through the debugger, not as a script of the page, whose policy forbids it.
        await self.page.evaluate(_AXE.read_text(encoding="utf-8"))
        found: list[str] = await self.page.evaluate(_AXE_RUN)
        return found

    async def width(self) -> int:
        """Of what the page shows, in CSS pixels: more than the window is a horizontal scroll bar."""
        found: int = await self.page.evaluate("document.documentElement.scrollWidth")
        return found


@asynccontextmanager
async def window(
    browser: Browser, address: str, *, width: int = DESK, dark: bool = False, **more: Any
) -> AsyncIterator[Window]:
    """A window with cookies of its own; closed at the end."""
    context = await browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light", **more
    )
    context.set_default_timeout(20_000)
    page = await context.new_page()
    made = Window(page, address)
    page.on("console", lambda message: made.said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: made.said.append(str(error)))
    try:
        yield made
    finally:
        await context.close()
