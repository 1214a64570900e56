"""What was there before its source or its rule alerts nobody."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts.pipeline.decide import decide
from alerts.pipeline.first_contact import ALLOWANCE
from alerts.pipeline.situation import Action, EarlierAlert, RulePolicy, Situation
from core.model.match import Match
from core.model.outcome import AlertOutcome, StoryVerdict
from core.model.rule import RuleSettings
from tests.alerts.making import NOW, brief, match

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
EARLIER = EarlierAlert(created=NOW, notified=False, before=True, articles=frozenset({(brief(9).article_id, "")}))


def seen(*, published: datetime | None, added: datetime | None = None, of: Match | None = None) -> Match:
    plain = of or match()
    return replace(plain, article=replace(plain.article, published=published, source_added=added))


def situation(found: Match, *, since: datetime | None = None, earlier: EarlierAlert | None = None) -> Situation:
    policy = RulePolicy(send=RuleSettings(channels=("desk",)), since=since)
    return Situation(
        match=found, policy=policy, earlier=earlier, silences=(), notified_at=(), flush_at=None, now=NOW + HOUR
    )


@pytest.mark.parametrize("published", [NOW - HOUR, NOW - ALLOWANCE - SECOND, None])
def test_what_a_new_source_shows_from_before_it_was_added_is_kept_and_sent_to_nobody(
    published: datetime | None,
) -> None:
    decision = decide(situation(seen(published=published, added=NOW)))
    assert (decision.outcome, decision.action) == (AlertOutcome.BEFORE_SOURCE, Action.KEEP)
    assert "Example World showed it at its first poll" in decision.because
    assert "what is news begins at 2026-03-02 09:00 UTC" in decision.because


@pytest.mark.parametrize("published", [NOW, NOW + HOUR, NOW - ALLOWANCE])
def test_what_was_published_after_the_source_was_added_alerts(published: datetime) -> None:
    assert decide(situation(seen(published=published, added=NOW))).outcome is AlertOutcome.CREATED


def test_what_came_at_a_later_poll_alerts_whatever_its_date() -> None:
    assert decide(situation(seen(published=NOW - 100 * HOUR))).outcome is AlertOutcome.CREATED


def test_a_new_rule_is_quiet_about_what_was_published_and_known_before_it() -> None:
    old = seen(published=NOW - 2 * HOUR, of=replace(match(), story_first_seen=NOW - 2 * HOUR))
    decision = decide(situation(old, since=NOW))
    assert (decision.outcome, decision.action) == (AlertOutcome.BEFORE_RULE, Action.KEEP)
    assert "begins at 2026-03-02 09:00 UTC" in decision.because
    assert decide(situation(old, since=NOW - 3 * HOUR)).outcome is AlertOutcome.CREATED


def test_a_new_rule_alerts_on_old_dates_that_were_first_seen_after_it() -> None:
    late = seen(published=NOW - 48 * HOUR, of=replace(match(), story_first_seen=NOW))
    assert decide(situation(late, since=NOW)).outcome is AlertOutcome.CREATED


def test_another_outlet_s_copy_of_a_back_number_is_its_first_alert() -> None:
    copy = seen(published=NOW, of=match(2, verdict=StoryVerdict.COPY))
    assert decide(situation(copy, earlier=EARLIER)).outcome is AlertOutcome.CREATED
    told = replace(EARLIER, notified=True, before=False)
    assert decide(situation(copy, earlier=told)).outcome is AlertOutcome.REPEATED


def test_a_polished_back_number_stays_quiet_and_an_updated_one_alerts() -> None:
    polished = seen(published=NOW - HOUR, of=match(9, verdict=StoryVerdict.COPY))
    polished = replace(polished, article=replace(polished.article, revision="2"))
    assert decide(situation(polished, earlier=EARLIER)).outcome is AlertOutcome.REPEATED
    assert decide(situation(replace(polished, verdict=StoryVerdict.UPDATE), earlier=EARLIER)).outcome is (
        AlertOutcome.CREATED
    )


def test_a_new_source_s_old_version_of_a_told_story_tells_nothing_again() -> None:
    told = replace(EARLIER, notified=True, before=False)
    late = seen(published=NOW - HOUR, added=NOW, of=match(2, verdict=StoryVerdict.UPDATE))
    assert decide(situation(late, earlier=told)).outcome is AlertOutcome.BEFORE_SOURCE


def test_a_rule_that_was_made_by_a_clock_that_was_ahead_is_not_quiet_until_then() -> None:
    assert decide(situation(match(), since=NOW + 9000 * HOUR)).outcome is AlertOutcome.CREATED
