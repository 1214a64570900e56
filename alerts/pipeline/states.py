"""What readers may say of an alert, and what follows: its new state, nothing new, or a refusal that says why.

open --acknowledge--> acknowledged --resolve--> resolved          release: open again, from wherever
  |--snooze--> snoozed --its time is over--> open                 a comment alone changes no state
  `--not relevant--> not relevant --relevant--> open
An assignment says who is to look into it, and changes no state either.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.pipeline.situation import shown
from core.model.alert_state import AlertEvent, AlertState
from core.model.outcome import AlertStatus

MOST_SNOOZED = timedelta(days=90)
LONGEST_COMMENT = 2000
LONGEST_NAME = 100


class Verb(StrEnum):
    """What somebody does with an alert."""

    ACKNOWLEDGE = "acknowledge"
    RELEASE = "release"
    RESOLVE = "resolve"
    SNOOZE = "snooze"
    NOT_RELEVANT = "not-relevant"
    RELEVANT = "relevant"
    COMMENT = "comment"
    ASSIGN = "assign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody says of an alert. `until`: how long to snooze it. `assignee`: to whom it is assigned; empty: to nobody."""

    verb: Verb
    by: str
    at: datetime
    comment: str = ""
    until: datetime | None = None
    assignee: str | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The alert is so already, by the same person and with the same words."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The alert stays as it is. `field`: the part of what was said that is wrong, if one is."""

    because: str
    field: str | None = None


_SETTLED = {AlertStatus.RESOLVED: "resolved", AlertStatus.NOT_RELEVANT: "marked as not relevant"}
_BECOMES = {
    Verb.ACKNOWLEDGE: AlertStatus.ACKNOWLEDGED,
    Verb.RELEASE: AlertStatus.OPEN,
    Verb.RESOLVE: AlertStatus.RESOLVED,
    Verb.SNOOZE: AlertStatus.SNOOZED,
    Verb.NOT_RELEVANT: AlertStatus.NOT_RELEVANT,
    Verb.RELEVANT: AlertStatus.OPEN,
}


def say(alert_id: str, state: AlertState, said: Said, via: str) -> AlertEvent | Unchanged | Refusal:
    """The event that follows for an alert in this state."""
    refusal = _ill_said(said) or _impossible(state, said)
    if refusal is not None:
        return refusal
    status = _BECOMES.get(said.verb)
    until = said.until if said.verb is Verb.SNOOZE else None
    if status is not None and _is_so(state, status, said, until):
        return Unchanged()
    assignee = said.assignee or "" if said.verb is Verb.ASSIGN else None
    if assignee is not None and assignee == (state.assignee or ""):
        return Unchanged()
    return AlertEvent(
        alert_id=alert_id,
        at=said.at,
        by=said.by,
        status=status,
        comment=said.comment,
        until=until,
        via=via,
        assignee=assignee,
    )


def _ill_said(said: Said) -> Refusal | None:
    if not said.by.strip() or len(said.by) > LONGEST_NAME:
        return Refusal(f"expected the name of somebody, of at most {LONGEST_NAME} characters", "by")
    if len(said.comment) > LONGEST_COMMENT:
        return Refusal(f"the comment has {len(said.comment)} characters; at most {LONGEST_COMMENT} are kept", "comment")
    if said.verb is Verb.COMMENT and not said.comment.strip():
        return Refusal("the comment is empty", "comment")
    if said.verb is not Verb.SNOOZE:
        return None
    if said.until is None or said.until <= said.at:
        return Refusal("an alert is snoozed until a time to come", "until")
    if said.until > said.at + MOST_SNOOZED:
        return Refusal(f"an alert is snoozed for at most {MOST_SNOOZED.days} days; resolve it, or mark it", "until")
    return None


def _impossible(state: AlertState, said: Said) -> Refusal | None:
    settled = _SETTLED.get(state.status)
    if settled is not None and said.verb in (Verb.ACKNOWLEDGE, Verb.SNOOZE):
        return Refusal(f"the alert is {settled}{_by(state)}; release it first to open it again")
    if said.verb is Verb.RELEASE and state.status is AlertStatus.OPEN:
        return Refusal(f"the alert is open already{_by(state)}")
    if said.verb is Verb.RELEVANT and state.status is not AlertStatus.NOT_RELEVANT:
        return Refusal(f"the alert is not marked as not relevant: it is {state.status.value}{_by(state)}")
    return None


def _is_so(state: AlertState, status: AlertStatus, said: Said, until: datetime | None) -> bool:
    same = (state.status, state.by, state.until) == (status, said.by, until)
    return same and said.comment in ("", state.comment)


def _by(state: AlertState) -> str:
    at = "" if state.at is None else f" since {shown(state.at)}"
    return f", by {state.by}{at}" if state.by else ""
