"""`make screenshots`: what each kind of channel shows, as PNG files under docs/pictures. Needs chromium."""

import asyncio
import shutil
import sys
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.pictures import payloads, renderers, sample

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
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("no chromium is installed (Debian: the package chromium)")
    _FOLDER.mkdir(exist_ok=True)
    alert, digest = sample.alert(), sample.digest()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for kind in renderers.RENDERERS:
            if kind != "webhook":  # its body is shown as text in webhook.md
                await _draw(browser, kind, renderers.page(kind, await payloads.payload(kind, alert)))
        await _draw(browser, "slack-digest", renderers.page("slack", await payloads.payload("slack", digest)))
        mail = payloads.mail(digest)
        await _draw(browser, "email-digest", renderers.mail(mail))
        await _draw(browser, "email-phone-dark", renderers.mail(payloads.mail(alert)), width=360, dark=True)
        await browser.close()


asyncio.run(main())
