"""What is told of rules that are probably not what their author wanted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.management.rule_health import RuleFacts, Trouble, troubles
from alerts.rules.parser import parse
from core.model import ids
from core.model.metric_rule import Frequency
from core.model.outcome import AlertOutcome, StoryVerdict
from core.model.rule import RuleRow, RuleSettings
from core.store.findings import Finding
from tests.alerts.making import NOW, clause, match, rule_ref


def _facts(
    query: str = "arms OR guns",
    *,
    name: str = "rule",
    found: Sequence[Finding] = (),
    last: datetime | None = NOW,
    by_day: dict[int, int] | None = None,
    age_days: int = 100,
) -> RuleFacts:
    row = RuleRow(
        rule_id=ids.derived_id("rule", name),
        name=name,
        version=1,
        query=query,
        canonical=query,
        settings=RuleSettings(),
        origin="db",
        enabled=True,
        author="",
        comment="",
        created=NOW - timedelta(days=age_days),
        revision=1,
    )
    tree = parse(query).tree
    assert tree is not None
    return RuleFacts(row=row, tree=tree, last_matched=last, matches_by_day=by_day or {}, findings=found)


def _found(query: str, word: str, *, verdict: StoryVerdict = StoryVerdict.NEW, times: int = 20) -> list[Finding]:
    made = match(rule=rule_ref(query=query), verdict=verdict)
    made = replace(made, evidence=(clause(word, query=query),))
    return [Finding(match=made, outcome=AlertOutcome.CREATED)] * times


def _told(*facts: RuleFacts) -> list[tuple[str, Trouble]]:
    return [(one.rule, one.trouble) for one in troubles(facts, now=NOW, days=30)]


def test_a_rule_that_matched_nothing_for_long_is_told() -> None:
    assert _told(_facts(last=None)) == [("rule", Trouble.NEVER_MATCHED)]
    assert _told(_facts(last=NOW - timedelta(days=40))) == [("rule", Trouble.NEVER_MATCHED)]


def test_a_new_rule_is_given_time() -> None:
    assert _told(_facts(last=None, age_days=3)) == []


def test_ten_times_the_usual_matches_are_told() -> None:
    usual = dict.fromkeys(range(1, 30), 3)
    assert _told(_facts(by_day={0: 40, **usual})) == [("rule", Trouble.RATE_UP)]
    assert _told(_facts(by_day={0: 20, **usual})) == []


def test_an_alternative_that_never_contributes_is_told_by_its_text() -> None:
    [one] = troubles([_facts(found=_found("arms OR guns", "arms"))], now=NOW, days=30)
    assert one.trouble is Trouble.IDLE_CLAUSE
    assert "'guns'" in one.sentence


def test_an_alternative_without_evidence_is_not_accused() -> None:
    query = "Korea AND (arms OR (domain:news.example AND NOT film))"
    assert _told(_facts(query, found=_found(query, "arms"))) == []


def test_of_two_rules_that_mean_the_same_the_second_is_told() -> None:
    assert _told(_facts("arms OR guns", name="a"), _facts("GUNS OR arms", name="b")) == [("b", Trouble.SAME_AS)]


def test_the_same_text_with_another_standing_condition_is_another_rule() -> None:
    often = _facts("GUNS OR arms", name="b")
    condition = Frequency(stories=5, window_seconds=3600)
    often = replace(often, row=replace(often.row, settings=RuleSettings(standing=condition)))
    assert _told(_facts("arms OR guns", name="a"), often) == []


def test_a_rule_that_finds_only_copies_is_told() -> None:
    found = _found("arms", "arms", verdict=StoryVerdict.COPY, times=5)
    assert _told(_facts("arms", found=found)) == [("rule", Trouble.ONLY_COPIES)]


def test_a_rule_over_its_budget_is_told_with_what_it_takes() -> None:
    slow = replace(_facts(), evaluations=40, evaluation_seconds=0.1)
    [one] = troubles([slow], now=NOW, days=30)
    assert one.trouble is Trouble.SLOW
    assert "takes 2.5 ms an evaluation, in the mean of 40; 1 ms is its budget" in one.sentence
    assert _told(replace(slow, evaluations=19)) == []
    assert _told(replace(slow, evaluation_seconds=0.04)) == []


def test_a_rule_with_a_setting_that_cannot_be_read_is_told() -> None:
    unread = _facts()
    unread = replace(unread, row=replace(unread.row, settings=RuleSettings(unreadable=("digest: at: missing",))))
    [one] = troubles([unread], now=NOW, days=30)
    assert one.trouble is Trouble.UNREADABLE_SETTINGS
    assert one.sentence == "The rule goes on without what cannot be read of its settings: digest: at: missing."
