"""The neutral form of a notification: everything a channel may show, nothing about any channel."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from alerts.rules.comments import without_comments
from core.model.alert import Alert, AlertArticle, Notification, StandingReason
from core.model.alert_state import OPEN, AlertState
from core.model.match import Evidence
from core.model.outcome import Event, Priority, Reason
from core.text.visible import one_line


@dataclass(frozen=True, slots=True)
class MessageMatch:
    """One place that made the rule true. `clause` is its text in the rule, without comments; `start`, `end` are in the original
    field."""

    clause: str
    field: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageArticle:
    article_id: str
    story_id: str
    url: str
    title: str
    source: str
    lang: str | None
    published: datetime | None
    seen: datetime
    snippet: str
    correction: bool  # it says of itself that it corrects an earlier one
    matches: tuple[MessageMatch, ...]

    @property
    def headline(self) -> str:
        """What is seen of its title; its address where that is nothing."""
        return self.title if one_line(self.title).strip() else self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRule:
    rule_id: str
    version: int
    name: str
    priority: Priority
    url: str
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageStory:
    """`outlets`: all whose articles are in the alert, each once, the first to report it first."""

    story_id: str
    alert_id: str = ""
    size: int
    first_seen: datetime
    outlets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Addresses for the reader of an alert. All but `alert` are signed and expire; opening one changes nothing."""

    alert: str
    acknowledge: str = ""
    silence: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One notification. `articles`: newest first where the story was updated, else the one that raised the alert first.

    A digest has several stories and the articles of all of them; everything else has one. `standing`: why a rule about
    more than one article tells; one about silence has no articles. `maybe_sent`: when a send of the same message began that
    may have arrived. `because`: why it is sent. `held_back`: what a digest leaves out, and why. `template`: the rule's own. `links`, `state`: of its only alert; a digest has neither.
    """

    event: Event
    reason: Reason
    rule: MessageRule
    stories: tuple[MessageStory, ...]
    articles: tuple[MessageArticle, ...]
    created: datetime
    standing: StandingReason | None = None
    maybe_sent: datetime | None = None
    because: str = ""
    held_back: str = ""
    template: str = ""
    links: Links | None = None
    state: AlertState = OPEN

    @property
    def subject(self) -> str:
        """One line that says what it is about, for where nothing else is shown: a preview, a subject."""
        what = self.articles[0].headline if self.articles else ""
        because = "" if self.standing is None else self.standing.because
        return " · ".join(part for part in (because, what) if part)


def no_links(_: Alert) -> Links | None:
    """Of an installation that nobody can reach."""
    return None


def message_of(
    notification: Notification,
    *,
    console_url: str = "",
    maybe_sent: datetime | None = None,
    links: Callable[[Alert], Links | None] = no_links,
    state: AlertState = OPEN,
) -> Message:
    """The message of a notification; `console_url` is where people reach the console, without a slash at its end.

    `links`, `state`: of the alert, where the message is about one.
    """
    rule = notification.alerts[0].rule
    only = notification.alerts[0] if len(notification.alerts) == 1 else None
    return Message(
        event=notification.event,
        reason=notification.reason,
        rule=MessageRule(
            rule_id=rule.rule_id,
            version=rule.version,
            name=rule.name,
            priority=rule.priority,
            url=f"{console_url}/rules/{rule.rule_id}" if notification.has_page else f"{console_url}/",
            query=rule.query,
        ),
        stories=tuple(
            MessageStory(
                story_id=alert.story_id,
                alert_id=alert.alert_id,
                size=alert.story_size,
                first_seen=alert.story_first_seen,
                outlets=_outlets(alert),
            )
            for alert in notification.alerts
        ),
        articles=tuple(_article(article, alert) for alert in notification.alerts for article in alert.articles),
        created=notification.created,
        standing=next((alert.standing for alert in notification.alerts if alert.standing is not None), None),
        maybe_sent=maybe_sent,
        because=notification.because,
        held_back=notification.held_back,
        template=notification.template,
        links=None if only is None or not notification.has_page else links(only),
        state=OPEN if only is None else state,
    )


def _outlets(alert: Alert) -> tuple[str, ...]:
    in_time = sorted(alert.articles, key=lambda article: article.brief.seen)
    return tuple(dict.fromkeys(article.brief.source_name for article in in_time))


def _article(article: AlertArticle, alert: Alert) -> MessageArticle:
    brief = article.brief
    same_version = article.rule_version in (None, alert.rule.version)
    query = alert.rule.query if same_version else None
    return MessageArticle(
        article_id=brief.article_id,
        story_id=alert.story_id,
        url=brief.url,
        title=brief.title,
        source=brief.source_name,
        lang=brief.lang,
        published=brief.published,
        seen=brief.seen,
        snippet=brief.snippet,
        correction=brief.correction,
        matches=tuple(_match(evidence, query) for evidence in article.evidence),
    )


def _match(evidence: Evidence, query: str | None) -> MessageMatch:
    # What matched stands in for the clause where the rule has another text by now.
    clause = evidence.text if query is None else without_comments(query[evidence.clause_start : evidence.clause_end])
    return MessageMatch(
        clause=" ".join(clause.split()),
        field=evidence.field,
        start=evidence.start,
        end=evidence.end,
        text=evidence.text,
    )
