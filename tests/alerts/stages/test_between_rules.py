"""Rules that hold others back, rest, or tell a story again: through the stage, with what it keeps between batches."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.channels.layout import Longest, View, lay_out
from alerts.channels.message import message_of
from alerts.channels.template import Template
from core.db.engine import Database
from core.model.match import Match
from core.model.outcome import AlertOutcome, Reason, StoryVerdict
from core.model.silence import Silence
from core.store import sent_messages, silences
from core.store.sent_messages import SentMessage
from tests.alerts.making import NOW, brief, match, rule_ref
from tests.alerts.rules_in_store import put_rule
from tests.alerts.stages.newsroom import Newsroom

COPY = StoryVerdict.COPY
FLASH, WORLD = rule_ref("flash"), rule_ref("world")


@pytest.fixture
def newsroom(db: Database) -> Newsroom:
    return Newsroom(db)


async def two_rules(newsroom: Newsroom, **of_flash: object) -> None:
    await put_rule(newsroom.db, "flash", inhibits=("wor*",), **of_flash)  # type: ignore[arg-type]
    await put_rule(newsroom.db, "world")


async def test_the_inhibiting_rule_comes_first_whatever_the_order_in_a_batch(newsroom: Newsroom) -> None:
    await two_rules(newsroom)
    world, flash = match(1, rule=WORLD), match(1, rule=FLASH)
    await newsroom.give(world, flash)
    assert await newsroom.outcomes(world, flash) == [AlertOutcome.INHIBITED, AlertOutcome.CREATED]
    assert [told.alerts[0].rule.name for told in await newsroom.outbox()] == ["flash"]


async def test_what_was_told_before_inhibits_and_another_story_is_told(newsroom: Newsroom) -> None:
    await two_rules(newsroom)
    await newsroom.give(match(1, rule=FLASH))
    newsroom.stage = newsroom.new_stage()  # a restart
    same, other = match(1, rule=WORLD), match(2, rule=WORLD, story="another")
    await newsroom.give(same, other)
    assert await newsroom.outcomes(same, other) == [AlertOutcome.INHIBITED, AlertOutcome.CREATED]


async def test_what_is_held_is_inhibited_by_what_was_told_meanwhile(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, "flash", inhibits=("wor*",))
    await put_rule(newsroom.db, "world", group_wait_seconds=30.0)
    same, other = match(1, rule=WORLD), match(2, rule=WORLD, story="another")
    await newsroom.give(same, other)
    await newsroom.give(match(3, rule=FLASH))
    assert await newsroom.release_after(31) == 2
    flash, world = await newsroom.outbox()
    assert (flash.alerts[0].rule.name, [alert.story_id for alert in world.alerts]) == ("flash", [other.story_id])
    assert world.because == "the time for which the rule groups its alerts is over"
    assert (await newsroom.alert(same)).outcome is AlertOutcome.INHIBITED


async def test_an_alert_that_nobody_was_told_of_inhibits_nothing(newsroom: Newsroom) -> None:
    await two_rules(newsroom, channels=())
    world = match(1, rule=WORLD)
    await newsroom.give(match(1, rule=FLASH), world)
    assert await newsroom.outcomes(world) == [AlertOutcome.CREATED]


async def test_a_rule_that_inhibits_no_more_holds_nothing_back(newsroom: Newsroom) -> None:
    await two_rules(newsroom)
    await newsroom.give(match(1, rule=FLASH))
    await put_rule(newsroom.db, "flash")
    world = match(1, rule=WORLD)
    await newsroom.give(world)
    assert await newsroom.outcomes(world) == [AlertOutcome.CREATED]


async def test_a_rule_rests_across_restarts_and_says_what_it_held_back(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, cooldown={"first_seconds": 60.0})
    stories = [match(number, story=str(number)) for number in range(5)]
    await newsroom.give(stories[0])
    newsroom.stage = newsroom.new_stage()
    await newsroom.give(stories[1])
    await newsroom.give(stories[2])
    newsroom.clock.advance(61)
    await newsroom.give(stories[3])
    assert await newsroom.outcomes(*stories[:4]) == [
        AlertOutcome.CREATED,
        AlertOutcome.COOLING_DOWN,
        AlertOutcome.COOLING_DOWN,
        AlertOutcome.CREATED,
    ]
    first, second = await newsroom.outbox()
    assert "held back" not in first.because
    assert second.because.endswith("2 more stories were held back while the rule rested")
    newsroom.clock.advance(61)  # it rests twice as long now
    await newsroom.give(stories[4])
    assert await newsroom.outcomes(stories[4]) == [AlertOutcome.COOLING_DOWN]


async def test_a_story_that_spreads_is_told_again_once_for_each_number(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, spread_outlets=(3, 5))
    copies = [
        match(number, article=brief(number, source=f"Outlet {number}"), verdict=COPY if number else StoryVerdict.NEW)
        for number in range(6)
    ]
    for copy in copies:
        await newsroom.give(copy)
        await newsroom.give(copy)
    told = await newsroom.outbox()
    assert sorted((one.because, one.reason) for one in told) == [
        ("3 outlets now carry the story", Reason.SPREADING),
        ("5 outlets now carry the story", Reason.SPREADING),
        ("the first match of this rule in this story", Reason.FIRST),
    ]


async def test_a_message_is_brought_up_to_date_when_its_story_grows(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db)
    await newsroom.give(match(1))
    (told,) = await newsroom.outbox()
    sent = SentMessage(
        notification_id=told.notification_id,
        channel="desk",
        story_id=told.alerts[0].story_id,
        reference="r",
        sent=NOW,
    )
    async with newsroom.db.transaction() as conn:
        await sent_messages.put(conn, sent)
    await newsroom.give(match(2, verdict=COPY))
    newsroom.clock.advance(10)
    async with newsroom.db.transaction() as conn:
        due = await sent_messages.claim_due(conn, newsroom.clock.now(), 10, "me", 5)
    assert [message.reference for message in due] == ["r"]


async def test_a_digest_is_ranked_and_says_what_it_leaves_out_and_why(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, digest={"cron": "0 12 * * *", "time_zone": "UTC"})
    await newsroom.give(match(1, story="small"))
    wide = [
        match(10 + number, story="wide", article=brief(10 + number, source=f"Outlet {number}"), verdict=COPY)
        for number in range(3)
    ]
    await newsroom.give(*wide)
    silence = Silence(
        silence_id="s", rule="*", source="Loud", starts=NOW, ends=NOW + timedelta(hours=1), author="kim", comment=""
    )
    async with newsroom.db.transaction() as conn:
        await silences.add(conn, silence)
    await newsroom.give(match(20, story="silenced", article=brief(20, source="Loud")))
    assert await newsroom.release_after(3 * 3600) == 2  # at noon
    (digest,) = await newsroom.outbox()
    assert [alert.story_id for alert in digest.alerts] == [wide[0].story_id, match(1, story="small").story_id]
    assert digest.held_back == "Held back since the last digest: 1 silenced"
    layout = lay_out(message_of(digest), View(), Longest())
    assert len(layout.articles) == 2
    assert layout.articles[0].facts[-1].startswith("+2 outlets: ")
    assert layout.notes == ("Held back since the last digest: 1 silenced",)


async def test_a_rule_words_its_own_messages_on_every_channel(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, template="**{{ rule.name }}**: {{ articles[0].headline }}")
    await newsroom.give(match(1))
    (told,) = await newsroom.outbox()
    of_channel = View(template=Template.read("the channel's"))
    (line,) = lay_out(message_of(told), of_channel, Longest()).body
    assert "".join(span.text for span in line) == "dprk-arms: North Korea ships arms to Russia"
    broken = lay_out(message_of(replace(told, template="{{ nobody }}")), of_channel, Longest())
    assert broken.body == ()
    assert "'nobody' is undefined" in broken.notes[0]


def old(number: int, story: str) -> Match:
    """Of a source that was added an hour after the article was published."""
    found = match(number, story=story, rule=rule_ref("often"))
    return replace(found, article=replace(found.article, published=NOW - timedelta(hours=1), source_added=NOW))


async def test_back_numbers_are_shown_and_sent_to_nobody_until_another_outlet_has_the_story(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, "often")
    back = old(1, "s")
    await newsroom.give(back)
    assert await newsroom.outcomes(back) == [AlertOutcome.BEFORE_SOURCE]
    assert await newsroom.outbox() == []
    copy = match(2, story="s", verdict=COPY, rule=rule_ref("often"))
    await newsroom.give(copy)
    (told,) = await newsroom.outbox()
    assert told.reason is Reason.FIRST
    assert await newsroom.outcomes(back, copy) == [AlertOutcome.BEFORE_SOURCE, AlertOutcome.CREATED]


async def test_no_standing_condition_counts_back_numbers(newsroom: Newsroom) -> None:
    often = {"kind": "frequency", "stories": 2, "window_seconds": 3600.0}
    await put_rule(newsroom.db, "often", standing=often)
    back = [old(number, f"old {number}") for number in range(3)]
    await newsroom.give(*back)
    fresh = match(7, story="new", rule=rule_ref("often"))
    await newsroom.give(fresh)
    assert await newsroom.outcomes(*back, fresh) == [AlertOutcome.BEFORE_SOURCE] * 3 + [AlertOutcome.NOT_REACHED]


async def test_a_rule_made_later_is_quiet_about_what_was_known_before_unless_it_says_otherwise(
    newsroom: Newsroom,
) -> None:
    newsroom.clock.advance(7200)
    known = match(1, rule=rule_ref("late"))
    known = replace(known, story_first_seen=NOW, article=replace(known.article, published=NOW - timedelta(minutes=5)))
    await put_rule(newsroom.db, "late", now=newsroom.clock.now())
    await put_rule(newsroom.db, "asked", now=newsroom.clock.now(), since=NOW - timedelta(hours=1))
    asked = replace(known, match_id="asked", rule=rule_ref("asked"))
    await newsroom.give(known, asked)
    assert await newsroom.outcomes(known, asked) == [AlertOutcome.BEFORE_RULE, AlertOutcome.CREATED]
