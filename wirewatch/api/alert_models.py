"""The API's alerts, field by field: a stable promise to its users, independent of the store."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Self

from core.model.alert_state import AlertEvent as Said
from core.model.alert_state import AlertState as Stands
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
    """What somebody last said of it. `by` is empty and `at` null of one that nobody has touched. `assignee`: a user's id."""

    status: AlertStatus
    by: str
    at: datetime | None
    comment: str
    until: datetime | None
    assignee: str | None
    assignee_name: str | None = None

    @classmethod
    def of_state(cls, state: Stands, assignee: str | None) -> Self:
        """`assignee`: the name of the user who is to look into it."""
        return cls.of(state).model_copy(update={"assignee_name": assignee})


class AlertEvent(Model):
    """One thing that was said of an alert. `status` null: a comment, or an assignment. `via`: how it reached us.

    `assignee`: the id of the user to whom it was assigned; empty: to nobody any more; null: this is not about that.
    """

    at: datetime
    by: str
    status: AlertStatus | None
    comment: str
    until: datetime | None
    via: str
    assignee: str | None
    assignee_name: str | None = None

    @classmethod
    def of_event(cls, event: Said, people: Mapping[str, str]) -> Self:
        """`people`: the names of users by their id."""
        name = people.get(event.assignee) if event.assignee else None
        return cls.of(event).model_copy(update={"assignee_name": name})


class ToldAlert(Model):
    """An alert as it stands now."""

    alert: Alert
    outcome: AlertOutcome
    updated: datetime
    state: AlertState

    @classmethod
    def of_row(cls, row: AlertRow, state: Stands, assignee: str | None) -> Self:
        """`assignee`: the name of the user who is to look into it."""
        stands = AlertState.of_state(state, assignee)
        return cls(alert=Alert.of(row.alert), outcome=row.outcome, updated=row.updated, state=stands)


class Alerts(Model):
    alerts: Sequence[ToldAlert]
    next: str | None


class SpokenAlert(Model):
    """Where an alert stands after something was said of it. `changed` false: it was so already."""

    alert_id: str
    state: AlertState
    changed: bool


class BulkResult(Model):
    """What became of one alert. `refused`: why it stays as it is, with a stable `code`."""

    alert_id: str
    state: AlertState | None
    changed: bool
    code: str | None
    refused: str | None


class BulkResults(Model):
    """One result for each alert, in the order of the request."""

    results: Sequence[BulkResult]
    changed: int
