"""What the API promises: models whose fields are named, pages that skip and repeat nothing, refusals with a code."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from alerts.channels.published import ASYNCAPI, SCHEMA, published
from core.clock import SystemClock
from core.model.channel import ChannelDraft
from core.model.metric_rule import Frequency
from core.model.outcome import AlertOutcome
from core.model.rule import RuleDraft, RuleSettings
from core.model.sending import QuietHours
from core.model.silence import Silence
from core.store import alerts, articles, channels, findings, rules, silences, sources
from core.store.articles import StoredArticle
from core.store.findings import Finding
from tests.fakes.records import a_match, a_source, a_story_article
from tests.wirewatch.statuspage import HOSTILE, StatusPage, an_alert, status_page, with_title

NOW = SystemClock().now()
SECRET_URL = "https://chat.example/services/T0ken"


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    async with status_page(tmp_path) as made:
        yield made


async def asked(page: StatusPage, path: str, **query: str) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.get(f"{page.server.address}{path}", params=query) as answer:
        return answer.status, orjson.loads(await answer.read())


async def got(page: StatusPage, path: str, **query: str) -> dict[str, Any]:
    status, found = await asked(page, path, **query)
    assert status == 200, found
    return found


async def _write(page: StatusPage, name: str, number: int) -> None:
    if name == "deliveries":
        await page.raise_alert(an_alert(f"story-{number}"))
        return
    async with page.db.transaction() as conn:
        match name:
            case "alerts":
                made = an_alert(f"story-{number}", at=NOW + timedelta(seconds=number // 2))
                await alerts.insert_alert(conn, made, AlertOutcome.CREATED)
            case "sources":
                await sources.add(conn, a_source(f"https://news.example/{number}.xml", f"Source {number}"), NOW)
            case "rules":
                await rules.put(conn, RuleDraft(name=f"rule-{number}", query="arms", canonical="arms"), NOW)
            case _:
                ends = NOW + timedelta(hours=1)
                await silences.add(
                    conn,
                    Silence(silence_id=f"s{number}", rule="*", starts=NOW, ends=ends, author="kim", comment="noise"),
                )


@pytest.mark.parametrize("name", ["alerts", "deliveries", "sources", "rules", "silences"])
async def test_a_list_is_read_page_by_page_while_it_grows(page: StatusPage, name: str) -> None:
    for number in range(5):
        await _write(page, name, number)
    before = [orjson.dumps(row) for row in (await got(page, f"/api/v1/{name}"))[name]]
    assert len(before) == 5
    found: list[bytes] = []
    cursor: dict[str, str] = {}
    late = 90
    while late < 95:
        part = await got(page, f"/api/v1/{name}", limit="2", **cursor)
        found += [orjson.dumps(row) for row in part[name]]
        await _write(page, name, late)
        late += 1
        if part["next"] is None:
            break
        cursor = {"cursor": part["next"]}
    assert set(before) <= set(found)
    assert len(found) == len(set(found))


async def test_channels_come_by_name_in_pages_with_their_pause_and_without_their_secrets(page: StatusPage) -> None:
    draft = ChannelDraft(name="chat", kind="slack", settings={"url": SECRET_URL}, author="kim")
    async with page.db.transaction() as conn:
        await channels.put(conn, draft, NOW)
        await channels.set_enabled(conn, "chat", NOW, enabled=False, by="kim")
    first = await got(page, "/api/v1/channels", limit="1")
    (chat,) = first["channels"]
    assert (chat["name"], chat["kind"], chat["origin"], chat["waiting"]) == ("chat", "slack", "db", 0)
    assert chat["settings"] == {"url": "https://chat.example/[secret]"}
    assert chat["pause"]["by"] == "kim"
    second = await got(page, "/api/v1/channels", limit="1", cursor=first["next"])
    assert [(one["name"], one["origin"], one["pause"]) for one in second["channels"]] == [("desk", "file", None)]
    assert second["next"] is None
    assert "T0ken" not in f"{first}{second}"


async def test_the_last_page_says_so(page: StatusPage) -> None:
    for path in ("/api/v1/rules", "/api/v1/silences"):
        assert await got(page, path) == {path.rpartition("/")[2]: [], "next": None}


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        ("alerts", {"limit": "0"}, 400, "bad_limit"),
        ("sources", {"limit": "1001"}, 400, "bad_limit"),
        ("alerts", {"cursor": "x"}, 400, "bad_cursor"),
        ("alerts", {"outcome": "sent"}, 400, "bad_outcome"),
        ("deliveries", {"state": "lost"}, 400, "bad_state"),
        ("trace", {"article": " "}, 400, "bad_article"),
        ("alerts/none", {}, 404, "not_found"),
    ],
)
async def test_what_cannot_be_meant_is_refused_with_a_code(
    page: StatusPage, path: str, query: dict[str, str], status: int, code: str
) -> None:
    told, answer = await asked(page, f"/api/v1/{path}", **query)
    assert (told, answer["code"]) == (status, code)
    assert answer["detail"]


async def test_a_cursor_of_another_list_is_refused(page: StatusPage) -> None:
    for number in range(2):
        await _write(page, "rules", number)
    cursor = (await got(page, "/api/v1/rules", limit="1"))["next"]
    status, answer = await asked(page, "/api/v1/sources", cursor=cursor)
    assert (status, answer["code"]) == (400, "bad_cursor")


async def test_an_alert_is_told_with_its_evidence_and_what_was_sent(page: StatusPage) -> None:
    alert = with_title(an_alert(), HOSTILE)
    await page.raise_alert(alert)
    [row] = (await got(page, "/api/v1/alerts", outcome="created", limit="5"))["alerts"]
    assert row["alert"]["articles"][0]["brief"]["title"] == HOSTILE
    assert row["alert"]["rule"]["name"] == alert.rule.name
    assert row["alert"]["created"].endswith("Z")
    one = await got(page, f"/api/v1/alerts/{alert.alert_id}")
    assert one["alert"] == row
    [delivery] = one["deliveries"]
    assert [attempt["reason"] for attempt in delivery["attempts"]] == [None]
    [sent] = (await got(page, "/api/v1/deliveries", state="delivered", channel="desk"))["deliveries"]
    assert sent == delivery["notification"]
    assert sent["notification"]["channel"] == "desk"


async def test_a_source_is_told_without_its_secrets_and_without_what_only_the_poller_needs(page: StatusPage) -> None:
    async with page.db.transaction() as conn:
        now = SystemClock().now()  # not the time at which the suite began, which may be a while ago
        await sources.add(conn, a_source("https://ann:pass-word@news.example/feed?apikey=8f3a"), now)
    [row] = (await got(page, "/api/v1/sources"))["sources"]
    assert row["source"]["source"]["url"] == "https://ann:[secret]@news.example/feed?apikey=[secret]"
    assert row["health"] == {"state": "healthy", "sentence": "Not polled yet."}
    assert {"lease_until", "memory", "etag"}.isdisjoint({*row["source"], *row["source"]["state"]})


async def test_a_rule_is_told_with_its_settings_as_a_file_has_them(page: StatusPage) -> None:
    settings = RuleSettings(
        channels=("desk",),
        quiet_hours=QuietHours(start=time(22), end=time(7), time_zone="Europe/Berlin"),
        standing=Frequency(stories=3, window_seconds=3600.0),
    )
    async with page.db.transaction() as conn:
        await rules.put(conn, RuleDraft(name="arms", query="arms", canonical="arms", settings=settings), NOW)
    [row] = (await got(page, "/api/v1/rules"))["rules"]
    assert (row["name"], row["version"], row["enabled"]) == ("arms", 1, True)
    assert row["settings"]["channels"] == ["desk"]
    assert row["settings"]["quiet_hours"] == {"start": "22:00", "end": "07:00", "time_zone": "Europe/Berlin"}
    assert row["settings"]["standing"]["stories"] == 3


async def test_the_way_of_an_article_is_told_with_all_that_came_of_it(page: StatusPage) -> None:
    story = a_story_article()
    match = a_match(story.article.url)
    match = replace(match, article=replace(match.article, article_id=story.article.article_id))
    async with page.db.transaction() as conn:
        await articles.put_many(conn, [StoredArticle(story, ())])
        await findings.put_many(conn, [Finding(match=match, outcome=AlertOutcome.CREATED, alert_id="a")])
    found = (await got(page, "/api/v1/trace", article=story.article.url))["trace"]
    assert found["article"]["article"]["title"] == story.article.title
    assert [one["outcome"] for one in found["findings"]] == ["created"]
    assert found["conclusion"]


async def test_what_describes_webhooks_is_served(page: StatusPage) -> None:
    async with aiohttp.ClientSession() as session:
        for name, kind in ((SCHEMA, "application/schema+json"), (ASYNCAPI, "application/yaml")):
            async with session.get(f"{page.server.address}/api/v1/{name}") as answer:
                assert (answer.status, answer.content_type) == (200, kind)
                assert await answer.text() == published(name)
