"""The API's alerts, field by field: a stable promise to its users, independent of the store."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from core.model.outcome import AlertOutcome, AlertStatus, Priority
from wirewatch.api.model import Model
from wirewatch.usecases.alerts import AlertRow


class RuleRef(Model):
    """The rule version that matched."""

    rule_id: str
    version: int
    name: str
    query: str
    channels: tuple[str, ...]
    priority: Priority
    group_wait_seconds: float


class Evidence(Model):
    clause_start: int
    clause_end: int
    field: str
    start: int
    end: int
    text: str


class ArticleBrief(Model):
    article_id: str
    url: str
    title: str
    source_name: str
    lang: str | None
    published: datetime | None
    seen: datetime
    snippet: str
    revision: str
    correction: bool


class AlertArticle(Model):
    brief: ArticleBrief
    evidence: tuple[Evidence, ...]
    rule_version: int | None


class StandingReason(Model):
    kind: str
    because: str
    window_seconds: float
    stories: int
    usual: float | None
    others: tuple[str, ...]
    since: datetime | None
    source: str | None


class Alert(Model):
    alert_id: str
    rule: RuleRef
    story_id: str
    group: str
    story_size: int
    story_first_seen: datetime
    articles: tuple[AlertArticle, ...]
    created: datetime
    standing: StandingReason | None


class AlertState(Model):
    """What somebody last said of it. `by` is empty and `at` null of one that nobody has touched."""

    status: AlertStatus
    by: str
    at: datetime | None
    comment: str
    until: datetime | None


class AlertEvent(Model):
    """One thing that was said of an alert. `status` null: a comment. `via`: how it reached us."""

    at: datetime
    by: str
    status: AlertStatus | None
    comment: str
    until: datetime | None
    via: str


class ToldAlert(Model):
    """An alert as it stands now."""

    alert: Alert
    outcome: AlertOutcome
    updated: datetime
    state: AlertState

    @classmethod
    def of_row(cls, row: AlertRow, state: object) -> Self:
        return cls(alert=Alert.of(row.alert), outcome=row.outcome, updated=row.updated, state=AlertState.of(state))


class Alerts(Model):
    alerts: Sequence[ToldAlert]
    next: str | None
