"""Alerts and notifications, as people get them."""

from dataclasses import dataclass

from core.model.instant import Instant
from core.model.match import ArticleBrief, Evidence, RuleRef
from core.model.outcome import Event, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertArticle:
    """An article of an alert with the evidence of its match.

    `rule_version`: whose text the evidence's clauses stand in, where that is not the alert's.
    """

    brief: ArticleBrief
    evidence: tuple[Evidence, ...]
    rule_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingReason:
    """Why a metric rule alerted: its kind, the sentence, and the numbers in it.

    `others`: alerts of the other stories that were counted. `since`, `source`: of a silence: from when on there was
    nothing, and whose articles were missed (None: the rule's matches).
    """

    kind: str
    because: str
    window_seconds: float
    stories: int
    usual: float | None = None
    others: tuple[str, ...] = ()
    since: Instant | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One per rule and story (and group). `articles`: the one that raised it first, copies after it.

    An alert about silence has no article; its story stands for the time without any, and has size 0.
    """

    alert_id: str
    rule: RuleRef
    story_id: str
    group: str
    story_size: int
    story_first_seen: Instant
    articles: tuple[AlertArticle, ...]
    created: Instant
    standing: StandingReason | None = None  # set when a standing condition was reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One message to one channel; its id is the receiver's idempotency key on every attempt and redrive.

    A digest carries several alerts, everything else one. `because`: why it is sent, in a sentence.
    """

    notification_id: str
    channel: str
    sequence: int
    event: Event
    reason: Reason
    alerts: tuple[Alert, ...]
    created: Instant
    matched: Instant  # of the newest match in it; for the latency metrics
    because: str = ""
    meant_for: str = ""  # the channel that it was meant for, where it has failed for too long
    meant_as: Reason | None = None  # for what reason, where it is sent again or by a fall-back
    stands_for: str = ""  # the notification to that channel, which is not sent meanwhile
    held_back: str = ""  # what else there was, and why it is not in it: of a digest
    template: str = ""  # the rule's own words for it
    has_page: bool = True  # False: about a channel of ours, so that no link leads anywhere
