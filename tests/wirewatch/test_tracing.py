"""One sentence answers "why (no) alert" for every way that an article can end."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.db.engine import Database
from core.model import ids
from core.model.outcome import AlertOutcome, NotificationState, Stage, StoryVerdict
from core.store import alerts, articles, notifications, traces
from core.store.articles import StoredArticle
from core.store.notifications import Attempt
from core.store.traces import TraceRow
from tests.fakes.records import WHEN, a_match, a_notification, a_story_article, an_alert
from tests.fakes.stored import put_matches
from wirewatch.tracing import BadUrl, find_article, subjects_of, trace

URL = "https://news.example/1"
ID = ids.article_id(URL)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open("sqlite:", tmp_path) as opened:
        yield opened


def step(stage: Stage, outcome: str, detail: str = "", *, subject: str = ID, article: str | None = None) -> TraceRow:
    return TraceRow(subject=subject, stage=stage, outcome=outcome, at=WHEN, detail=detail, article_id=article)


async def concluded(db: Database, text: str = URL) -> str:
    async with db.connection() as conn:
        return (await trace(conn, text)).conclusion


@pytest.mark.parametrize(
    ("steps", "conclusion"),
    [
        ([], "Nothing is known of it"),
        ([step(Stage.POLL, "ok")], "It was seen in a feed and waits to be read."),
        (
            [step(Stage.POLL, "too_old", "14 days")],
            "It was seen in a feed and left there: too_old (14 days). So no rule has seen it.",
        ),
        (
            [step(Stage.POLL, "ok"), step(Stage.READ, "http_4xx", "404")],
            "It did not become an article: http_4xx (404). So no rule has seen it.",
        ),
        (
            [step(Stage.POLL, "ok"), step(Stage.READ, "accepted")],
            "It was read and waits to be compared with other stories and with the rules.",
        ),
        (
            [step(Stage.READ, "accepted"), step(Stage.STORY, "new"), step(Stage.MATCH, "no_rule")],
            "No rule matched it. `wirewatch explain RULE ARTICLE` says why a rule did not.",
        ),
        (
            [step(Stage.READ, "accepted"), step(Stage.MATCH, "matched")],
            "A rule matched it; the decision about the alert is not there yet.",
        ),
    ],
)
async def test_the_sentence_says_where_the_way_ended(db: Database, steps: list[TraceRow], conclusion: str) -> None:
    async with db.transaction() as conn:
        await traces.add_many(conn, steps)
    assert (await concluded(db)).startswith(conclusion)
    async with db.connection() as conn:
        assert (await trace(conn, URL)).known is bool(steps)


@pytest.mark.parametrize("outcome", AlertOutcome)
async def test_every_outcome_of_a_match_has_its_words_also_when_traces_and_article_are_gone(
    db: Database, outcome: AlertOutcome
) -> None:
    """Findings are kept longer than traces and articles."""
    async with db.transaction() as conn:
        await put_matches(conn, [a_match(URL)], outcome)
    told = await concluded(db)
    assert told.startswith("arms: ")
    assert "_" not in told
    async with db.connection() as conn:
        assert (await trace(conn, URL)).known


async def test_a_copy_that_no_rule_matched_is_called_one(db: Database) -> None:
    copy = replace(a_story_article(URL), verdict=StoryVerdict.COPY)
    async with db.transaction() as conn:
        await articles.put_many(conn, [StoredArticle(copy, ["some", "text"])])
        await traces.add_many(conn, [step(Stage.READ, "accepted"), step(Stage.MATCH, "no_rule")])
    assert "It is a copy of another article." in await concluded(db)


async def test_what_was_sent_is_counted_by_state(db: Database) -> None:
    match = a_match(URL)
    alert = replace(an_alert("s"), articles=(replace(an_alert("s").articles[0], brief=match.article),))
    note = a_notification(alert, at=WHEN)
    async with db.transaction() as conn:
        await put_matches(conn, [match], AlertOutcome.CREATED)
        await alerts.insert_alert(conn, alert, AlertOutcome.CREATED)
        await notifications.add(conn, note, WHEN)
        await notifications.add(conn, a_notification(alert, channel="chat", at=WHEN), WHEN)
        attempt = Attempt(at=WHEN, reason=None)
        await notifications.record_attempt(conn, note.notification_id, attempt, state=NotificationState.DELIVERED)
    assert await concluded(db) == "arms: an alert was raised. Notifications: 1 pending, 1 delivered."


async def test_the_entry_and_the_article_it_became_are_one_way(db: Database) -> None:
    """A page's canonical URL may differ from the entry's: the entry's steps name the article."""
    canonical = "https://news.example/story/1"
    article = a_story_article(canonical)
    steps = [
        step(Stage.POLL, "ok"),
        step(Stage.READ, "accepted", article=article.article.article_id),
        step(Stage.MATCH, "no_rule", subject=article.article.article_id),
    ]
    async with db.transaction() as conn:
        await articles.put_many(conn, [StoredArticle(article, ["some", "text"])])
        await traces.add_many(conn, steps)
    async with db.connection() as conn:
        found = await trace(conn, URL)
        assert [one.stage for one in found.steps] == [Stage.POLL, Stage.READ, Stage.MATCH]
        assert found.article_id == article.article.article_id
        assert (found.subject, found.article) == (ID, article)
        assert await find_article(conn, canonical) == article


def test_a_subject_is_an_id_or_an_address() -> None:
    assert subjects_of(f" {ID} ") == [ID]
    assert subjects_of(f"{URL}?utm_source=x#top") == [ID]
    assert subjects_of(f"{URL}#p1") == [ids.article_id(f"{URL}#p1"), ID]
    assert subjects_of(f"{URL};jsessionid=7") == [ID, ids.article_id(f"{URL};jsessionid=7")]
    with pytest.raises(BadUrl):
        subjects_of("no address")


async def test_one_of_several_articles_at_a_page_is_found_by_what_stands_behind_its_address(db: Database) -> None:
    post = f"{URL}#p2"
    async with db.transaction() as conn:
        await traces.add_many(conn, [step(Stage.POLL, "ok"), step(Stage.POLL, "too_old", subject=ids.article_id(post))])
    assert "too_old" in await concluded(db, post)
    assert "waits to be read" in await concluded(db, f"{URL}#p1"), "the page's own"
