"""What a form of the inbox, or of an alert's page, says of alerts. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.pipeline.states import Verb
from core.model.alert_state import Via
from wirewatch.console import times
from wirewatch.console.forms import Form
from wirewatch.usecases import alert_bulk
from wirewatch.usecases.alert_bulk import Told
from wirewatch.usecases.alert_states import Words
from wirewatch.usecases.refusals import Invalid

# How long an alert can be snoozed for with one key: hours, and the words for them.
CHOICES = ((1, "1 hour"), (4, "4 hours"), (24, "1 day"), (72, "3 days"), (168, "1 week"))
_DONE = {
    Verb.ACKNOWLEDGE: "acknowledged",
    Verb.RELEASE: "open again",
    Verb.RESOLVE: "resolved",
    Verb.SNOOZE: "snoozed",
    Verb.NOT_RELEVANT: "marked as not relevant",
    Verb.RELEVANT: "open again",
    Verb.COMMENT: "commented on",
    Verb.ASSIGN: "assigned",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The verb of the button that was pressed, for these alerts."""

    verb: Verb
    alerts: tuple[str, ...]
    comment: str = ""
    until: timedelta | datetime | None = None
    assignee: str | None = None

    def words(self, via: Via) -> Words:
        return Words(comment=self.comment, via=via)


def said_of(sent: Form, now: datetime, zone: ZoneInfo) -> Choice:
    """Of a form. `one`: the button of a row, `VERB ID`; `do`: a button for all that are selected. Raises Invalid."""
    word, _, alert_id = sent.text("one").partition(" ")
    word = word or sent.text("do")
    chosen = (alert_id,) if alert_id else sent.many("alert")
    if not word:
        raise Invalid("press one of the buttons", "do")
    if word not in list(Verb):
        raise Invalid(f"there is no {word!r} to do", "do")
    if not chosen:
        raise Invalid("select an alert first", "alert")
    verb = Verb(word)
    comment = sent.text("reason") if verb is Verb.NOT_RELEVANT else sent.text("comment")
    return Choice(
        verb=verb,
        alerts=tuple(dict.fromkeys(chosen)),
        comment=comment,
        until=_until(sent, now, zone) if verb is Verb.SNOOZE else None,
        assignee=sent.text("assignee") or None if verb is Verb.ASSIGN else None,
    )


def _until(sent: Form, now: datetime, zone: ZoneInfo) -> timedelta | datetime:
    """How long to snooze: a moment in the reader's zone where one was typed, else the hours that were chosen."""
    until = sent.text("until")
    if until:
        try:
            return times.typed(until, zone)
        except ValueError:
            raise Invalid("expected a time: 2026-03-01T14:30", "until") from None
    hours = sent.text("hours", "4")
    if hours not in [str(number) for number, _ in CHOICES]:
        raise Invalid("choose one of the times", "hours")
    return now + timedelta(hours=int(hours))


def done_words(choice: Choice, told: Sequence[Told]) -> str:
    """`3 alerts are acknowledged. 1 is not: ...`"""
    changed = alert_bulk.changed(told)
    refused = [one.refused for one in told if one.refused is not None]
    number = "1 alert is" if changed == 1 else f"{changed} alerts are"
    said = [f"{number} {_DONE[choice.verb]}."] if changed or not refused else []
    if len(told) == 1 and not changed and not refused:
        said = ["It was so already."]
    if refused:
        several = (
            "" if len(told) == 1 else f"{len(refused)} stayed as {'it was' if len(refused) == 1 else 'they were'}: "
        )
        reason = str(refused[0])
        said.append(f"{several}{reason[:1].upper()}{reason[1:]}.")
    return " ".join(said)
