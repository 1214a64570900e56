"""What becomes of a match: the first stage with an opinion decides.

rule gone? > repeat? > no channel? > silenced? > throttled? > quiet hours? > digest? > grouped? > tell now

A copy is recognised before silences and throttles, so that these count only what they really kept from people.
"""

from collections.abc import Callable

from alerts.pipeline.digest import digest
from alerts.pipeline.group import group
from alerts.pipeline.quiet import quiet
from alerts.pipeline.repeat import repeat
from alerts.pipeline.route import no_channel, rule_gone
from alerts.pipeline.silence import silence
from alerts.pipeline.situation import Action, Decision, Situation
from alerts.pipeline.throttle import throttle
from core.model.outcome import AlertOutcome

STAGES: tuple[Callable[[Situation], Decision | None], ...] = (
    rule_gone,
    repeat,
    no_channel,
    silence,
    throttle,
    quiet,
    digest,
    group,
)


def decide(situation: Situation) -> Decision:
    """The decision about one match; the same situation always gives the same."""
    for stage in STAGES:
        decision = stage(situation)
        if decision is not None:
            return decision
    if situation.is_update:
        return Decision(
            outcome=AlertOutcome.UPDATED,
            action=Action.TELL,
            because=f"{situation.match.article.source_name} updated a story that was alerted before",
        )
    return Decision(
        outcome=AlertOutcome.CREATED,
        action=Action.TELL,
        because="the first match of this rule in this story",
    )
