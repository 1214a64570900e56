"""What the pictures show: an alert of a flash rule whose story several outlets carry, and a digest. All of it is invented."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from alerts.channels.message import Links, Message, message_of
from core.model import ids
from core.model.alert import Alert, AlertArticle, Notification
from core.model.alert_state import AlertState
from core.model.match import ArticleBrief, Evidence, RuleRef
from core.model.outcome import AlertStatus, Event, Priority, Reason

NOW = datetime(2026, 3, 2, 6, 41, tzinfo=UTC)
_QUERY = '"Port of Marlow" AND (strike OR blockade) AND (grain OR wheat)'
_RULE = RuleRef(
    rule_id=ids.derived_id("picture", "rule"),
    version=3,
    name="Grain ports",
    query=_QUERY,
    channels=("desk",),
    priority=Priority.FLASH,
)
_OUTLETS = ("Harbour Gazette", "Northern Wire", "Le Quai", "Marlow Post", "Grain Daily", "Ostkurier", "Bay Radio")


def _article(number: int, title: str, outlet: str, snippet: str, words: tuple[str, ...]) -> AlertArticle:
    url = f"https://news.example/2026/03/{number}"
    evidence = tuple(
        Evidence(0, 0, "body", snippet.index(word), snippet.index(word) + len(word), word) for word in words
    )
    seen = NOW - timedelta(minutes=6 - min(number, 5))
    brief = ArticleBrief(
        article_id=ids.article_id(url),
        url=url,
        title=title,
        source_name=outlet,
        lang="en",
        published=seen - timedelta(minutes=2),
        seen=seen,
        snippet=snippet,
    )
    return AlertArticle(brief=brief, evidence=evidence, rule_version=_RULE.version - 1)


def _alert(story: str, *articles: AlertArticle) -> Alert:
    return Alert(
        alert_id=ids.derived_id("picture", story),
        rule=_RULE,
        story_id=ids.derived_id("story", story),
        group="",
        story_size=len(articles),
        story_first_seen=NOW - timedelta(minutes=6),
        articles=articles,
        created=NOW,
    )


def _links(alert: Alert) -> Links:
    base = "https://wirewatch.example"
    return Links(
        alert=f"{base}/alerts/{alert.alert_id}",
        acknowledge=f"{base}/a/ack",
        silence=f"{base}/a/silence",
        why=f"{base}/a/why",
    )


def _message(*alerts: Alert, event: Event, reason: Reason, because: str = "", held_back: str = "") -> Message:
    notification = Notification(
        notification_id="picture",
        channel="desk",
        sequence=0,
        event=event,
        reason=reason,
        alerts=alerts,
        created=NOW,
        matched=NOW,
        because=because,
        held_back=held_back,
    )
    return message_of(notification, console_url="https://wirewatch.example", links=_links)


def alert() -> Message:
    """One story that seven outlets carry, taken by somebody."""
    snippet = (
        "Dockers at the Port of Marlow began a strike at dawn, leaving 14 ships with grain outside the breakwater."
    )
    lead = _article(
        1,
        "Marlow dockers walk out, grain ships wait off the breakwater",
        _OUTLETS[0],
        snippet,
        ("Port of Marlow", "strike", "grain"),
    )
    copies = [_article(2 + place, lead.brief.title, outlet, snippet, ()) for place, outlet in enumerate(_OUTLETS[1:])]
    told = _message(
        _alert("strike", lead, *copies),
        event=Event.ALERT_CREATED,
        reason=Reason.FIRST,
        because="the first match of this rule in this story",
    )
    state = AlertState(
        status=AlertStatus.ACKNOWLEDGED, by="Ann", at=NOW + timedelta(minutes=2), comment="calling the union"
    )
    return replace(told, articles=told.articles[:1], state=state)


def digest() -> Message:
    """Three stories, ranked."""
    stories = (
        ("Marlow dockers walk out, grain ships wait off the breakwater", 4),
        ("Wheat futures rise for a third day after blockade threat", 2),
        ("Inland mills report four weeks of stock", 1),
    )
    alerts = []
    for place, (title, outlets) in enumerate(stories):
        snippet = f"{title}, officials at the Port of Marlow said."
        articles = [
            _article(20 + 10 * place + number, title, outlet, snippet, ("Port of Marlow",))
            for number, outlet in enumerate(_OUTLETS[place : place + outlets])
        ]
        alerts.append(_alert(title, *articles))
    return _message(
        *alerts,
        event=Event.DIGEST,
        reason=Reason.DIGEST,
        held_back="Held back since the last digest: 2 silenced, 1 told by another rule",
    )
