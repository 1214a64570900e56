"""Records of every stage with sensible fields, so that a test names only what it is about."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from core.model import ids
from core.model.alert import Alert, AlertArticle, Notification
from core.model.article import Article
from core.model.match import ArticleBrief, Evidence, Match, RuleRef
from core.model.outcome import Event, Priority, Reason, StoryVerdict
from core.model.source import Source
from core.model.story import StoryArticle

WHEN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
EVIDENCE = Evidence(0, 4, "body", 10, 14, "arms")


def a_source(url: str = "https://news.example/world.xml", name: str = "Example World") -> Source:
    return Source(source_id=ids.derived_id("source", url), name=name, url=url)


def an_article(url: str = "https://news.example/1", *, text: str = "Some text.", at: datetime = WHEN) -> Article:
    return Article(
        article_id=ids.article_id(url),
        revision=ids.derived_id("revision", text),
        url=url,
        canonical_url=url,
        title="A title",
        text=text,
        source_id=ids.derived_id("source", "https://news.example/world.xml"),
        source_name="Example World",
        domain="news.example",
        published=at,
        seen=at,
        accepted=at,
    )


def a_story_article(
    url: str = "https://news.example/1", *, text: str = "Some text.", at: datetime = WHEN, story: str | None = None
) -> StoryArticle:
    article = an_article(url, text=text, at=at)
    return StoryArticle(
        article=article,
        story_id=story or ids.story_id(article.article_id),
        verdict=StoryVerdict.NEW,
        story_size=1,
        story_first_seen=at,
        judged=at,
    )


def a_rule_ref(
    name: str = "arms", *, channels: Sequence[str] = ("desk",), priority: Priority = Priority.NORMAL
) -> RuleRef:
    return RuleRef(
        rule_id=ids.derived_id("rule", name),
        version=1,
        name=name,
        query="arms",
        channels=tuple(channels),
        priority=priority,
    )


def a_brief(url: str = "https://news.example/1", at: datetime = WHEN) -> ArticleBrief:
    return ArticleBrief(
        article_id=ids.article_id(url),
        url=url,
        title="A title",
        source_name="Example World",
        lang="en",
        published=at,
        seen=at,
        snippet="... arms ...",
    )


def a_match(url: str = "https://news.example/1", *, rule: RuleRef | None = None, at: datetime = WHEN) -> Match:
    rule = rule or a_rule_ref()
    brief = a_brief(url, at)
    return Match(
        match_id=ids.match_id(rule.rule_id, rule.version, brief.article_id),
        rule=rule,
        story_id=ids.story_id(brief.article_id),
        verdict=StoryVerdict.NEW,
        story_size=1,
        story_first_seen=at,
        article=brief,
        evidence=(EVIDENCE,),
        accepted=at,
        matched=at,
    )


def an_alert(story: str = "story-1", *, rule: RuleRef | None = None, group: str = "", at: datetime = WHEN) -> Alert:
    rule = rule or a_rule_ref()
    return Alert(
        alert_id=ids.alert_id(rule.rule_id, story, group),
        rule=rule,
        story_id=story,
        group=group,
        story_size=1,
        story_first_seen=at,
        articles=(AlertArticle(brief=a_brief(f"https://news.example/{story}", at), evidence=(EVIDENCE,)),),
        created=at,
    )


def a_notification(
    alert: Alert | None = None, *, channel: str = "desk", sequence: int = 0, at: datetime = WHEN
) -> Notification:
    alert = alert or an_alert(at=at)
    return Notification(
        notification_id=ids.notification_id(alert.alert_id, channel, sequence),
        channel=channel,
        sequence=sequence,
        event=Event.ALERT_CREATED,
        reason=Reason.FIRST,
        alerts=(alert,),
        created=at,
        matched=at,
    )


def with_priority(alert: Alert, priority: Priority) -> Alert:
    return replace(alert, rule=replace(alert.rule, priority=priority))
