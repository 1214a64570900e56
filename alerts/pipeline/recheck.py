"""Is what waits to be sent still wanted? Asked again at each try: a flood can be stopped while it waits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alerts.pipeline.routing import NOWHERE, ArticleFacts, Router, facts_of_alert
from alerts.pipeline.silence import covers
from alerts.pipeline.situation import shown
from core.model.alert import Alert
from core.model.alert_state import AlertState
from core.model.channel import channel_name
from core.model.outcome import AlertOutcome, AlertStatus, NotificationState, Reason
from core.model.silence import Silence

ASKING = frozenset({Reason.ESCALATION, Reason.SNOOZE_OVER})  # messages that ask somebody to take the alert
_ANY = frozenset({Reason.REDRIVE, Reason.FALLBACK})  # what is sent so may have been sent for any reason


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleNow:
    """What matters of a rule, as it stands now. `channels`: the keys of its own; `goes_on_to`: those of its escalation;
    `router`: leads to others.
    """

    enabled: bool
    channels: tuple[str, ...]
    goes_on_to: tuple[str, ...] = ()
    router: Router = NOWHERE

    def channels_for(self, articles: Iterable[ArticleFacts]) -> tuple[str, ...]:
        """The keys of the channels that an alert with these articles goes to."""
        return tuple(dict.fromkeys((*self.channels, *self.router.channels(articles))))

    def names(self, channel: str, reason: Reason) -> bool:
        """Whether its messages for that reason go to the channel by its own word; what is sent again may have been sent for
        any."""
        if reason is Reason.ESCALATION:
            return channel in self.goes_on_to
        return channel in self.channels or (reason in _ANY and channel in self.goes_on_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """Why an alert is not sent after all: the state of its message, the outcome of the alert (None: as it was), the sentence.

    `instead`: the channels that the alert goes to now, where that is this one no more.
    """

    state: NotificationState
    outcome: AlertOutcome | None
    because: str
    silence_id: str | None = None
    instead: tuple[str, ...] = ()


def taken(state: AlertState) -> Withheld | None:
    """Why a message that asks somebody to take the alert is not sent: somebody has."""
    if state.status is AlertStatus.OPEN:
        return None
    because = f"{taken_by(state)} before this was sent"
    return Withheld(state=NotificationState.TAKEN, outcome=None, because=because)


def second_look(
    alert: Alert,
    rule: RuleNow | None,
    channel: str,
    silences: Sequence[Silence],
    *,
    newest_only: bool,
    reason: Reason = Reason.FIRST,
) -> Withheld | None:
    """None: it is sent. `rule` None: nothing is known of it, which holds nothing back.

    `newest_only`: the message is about the first of the alert's articles, an update; else all of them count. `reason`: of
    the message.
    """
    if rule is not None and not rule.enabled:
        return Withheld(
            state=NotificationState.RULE_GONE,
            outcome=AlertOutcome.RULE_GONE,
            because=f"the rule {alert.rule.name} was removed or disabled before this was sent",
        )
    if rule is not None and not rule.names(channel, reason):
        led = () if reason is Reason.ESCALATION else rule.channels_for(facts_of_alert(alert))
        if channel not in led:
            return Withheld(
                state=NotificationState.NO_CHANNEL,
                outcome=AlertOutcome.NO_CHANNEL,
                because=f"the rule {alert.rule.name} no longer names the channel {channel_name(channel)}"
                + (", and no route leads there" if rule.router else ""),
                instead=led,
            )
    silence = silencing(alert, silences, newest_only=newest_only)
    if silence is None:
        return None
    comment = f" ({silence.comment})" if silence.comment else ""
    return Withheld(
        state=NotificationState.SILENCED,
        outcome=AlertOutcome.SILENCED,
        because=f"silenced until {shown(silence.ends)}{comment}",
        silence_id=silence.silence_id,
    )


def taken_by(state: AlertState) -> str:
    """Who has the alert, in a sentence."""
    by = f" by {state.by}" if state.by else ""
    at = "" if state.at is None else f" at {shown(state.at)}"
    return f"{state.status.value.replace('_', ' ')}{by}{at}"


def silencing(alert: Alert, silences: Sequence[Silence], *, newest_only: bool = False) -> Silence | None:
    """A silence that covers the rule and the source of every article; None where something may be heard."""
    articles = alert.articles[:1] if newest_only else alert.articles
    sources = [article.brief.source_name for article in articles] or [_missed_source(alert)]
    for silence in silences:
        if all(covers(silence, alert.rule.name, source, alert.rule.team_id) for source in sources):
            return silence
    return None


def _missed_source(alert: Alert) -> str:
    """Whose silence an alert without articles is about; empty: of no source in particular."""
    return (alert.standing.source or "") if alert.standing is not None else ""
