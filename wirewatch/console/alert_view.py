"""The content of the inbox and of an alert's page, as plain data. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from core.model.alert_state import AlertEvent
from core.model.outcome import AlertStatus, StoryVerdict
from wirewatch.console import view
from wirewatch.console.view import SentView, StateView
from wirewatch.usecases.alert_story import Changed, Edit, Told
from wirewatch.usecases.alerts import ToldAlert

# What readers say most often of an alert that is not what its rule is meant to find.
REASONS = (
    "another meaning of the word",
    "only mentioned in passing",
    "old news",
    "an opinion, not a report",
    "advertising",
    "not our subject",
)
_OUTLETS_SHOWN = 4
_HEADLINES = frozenset({"title", "feed_title"})  # fields
_VERDICTS = {
    StoryVerdict.NEW: "first report",
    StoryVerdict.COPY: "copy",
    StoryVerdict.UPDATE: "update",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """An alert in the inbox. `more_outlets`: how many others report it."""

    alert_id: str
    title: str
    marked: Markup  # the title with its evidence
    lang: str
    outlets: tuple[str, ...]
    more_outlets: int
    created: datetime
    rule: str
    rule_id: str
    priority: str
    snippet: Markup
    because: str
    state: StateView
    assignee: str
    sent: tuple[SentView, ...]
    settled: bool
    taken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineView:
    """An article of the story. `changes`: what it changed, or what was changed in it, each with a sentence that says so."""

    at: datetime
    source: str
    title: str
    lang: str
    url: str | None
    article_id: str
    verdict: str
    alerted: bool
    changes: tuple[tuple[str, datetime | None, Changed], ...]


def row_view(told: ToldAlert) -> RowView:
    """For the inbox."""
    alert = told.row.alert
    first = alert.articles[0] if alert.articles else None
    because = "" if alert.standing is None else alert.standing.because
    outlets = tuple(dict.fromkeys(one.brief.source_name for one in alert.articles))
    evidence = () if first is None else first.evidence
    texts = [one.text for one in evidence]
    title = because if first is None else first.brief.title or first.brief.url
    return RowView(
        alert_id=alert.alert_id,
        title=title,
        marked=view.marked(title, [one.text for one in evidence if one.field in _HEADLINES]),
        lang="" if first is None else first.brief.lang or "",
        outlets=outlets[:_OUTLETS_SHOWN],
        more_outlets=max(alert.story_size, len(outlets)) - min(len(outlets), _OUTLETS_SHOWN),
        created=alert.created,
        rule=alert.rule.name,
        rule_id=alert.rule.rule_id,
        priority=alert.rule.priority,
        snippet=Markup("") if first is None else view.marked(first.brief.snippet, texts),
        because="" if first is None else because,
        state=view.state_view(told.state),
        assignee=assignee_name(told.state.assignee, told.assignee),
        sent=view.sent_views(told.row.outcome, told.sent, told.held_until),
        settled=told.state.status in (AlertStatus.RESOLVED, AlertStatus.NOT_RELEVANT),
        taken=told.state.status is not AlertStatus.OPEN,
    )


def assignee_name(user_id: str | None, name: str | None) -> str:
    """Of somebody who was removed there is no name any more."""
    return "" if user_id is None else name or "somebody who is gone"


def history_views(history: Sequence[AlertEvent], people: Mapping[str, str]) -> list[StateView]:
    """What was said of an alert, the last first."""
    return [_said(event, people) for event in reversed(history)]


def _said(event: AlertEvent, people: Mapping[str, str]) -> StateView:
    shown = view.state_view(event)
    if event.assignee is None:
        return shown
    to = f"to {people.get(event.assignee, 'somebody who is gone')}" if event.assignee else "to nobody"
    return StateView(
        sign="off", words=f"assigned {to}", by=shown.by, at=shown.at, until=None, comment=shown.comment, via=shown.via
    )


def timeline(told: Sequence[Told]) -> list[TimelineView]:
    """The story, oldest first."""
    return [_entry(one) for one in told]


def _entry(one: Told) -> TimelineView:
    article = one.story.article
    changes: list[tuple[str, datetime | None, Changed]] = [_edit(edit) for edit in one.edits]
    if one.news is not None and one.news.any:
        changes.insert(0, ("It differs from the report that it updates:", None, one.news))
    verdict = "correction" if one.story.correction else _VERDICTS[one.story.verdict]
    return TimelineView(
        at=article.accepted,
        source=article.source_name,
        title=article.title or article.url,
        lang=article.lang or "",
        url=view.safe_url(article.url),
        article_id=article.article_id,
        verdict=verdict,
        alerted=one.alerted,
        changes=tuple(changes),
    )


def _edit(edit: Edit) -> tuple[str, datetime | None, Changed]:
    said = "The publisher changed the text." if edit.changed.any else "The publisher changed the article."
    if edit.title is not None:
        said = f"The publisher changed the headline; it was “{edit.title}”."
    return said, edit.at, edit.changed
