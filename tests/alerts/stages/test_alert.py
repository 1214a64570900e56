from datetime import timedelta

from core.model import ids
from core.model.outcome import AlertOutcome, Event, Priority, Reason, Stage, StoryVerdict
from core.model.sending import Throttle
from core.model.silence import Silence
from core.store import rules, silences, stats, traces
from tests.alerts.making import NOW, brief, match, rule_ref
from tests.alerts.rules_in_store import put_rule, spoil_settings
from tests.alerts.stages.newsroom import Newsroom

COPY, UPDATE = StoryVerdict.COPY, StoryVerdict.UPDATE


async def test_the_first_match_raises_one_alert_with_a_message_to_each_channel(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, channels=("desk", "ops"))
    heard = newsroom.wake_up.count
    first = match()
    await newsroom.give(first)
    row = await newsroom.alert(first)
    assert (row.outcome, row.alert.story_size, len(row.alert.articles)) == (AlertOutcome.CREATED, 1, 1)
    outbox = await newsroom.outbox()
    assert {item.channel for item in outbox} == {"desk", "ops"}
    for item in outbox:
        assert item.notification_id == ids.notification_id(row.alert.alert_id, item.channel, 0)
        assert (item.event, item.reason) == (Event.ALERT_CREATED, Reason.FIRST)
        assert item.alerts[0].articles[0].brief == first.article
    assert newsroom.wake_up.count == heard + 1
    assert newsroom.counted(AlertOutcome.CREATED) == 1


async def test_a_repeated_match_changes_nothing_wherever_it_is_repeated(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db)
    first, copy = match(1), match(2, verdict=COPY, size=2)
    await newsroom.give(first)
    before = await newsroom.outbox()
    await newsroom.give(first, first)
    await newsroom.give(copy, first, copy)
    newsroom.stage = newsroom.new_stage()  # a restart
    await newsroom.give(first, copy)
    assert await newsroom.outbox() == before
    assert newsroom.counted(AlertOutcome.CREATED) == 1
    assert newsroom.counted(AlertOutcome.REPEATED) == 1


async def test_copies_join_the_alert_silently_and_its_story_grows(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db)
    matches = [match(number, verdict=COPY if number > 1 else StoryVerdict.NEW, size=number) for number in (1, 2, 3)]
    await newsroom.give(*matches[:2])
    await newsroom.give(*matches[2:])
    row = await newsroom.alert(matches[0])
    assert [article.brief.article_id for article in row.alert.articles] == [m.article.article_id for m in matches]
    assert row.alert.story_size == 3
    assert len(await newsroom.outbox()) == 1
    assert await newsroom.outcomes(*matches) == [AlertOutcome.CREATED, AlertOutcome.REPEATED, AlertOutcome.REPEATED]


async def test_an_update_is_one_more_message_of_the_same_alert_whatever_is_repeated(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db)
    first, update = match(1), match(2, verdict=UPDATE, size=2)
    await newsroom.give(first, update)
    await newsroom.give(update)
    created, updated = await newsroom.outbox()
    assert (updated.event, updated.reason) == (Event.ALERT_UPDATED, Reason.UPDATE)
    assert updated.alerts[0].alert_id == created.alerts[0].alert_id
    assert [a.brief.article_id for a in updated.alerts[0].articles] == [
        update.article.article_id,
        first.article.article_id,
    ]
    assert updated.sequence > created.sequence == 0


async def test_an_edit_of_the_article_itself_is_told_once(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db)
    first = match(1, article=brief(1, revision="a"))
    edit = match(1, article=brief(1, title="Corrected", revision="b"), verdict=UPDATE, size=1)
    await newsroom.give(first)
    await newsroom.give(edit, edit)
    assert len(await newsroom.outbox()) == 2
    row = await newsroom.alert(first)
    assert [article.brief.title for article in row.alert.articles] == ["Corrected"]


async def test_a_new_version_of_the_rule_raises_no_second_alert_for_the_story(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db)
    await newsroom.give(match(1))
    again = match(1, rule=rule_ref(version=2))
    await newsroom.give(again)
    assert len(await newsroom.outbox()) == 1
    assert await newsroom.outcomes(again) == [AlertOutcome.REPEATED]


async def test_other_rules_and_other_stories_have_their_own_alerts(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db)
    await put_rule(newsroom.db, "other")
    await newsroom.give(match(1), match(1, rule=rule_ref("other")), match(2, story="b"))
    assert len(await newsroom.outbox()) == 3


async def test_a_removed_rule_leaves_a_finding_and_no_alert(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db)
    await newsroom.give(match(1))
    async with newsroom.db.transaction() as conn:
        await rules.set_enabled(conn, "dprk-arms", enabled=False)
    late = match(2, story="b")
    await newsroom.give(late)
    assert await newsroom.outcomes(late) == [AlertOutcome.RULE_GONE]
    assert len(await newsroom.outbox()) == 1


async def test_a_rule_without_channels_has_an_alert_and_no_message(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, channels=())
    await newsroom.give(match())
    assert (await newsroom.alert(match())).outcome is AlertOutcome.NO_CHANNEL
    assert await newsroom.outbox() == []


async def test_a_silence_hides_and_counts_and_later_news_of_the_story_is_told(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db)
    silence = Silence(
        silence_id="s", rule="dprk-*", starts=NOW, ends=NOW + timedelta(hours=1), author="kim", comment="known"
    )
    async with newsroom.db.transaction() as conn:
        await silences.add(conn, silence)
    await newsroom.give(match(1), match(2, verdict=COPY, size=2))
    assert await newsroom.outbox() == []
    async with newsroom.db.connection() as conn:
        (kept,) = await silences.page(conn)
    assert kept.hidden_count == 1  # the copy was no alert of its own
    newsroom.clock.advance(3600)
    await newsroom.give(match(3, verdict=UPDATE, size=3))
    (told,) = await newsroom.outbox()
    assert (told.event, told.reason) == (Event.ALERT_CREATED, Reason.FIRST)
    assert (await newsroom.alert(match(1))).outcome is AlertOutcome.CREATED


async def test_a_throttle_forgets_what_a_clock_that_was_ahead_has_noted(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, throttle=Throttle(max=1, per_seconds=60))
    newsroom.clock.ahead = 400_000
    await newsroom.give(match(1, story="a"))
    newsroom.clock.ahead = 0
    await newsroom.give(match(2, story="b"))
    await newsroom.give(match(3, story="c"))
    outcomes = await newsroom.outcomes(match(2, story="b"), match(3, story="c"))
    assert outcomes == [AlertOutcome.CREATED, AlertOutcome.THROTTLED]


async def test_a_throttle_holds_over_batches_and_restarts(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, throttle=Throttle(max=2, per_seconds=60))
    await newsroom.give(match(1, story="a"), match(2, story="b"), match(3, story="c"))
    newsroom.stage = newsroom.new_stage()
    await newsroom.give(match(4, story="d"))
    assert len(await newsroom.outbox()) == 2
    assert newsroom.counted(AlertOutcome.THROTTLED) == 2
    newsroom.clock.advance(61)
    await newsroom.give(match(5, story="e"))
    assert len(await newsroom.outbox()) == 3


async def test_a_group_goes_out_as_one_message_after_its_wait(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, group_wait_seconds=30, group_interval_seconds=300)
    await newsroom.give(match(1, story="a"))
    newsroom.clock.advance(20)
    await newsroom.give(match(2, story="b"), match(3, story="a", verdict=COPY, size=2))
    assert await newsroom.outbox() == []
    assert await newsroom.release_after(9) == 0
    newsroom.stage = newsroom.new_stage()  # timers are rows
    assert await newsroom.release_after(1) == 2
    assert await newsroom.release_after(0) == 0
    (told,) = await newsroom.outbox()
    assert (told.event, told.reason, len(told.alerts)) == (Event.DIGEST, Reason.FIRST, 2)
    assert sorted(len(alert.articles) for alert in told.alerts) == [1, 2]
    await newsroom.give(match(4, story="c"))
    assert await newsroom.release_after(299) == 0  # the interval since the last group
    assert await newsroom.release_after(1) == 1


async def test_a_group_of_one_is_a_plain_alert(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, group_wait_seconds=30)
    await newsroom.give(match(1))
    await newsroom.release_after(30)
    (told,) = await newsroom.outbox()
    assert (told.event, told.reason) == (Event.ALERT_CREATED, Reason.FIRST)
    assert told.notification_id == ids.notification_id(told.alerts[0].alert_id, "desk", 0)


async def test_quiet_hours_hold_and_release_one_digest_and_flash_passes(newsroom: Newsroom) -> None:
    quiet: dict[str, object] = {"start": "08:00", "end": "10:00", "time_zone": "UTC"}
    await put_rule(newsroom.db, quiet_hours=quiet)
    await put_rule(newsroom.db, "urgent", quiet_hours=quiet, priority=Priority.FLASH)
    await newsroom.give(match(1, story="a"), match(2, story="b"), match(3, rule=rule_ref("urgent")))
    (urgent,) = await newsroom.outbox()
    assert urgent.alerts[0].rule.name == "urgent"
    assert await newsroom.release_after(3600) == 2
    digest = (await newsroom.outbox())[-1]
    assert (digest.event, digest.reason, len(digest.alerts)) == (Event.DIGEST, Reason.QUIET_HOURS_OVER, 2)


async def test_a_digest_collects_until_its_time(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, digest={"at": ["12:00"], "time_zone": "UTC"})
    await newsroom.give(match(1, story="a"))
    await newsroom.release_after(3 * 3600)
    await newsroom.give(match(2, story="a", verdict=UPDATE, size=2))
    await newsroom.release_after(24 * 3600)
    first, second = await newsroom.outbox()
    assert [(item.event, item.reason) for item in (first, second)] == [(Event.DIGEST, Reason.DIGEST)] * 2
    assert first.notification_id != second.notification_id


async def test_what_was_held_is_not_sent_when_its_rule_is_gone_or_silenced_by_then(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, group_wait_seconds=30)
    await put_rule(newsroom.db, "other", group_wait_seconds=30)
    mine, other = match(1), match(1, rule=rule_ref("other"))
    await newsroom.give(mine, other)
    silence = Silence(silence_id="s", rule="other", starts=NOW, ends=NOW + timedelta(hours=1), author="kim", comment="")
    async with newsroom.db.transaction() as conn:
        await rules.set_enabled(conn, "dprk-arms", enabled=False)
        await silences.add(conn, silence)
    assert await newsroom.release_after(30) == 2
    assert await newsroom.outbox() == []
    assert (await newsroom.alert(mine)).outcome is AlertOutcome.RULE_GONE
    assert (await newsroom.alert(other)).outcome is AlertOutcome.SILENCED


async def test_settings_that_cannot_be_read_hold_nothing_back(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db)
    await spoil_settings(newsroom.db, {"quiet_hours": {"start": "whenever"}})
    await newsroom.give(match())
    assert len(await newsroom.outbox()) == 1


async def test_the_trace_answers_why(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db)
    await newsroom.give(match(1), match(2, verdict=COPY, size=2))
    async with newsroom.db.connection() as conn:
        (step,) = await traces.of(conn, match(2).article.article_id)
        (day,) = await stats.of(conn, match(1).rule.rule_id, NOW.date())
    assert (step.stage, step.outcome) == (Stage.ALERT, "repeated")
    assert step.detail.startswith("dprk-arms: the story had its alert at 2026-03-02 09:00 UTC; this is a copy")
    assert day.alerts == 1
