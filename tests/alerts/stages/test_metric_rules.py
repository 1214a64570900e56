"""Rules about more than one article, through the alert stage: told once, with the reason, whatever is repeated."""

from dataclasses import replace
from datetime import datetime, timedelta

import orjson
from jsonschema import Draft202012Validator

from alerts.channels.layout import View
from alerts.channels.message import message_of
from alerts.channels.slack_text import slack_body
from alerts.channels.webhook import webhook_body
from core.log.log import Record, TopicPartition
from core.log.topics import MATCHES
from core.model import ids
from core.model.alert import Notification
from core.model.match import Match
from core.model.outcome import AlertOutcome, Event, Reason, StoryVerdict
from core.model.silence import Silence
from core.model.source import Source
from core.store import articles, rules, silences, sources, traces
from core.store.articles import StoredArticle
from tests.alerts.making import NOW, match, rule_ref, story_article
from tests.alerts.rules_in_store import put_rule, spoil_settings
from tests.alerts.stages.newsroom import Newsroom
from tests.alerts.webhook_schema import webhook_schema

HOUR = 3600.0
THREE_AN_HOUR = {"kind": "frequency", "stories": 3, "window_seconds": HOUR}
SPAN = 600.0
SILENT = {"kind": "silence", "window_seconds": SPAN}
COPY = StoryVerdict.COPY
CREATED, NOT_REACHED = AlertOutcome.CREATED, AlertOutcome.NOT_REACHED


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def story(
    number: int, minutes: float, *, verdict: StoryVerdict = StoryVerdict.NEW, of: str = "", version: int = 1
) -> Match:
    """A match in a story of its own, or in story `of`."""
    ref = rule_ref(version=version)
    return match(number, story=of or f"s{number}", verdict=verdict, rule=ref, matched=at(minutes))


def body(notification: Notification) -> dict[str, object]:
    """The webhook's body, which follows its schema."""
    read: dict[str, object] = orjson.loads(webhook_body(message_of(notification), attempt=1))
    Draft202012Validator(webhook_schema()).validate(read)
    return read


async def test_a_frequency_rule_tells_the_third_story_with_the_others_and_why(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, standing=THREE_AN_HOUR)
    first, second, third = story(1, 0), story(2, 10), story(3, 20)
    await newsroom.give(first)
    await newsroom.give(second, third)
    assert await newsroom.outcomes(first, second, third) == [NOT_REACHED, NOT_REACHED, CREATED]
    (told,) = await newsroom.outbox()
    assert (told.event, told.reason) == (Event.DIGEST, Reason.FIRST)
    sent = body(told)
    assert sent["standing"] == {
        "kind": "frequency",
        "because": "3 stories within 1 h",
        "window_seconds": HOUR,
        "stories": 3,
    }
    shown = [article.article_id for article in message_of(told).articles]
    assert shown == [item.article.article_id for item in (third, second, first)]
    assert b"3 stories within 1 h" in slack_body(message_of(told), View())
    assert newsroom.counted(NOT_REACHED) == 2


async def test_copies_repeats_and_restarts_count_no_story_twice(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, standing=THREE_AN_HOUR)
    first, copy, edit = (
        story(1, 0),
        story(2, 5, verdict=COPY, of="s1"),
        story(3, 6, verdict=StoryVerdict.UPDATE, of="s1"),
    )
    for _ in range(3):
        newsroom.stage = newsroom.new_stage()
        await newsroom.give(first, copy, first, edit)
    await newsroom.give(story(4, 10))
    assert await newsroom.outbox() == []
    await newsroom.give(story(5, 11))
    assert len(await newsroom.outbox()) == 1


async def test_a_story_that_began_before_the_window_does_not_count_when_a_copy_comes(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, standing=THREE_AN_HOUR)
    await newsroom.give(story(1, 0))
    newsroom.stage = newsroom.new_stage()
    await newsroom.give(story(2, 90, verdict=COPY, of="s1"), story(3, 91))
    await newsroom.give(story(4, 92))
    assert await newsroom.outbox() == []
    await newsroom.give(story(5, 93))
    assert len(await newsroom.outbox()) == 1


async def test_it_tells_again_only_after_its_window_also_after_a_restart(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, standing=THREE_AN_HOUR)
    await newsroom.give(*(story(number, number) for number in range(3)))
    newsroom.stage = newsroom.new_stage()
    await newsroom.give(*(story(number, number) for number in range(3, 10)))
    assert len(await newsroom.outbox()) == 1
    await newsroom.give(story(20, 61), story(21, 62.5))
    assert len(await newsroom.outbox()) == 2
    async with newsroom.db.connection() as conn:
        (step,) = await traces.of(conn, story(5, 5).article.article_id)
    assert step.detail == "dprk-arms: 6 stories within 1 h; told already within this window"


async def test_matches_that_waited_for_hours_are_judged_by_their_own_times(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, standing=THREE_AN_HOUR)
    newsroom.clock.advance(10 * HOUR)
    await newsroom.give(story(1, 0), story(2, 70), story(3, 80))
    assert await newsroom.outbox() == []
    late = story(4, 20)  # joins the newest window only if it is young enough
    await newsroom.give(late)
    assert await newsroom.outbox() == []
    await newsroom.give(story(5, 30))
    assert len(await newsroom.outbox()) == 1


async def test_what_a_mute_kept_back_was_not_told(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, standing=THREE_AN_HOUR)
    mute = Silence(silence_id="m", rule="*", starts=NOW, ends=at(30), author="kim", comment="")
    async with newsroom.db.transaction() as conn:
        await silences.add(conn, mute)
    await newsroom.give(story(1, 0), story(2, 1), story(3, 2))
    assert await newsroom.outbox() == []
    newsroom.clock.advance(1800)
    await newsroom.give(story(4, 31))
    (told,) = await newsroom.outbox()
    assert message_of(told).subject.startswith("4 stories within 1 h · ")


async def test_a_held_frequency_shows_the_same_stories_when_it_is_released(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, standing=THREE_AN_HOUR, group_wait_seconds=30)
    await newsroom.give(story(1, 0), story(2, 1), story(3, 2))
    await newsroom.release_after(30)
    (told,) = await newsroom.outbox()
    assert len(told.alerts) == 3
    assert body(told)["standing"]


async def test_a_spike_is_told_with_what_is_usual(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, standing={"kind": "spike", "window_seconds": HOUR}, now=at(-60 * 24))
    before = [story(number, -70 - 60 * number) for number in range(14)]
    await newsroom.give(*before)
    await newsroom.give(*(story(100 + number, -3 + number) for number in range(3)))
    (told,) = await newsroom.outbox()
    assert body(told)["standing"] == {
        "kind": "spike",
        "because": "3 stories within 1 h, usual 1.0",
        "window_seconds": HOUR,
        "stories": 3,
        "usual": 1.0,
    }


async def test_a_changed_query_counts_anew_and_a_changed_setting_does_not(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, standing=THREE_AN_HOUR)
    await newsroom.give(story(1, 0), story(2, 1))
    await put_rule(newsroom.db, query="arms", standing=THREE_AN_HOUR)  # version 2
    await newsroom.give(story(3, 2, version=2), story(4, 3, version=2))
    assert await newsroom.outbox() == []
    await put_rule(newsroom.db, query="arms", standing=THREE_AN_HOUR, channels=("desk", "ops"))  # version 3
    await newsroom.give(story(5, 4, version=3))
    assert len(await newsroom.outbox()) == 2


async def test_the_first_story_in_a_window_is_told_with_its_updates_and_others_are_not(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, standing={"kind": "first_seen", "window_seconds": HOUR})
    await newsroom.give(story(1, 0), story(2, 10), story(3, 11, verdict=StoryVerdict.UPDATE, of="s1"))
    created, updated = await newsroom.outbox()
    assert body(created)["standing"] == {
        "kind": "first_seen",
        "because": "the first story within 1 h",
        "window_seconds": HOUR,
        "stories": 1,
    }
    assert (created.event, updated.event) == (Event.ALERT_CREATED, Event.ALERT_UPDATED)
    await newsroom.give(story(4, 71))
    assert len(await newsroom.outbox()) == 3


async def test_a_silence_is_told_once_and_again_only_after_something_matched(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, standing=SILENT)
    assert await newsroom.silence_after(0) == 0  # in force from now on
    assert await newsroom.silence_after(SPAN - 1) == 0
    assert await newsroom.silence_after(1) == 1
    (told,) = await newsroom.outbox()
    sent = body(told)
    assert sent["articles"] == []
    assert sent["standing"] == {
        "kind": "silence",
        "because": "no match for 10 min, since 2026-03-02 09:00 UTC",
        "window_seconds": SPAN,
        "stories": 0,
        "since": "2026-03-02T09:00:00Z",
    }
    assert b"no match for 10 min" in slack_body(message_of(told), View())
    for _ in range(2):
        newsroom.stage = newsroom.new_stage()
        assert await newsroom.silence_after(SPAN) == 0
    await newsroom.give(story(1, 31))
    assert await newsroom.outcomes(story(1, 0)) == [NOT_REACHED]
    assert await newsroom.silence_after(SPAN) == 0
    assert await newsroom.silence_after(60) == 1
    assert len(await newsroom.outbox()) == 2
    assert newsroom.counted(CREATED) == 2


async def test_every_match_puts_a_silence_off(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, standing=SILENT)
    await newsroom.silence_after(0)
    for number in range(1, 4):
        assert await newsroom.silence_after(300) == 0
        await newsroom.give(story(number, 5 * number))
    assert await newsroom.silence_after(SPAN - 1) == 0
    assert await newsroom.silence_after(1) == 1


async def test_a_silence_waits_for_matches_that_are_not_decided_yet(newsroom: Newsroom) -> None:

    await put_rule(newsroom.db, standing=SILENT)
    await newsroom.silence_after(0)
    await newsroom.silence_after(SPAN / 2)
    await newsroom.log.append(MATCHES.name, [Record("k", b"{}")])
    assert await newsroom.silence_after(SPAN) == 0
    subscription = await newsroom.log.subscribe("alert", [MATCHES.name])
    (waiting,) = await subscription.fetch(10, 1.0)

    await subscription.commit({TopicPartition(waiting.topic, waiting.partition): waiting.offset + 1})
    assert await newsroom.silence_after(3) == 1


async def test_time_in_which_nobody_watched_is_no_silence(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, standing=SILENT)
    await newsroom.silence_after(0)
    await newsroom.silence_after(SPAN / 2)
    newsroom.stage = newsroom.new_stage()
    newsroom.clock.advance(8 * SPAN)  # down for a night
    assert await newsroom.silence_after(SPAN / 2 - 60) == 0
    assert await newsroom.silence_after(120) == 1


async def test_a_removed_or_changed_rule_is_watched_no_more_and_a_resumed_one_anew(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, standing=SILENT)
    await newsroom.silence_after(0)
    async with newsroom.db.transaction() as conn:
        await rules.set_enabled(conn, "dprk-arms", enabled=False)
    assert await newsroom.silence_after(SPAN) == 0
    async with newsroom.db.transaction() as conn:
        await rules.set_enabled(conn, "dprk-arms", enabled=True)
    assert await newsroom.silence_after(SPAN - 1) == 0
    assert await newsroom.silence_after(SPAN) == 1


async def test_a_source_that_gives_no_article_is_told_and_one_article_ends_it(newsroom: Newsroom) -> None:
    source = Source(
        source_id=ids.derived_id("source", "https://news.example/feed"),
        name="Example World",
        url="https://news.example/feed",
    )
    await put_rule(newsroom.db, "quiet-world", query="", standing={**SILENT, "source": "Example World"})
    async with newsroom.db.transaction() as conn:
        await sources.add(conn, source, NOW)
        await articles.put_many(conn, [StoredArticle(story_article(), ["arms"])])  # 10 s before NOW
    await newsroom.silence_after(0)
    assert await newsroom.silence_after(SPAN) == 1
    (told,) = await newsroom.outbox()
    standing = message_of(told).standing
    assert standing is not None
    assert (standing.because, standing.source) == (
        "no article from Example World for 10 min, since 2026-03-02 09:00 UTC",
        "Example World",
    )
    body(told)
    assert await newsroom.silence_after(2 * SPAN) == 0
    again = replace(story_article(2).article, accepted=newsroom.clock.now())
    async with newsroom.db.transaction() as conn:
        await articles.put_many(conn, [StoredArticle(replace(story_article(2), article=again), ["arms"])])
    assert await newsroom.silence_after(SPAN - 1) == 0
    assert await newsroom.silence_after(61) == 1


async def test_mutes_and_quiet_hours_hold_for_silences_too(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, standing=SILENT)
    await put_rule(
        newsroom.db, "night", standing=SILENT, quiet_hours={"start": "09:05", "end": "11:00", "time_zone": "UTC"}
    )
    mute = Silence(silence_id="m", rule="dprk-*", starts=NOW, ends=at(300), author="kim", comment="")
    async with newsroom.db.transaction() as conn:
        await silences.add(conn, mute)
    await newsroom.silence_after(0)
    assert await newsroom.silence_after(SPAN) == 2
    assert await newsroom.outbox() == []
    assert (newsroom.counted(AlertOutcome.SILENCED), newsroom.counted(AlertOutcome.QUIET_HOURS)) == (1, 1)
    assert await newsroom.release_after(7200) == 1
    (told,) = await newsroom.outbox()
    assert (told.reason, told.alerts[0].rule.name) == (Reason.QUIET_HOURS_OVER, "night")
    body(told)


async def test_a_standing_condition_that_cannot_be_read_holds_nothing_back(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db)
    await spoil_settings(newsroom.db, {"settings": {"standing": {"kind": "sometimes"}}})
    await newsroom.give(match())
    assert len(await newsroom.outbox()) == 1
