"""Is what waits to be sent still wanted? Asked again at each try: a flood can be stopped while it waits."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.pipeline.silence import covers
from alerts.pipeline.situation import shown
from core.model.alert import Alert
from core.model.channel import channel_name
from core.model.outcome import AlertOutcome, NotificationState
from core.model.silence import Silence


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleNow:
    """What matters of a rule, as it stands now. `channels`: their keys."""

    enabled: bool
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """Why an alert is not sent after all: the state of its message, the outcome of the alert, the sentence.

    `instead`: the channels that the rule names now, where it names this one no more.
    """

    state: NotificationState
    outcome: AlertOutcome
    because: str
    silence_id: str | None = None
    instead: tuple[str, ...] = ()


def second_look(
    alert: Alert, rule: RuleNow | None, channel: str, silences: Sequence[Silence], *, newest_only: bool
) -> Withheld | None:
    """None: it is sent. `rule` None: nothing is known of it, which holds nothing back.

    `newest_only`: the message is about the first of the alert's articles, an update; else all of them count.
    """
    if rule is not None and not rule.enabled:
        return Withheld(
            state=NotificationState.RULE_GONE,
            outcome=AlertOutcome.RULE_GONE,
            because=f"the rule {alert.rule.name} was removed or disabled before this was sent",
        )
    if rule is not None and channel not in rule.channels:
        return Withheld(
            state=NotificationState.NO_CHANNEL,
            outcome=AlertOutcome.NO_CHANNEL,
            because=f"the rule {alert.rule.name} no longer names the channel {channel_name(channel)}",
            instead=rule.channels,
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
