"""The notifications of alerts, under derived ids: building them twice gives the same. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.model import ids
from core.model.alert import Alert, AlertArticle, Notification
from core.model.match import Match
from core.model.outcome import Event, Reason

FIRST = 0  # the sequence of an alert's first message
_SEQUENCES = 2**31 - 1  # what an INTEGER column holds


@dataclass(frozen=True, slots=True)
class NotifiedAlert:
    """An alert that a message carries, as it stands, and the sequence of that message: FIRST, or that of an update."""

    alert: Alert
    sequence: int


def update_sequence(match: Match) -> int:
    """The sequence of the message about an update: derived from the article, so a repeat asks for the same message."""
    digest = ids.derived_id("sequence", match.article.article_id, match.article.revision)
    return 1 + int(digest, 16) % (_SEQUENCES - 1)


def newest_first(alert: Alert, newest: AlertArticle | None = None) -> Alert:
    """The alert as an update shows it: what is new first. `newest` takes the place of its earlier revision."""
    articles = tuple(reversed(alert.articles))
    if newest is not None:
        others = tuple(item for item in articles if item.brief.article_id != newest.brief.article_id)
        articles = (newest, *others)
    return replace(alert, articles=articles)


def message_now(
    notified: NotifiedAlert, channel: str, *, matched: datetime, now: datetime, others: Sequence[Alert] = ()
) -> Notification:
    """The notification of one alert, to send at once. The alert's articles are in the order in which to show them.

    `others`: alerts that are shown with it, because a metric rule counted their stories too.
    """
    first = notified.sequence == FIRST
    alone = Event.ALERT_CREATED if first else Event.ALERT_UPDATED
    return Notification(
        notification_id=ids.notification_id(notified.alert.alert_id, channel, notified.sequence),
        channel=channel,
        sequence=notified.sequence,
        event=Event.DIGEST if others else alone,
        reason=Reason.FIRST if first else Reason.UPDATE,
        alerts=(notified.alert, *others),
        created=now,
        matched=matched,
    )


def message_again(alert: Alert, channel: str, reason: Reason, key: str, *, because: str, now: datetime) -> Notification:
    """The notification of an alert that was told before, sent for that reason; `key` tells this occasion from others.

    To those to whom it escalates it is new.
    """
    new = reason is Reason.ESCALATION
    sequence = 1 + int(ids.derived_id("sequence", key), 16) % (_SEQUENCES - 1)
    return Notification(
        notification_id=ids.notification_id(alert.alert_id, channel, sequence),
        channel=channel,
        sequence=sequence,
        event=Event.ALERT_CREATED if new else Event.ALERT_UPDATED,
        reason=reason,
        alerts=(alert if new else newest_first(alert),),
        created=now,
        matched=now,
        because=because,
    )


def ranked(notified: Sequence[NotifiedAlert]) -> list[NotifiedAlert]:
    """As a digest has them: what most outlets carry first, then what is newest."""

    def rank(item: NotifiedAlert) -> tuple[int, float]:
        briefs = [article.brief for article in item.alert.articles]
        newest = max((brief.seen.timestamp() for brief in briefs), default=0.0)
        return -len({brief.source_name for brief in briefs}), -newest

    return sorted(notified, key=rank)


def message_held(
    notified: Sequence[NotifiedAlert], channel: str, reason: Reason, *, now: datetime, held_back: str = ""
) -> Notification:
    """The notification of alerts of one rule that were held: one message, a digest where it is several or meant as one.

    `held_back`: what a digest says of the alerts that are not in it.
    """
    if reason is Reason.DIGEST:
        notified = ranked(notified)
    alerts = tuple(newest_first(item.alert) if item.sequence != FIRST else item.alert for item in notified)
    one = len(notified) == 1
    if one and reason is not Reason.DIGEST:
        plain = message_now(NotifiedAlert(alerts[0], notified[0].sequence), channel, matched=now, now=now)
        return plain if reason is Reason.FIRST else replace(plain, reason=reason)
    parts = sorted(f"{item.alert.alert_id}:{item.sequence}" for item in notified)
    return Notification(
        notification_id=ids.derived_id("notification", "held", channel, *parts),
        channel=channel,
        sequence=FIRST,
        event=Event.DIGEST,
        reason=reason,
        alerts=alerts,
        created=now,
        matched=now,
        held_back=held_back,
    )
