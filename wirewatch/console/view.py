"""The content of the pages, as plain data: times for people, marked evidence, reasons for empty lists. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup, escape

from core.model.alert import Alert, AlertArticle
from core.model.alert_state import AlertEvent, AlertState
from core.model.channel import channel_name
from core.model.match import Evidence
from core.model.outcome import AlertOutcome, AlertStatus, NotificationState, Reason, Stage
from core.net.url import BadUrl, web_url
from core.supervise import RoleState, RoleStatus
from core.text.highlight import highlight
from ingest.poll.health import FeedState
from wirewatch.health.collector import GROUPS, Collector
from wirewatch.health.spans import span
from wirewatch.usecases.alerts import Sending, ToldAlert
from wirewatch.usecases.deliveries import ASIDE, NotificationRow

_EVIDENCE_SHOWN = 6
_DOES = {
    Stage.POLL: "asks sources for what is new",
    Stage.READ: "fetches pages and reads the article's own text",
    Stage.STORY: "knows copies and updates of one story",
    Stage.MATCH: "compares articles with the rules",
    Stage.ALERT: "decides what becomes of a match",
    Stage.DELIVER: "sends notifications",
}
_SIGNS = {NotificationState.DELIVERED: "good", NotificationState.PENDING: "warn", NotificationState.DEAD: "bad"}
_UNSENT = {
    AlertOutcome.NO_CHANNEL: "sent to nobody: the rule names no channel",
    AlertOutcome.SILENCED: "sent to nobody: silenced",
    AlertOutcome.THROTTLED: "sent to nobody: throttled",
    AlertOutcome.COOLING_DOWN: "sent to nobody: the rule rested",
    AlertOutcome.INHIBITED: "sent to nobody: inhibited by another rule",
    AlertOutcome.BEFORE_SOURCE: "sent to nobody: there before its source was added",
    AlertOutcome.BEFORE_RULE: "sent to nobody: there before the rule was made",
    AlertOutcome.NOT_REACHED: "sent to nobody: the standing condition does not hold",
    AlertOutcome.RULE_GONE: "sent to nobody: the rule was removed or disabled",
}
_REASONS = {
    Reason.FIRST: "the first match of the rule in this story",
    Reason.UPDATE: "the story was updated",
    Reason.DIGEST: "in a digest",
    Reason.QUIET_HOURS_OVER: "held until the quiet hours were over",
    Reason.REDRIVE: "sent again by somebody",
}
_STATE_SIGNS = {
    AlertStatus.OPEN: "warn",
    AlertStatus.ACKNOWLEDGED: "good",
    AlertStatus.SNOOZED: "off",
    AlertStatus.RESOLVED: "good",
    AlertStatus.NOT_RELEVANT: "off",
}
_COUNTS = {
    Stage.POLL: "polls",
    Stage.READ: "articles",
    Stage.STORY: "articles",
    Stage.MATCH: "articles",
    Stage.ALERT: "matches",
    Stage.DELIVER: "notifications",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    name: str
    does: str
    state: str
    well: bool
    here: bool  # runs in this process
    rate: str
    total: int
    lag: str
    error: str | None


@dataclass(frozen=True, slots=True)
class Why:
    """`arms` is true because `Arms` stands in the body."""

    clause: str
    text: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleView:
    title: str
    url: str | None
    source: str
    lang: str
    when: datetime | None
    snippet: Markup
    why: tuple[Why, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    alert_id: str
    rule_id: str
    rule: str
    version: int
    query: str
    priority: str
    outcome: str
    sent: tuple["SentView", ...]
    created: datetime
    story_size: int
    because: str  # why a rule with a standing condition alerted; empty for others
    articles: tuple[ArticleView, ...]
    others: int
    state: "StateView"


@dataclass(frozen=True, slots=True, kw_only=True)
class StateView:
    """Where an alert stands with its readers, or one thing that was said of it."""

    sign: str  # good | warn | bad | off
    words: str
    by: str
    at: datetime | None
    until: datetime | None
    comment: str
    via: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentView:
    """What became of one message of an alert: a sign, words, and the moment that they are about."""

    sign: str  # good | warn | bad | off
    words: str
    at: datetime | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryView:
    channel: str
    event: str
    state: NotificationState
    sign: str  # good | warn | bad | off
    created: datetime
    due_at: datetime
    problem: str


def stage_views(collector: Collector, roles: dict[str, RoleStatus]) -> list[StageView]:
    """One a stage, in the order of the data."""
    topics = {stage: topic for topic, stage in GROUPS.items()}
    lags = collector.snapshot.lag if collector.snapshot is not None else {}
    found = []
    for stage in Stage:
        status = roles.get(stage)
        lag = lags.get(topics.get(stage, ""))
        found.append(
            StageView(
                name=stage,
                does=_DOES[stage],
                state="elsewhere" if status is None else status.state.value,
                well=status is None or (status.well and status.state is RoleState.RUNNING),
                here=status is not None,
                rate=f"{collector.rates.a_minute(stage):.0f} {_COUNTS[stage]}/min" if status is not None else "",
                total=collector.rates.total(stage),
                lag="" if lag is None else (f"{lag.records} waiting, {span(lag.seconds)}" if lag.records else "none"),
                error=None if status is None else status.last_error,
            )
        )
    return found


def alert_view(told: ToldAlert, articles: int) -> AlertView:
    """With the first `articles` of its articles."""
    row = told.row
    alert = row.alert
    return AlertView(
        alert_id=alert.alert_id,
        rule_id=alert.rule.rule_id,
        rule=alert.rule.name,
        version=alert.rule.version,
        query=alert.rule.query,
        priority=alert.rule.priority,
        outcome=row.outcome,
        sent=sent_views(row.outcome, told.sent, told.held_until),
        created=alert.created,
        story_size=alert.story_size,
        because="" if alert.standing is None else alert.standing.because,
        articles=tuple(_article_view(alert, article) for article in alert.articles[:articles]),
        others=max(alert.story_size, len(alert.articles)) - min(articles, len(alert.articles)),
        state=state_view(told.state),
    )


def state_view(said: AlertState | AlertEvent) -> StateView:
    status = said.status
    return StateView(
        sign="off" if status is None else _STATE_SIGNS[status],
        words="comment" if status is None else status.value.replace("_", " "),
        by=said.by,
        at=said.at,
        until=said.until,
        comment=said.comment,
        via=said.via if isinstance(said, AlertEvent) else "",
    )


def sent_views(outcome: AlertOutcome, sent: Sequence[Sending], held_until: datetime | None) -> tuple[SentView, ...]:
    found = [_sent_view(item) for item in sent]
    if held_until is not None:
        found.append(SentView(sign="off", words="held, goes out", at=held_until))
    if not found:
        found.append(SentView(sign="off", words=_UNSENT.get(outcome, "nothing was sent")))
    return tuple(found)


def _sent_view(item: Sending) -> SentView:
    sign, channel = _SIGNS.get(item.state, "off"), channel_name(item.channel)
    if item.state is NotificationState.DELIVERED:
        return SentView(sign=sign, words=f"delivered to {channel}", at=item.finished)
    if item.state is NotificationState.DEAD:
        return SentView(sign=sign, words=f"given up for {channel}", at=item.finished, problem=item.problem)
    if item.state is NotificationState.PENDING:
        words = f"waits for {channel}, next try" if item.attempts else f"waits for {channel}"
        return SentView(sign=sign, words=words, at=item.due_at if item.attempts else None, problem=item.problem)
    return SentView(sign=sign, words=f"kept from {channel}", at=item.finished, problem=item.problem)


def _article_view(alert: Alert, article: AlertArticle) -> ArticleView:
    brief = article.brief
    reasons = list(dict.fromkeys(why(alert.rule.query, evidence) for evidence in article.evidence))
    return ArticleView(
        title=brief.title or brief.url,
        url=safe_url(brief.url),
        source=brief.source_name,
        lang=brief.lang or "",
        when=brief.published or brief.seen,
        snippet=marked(brief.snippet, (evidence.text for evidence in article.evidence)),
        why=tuple(reasons[:_EVIDENCE_SHOWN]),
        more=max(len(reasons) - _EVIDENCE_SHOWN, 0),
    )


def why(query: str, evidence: Evidence) -> Why:
    return Why(query[evidence.clause_start : evidence.clause_end], evidence.text, evidence.field)


def marked(snippet: str, texts: Iterable[str]) -> Markup:
    """The snippet with the evidence in <mark>, everything else escaped."""
    return Markup(  # noqa: S704 - every part is escaped, `highlight` promises
        highlight(snippet, texts, mark=lambda part: f"<mark>{part}</mark>", plain=lambda part: str(escape(part)))
    )


def safe_url(url: str) -> str | None:
    """The URL if it is one of the web: an article's address is the publisher's word, and `javascript:` is no address."""
    try:
        web_url(url)
    except BadUrl:
        return None
    return url


def delivery_view(row: NotificationRow) -> DeliveryView:
    """One notification; `problem` is empty once it is delivered."""
    return DeliveryView(
        channel=channel_name(row.notification.channel),
        event=row.notification.event,
        state=row.state,
        sign=_SIGNS.get(row.state, "off"),
        created=row.notification.created,
        due_at=row.due_at,
        problem=_problem(row),
    )


def reason_view(row: NotificationRow) -> tuple[str, str, datetime]:
    """To which channel, why, and when a message was made."""
    note = row.notification
    why = note.because or _REASONS.get(note.reason, note.reason.value)
    return channel_name(note.channel), why, note.created


def _problem(row: NotificationRow) -> str:
    if row.state in ASIDE:
        return row.last_detail or ""
    if row.state is NotificationState.DELIVERED or row.last_reason is None:
        return ""
    return f"{row.last_reason}: {row.last_detail}"


def why_no_alerts(*, feeds: dict[str, int], rules: int, articles: int, waiting: int) -> tuple[str, str, str]:
    """The reason that there is nothing to show, the next step, and the page for it."""
    sources = sum(count for state, count in feeds.items() if state != FeedState.PAUSED)
    troubled = feeds.get(FeedState.FAILING, 0) + feeds.get(FeedState.DEGRADED, 0)
    if not sources:
        return "No source is watched.", "Add a source by the address of its site.", "/sources/add"
    if not rules:
        return "No rule is active.", "Write a rule, and see at once what it would have found.", "/rules/new"
    if troubled == sources:
        return "Every source fails.", "See what each of them answers.", "/sources"
    if not articles:
        return "No article has been read yet.", "The first polls are on their way; see when each comes.", "/sources"
    if waiting:
        return f"{waiting} records wait to be worked on.", "See which stage is behind.", "/system"
    return f"{articles} articles were read and no rule matched.", "Ask of one why it did not match.", "/rules/explain"


def ago(moment: datetime | None, now: datetime) -> str:
    """`3 min ago`, `in 20 s`, `never`."""
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    return f"in {span(-seconds)}" if seconds < 0 else f"{span(seconds)} ago"


def due(moment: datetime, now: datetime) -> str:
    """`in 20 s`, or `now` for what is due already."""
    return ago(moment, now) if moment > now else "now"


def day(now: datetime) -> datetime:
    """When the last 24 hours began."""
    return now - timedelta(hours=24)
