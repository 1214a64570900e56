"""The answers of the API, field by field: a stable promise to its users, independent of the store.

A model takes the fields of these names from what a use case gave (`of`). What is not named here stays inside.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

import msgspec

from core.model.article import TimeConfidence
from core.model.channel import channel_name
from core.model.outcome import (
    AlertOutcome,
    Event,
    FailureReason,
    NotificationState,
    PollOutcome,
    Reason,
    Stage,
    StoryVerdict,
)
from core.model.rule import RuleRow
from core.model.rule_tables import written
from core.model.source import SourceKind
from ingest.poll.health import FeedState
from wirewatch.api.alert_models import Alert, AlertEvent, ArticleBrief, Evidence, RuleRef, ToldAlert
from wirewatch.api.model import Model
from wirewatch.health.trouble import Severity
from wirewatch.usecases.channels import KnownChannel


class Trouble(Model, frozen=True, kw_only=True):
    severity: Severity
    name: str
    words: str
    place: str


class Status(Model, frozen=True, kw_only=True):
    well: bool
    ready: bool
    troubles: Sequence[Trouble]


class Notification(Model, frozen=True, kw_only=True):
    notification_id: str
    channel: str
    sequence: int
    event: Event
    reason: Reason
    alerts: tuple[Alert, ...]
    created: datetime
    matched: datetime
    because: str

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "channel", channel_name(self.channel))  # as rules call it


class SentNotification(Model, frozen=True, kw_only=True):
    """A notification as it stands now."""

    notification: Notification
    state: NotificationState
    due_at: datetime
    attempts: int
    finished: datetime | None
    last_reason: FailureReason | None
    last_detail: str | None


class Attempt(Model, frozen=True, kw_only=True):
    """`reason` null: it was delivered."""

    at: datetime
    reason: FailureReason | None
    status: int | None
    latency_seconds: float
    detail: str


class Delivery(Model, frozen=True, kw_only=True):
    notification: SentNotification
    attempts: Sequence[Attempt]


class WholeAlert(Model, frozen=True, kw_only=True):
    alert: ToldAlert
    deliveries: Sequence[Delivery]
    history: Sequence[AlertEvent]


class Deliveries(Model, frozen=True, kw_only=True):
    deliveries: Sequence[SentNotification]
    next: str | None


class Pause(Model, frozen=True, kw_only=True):
    by: str
    since: datetime


class Channel(Model, frozen=True, kw_only=True):
    """`settings`: without secrets. `waiting`: notifications that wait for it. `pause` null: it sends."""

    channel_id: str
    name: str
    kind: str
    settings: dict[str, Any]
    origin: str
    pause: Pause | None
    waiting: int
    author: str
    created: datetime
    updated: datetime

    @classmethod
    def of_known(cls, known: KnownChannel) -> Self:
        """The model of a stored channel."""
        row = known.row
        names = ("channel_id", "name", "kind", "origin", "author", "created", "updated")
        given = {name: getattr(row, name) for name in names}
        pause = None if row.pause is None else Pause.of(row.pause)
        return cls(**given, settings=dict(known.settings), pause=pause, waiting=known.waiting)


class Channels(Model, frozen=True, kw_only=True):
    channels: Sequence[Channel]
    next: str | None


class SourceFacts(Model, frozen=True, kw_only=True):
    source_id: str
    name: str
    url: str
    kind: SourceKind
    interval_seconds: float | None
    full_text: bool
    patience_seconds: float
    country: str | None
    lang: str | None
    time_zone: str | None
    since: datetime | None


class PollState(Model, frozen=True, kw_only=True):
    next_poll: datetime
    interval_seconds: float | None
    last_attempt: datetime | None
    last_success: datetime | None
    last_new: datetime | None
    failures: int
    outcome: PollOutcome | None
    error: str | None
    entries_seen_total: int


class SourceRow(Model, frozen=True, kw_only=True):
    source: SourceFacts
    origin: str
    enabled: bool
    created: datetime
    state: PollState


class Health(Model, frozen=True, kw_only=True):
    state: FeedState
    sentence: str


class Source(Model, frozen=True, kw_only=True):
    source: SourceRow
    health: Health


class Sources(Model, frozen=True, kw_only=True):
    sources: Sequence[Source]
    next: str | None


class Rule(Model, frozen=True, kw_only=True):
    """A rule in the version in force. `settings`: as a file has them, the defaults too."""

    rule_id: str
    name: str
    version: int
    query: str
    canonical: str
    settings: dict[str, Any]
    origin: str
    enabled: bool
    author: str
    comment: str
    created: datetime
    revision: int

    @classmethod
    def of_row(cls, row: RuleRow) -> Self:
        """The model of a stored rule."""
        given = {name: getattr(row, name) for name in cls.__struct_fields__ if name != "settings"}
        return cls(**given, settings=dict(written(row.settings)))


class Rules(Model, frozen=True, kw_only=True):
    rules: Sequence[Rule]
    next: str | None


class Silence(Model, frozen=True, kw_only=True):
    silence_id: str
    rule: str
    source: str | None
    starts: datetime
    ends: datetime
    author: str
    comment: str
    hidden_count: int


class Silences(Model, frozen=True, kw_only=True):
    silences: Sequence[Silence]
    next: str | None


class Step(Model, frozen=True, kw_only=True):
    """What a stage did with the article."""

    subject: str
    stage: Stage
    outcome: str
    at: datetime
    detail: str
    article_id: str | None


class Article(Model, frozen=True, kw_only=True):
    article_id: str
    revision: str
    url: str
    canonical_url: str
    title: str
    text: str
    authors: tuple[str, ...]
    section: str | None
    tags: tuple[str, ...]
    lang: str | None
    country: str | None
    source_id: str
    source_name: str
    domain: str
    published: datetime | None
    published_confidence: TimeConfidence
    updated: datetime | None
    seen: datetime
    accepted: datetime


class StoryArticle(Model, frozen=True, kw_only=True):
    article: Article
    story_id: str
    verdict: StoryVerdict
    story_size: int
    story_first_seen: datetime
    copy_of: str | None
    judged: datetime
    correction: bool


class Match(Model, frozen=True, kw_only=True):
    match_id: str
    rule: RuleRef
    story_id: str
    verdict: StoryVerdict
    story_size: int
    story_first_seen: datetime
    article: ArticleBrief
    evidence: tuple[Evidence, ...]
    accepted: datetime
    matched: datetime


class Finding(Model, frozen=True, kw_only=True):
    """A match, what became of it, and the alert it raised or joined."""

    match: Match
    outcome: AlertOutcome
    alert_id: str | None


class Trace(Model, frozen=True, kw_only=True):
    subject: str
    article_id: str
    steps: tuple[Step, ...]
    article: StoryArticle | None
    findings: tuple[Finding, ...]
    alerts: tuple[ToldAlert, ...]
    notifications: tuple[SentNotification, ...]
    conclusion: str


class Traced(Model, frozen=True, kw_only=True):
    trace: Trace


class Error(Model, frozen=True, kw_only=True):
    code: str
    message: str


class Refusal(Model, frozen=True, kw_only=True):
    error: Error
