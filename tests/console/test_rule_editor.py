"""The editor of a rule in a real browser: the preview follows what is typed, a fix is a click, text and boxes follow each other."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from alerts.match.words import words_of_article
from core.clock import SystemClock
from core.store import articles
from core.store.articles import StoredArticle
from tests.alerts.making import story_article
from tests.console.browser import DESK, chromium, window
from tests.wirewatch.people import PASSWORD, add_people
from tests.wirewatch.statuspage import status_page
from wirewatch.usecases.permission import Role

pytestmark = [pytest.mark.browser]

PATIENCE = 30_000  # milliseconds


@pytest.fixture
async def editor(tmp_path: Path) -> AsyncIterator[Page]:
    """The page of a new rule, beside an archive of one article, with an analyst signed in."""
    now = SystemClock().now()
    async with status_page(tmp_path) as made, chromium() as browser:
        await add_people(made, Role.ANALYST)
        story = story_article(1, text="Ships with arms left Korea.")
        story = replace(story, article=replace(story.article, title="News", accepted=now - timedelta(hours=1)))
        async with made.db.transaction() as conn:
            await articles.put_many(conn, [StoredArticle(story, words_of_article(story.article))])
        async with window(browser, str(made.server.address), width=DESK, dark=False) as seen:
            await seen.sign_in("analyst", PASSWORD)
            await seen.go("/rules/new")
            yield seen.page
            assert seen.said == []


async def test_the_preview_follows_what_is_typed_and_a_fix_is_a_click(editor: Page) -> None:
    query = editor.locator("#query")
    await query.press_sequentially("arms Korea")
    await expect(editor.locator("#problems")).to_contain_text("bare-words", timeout=PATIENCE)
    await editor.get_by_role("button", name="Fix: all of them").click()
    await expect(query).to_have_value("arms AND Korea", timeout=PATIENCE)
    await expect(query).to_be_focused()
    await expect(editor.locator("#preview")).to_contain_text("1 alert from 1 article", timeout=PATIENCE)
    await expect(editor.locator("#preview mark").first).to_have_text("arms")


async def test_text_and_boxes_follow_each_other(editor: Page) -> None:
    query, none_of = editor.locator("#query"), editor.locator("#none_of-0")
    await query.press_sequentially("arms AND (Korea OR Iran)")
    await expect(editor.locator("#any_of-0")).to_have_value("Korea\nIran", timeout=PATIENCE)
    await none_of.press_sequentially("football\nchess")
    await expect(query).to_have_value(re.compile("NOT football AND NOT chess$"), timeout=PATIENCE)
    await expect(none_of).to_be_focused()
    await editor.fill("#name", "arms")
    await editor.get_by_role("button", name="Save the rule").click()
    await expect(editor.locator("pre.query")).to_have_text(
        "arms AND (Korea OR Iran) AND NOT football AND NOT chess", timeout=PATIENCE
    )
