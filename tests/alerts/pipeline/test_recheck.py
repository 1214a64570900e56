from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.pipeline.recheck import RuleNow, second_look
from core.model.outcome import AlertOutcome, NotificationState
from core.model.silence import Silence
from tests.alerts.making import NOW, alert, brief

RULE = RuleNow(enabled=True, channels=("desk", "ops"))


def a_silence(rule: str = "dprk-*", source: str | None = None) -> Silence:
    return Silence(
        silence_id="s",
        rule=rule,
        source=source,
        starts=NOW,
        ends=NOW + timedelta(hours=1),
        author="a",
        comment="flood",
    )


def test_what_nobody_stopped_is_sent() -> None:
    assert second_look(alert(), RULE, "desk", [], newest_only=False) is None
    assert second_look(alert(), None, "desk", [], newest_only=False) is None  # nothing is known: sent
    assert second_look(alert(), RULE, "desk", [a_silence("other")], newest_only=False) is None


@pytest.mark.parametrize(
    ("rule", "silences", "state", "because"),
    [
        (
            replace(RULE, enabled=False),
            [],
            "rule_gone",
            "the rule dprk-arms was removed or disabled before this was sent",
        ),
        (replace(RULE, channels=("ops",)), [], "no_channel", "the rule dprk-arms no longer names the channel desk"),
        (RULE, [a_silence()], "silenced", "silenced until 2026-03-02 10:00 UTC (flood)"),
        (RULE, [a_silence(source="example*")], "silenced", "silenced until 2026-03-02 10:00 UTC (flood)"),
        (None, [a_silence()], "silenced", "silenced until 2026-03-02 10:00 UTC (flood)"),
    ],
)
def test_what_somebody_stopped_is_kept_with_the_reason(
    rule: RuleNow | None, silences: list[Silence], state: str, because: str
) -> None:
    found = second_look(alert(), rule, "desk", silences, newest_only=False)
    assert found is not None
    assert (found.state, found.outcome, found.because) == (
        NotificationState(state),
        AlertOutcome(state),
        because,
    )


def test_a_silence_of_one_source_leaves_what_another_source_tells() -> None:
    both = alert(brief(2, source="Other Wire"), brief(1))
    quiet = [a_silence(source="Example World")]
    assert second_look(both, RULE, "desk", quiet, newest_only=False) is None
    turned = replace(both, articles=both.articles[::-1])
    assert second_look(turned, RULE, "desk", quiet, newest_only=True) is not None  # the update is the silenced source's
