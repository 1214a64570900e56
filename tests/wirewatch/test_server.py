"""What a process answers over HTTP: probes, metrics, pages, refusals; always with headers that allow no script."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import orjson
import pytest

from core.clock import SystemClock
from core.db.engine import Database
from core.metrics import LATENCY_STAGES
from core.model.channel import Pause
from core.model.outcome import FailureReason
from core.model.team import DEFAULT_TEAM
from core.store import channels, endpoints, notifications
from core.store.endpoints import EndpointRow
from core.supervise import RoleState, RoleStatus
from tests.fakes.records import a_notification
from tests.wirewatch.statuspage import HOSTILE, StatusPage, an_alert, status_page, with_title


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str


async def ask(page: StatusPage, path: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> Answer:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{page.server.address}{path}", headers=headers, allow_redirects=False) as answer,
    ):
        return Answer(answer.status, answer.headers, await answer.text())


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    async with status_page(tmp_path) as made:
        yield made


async def test_the_probes_of_a_process_that_is_well(page: StatusPage) -> None:
    alive = await ask(page, "/livez")
    assert (alive.status, alive.text) == (200, "ok\n")
    ready = await ask(page, "/readyz")
    assert ready.status == 200
    told = orjson.loads(ready.text)
    assert (told["ready"], told["failing"]) == (True, [])
    assert set(told["parts"]) == {"database", *(f"role {name}" for name in page.roles)}


async def test_a_role_that_failed_is_named_with_its_error_and_the_process_stays_alive(page: StatusPage) -> None:
    page.roles["match"] = RoleStatus(RoleState.RESTARTING, "Unavailable: no broker", 4, well=False)
    ready = await ask(page, "/readyz")
    told = orjson.loads(ready.text)
    assert (ready.status, told["failing"]) == (503, ["role match"])
    assert told["parts"]["role match"] == {
        "ok": False,
        "error": "Unavailable: no broker",
        "detail": "restarting, 4 restarts",
    }
    assert (await ask(page, "/livez")).status == 200
    assert "1 trouble" in (await ask(page, "/")).text
    shown = (await ask(page, "/system")).text
    assert "1 trouble" in shown
    assert "role match" in shown
    assert "role match</span>: Unavailable: no broker" in shown
    assert "all well" not in shown


async def test_while_every_message_is_given_up_nothing_says_well(page: StatusPage) -> None:
    page.health.channels, page.health.clock = frozenset({"desk"}), SystemClock()
    alert = with_title(an_alert("dead"), "Russia buys arms")
    await page.raise_alert(alert, FailureReason.AUTH_ERROR, dead=True)
    await page.add_source("Gone", "https://gone.example/feed", failures=3)
    await page.collector.collect()
    ready = await ask(page, "/readyz")
    told = orjson.loads(ready.text)
    assert (ready.status, told["failing"]) == (503, ["deliveries"])
    assert "channel desk: 1 given up within 24 hours (last: auth_error" in told["parts"]["deliveries"]["error"]
    shown = (await ask(page, "/")).text
    assert "well" not in shown.partition("</header>")[0].partition("<header>")[2]
    assert "2 troubles" in shown
    assert "given up for desk" in shown  # on the alert's card
    status = orjson.loads((await ask(page, "/api/v1/status")).text)
    assert (status["well"], status["ready"]) == (False, False)
    assert [item["name"] for item in status["troubles"]] == ["channel desk", "sources"]


async def test_a_channel_that_fails_is_one_trouble(page: StatusPage) -> None:
    """A process that delivers tells it as a warning of its own, too."""
    page.health.channels, page.health.clock = frozenset({"desk"}), SystemClock()
    now = SystemClock().now()
    async with page.db.transaction() as conn:
        await channels.stop(conn, "desk", DEFAULT_TEAM, Pause("wirewatch", now, "its receiver is gone"))
    assert orjson.loads((await ask(page, "/readyz")).text)["warned"] == ["channel desk"]
    status = orjson.loads((await ask(page, "/api/v1/status")).text)
    assert [(one["name"], one["severity"]) for one in status["troubles"]] == [("channel desk", "bad")]
    assert "1 trouble<" in (await ask(page, "/")).text


async def test_what_waits_for_a_channel_that_is_missing_is_trouble(page: StatusPage) -> None:
    page.health.channels, page.health.clock = frozenset(), SystemClock()
    async with page.db.transaction() as conn:
        await notifications.add(conn, replace(a_notification(), channel="pager"), SystemClock().now())
    ready = orjson.loads((await ask(page, "/readyz")).text)
    assert ready["parts"]["deliveries"]["error"].startswith("channel pager: 1 message waits for")
    assert "which is not configured here" in (await ask(page, "/system")).text


async def test_a_database_or_a_log_that_does_not_answer_is_named(page: StatusPage, tmp_path: Path) -> None:
    page.health.db = Database.open("postgresql://somebody:pass-word@127.0.0.1:1/gone", tmp_path)
    page.health.failing["log"] = "Unavailable: broker away"
    ready = await ask(page, "/readyz")
    told = orjson.loads(ready.text)
    assert (ready.status, told["failing"]) == (503, ["log", "database"])
    assert told["parts"]["database"]["error"].startswith("Unavailable: ")
    assert "pass-word" not in ready.text


async def test_before_the_start_is_over_the_probes_answer_and_the_page_says_what_is_waited_for(tmp_path: Path) -> None:
    async with status_page(tmp_path, opened=False) as page:
        page.health.waiting_for["database"] = "Unavailable: cannot reach db1"
        ready = await ask(page, "/readyz")
        assert (ready.status, orjson.loads(ready.text)["failing"]) == (503, ["database"])
        assert (await ask(page, "/livez")).status == 200
        assert (await ask(page, "/metrics")).status == 200
        shown = await ask(page, "/")
        assert (shown.status, shown.headers["Retry-After"]) == (503, "5")
        assert "database: Unavailable: cannot reach db1" in shown.text


async def test_a_process_without_the_role_serve_says_where_the_pages_are(tmp_path: Path) -> None:
    async with status_page(tmp_path, pages=False) as page:
        assert (await ask(page, "/readyz")).status == 200
        shown = await ask(page, "/")
        assert shown.status == 404
        assert "role serve" in shown.text


async def test_metrics_are_in_the_text_format_of_prometheus(page: StatusPage) -> None:
    answer = await ask(page, "/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert re.search(r'^news_role_up\{role="poll"\} ', answer.text, re.MULTILINE)
    assert all(f'news_latency_seconds_count{{stage="{stage}"}} 0.0' in answer.text for stage in LATENCY_STAGES)


@pytest.mark.parametrize("path", ["/", "/static/style.css", "/metrics", "/livez", "/readyz", "/api/v1/alerts", "/nope"])
async def test_every_answer_forbids_scripts_frames_and_guessing_of_types(page: StatusPage, path: str) -> None:
    headers = (await ask(page, path)).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Server"] == "wirewatch"


@pytest.mark.parametrize("path", ["/", "/metrics", "/livez", "/readyz", "/static/style.css", "/api/v1/sources"])
async def test_head_answers_as_get_without_a_body(page: StatusPage, path: str) -> None:
    answer, whole = await ask(page, path, "HEAD"), await ask(page, path)
    assert (answer.status, answer.text) == (200, "")
    assert answer.headers["Content-Type"] == whole.headers["Content-Type"]


async def test_a_path_or_method_that_is_not_there_is_refused_in_words(page: StatusPage) -> None:
    unknown = await ask(page, "/nope")
    assert (unknown.status, unknown.text) == (404, "There is nothing to GET at /nope.\n")
    assert unknown.headers["Content-Type"].startswith("text/plain")
    assert (await ask(page, "/", "POST")).status == 405


async def test_hostile_text_is_shown_as_text(page: StatusPage) -> None:
    alert = with_title(an_alert(), HOSTILE, url="javascript:alert(1)")
    alert = replace(alert, rule=replace(alert.rule, name='"><img src=x>'))
    await page.raise_alert(alert, FailureReason.SERVER_ERROR)
    await page.add_source("<u>Source</u>", "https://news.example/a?b=1&c='2'", failures=3)
    for path in ("/", f"/alerts/{alert.alert_id}"):
        shown = (await ask(page, path)).text
        assert not re.search(r"<(script(?! src=\"/static/)|img|b|u|i|down)[ >]", shown)
        assert "javascript:" not in shown
        assert "&lt;script&gt;document.title = &#34;taken&#34;&lt;/script&gt; &amp; &lt;b&gt;bold&lt;/b&gt;" in shown
        assert "HTTP 503: &lt;down&gt;" in shown


async def test_an_alert_is_shown_with_its_evidence_and_its_delivery(page: StatusPage) -> None:
    alert = with_title(an_alert(), "Russia buys arms")
    await page.raise_alert(alert)
    shown = (await ask(page, "/")).text
    assert "Ships with <mark>arms</mark> &amp; &lt;i&gt;more&lt;/i&gt; left." in shown
    assert "<mark>Russia</mark> buys arms</a>" in shown
    assert "delivered" in shown
    one = (await ask(page, f"/alerts/{alert.alert_id}")).text
    assert "<bdi>arms</bdi> → “<bdi>arms</bdi>” in the body" in one
    assert "<bdi>Russia</bdi> → “<bdi>Russia</bdi>” in the title" in one
    assert "arms AND Russia" in one
    assert "0.10 s" in one


async def test_times_name_their_zone(page: StatusPage) -> None:
    await page.raise_alert(with_title(an_alert(), "Russia buys arms"))
    shown = (await ask(page, "/")).text
    exact = re.findall(r'<time datetime="[^"]+\+00:00">[^<]*<span class="exact">([^<]+)</span></time>', shown)
    assert exact
    assert all(time.endswith(" UTC") for time in exact)


async def test_times_are_in_the_zone_of_the_browser(page: StatusPage) -> None:
    await page.raise_alert(with_title(an_alert(), "Russia buys arms"))
    for cookie, offset in (("Asia%2FKolkata", "+05:30"), ("Nowhere%2FAtAll", "UTC"), ("..%2F..%2Fetc%2Fpasswd", "UTC")):
        shown = (await ask(page, "/", headers={"Cookie": f"zone={cookie}"})).text
        exact = re.findall(r'<span class="exact">([^<]+)</span>', shown)
        assert exact
        assert all(time.endswith(f" {offset}") for time in exact)


async def test_the_theme_is_kept_by_the_browser_and_leads_nowhere_else(page: StatusPage) -> None:
    async with aiohttp.ClientSession() as session:
        for back, lands in (("/system", "/system?said=theme"), ("//evil.example", "/?said=theme")):
            form = {"theme": "dark", "back": back}
            async with session.post(f"{page.server.address}/theme", data=form, allow_redirects=False) as answer:
                assert (answer.status, answer.headers["Location"]) == (303, lands)
                assert "theme=dark" in answer.headers["Set-Cookie"]
    assert 'data-theme="dark"' in (await ask(page, "/", headers={"Cookie": "theme=dark"})).text
    assert "data-theme" not in (await ask(page, "/", headers={"Cookie": "theme=%22%3E"})).text


async def test_the_page_says_who_paused_a_channel_and_what_waits(page: StatusPage) -> None:
    page.health.channels, page.health.clock = frozenset({"desk"}), SystemClock()
    await page.raise_alert(an_alert(at=SystemClock().now()), FailureReason.SERVER_ERROR)
    async with page.db.transaction() as conn:
        await channels.set_enabled(conn, "desk", SystemClock().now(), enabled=False, by="ann")
    await page.collector.collect()
    shown = (await ask(page, "/channels")).text
    assert "paused" in shown
    assert (await ask(page, "/readyz")).status == 200, "it is meant so"


async def test_the_page_says_until_when_an_endpoint_is_left_alone_and_why(page: StatusPage) -> None:
    now = SystemClock().now()
    await page.raise_alert(an_alert(at=now), FailureReason.SERVER_ERROR)
    row = EndpointRow(
        channel="desk",
        failures=9,
        since=now - timedelta(minutes=10),
        until=now + timedelta(minutes=9),
        reason=FailureReason.CONNECT,
        detail="<refused>",
    )
    async with page.db.transaction() as conn:
        await endpoints.put(conn, row)
    await page.collector.collect()
    shown = re.sub(r"<[^<]*>", "", (await ask(page, "/")).text)
    assert re.search(r"waits for desk, next try in 9 min", shown), "not before its endpoint is"
    assert "HTTP 503: &lt;down&gt;" in shown
