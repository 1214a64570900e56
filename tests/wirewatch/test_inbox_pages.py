"""The inbox and the page of an alert: what they show, what their buttons do, and that hostile words stay words."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.clock import SystemClock
from core.model.outcome import AlertOutcome, FailureReason
from core.model.rule import RuleDraft
from core.store import alerts, articles, rules
from core.store.articles import StoredArticle
from tests.fakes.records import a_story_article
from tests.wirewatch.people import Browser, add_people, browser
from tests.wirewatch.statuspage import HOSTILE, StatusPage, an_alert, status_page, with_title
from wirewatch.console.keymap import KEYS
from wirewatch.usecases.permission import Role

ARMS = with_title(an_alert("arms"), "Ships with arms leave")
SEIZED = with_title(an_alert("seized"), HOSTILE)


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    async with status_page(tmp_path) as made:
        await add_people(made, Role.ANALYST, Role.VIEWER, Role.EDITOR)
        yield made


@pytest.fixture
async def ann(page: StatusPage) -> AsyncIterator[Browser]:
    async with browser(page, "analyst") as opened:
        yield opened


async def test_an_empty_inbox_says_why_and_what_to_do(page: StatusPage, ann: Browser) -> None:
    found = await ann.get("/")
    assert found.status == 200
    assert "No source is watched." in found.text
    await page.raise_alert(ARMS)
    await ann.post("/alerts/bulk", {"one": f"resolve {ARMS.alert_id}"})
    assert "Nothing waits" in (await ann.get("/")).text
    assert "No alert fits these filters." in (await ann.get("/?q=nothing")).text
    assert "No alert is snoozed." in (await ann.get("/?state=snoozed")).text
    assert "Ships with arms leave" in (await ann.get("/?state=any")).text


async def test_a_row_shows_the_sentence_that_hit_the_rule_and_the_delivery(page: StatusPage, ann: Browser) -> None:
    await page.raise_alert(ARMS, FailureReason.SERVER_ERROR, dead=True)
    await page.raise_alert(SEIZED)
    text = (await ann.get("/")).text
    assert "Ships with <mark>arms</mark> &amp; &lt;i&gt;more&lt;/i&gt; left." in text
    assert "dprk-russia-arms" in text
    assert "given up for desk" in text
    assert "delivered to desk" in text
    assert "<script>document" not in text
    assert "&lt;script&gt;document.title" in text
    assert 'class="badge"' in text
    assert ">2<span" in text
    assert f'hx-get="/alerts/{ARMS.alert_id}/row"' in text


async def test_what_its_buttons_say_changes_alerts_with_and_without_script(page: StatusPage, ann: Browser) -> None:
    await page.raise_alert(ARMS)
    await page.raise_alert(SEIZED)
    done = await ann.post("/alerts/bulk", {"one": f"acknowledge {ARMS.alert_id}", "query": "state=any"})
    assert (done.status, done.headers["Location"]) == (303, "/?state=any&said=told")
    assert "by <bdi>analyst</bdi>" in (await ann.get("/?state=acknowledged")).text
    parts = await ann.post(
        "/alerts/bulk", {"do": "not-relevant", "alert": SEIZED.alert_id, "reason": "old news"}, **{"HX-Request": "true"}
    )
    assert parts.status == 200
    assert "1 alert is marked as not relevant." in parts.text
    assert f'id="status-{SEIZED.alert_id}" hx-swap-oob="true"' in parts.text
    assert "old news" in parts.text
    assigned = await ann.post("/alerts/bulk", {"do": "assign", "alert": ARMS.alert_id, "assignee": "editor"})
    assert assigned.status == 303
    assert "assigned to <bdi>editor</bdi>" in (await ann.get("/?state=any&assignee=editor")).text
    for fields, problem in (
        ({"do": "resolve"}, "select an alert first"),
        ({"do": "dance", "alert": ARMS.alert_id}, "there is no &#39;dance&#39; to do"),
        ({"alert": ARMS.alert_id}, "press one of the buttons"),
        ({"do": "snooze", "alert": ARMS.alert_id, "hours": "5000"}, "choose one of the times"),
        ({"do": "assign", "alert": ARMS.alert_id, "assignee": "nosuch"}, "there is no user"),
    ):
        refused = await ann.post("/alerts/bulk", fields)
        assert refused.status == 422
        assert problem in refused.text


async def test_new_alerts_are_counted_behind_what_the_page_shows_and_move_nothing(
    page: StatusPage, ann: Browser
) -> None:
    await page.raise_alert(ARMS)
    text = (await ann.get("/?q=ships")).text
    start = text.index('hx-get="/alerts/new?') + len('hx-get="')
    address = text[start : text.index('"', start)].replace("&amp;", "&")
    assert (await ann.get(address)).text.strip() == ""
    await page.raise_alert(with_title(an_alert("more"), "More ships"))
    await page.raise_alert(with_title(an_alert("other"), "Something else"))
    assert '<a href="/?q=ships">1 new</a>' in (await ann.get(address)).text
    assert ">3<span" in (await ann.get("/alerts/badge")).text


async def test_filters_that_cannot_be_read_are_told_at_their_field(ann: Browser) -> None:
    text = (await ann.get("/?since=yesterday&priority=urgent&state=gone")).text
    assert text.count('class="wrong"') == 3
    for nobody in ("rule=nosuch", "assignee=%00", "team=%00", "rule=%ED%A0%80"):
        assert (await ann.get(f"/?{nobody}")).status == 404, nobody
    assert (await ann.get("/?cursor=nonsense")).status == 400


async def test_a_view_is_kept_shown_and_forgotten(page: StatusPage, ann: Browser) -> None:
    await page.raise_alert(ARMS)
    kept = await ann.post("/alerts/views", {"name": HOSTILE[:50], "query": "state=any&q=ships"})
    assert kept.headers["Location"] == "/?state=any&q=ships&said=saved"
    text = (await ann.get("/?state=any&q=ships")).text
    assert '<a href="/?state=any&amp;q=ships" aria-current="true">&lt;script&gt;' in text
    start = text.index('name="view" value="') + len('name="view" value="')
    gone = await ann.post("/alerts/views/remove", {"view": text[start : text.index('"', start)]})
    assert gone.status == 303
    assert "&lt;script&gt;" not in (await ann.get("/?state=any&q=ships")).text


async def test_the_page_of_an_alert_shows_the_text_with_its_evidence_and_what_an_edit_changed(
    page: StatusPage, ann: Browser
) -> None:
    [article] = ARMS.articles
    url = article.brief.url
    before = a_story_article(url, text=f"The arms left. Nobody saw it. {HOSTILE}", story=ARMS.story_id)
    after = a_story_article(url, text="The arms left.\n\nTwo men saw it.", story=ARMS.story_id)
    after = replace(
        after, article=replace(after.article, title="Corrected", accepted=before.article.accepted.replace(hour=13))
    )
    evidence = (replace(article.evidence[0], start=4, end=8, text="arms"),)
    brief = replace(article.brief, revision=before.article.revision)
    alert = replace(ARMS, articles=(replace(article, brief=brief, evidence=evidence),))
    async with page.db.transaction() as conn:
        await alerts.insert_alert(conn, alert, AlertOutcome.CREATED)
        await articles.put_many(conn, [StoredArticle(before, [])])
    text = (await ann.get(f"/alerts/{alert.alert_id}")).text
    assert "The <mark>arms</mark> left. Nobody saw it. &lt;script&gt;" in text
    assert "<script>document" not in text
    assert "Nothing was sent." in text
    async with page.db.transaction() as conn:
        await articles.put_many(conn, [StoredArticle(after, [])])
    text = (await ann.get(f"/alerts/{alert.alert_id}")).text
    assert "has changed the article since it matched" in text
    assert "<p>The <mark>arms</mark> left.</p>" in text
    assert "+ Two men saw it." in text
    assert "gone: </span>Nobody saw it." in text
    assert "it was “A title”" in text


async def test_what_the_buttons_of_its_page_do(page: StatusPage, ann: Browser) -> None:
    await page.raise_alert(ARMS, FailureReason.SERVER_ERROR, dead=True)
    here = f"/alerts/{ARMS.alert_id}"
    assert (await ann.post(f"{here}/say", {"do": "acknowledge", "comment": "mine"})).headers[
        "Location"
    ] == f"{here}?said=told"
    assert (await ann.post(f"{here}/say", {"do": "comment", "comment": HOSTILE})).status == 303
    text = (await ann.get(here)).text
    assert "acknowledged" in text
    assert "&lt;script&gt;" in text
    assert "Send it again" not in text
    assert (await ann.post(f"{here}/say", {"do": "release"})).status == 303
    again = await ann.post(f"{here}/say", {"do": "release"})
    assert (again.status, "open already" in again.text) == (409, True)
    async with browser(page, "editor") as ed:
        text = (await ed.get(here)).text
        start = text.index('name="notification" value="') + len('name="notification" value="')
        note = text[start : text.index('"', start)]
        assert (await ed.post(f"{here}/redrive", {"notification": "nosuch"})).status == 409
        assert (await ed.post(f"{here}/redrive", {"notification": note})).headers["Location"] == f"{here}?said=redriven"
    assert (await ann.post(f"{here}/redrive", {"notification": note})).status == 403


async def test_why_alerts_are_not_relevant_stands_on_the_page_of_their_rule(page: StatusPage, ann: Browser) -> None:
    async with page.db.transaction() as conn:
        draft = RuleDraft(rule_id=ARMS.rule.rule_id, name="dprk-russia-arms", query="arms", canonical="arms")
        await rules.put(conn, draft, SystemClock().now())
    for story, reason in (("a", "old news"), ("b", HOSTILE), ("c", "old news"), ("d", "")):
        alert = replace(an_alert(story), rule=ARMS.rule)
        await page.raise_alert(alert)
        await ann.post("/alerts/bulk", {"do": "not-relevant", "alert": alert.alert_id, "reason": reason})
    text = (await ann.get(f"/rules/{ARMS.rule.rule_id}")).text
    assert "because: <bdi>old news</bdi> (2), <bdi>&lt;script&gt;" in text


async def test_a_reader_sees_no_button_that_they_may_not_press(page: StatusPage) -> None:
    await page.raise_alert(ARMS)
    async with browser(page, "viewer") as opened:
        for path in ("/", f"/alerts/{ARMS.alert_id}"):
            text = (await opened.get(path)).text
            assert "Ships with arms leave" in text
            assert "Acknowledge<" not in text
        assert (await opened.post("/alerts/bulk", {"one": f"resolve {ARMS.alert_id}"})).status == 403


async def test_an_alert_that_is_not_there_has_a_page_that_says_so(ann: Browser) -> None:
    found = await ann.get("/alerts/nosuch")
    assert found.status == 404
    assert "There is no such alert" in found.text


async def test_who_has_not_signed_in_comes_back_to_the_alert(page: StatusPage) -> None:
    await page.raise_alert(ARMS)
    async with browser(page) as nobody:
        sent = await nobody.get(f"/alerts/{ARMS.alert_id}")
        assert sent.status == 303
        assert f"/alerts/{ARMS.alert_id}" in sent.headers["Location"].replace("%2F", "/")


async def test_every_key_has_its_control_and_stands_in_the_help(page: StatusPage, ann: Browser) -> None:
    await page.raise_alert(ARMS)
    text = (await ann.get("/")).text
    for one in KEYS:
        assert f"<kbd>{one.key}</kbd>" in text
        if one.key not in "jk":
            assert f'data-key="{one.key}" aria-keyshortcuts="{one.key}"' in text, one.key


def test_the_keys_in_the_docs_are_those_of_the_console() -> None:
    docs = (Path(__file__).resolve().parents[2] / "docs" / "console.md").read_text(encoding="utf-8")
    for one in KEYS:
        assert f"| `{one.key}` | {one.does} | {one.where.value} |" in docs
