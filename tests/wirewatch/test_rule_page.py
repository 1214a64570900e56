"""The page that `rule.url` of every message leads to, whatever has become of the rule since."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import aiohttp
import pytest

from alerts.channels.message import message_of
from core.clock import SystemClock
from core.model.outcome import Priority
from core.model.route import Route
from core.model.rule import RuleDraft, RuleSettings
from core.model.sending import QuietHours, Throttle
from core.model.silence import Silence
from core.store import routes, rules, silences
from tests.fakes.records import a_notification
from tests.wirewatch.statuspage import HOSTILE, StatusPage, an_alert, status_page, with_title

NOW = SystemClock().now()
NAME = "dprk-russia-arms"
SETTINGS = RuleSettings(
    channels=("desk",),
    priority=Priority.FLASH,
    throttle=Throttle(3, 3600.0),
    quiet_hours=QuietHours(start=time(22), end=time(7), time_zone="Europe/Berlin"),
)


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    async with status_page(tmp_path) as made:
        yield made


async def seen(page: StatusPage, url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def stored(page: StatusPage, *queries: str, name: str = NAME, settings: RuleSettings = SETTINGS) -> str:
    """The rule with a version for each query; its id."""
    async with page.db.transaction() as conn:
        for number, query in enumerate(queries, start=1):
            draft = RuleDraft(name=name, query=query, canonical=query, settings=settings, author="kim")
            await rules.put(conn, replace(draft, comment=f"try {number}"), NOW)
        row = await rules.get(conn, name)
    assert row is not None
    return row.rule_id


async def raised(page: StatusPage, rule_id: str) -> str:
    """An alert of the rule; the address of the rule that its messages carry."""
    alert = with_title(an_alert(), "Russia buys arms")
    alert = replace(alert, rule=replace(alert.rule, rule_id=rule_id, name=NAME))
    await page.raise_alert(alert)
    return message_of(a_notification(alert), console_url=page.server.address or "").rule.url


async def test_the_address_in_a_message_leads_to_the_rule_with_its_versions_and_alerts(page: StatusPage) -> None:
    url = await raised(page, await stored(page, "arms", "arms AND Russia"))
    status, shown = await seen(page, url)
    assert status == 200
    for part in (NAME, "in force", "version 2", "kept in the database", "try 1", "try 2", "arms AND Russia"):
        assert part in shown
    for part in (
        "channels: <bdi>desk",
        "priority: <bdi>flash",
        "throttle: <bdi>3 per 3600 s",
        "start 22:00, end 07:00",
    ):
        assert part in shown
    assert "Russia buys arms" in shown
    assert "delivered to desk" in shown


async def test_a_rule_that_was_removed_says_so(page: StatusPage) -> None:
    url = await raised(page, await stored(page, "arms"))
    async with page.db.transaction() as conn:
        await rules.set_enabled(conn, NAME, enabled=False)
    status, shown = await seen(page, url)
    assert status == 200
    assert "out of force" in shown
    assert "it was paused or removed" in shown


async def test_a_rule_that_was_renamed_keeps_its_address(page: StatusPage) -> None:
    rule_id = await stored(page, "arms", "guns")
    url = await raised(page, rule_id)
    async with page.db.transaction() as conn:
        await rules.rename(conn, rule_id, "weapons")
    status, shown = await seen(page, url)
    assert status == 200
    for part in ("<bdi>weapons</bdi>", "version 2", "try 1", "Russia buys arms"):
        assert part in shown


async def test_a_rule_that_is_stored_no_more_is_shown_as_its_alerts_have_it(page: StatusPage) -> None:
    status, shown = await seen(page, await raised(page, "stored-no-more"))
    assert status == 200
    assert "it is stored no more" in shown
    assert "arms AND Russia" in shown


async def test_a_rule_that_nobody_knows_is_not_found(page: StatusPage) -> None:
    status, shown = await seen(page, f"{page.server.address}/rules/none")
    assert (status, shown) == (404, "There is no such rule, and no alert of one.\n")


async def test_a_rule_without_alerts_names_the_next_step(page: StatusPage) -> None:
    rule_id = await stored(page, "arms", settings=RuleSettings())
    _, shown = await seen(page, f"{page.server.address}/rules/{rule_id}")
    assert "It has raised no alert that is kept." in shown
    assert "sent to nobody" in shown


async def test_a_silence_that_keeps_its_alerts_back_is_named(page: StatusPage) -> None:
    rule_id = await stored(page, "arms")
    async with page.db.transaction() as conn:
        for name, source in (("all", None), ("one-source", "Example*")):
            ends = NOW + timedelta(hours=1)
            silence = Silence(silence_id=name, rule="dprk-*", starts=NOW, ends=ends, author="lee", comment=name)
            await silences.add(conn, replace(silence, source=source))
    _, shown = await seen(page, f"{page.server.address}/rules/{rule_id}")
    assert "silenced" in shown
    assert "<bdi>all</bdi>" in shown
    assert "one-source" not in shown


async def test_what_others_wrote_is_shown_as_text(page: StatusPage) -> None:
    rule_id = await stored(page, HOSTILE, name=HOSTILE)
    _, shown = await seen(page, f"{page.server.address}/rules/{rule_id}")
    assert not re.search(r"<(script(?! src=\"/static/)|b)[ >]", shown)
    assert (
        shown.count("&lt;script&gt;document.title = &#34;taken&#34;&lt;/script&gt; &amp; &lt;b&gt;bold&lt;/b&gt;") >= 3
    )


async def test_the_page_shows_which_routes_lead_its_alerts_where(page: StatusPage) -> None:
    rule_id = await stored(page, "arms", settings=RuleSettings(tags=("asia",)))
    async with page.db.transaction() as conn:
        await routes.sync_from_config(conn, [Route(tag=("asia",), country=("KR",), channels=("seoul",))])
    _, shown = await seen(page, f"{page.server.address}/rules/{rule_id}")
    assert "to seoul by route 1 (tag asia, country KR), of some articles; there is no such channel" in shown
