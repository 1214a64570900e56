"""`make screenshots`: what each kind of channel shows, and the console in use, as PNG files under docs/pictures. Needs chromium."""

import asyncio
import sys
from pathlib import Path

from playwright.async_api import Browser

from tests.console.browser import chromium, chromium_path
from tests.pictures import console, payloads, renderers, sample

_FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"


async def _draw(browser: Browser, name: str, html: str, *, width: int = 640, dark: bool = False) -> None:
    page = await browser.new_page(
        viewport={"width": width, "height": 200}, device_scale_factor=1, color_scheme="dark" if dark else "light"
    )
    await page.set_content(html)
    await page.screenshot(path=_FOLDER / f"{name}.png", full_page=True)
    await page.close()


async def main() -> None:
    """Draw all."""
    if chromium_path() is None:
        sys.exit("no chromium is installed (Debian: the package chromium)")
    _FOLDER.mkdir(exist_ok=True)
    alert, digest = sample.alert(), sample.digest()
    async with chromium() as browser:
        for kind in renderers.RENDERERS:
            if kind != "webhook":  # its body is shown as text in webhook.md
                await _draw(browser, kind, renderers.page(kind, await payloads.payload(kind, alert)))
        await _draw(browser, "slack-digest", renderers.page("slack", await payloads.payload("slack", digest)))
        mail = payloads.mail(digest)
        await _draw(browser, "email-digest", renderers.mail(mail))
        await _draw(browser, "email-phone-dark", renderers.mail(payloads.mail(alert)), width=360, dark=True)
        await console.draw(browser, _FOLDER)


asyncio.run(main())
