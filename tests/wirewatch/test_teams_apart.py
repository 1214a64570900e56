"""Teams apart: whoever is in one sees and changes nothing of another's, by whatever page and operation."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from alerts.match.words import words_of_article
from core.clock import SystemClock
from core.db import tables_alerts
from core.db.engine import Database
from core.model.channel import ChannelDraft, channel_key
from core.model.outcome import AlertOutcome, FailureReason, NotificationState
from core.model.rule import AliasDraft, RuleDraft
from core.model.silence import Silence
from core.store import (
    alerts,
    aliases,
    articles,
    channels,
    findings,
    notifications,
    rules,
    silences,
    sources,
    subscriptions,
)
from core.store.articles import StoredArticle
from core.store.findings import Finding
from core.store.notifications import Attempt
from tests.fakes.passwords import quick_passwords
from tests.fakes.records import a_match, a_notification, a_source, a_story_article, an_alert
from tests.wirewatch.people import SPORT, Browser, add_people, browser
from tests.wirewatch.statuspage import StatusPage, status_page
from wirewatch.api.server import Server
from wirewatch.routing import Open
from wirewatch.usecases.permission import Permission

__all__ = ["quick_passwords"]

pytestmark = pytest.mark.usefixtures("quick_passwords")
NOW = SystemClock().now()
THEIRS = "zzsport"  # in every text of theirs
URL = f"https://{THEIRS}.example/1"
KEPT = (
    tables_alerts.rules,
    tables_alerts.rule_versions,
    tables_alerts.aliases,
    tables_alerts.channels,
    tables_alerts.silences,
    tables_alerts.alert_states,
    tables_alerts.notifications,
)


async def fill(db: Database) -> dict[str, str]:
    """One of everything of the team `sport`; the ids by the names that paths give them."""
    async with db.transaction() as conn:
        draft = RuleDraft(name=THEIRS, query=THEIRS, canonical=THEIRS, author=THEIRS, comment=THEIRS)
        await rules.put(conn, draft, NOW, SPORT)
        rule = await rules.get(conn, THEIRS, SPORT)
        assert rule is not None
        await aliases.put(conn, AliasDraft(name=THEIRS, terms=(THEIRS,), author=THEIRS, comment=THEIRS), NOW, SPORT)
        drafted = ChannelDraft(name=THEIRS, kind="webhook", settings={"url": "http://127.0.0.1:9/"}, author=THEIRS)
        await channels.put(conn, drafted, NOW, SPORT)
        channel = await channels.get(conn, THEIRS, SPORT)
        assert channel is not None
        quiet = Silence(
            silence_id=f"{THEIRS}-s", rule=THEIRS, starts=NOW, ends=NOW.replace(year=NOW.year + 1), author=THEIRS,
            comment=THEIRS, team_id=SPORT,
        )  # fmt: skip
        await silences.add(conn, quiet)
        source = replace(a_source(f"https://{THEIRS}.example/feed", THEIRS), teams=subscriptions.in_record([SPORT]))
        await sources.add(conn, source, NOW)
        story = a_story_article(URL, text=f"Talks about {THEIRS}.", at=NOW)
        article = replace(
            story.article, title=THEIRS, source_name=THEIRS, source_id=source.source_id, teams=source.teams
        )
        story = replace(story, article=article)
        await articles.put_many(conn, [StoredArticle(story, words_of_article(article))])
        alert = an_alert(THEIRS, at=NOW)
        brief = replace(
            alert.articles[0].brief, title=THEIRS, source_name=THEIRS, url=URL, article_id=article.article_id
        )
        alert = replace(alert, rule=rule.ref(), articles=(replace(alert.articles[0], brief=brief),))
        await alerts.insert_alert(conn, alert, AlertOutcome.CREATED)
        match = replace(a_match(URL, at=NOW), rule=alert.rule, article=brief, story_id=story.story_id)
        await findings.put_many(conn, [Finding(match=match, outcome=AlertOutcome.CREATED, alert_id=alert.alert_id)])
        note = replace(a_notification(alert, at=NOW), channel=channel_key(SPORT, THEIRS))
        await notifications.add(conn, note, NOW)
        dead = Attempt(at=NOW, reason=FailureReason.SERVER_ERROR, status=503, latency_seconds=0.1, detail=THEIRS)
        await notifications.record_attempt(conn, note.notification_id, dead, state=NotificationState.DEAD)
    return {
        "alert_id": alert.alert_id,
        "rule_id": rule.rule_id,
        "rule": rule.rule_id,
        "alias": THEIRS,
        "name": THEIRS,
        "channel": channel.channel_id,
        "channel_id": channel.channel_id,
        "notification_id": note.notification_id,
        "silence_id": quiet.silence_id,
        "source_id": source.source_id,
        "source": source.source_id,
        "article_id": article.article_id,
        "article": article.article_id,
        "story_id": story.story_id,
        "version": "1",
        "number": "1",
    }


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    async with status_page(tmp_path) as made:
        await add_people(made)
        yield made


async def snapshot(db: Database) -> list[str]:
    async with db.connection() as conn:
        return [repr(sorted(map(tuple, await conn.execute(select(table))), key=repr)) for table in KEPT]


def filled(path: str, known: dict[str, str]) -> str:
    for name, value in known.items():
        path = path.replace(f"{{{name}}}", value)
    return path


async def test_who_is_in_another_team_reads_nothing_of_theirs(page: StatusPage) -> None:
    known = await fill(page.db)
    more = ["/?rule=" + known["rule_id"], f"/alerts?team={SPORT}", "/search?query=Talks"]
    more += ["/api/v1/articles?query=Talks", f"/api/v1/trace?article={URL}", f"/api/v1/alerts?team={SPORT}"]
    more += [f"/rules/explain?rule=Talks&article={known['article_id']}"]
    told_to_all = {Permission.READ_STATUS}  # how the machine is
    paths = [
        route.path
        for route in Server.routes(page.server)
        if route.method == "GET" and isinstance(route.access, Permission) and route.access not in told_to_all
    ]
    leaks = []
    async with browser(page, "editor") as one:
        for path in [filled(path, known) for path in paths if "stream" not in path] + more:
            answer = await one.get(path)
            assert answer.status < 500, path
            told = answer.text
            for value in (path, known["alert_id"], URL):  # what was asked with may be said again
                told = told.replace(value, "")
            if answer.status == 200 and THEIRS in told:
                leaks.append(path)
    assert not leaks, "\n".join(leaks)


async def test_a_rule_is_not_explained_on_an_article_of_another_team(page: StatusPage) -> None:
    asked = {"rule": "Talks", "article": (await fill(page.db))["article_id"]}
    for role, status in (("editor", 404), ("admin", 200)):
        async with browser(page, role) as one:
            headers = {"Origin": one.address}
            told = await one.send("POST", "/api/v1/rules/explain", headers=headers, json=asked)
            assert (told.status, THEIRS in (await one.post("/rules/explain", asked)).text) == (status, status == 200)


async def test_who_is_in_another_team_changes_nothing_of_theirs(page: StatusPage) -> None:
    known = await fill(page.db)
    before = await snapshot(page.db)
    async with browser(page, "editor") as one:
        for route in Server.routes(page.server):
            if route.method in ("GET", "HEAD") or isinstance(route.access, Open) or "{" not in route.path:
                continue
            path = filled(route.path, known)
            answer = await _send(one, route.method, path)
            assert answer < 500, path
            assert await snapshot(page.db) == before, (route.method, path, answer)


async def _send(one: Browser, method: str, path: str) -> int:
    headers = {"Origin": one.address}
    if path.startswith("/api/"):
        body = {"comment": "x", "rule": THEIRS, "query": "arms", "span": "1h", "hours": 1, "settings": {}}
        answers = [(await one.send(method, path, headers=headers, json=sent)).status for sent in (body, {})]
        return max(answers, key=lambda status: status >= 500)
    return (await one.post(path, {"comment": "x", "hours": "1", "span": "1h", "name": "x", "query": "arms"})).status


async def test_an_admin_and_a_member_see_them(page: StatusPage) -> None:
    known = await fill(page.db)
    async with browser(page, "admin") as one:
        for path in ("/api/v1/alerts", "/api/v1/rules", "/api/v1/channels", "/api/v1/deliveries", "/api/v1/silences"):
            assert THEIRS in (await one.get(path)).text, path
        headers = {"Origin": one.address}
        await one.send("PATCH", "/api/v1/users/editor", json={"teams": ["sport"]}, headers=headers)
    async with browser(page, "editor") as one:
        for path in ("/api/v1/alerts", "/api/v1/rules", "/api/v1/channels", "/api/v1/deliveries", "/api/v1/silences"):
            assert THEIRS in (await one.get(path)).text, path
        assert (await one.get(f"/alerts/{known['alert_id']}")).status == 200
