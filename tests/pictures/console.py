"""The console as it looks in use: pictures of its pages for docs/console.md, taken of a real newsroom in a real browser."""

import tempfile
from pathlib import Path

from playwright.async_api import Browser

from tests.console.browser import DESK, PHONE, Window, window
from tests.console.newsroom import running, sites

# Of a page: its address, or what the first link that begins so leads to from the page before it.
_PAGES = {
    "console-alerts": "/",
    "console-alert": "/alerts/",
    "console-rules": "/rules",
    "console-rule-editor": "/rules/new?query=%22North+Korea%22+AND+Russia+AND+arms",
    "console-search": "/search?query=export*",
    "console-stories": "/stories",
    "console-sources": "/sources",
    "console-channels": "/channels",
    "console-system": "/system",
    "console-audit": "/audit",
}
_HEIGHT = 900


async def draw(browser: Browser, folder: Path) -> None:
    """All of them, wide and light; the first two also on a telephone, in the dark."""
    with tempfile.TemporaryDirectory(prefix="wirewatch-pictures-") as made:
        async with sites() as served:
            with running(Path(made), served.config()) as newsroom:
                await served.receiver.until(len(served.desk.expected))
                async with window(browser, newsroom.address(), width=DESK) as wide:
                    await wide.sign_in()
                    for name, path in _PAGES.items():
                        await _draw(wide, path, folder / f"{name}.png")
                async with window(browser, newsroom.address(), width=PHONE, dark=True) as phone:
                    await phone.sign_in()
                    for name in ("console-alerts", "console-alert"):
                        await _draw(phone, _PAGES[name], folder / f"{name}-phone-dark.png")


async def _draw(seen: Window, path: str, file: Path) -> None:
    if path.endswith("/") and path != "/":
        links: list[str] = await seen.page.eval_on_selector_all(
            f"main a[href^='{path}']", "all => all.map(a => a.getAttribute('href'))"
        )
        path = links[0]
    await seen.go(path)
    await seen.page.wait_for_load_state("networkidle")
    width = seen.page.viewport_size["width"] if seen.page.viewport_size else DESK
    await seen.page.screenshot(path=file, clip={"x": 0, "y": 0, "width": width, "height": _HEIGHT}, full_page=True)
