from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.pipeline.cooldown import after_message, held_back_text, resting
from alerts.pipeline.decide import STAGES, decide
from alerts.pipeline.inhibit import inhibits
from alerts.pipeline.situation import Action, EarlierAlert, Rest, RulePolicy, Situation
from core.model.match import Correction
from core.model.outcome import AlertOutcome, Priority, StoryVerdict
from core.model.rule import RuleSettings
from core.model.sending import Cooldown, Digest, QuietHours, Throttle
from core.model.silence import Silence
from tests.alerts.making import NOW, brief, match, rule_ref

QUIET = QuietHours(start=time(8), end=time(10), time_zone="UTC")
DIGEST = Digest(at=(time(12),), time_zone="UTC")


def policy(
    send: RuleSettings | None = None,
    *,
    channels: tuple[str, ...] = ("desk",),
    priority: Priority = Priority.NORMAL,
) -> RulePolicy:
    return RulePolicy(send=replace(send or RuleSettings(), channels=channels, priority=priority))


def situation(**changes: object) -> Situation:
    plain = Situation(match=match(), policy=policy(), earlier=None, silences=(), notified_at=(), flush_at=None, now=NOW)
    return replace(plain, **changes)  # type: ignore[arg-type] # each test names fields of Situation


def earlier(*, told: bool = True, number: int = 9) -> EarlierAlert:
    return EarlierAlert(created=NOW, notified=told, articles=frozenset({(brief(number).article_id, "")}))


SILENCE = Silence(
    silence_id="s", rule="dprk-*", starts=NOW, ends=NOW + timedelta(hours=1), author="kim", comment="known"
)


def test_a_silence_hides_nothing_of_another_team() -> None:
    ours = situation(silences=(replace(SILENCE, team_id="sport"),))
    assert decide(ours).outcome is AlertOutcome.CREATED
    theirs = replace(ours, match=match(rule=replace(rule_ref(), team_id="sport")))
    assert decide(theirs).outcome is AlertOutcome.SILENCED


def test_the_first_match_in_a_story_is_notified_at_once() -> None:
    decision = decide(situation())
    assert (decision.outcome, decision.action) == (AlertOutcome.CREATED, Action.TELL)


def test_a_match_of_a_removed_rule_is_dropped_and_says_so() -> None:
    decision = decide(situation(policy=None))
    assert (decision.outcome, decision.action) == (AlertOutcome.RULE_GONE, Action.DROP)
    assert "dprk-arms was removed or disabled" in decision.because


def test_a_rule_without_a_channel_is_kept_and_shown() -> None:
    decision = decide(situation(policy=policy(channels=())))
    assert (decision.outcome, decision.action) == (AlertOutcome.NO_CHANNEL, Action.KEEP)


def test_a_copy_joins_the_alert_that_its_story_has() -> None:
    decision = decide(situation(match=match(2, verdict=StoryVerdict.COPY), earlier=earlier()))
    assert (decision.outcome, decision.action) == (AlertOutcome.REPEATED, Action.ADD)
    assert "copy of the story by Example World" in decision.because


def test_a_copy_of_a_story_that_nobody_was_told_of_says_so() -> None:
    kept = decide(situation(match=match(2, verdict=StoryVerdict.COPY), earlier=earlier(told=False)))
    assert kept.because.startswith("the story was kept back at 2026-03-02 09:00 UTC; this is a copy")


def test_a_copy_is_no_new_alert_even_under_a_silence() -> None:
    copy = situation(match=match(2, verdict=StoryVerdict.COPY), earlier=earlier(), silences=(SILENCE,))
    assert decide(copy).outcome is AlertOutcome.REPEATED


def test_an_update_of_a_told_story_is_told_as_an_update() -> None:
    decision = decide(situation(match=match(2, verdict=StoryVerdict.UPDATE), earlier=earlier()))
    assert (decision.outcome, decision.action) == (AlertOutcome.UPDATED, Action.TELL)


def test_an_update_of_a_story_that_nobody_was_told_of_is_its_first_alert() -> None:
    decision = decide(situation(match=match(2, verdict=StoryVerdict.UPDATE), earlier=earlier(told=False)))
    assert (decision.outcome, decision.action) == (AlertOutcome.CREATED, Action.TELL)


def test_an_update_that_is_in_the_alert_already_is_not_told_again() -> None:
    same = situation(match=match(9, verdict=StoryVerdict.UPDATE), earlier=earlier())
    assert decide(same).outcome is AlertOutcome.REPEATED


def test_an_edit_of_an_article_in_the_alert_is_told() -> None:
    edited = match(article=brief(9, revision="r2"), verdict=StoryVerdict.UPDATE)
    assert decide(situation(match=edited, earlier=earlier())).outcome is AlertOutcome.UPDATED


@pytest.mark.parametrize(
    ("rule", "source", "silenced"),
    [
        ("dprk-*", None, True),
        ("DPRK-arms", None, True),
        ("other", None, False),
        ("*", "Example *", True),
        ("*", "Reuters", False),
    ],
)
def test_a_silence_takes_rules_and_sources_by_pattern(rule: str, source: str | None, *, silenced: bool) -> None:
    decision = decide(situation(silences=(replace(SILENCE, rule=rule, source=source),)))
    assert (decision.outcome is AlertOutcome.SILENCED) is silenced
    assert decision.silence_id == ("s" if silenced else None)


def test_a_silence_says_until_when_and_why() -> None:
    assert decide(situation(silences=(SILENCE,))).because == "silenced until 2026-03-02 10:00 UTC (known)"


def test_a_throttle_lets_its_number_through_and_forgets_after_its_window() -> None:
    limit = policy(RuleSettings(throttle=Throttle(max=2, per_seconds=60)))
    one = situation(policy=limit, notified_at=(NOW - timedelta(seconds=30),))
    two = replace(one, notified_at=(NOW - timedelta(seconds=30), NOW - timedelta(seconds=1)))
    old = replace(one, notified_at=(NOW - timedelta(seconds=60), NOW - timedelta(seconds=1)))
    assert [decide(each).outcome for each in (one, two, old)] == [
        AlertOutcome.CREATED,
        AlertOutcome.THROTTLED,
        AlertOutcome.CREATED,
    ]


def test_quiet_hours_hold_until_their_end() -> None:
    decision = decide(situation(policy=policy(RuleSettings(quiet_hours=QUIET))))
    assert (decision.outcome, decision.action) == (AlertOutcome.QUIET_HOURS, Action.HOLD)
    assert decision.release == datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_flash_passes_quiet_hours() -> None:
    urgent = policy(RuleSettings(quiet_hours=QUIET), priority=Priority.FLASH)
    assert decide(situation(policy=urgent)).outcome is AlertOutcome.CREATED


def test_a_digest_holds_until_its_next_time() -> None:
    decision = decide(situation(policy=policy(RuleSettings(digest=DIGEST))))
    assert (decision.outcome, decision.release) == (AlertOutcome.DIGESTED, datetime(2026, 3, 2, 12, tzinfo=UTC))


def test_a_group_waits_for_others_and_they_join_it() -> None:
    wait = policy(RuleSettings(group_wait_seconds=30))
    first = decide(situation(policy=wait))
    assert (first.outcome, first.release) == (AlertOutcome.GROUPED, NOW + timedelta(seconds=30))
    later = situation(policy=wait, flush_at=first.release, now=NOW + timedelta(seconds=20))
    assert decide(later).release == first.release


def test_groups_keep_their_interval() -> None:
    spaced = policy(RuleSettings(group_wait_seconds=30, group_interval_seconds=300))
    soon = situation(policy=spaced, flush_at=NOW, now=NOW + timedelta(seconds=10))
    late = situation(policy=spaced, flush_at=NOW, now=NOW + timedelta(seconds=301))
    assert decide(soon).release == NOW + timedelta(seconds=300)
    assert decide(late).release == NOW + timedelta(seconds=331)


def test_a_group_of_a_clock_that_was_ahead_holds_nothing_back() -> None:
    spaced = policy(RuleSettings(group_wait_seconds=30, group_interval_seconds=300))
    ahead = situation(policy=spaced, flush_at=NOW + timedelta(hours=1))
    assert decide(ahead).release == NOW + timedelta(seconds=30)


def test_an_interval_alone_groups_nothing() -> None:
    spaced = policy(RuleSettings(group_interval_seconds=300))
    assert decide(situation(policy=spaced, flush_at=NOW)).outcome is AlertOutcome.CREATED


SENDS = st.builds(
    RuleSettings,
    group_wait_seconds=st.sampled_from([0, 30]),
    group_interval_seconds=st.sampled_from([0, 300]),
    throttle=st.none() | st.just(Throttle(max=1, per_seconds=60)),
    quiet_hours=st.none() | st.just(QUIET),
    digest=st.none() | st.just(DIGEST),
)
SITUATIONS = st.builds(
    situation,
    match=st.builds(match, st.integers(1, 3), verdict=st.sampled_from(StoryVerdict)),
    policy=st.none()
    | st.builds(policy, SENDS, channels=st.sampled_from([(), ("desk",)]), priority=st.sampled_from(Priority)),
    earlier=st.none() | st.builds(earlier, told=st.booleans(), number=st.integers(1, 3)),
    silences=st.sampled_from([(), (SILENCE,)]),
    notified_at=st.sampled_from([(), (NOW,)]),
    flush_at=st.none() | st.just(NOW + timedelta(seconds=10)),
)


@given(SITUATIONS)
def test_every_situation_has_one_decision_that_makes_sense(each: Situation) -> None:
    decision = decide(each)
    assert decision == decide(each)
    assert decision.because
    assert (decision.release is not None) is (decision.action is Action.HOLD)
    assert decision.release is None or decision.release > each.now
    assert (decision.silence_id is not None) is (decision.outcome is AlertOutcome.SILENCED)
    assert (decision.action is Action.ADD) is (decision.outcome is AlertOutcome.REPEATED)
    assert decision.action is not Action.ADD or each.earlier is not None
    first = next((made for stage in STAGES if (made := stage(each)) is not None), None)
    assert first is None or decision == first


# --- cool-down

COOLDOWN = Cooldown(first_seconds=60, factor=3, max_seconds=300, reset_seconds=1000)


def test_a_rule_rests_longer_after_each_message_and_begins_anew_after_a_quiet_time() -> None:
    rest, now, rests = None, NOW, []
    for _ in range(4):
        rest = after_message(COOLDOWN, rest, now)
        rests.append(rest.seconds)
        now = rest.until
    assert rests == [60, 180, 300, 300]
    assert rest is not None
    assert after_message(COOLDOWN, rest, rest.until + timedelta(seconds=1000)).seconds == 60


def test_what_comes_while_the_rule_rests_is_kept_and_counted() -> None:
    rest = Rest(until=NOW + timedelta(seconds=30), seconds=60, held_back=2)
    resting_rule = situation(policy=policy(RuleSettings(cooldown=COOLDOWN)), rest=rest)
    decision = decide(resting_rule)
    assert (decision.outcome, decision.action) == (AlertOutcome.COOLING_DOWN, Action.KEEP)
    assert decide(replace(resting_rule, now=rest.until)).outcome is AlertOutcome.CREATED
    assert held_back_text(rest) == "2 more stories were held back while the rule rested"
    assert held_back_text(replace(rest, held_back=0)) == ""


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_a_clock_that_was_ahead_holds_no_rule_for_longer_than_its_longest_rest(offset: float, seconds: float) -> None:
    rest = Rest(until=NOW + timedelta(seconds=offset), seconds=seconds)
    held = resting(COOLDOWN, rest, NOW)
    assert held is None or timedelta(0) < held.until - NOW <= timedelta(seconds=COOLDOWN.max_seconds)
    after = after_message(COOLDOWN, rest, NOW)
    assert timedelta(0) < after.until - NOW <= timedelta(seconds=COOLDOWN.max_seconds)


# --- inhibition


def test_a_rule_stays_quiet_about_a_story_that_a_stronger_one_told() -> None:
    decision = decide(situation(inhibited_by="flash"))
    assert (decision.outcome, decision.action) == (AlertOutcome.INHIBITED, Action.KEEP)
    assert decision.because == "the rule flash has told this story and inhibits dprk-arms"


def test_an_update_of_a_story_that_the_rule_told_itself_goes_on() -> None:
    update = situation(match=match(2, verdict=StoryVerdict.UPDATE), earlier=earlier(), inhibited_by="flash")
    assert decide(update).outcome is AlertOutcome.UPDATED


def test_names_are_inhibited_by_patterns_in_any_letter_case() -> None:
    assert inhibits(("World-*", "arms"), "world-news")
    assert inhibits(("arms",), "ARMS")
    assert not inhibits(("arms",), "arms-2")
    assert not inhibits((), "arms")


# --- spreading


def carried_by(*outlets: str, told: bool = True) -> EarlierAlert:
    return replace(earlier(told=told), outlets=frozenset(outlets))


def test_a_story_that_reaches_a_number_of_outlets_is_told_again_once() -> None:
    spread = policy(RuleSettings(spread_outlets=(3, 5)))
    copy = situation(match=match(2, verdict=StoryVerdict.COPY), policy=spread, earlier=carried_by("A", "B"))
    decision = decide(copy)
    assert (decision.outcome, decision.action) == (AlertOutcome.SPREADING, Action.TELL)
    assert decision.because == "3 outlets now carry the story"
    assert decide(replace(copy, earlier=carried_by("A"))).outcome is AlertOutcome.REPEATED
    assert decide(replace(copy, earlier=carried_by("A", "B", "C"))).outcome is AlertOutcome.REPEATED
    again = replace(copy, earlier=carried_by("A", "Example World"))
    assert decide(again).outcome is AlertOutcome.REPEATED  # the outlet has it already
    assert decide(replace(copy, silences=(SILENCE,))).outcome is AlertOutcome.SILENCED
    assert decide(replace(copy, earlier=carried_by("A", "B", told=False))).outcome is AlertOutcome.REPEATED


def test_an_update_by_another_outlet_is_an_update() -> None:
    spread = policy(RuleSettings(spread_outlets=(3,)))
    update = situation(match=match(2, verdict=StoryVerdict.UPDATE), policy=spread, earlier=carried_by("A", "B"))
    assert decide(update).outcome is AlertOutcome.UPDATED


# --- corrections


def edited(correction: Correction, **changes: object) -> Situation:
    edit = replace(match(2, verdict=StoryVerdict.COPY), correction=correction)
    return situation(match=edit, **{"earlier": earlier(), **changes})


def test_an_edit_that_takes_words_of_the_evidence_away_is_told_as_such() -> None:
    decision = decide(edited(Correction(holds=True, gone=("arms",))))
    assert (decision.outcome, decision.action) == (AlertOutcome.CORRECTED, Action.TELL)
    assert decision.because == 'the words "arms" are gone from the article; the rule still holds'
    gone = decide(edited(Correction(holds=False)))
    assert gone.because == "the article was edited, and the rule no longer holds"


def test_no_throttle_and_no_rest_holds_a_correction_back_but_a_silence_does() -> None:
    limits = policy(RuleSettings(throttle=Throttle(max=1, per_seconds=60), cooldown=COOLDOWN))
    rest = Rest(until=NOW + timedelta(seconds=30), seconds=60)
    held = edited(Correction(holds=False), policy=limits, notified_at=(NOW,), rest=rest)
    assert decide(held).outcome is AlertOutcome.CORRECTED
    assert decide(replace(held, silences=(SILENCE,))).outcome is AlertOutcome.SILENCED


@pytest.mark.parametrize("before", [None, earlier(told=False)])
def test_a_rule_that_matches_no_more_raises_no_alert_where_nobody_was_told(before: EarlierAlert | None) -> None:
    decision = decide(edited(Correction(holds=False), earlier=before))
    assert (decision.outcome, decision.action) == (AlertOutcome.CORRECTED, Action.DROP)


def test_a_correction_that_was_told_is_not_told_again() -> None:
    assert decide(edited(Correction(holds=True, gone=("arms",)), earlier=earlier(number=2))).action is Action.ADD
