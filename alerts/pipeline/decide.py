"""Decides about a match: the first step with an opinion wins.

rule gone? > matches no more? > repeat? > there before? > no channel? > condition reached? > silenced? > inhibited? > throttled?
> cooling down? > quiet hours? > digest? > grouped? > tell now

A copy is recognised before silences and throttles, so that these count only what they really kept from people; so is a
metric condition that does not hold yet.
"""

from collections.abc import Callable

from alerts.pipeline.cooldown import cooldown
from alerts.pipeline.correct import correct, correction_of, correction_text
from alerts.pipeline.digest import digest
from alerts.pipeline.first_contact import first_contact
from alerts.pipeline.group import group
from alerts.pipeline.inhibit import inhibit
from alerts.pipeline.quiet import quiet
from alerts.pipeline.reached import reached, verdict
from alerts.pipeline.repeat import repeat
from alerts.pipeline.route import no_channel, rule_gone
from alerts.pipeline.silence import silence
from alerts.pipeline.situation import Action, Decision, Nothing, Situation
from alerts.pipeline.spread import spreading
from alerts.pipeline.throttle import throttle
from core.model.outcome import AlertOutcome, StoryVerdict

STAGES: tuple[Callable[[Situation], Decision | None], ...] = (
    rule_gone,
    correct,
    repeat,
    first_contact,
    no_channel,
    reached,
    silence,
    inhibit,
    throttle,
    cooldown,
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
    return Decision(outcome=_outcome(situation), action=Action.TELL, because=_why(situation))


def _outcome(situation: Situation) -> AlertOutcome:
    if correction_of(situation) is not None:
        return AlertOutcome.CORRECTED
    if _is_spreading(situation):
        return AlertOutcome.SPREADING
    return AlertOutcome.UPDATED if situation.is_update else AlertOutcome.CREATED


def _is_spreading(situation: Situation) -> bool:
    """An update says more than that one more outlet has the story."""
    match = situation.match
    copied = not isinstance(match, Nothing) and match.verdict is not StoryVerdict.UPDATE
    return copied and spreading(situation) is not None


def _why(situation: Situation) -> str:
    if isinstance(situation.match, Nothing):
        return situation.match.because
    correction = correction_of(situation)
    if correction is not None:
        return correction_text(correction)
    if _is_spreading(situation):
        return spreading(situation) or ""
    if situation.is_update:
        did = "corrected" if situation.match.article.correction else "updated"
        return f"{situation.source_name} {did} a story that was alerted before"
    standing = verdict(situation)
    return "the first match of this rule in this story" if standing is None else standing.because
