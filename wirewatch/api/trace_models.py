"""An article and its path through the stages, field by field: a stable promise, independent of the store."""

from datetime import datetime

from core.model.article import TimeConfidence
from core.model.outcome import AlertOutcome, Stage, StoryVerdict
from wirewatch.api.alert_models import Alert, ArticleBrief, Evidence, RuleRef
from wirewatch.api.delivery_models import SentNotification
from wirewatch.api.model import Model


class Step(Model):
    """What a stage did with the article."""

    subject: str
    stage: Stage
    outcome: str
    at: datetime
    detail: str
    article_id: str | None


class Article(Model):
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


class StoryArticle(Model):
    article: Article
    story_id: str
    verdict: StoryVerdict
    story_size: int
    story_first_seen: datetime
    copy_of: str | None
    judged: datetime
    correction: bool


class Match(Model):
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


class Finding(Model):
    """A match, what became of it, and the alert it raised or joined."""

    match: Match
    outcome: AlertOutcome
    alert_id: str | None


class RaisedAlert(Model):
    """An alert that the article raised or joined; /alerts/ID has its state."""

    alert: Alert
    outcome: AlertOutcome
    updated: datetime


class Trace(Model):
    subject: str
    article_id: str
    steps: tuple[Step, ...]
    article: StoryArticle | None
    findings: tuple[Finding, ...]
    alerts: tuple[RaisedAlert, ...]
    notifications: tuple[SentNotification, ...]
    conclusion: str


class Traced(Model):
    trace: Trace
