"""Records for tests of the alert side, with every field that a test does not care about filled in."""

from datetime import UTC, datetime, timedelta

from core.model import ids
from core.model.alert import Alert, AlertArticle, Notification
from core.model.article import Article
from core.model.match import ArticleBrief, Evidence, Match, RuleRef
from core.model.outcome import Event, Priority, Reason, StoryVerdict
from core.model.story import StoryArticle

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
QUERY = '"North Korea" AND Russia AND arms'


def rule_ref(
    name: str = "dprk-arms",
    *,
    query: str = QUERY,
    version: int = 1,
    channels: tuple[str, ...] = ("desk",),
    priority: Priority = Priority.NORMAL,
) -> RuleRef:
    return RuleRef(
        rule_id=ids.derived_id("rule", name),
        version=version,
        name=name,
        query=query,
        channels=channels,
        priority=priority,
    )


def clause(text: str, *, field: str = "body", start: int = 0, query: str = QUERY, shown: str | None = None) -> Evidence:
    at = query.find(text)
    return Evidence(at, at + len(text), field, start, start + len(shown or text), shown or text)


def brief(
    number: int = 1,
    *,
    title: str = "North Korea ships arms to Russia",
    url: str | None = None,
    snippet: str = "Ships with arms left North Korea for Russia.",
    source: str = "Example World",
    revision: str = "",
    correction: bool = False,
) -> ArticleBrief:
    address = url or f"https://news.example/{number}"
    return ArticleBrief(
        article_id=ids.article_id(address),
        url=address,
        title=title,
        source_name=source,
        lang="en",
        published=NOW - timedelta(minutes=5),
        seen=NOW - timedelta(seconds=20),
        snippet=snippet,
        revision=revision,
        correction=correction,
    )


EVIDENCE = (
    clause("North Korea", field="title", start=0),
    clause("Russia", field="title", start=26),
    clause("arms", start=11),
)


def match(
    number: int = 1,
    *,
    story: str = "a",
    verdict: StoryVerdict = StoryVerdict.NEW,
    size: int = 1,
    rule: RuleRef | None = None,
    article: ArticleBrief | None = None,
    matched: datetime = NOW,
) -> Match:
    ref = rule or rule_ref()
    shown = article or brief(number)
    return Match(
        match_id=ids.match_id(ref.rule_id, ref.version, shown.article_id, shown.revision),
        rule=ref,
        story_id=ids.derived_id("story", story),
        verdict=verdict,
        story_size=size,
        story_first_seen=NOW - timedelta(minutes=1),
        article=shown,
        evidence=EVIDENCE,
        accepted=NOW - timedelta(seconds=10),
        matched=matched,
    )


def alert(*articles: ArticleBrief, story: str = "a", rule: RuleRef | None = None, size: int | None = None) -> Alert:
    ref = rule or rule_ref()
    briefs = articles or (brief(),)
    story_id = ids.derived_id("story", story)
    return Alert(
        alert_id=ids.alert_id(ref.rule_id, story_id, ""),
        rule=ref,
        story_id=story_id,
        group="",
        story_size=size or len(briefs),
        story_first_seen=NOW - timedelta(minutes=1),
        articles=tuple(AlertArticle(brief=item, evidence=EVIDENCE) for item in briefs),
        created=NOW,
    )


def notification(
    *alerts: Alert,
    channel: str = "desk",
    event: Event = Event.ALERT_CREATED,
    reason: Reason = Reason.FIRST,
    sequence: int = 0,
) -> Notification:
    told = alerts or (alert(),)
    return Notification(
        notification_id=ids.notification_id(told[0].alert_id, channel, sequence),
        channel=channel,
        sequence=sequence,
        event=event,
        reason=reason,
        alerts=told,
        created=NOW,
        matched=NOW,
    )


def story_article(
    number: int = 1,
    *,
    title: str = "North Korea ships arms to Russia",
    text: str = "Ships with arms left North Korea for Russia.",
    story: str | None = None,
    verdict: StoryVerdict = StoryVerdict.NEW,
    size: int = 1,
    revision: str = "",
) -> StoryArticle:
    url = f"https://news.example/{number}"
    article_id = ids.article_id(url)
    return StoryArticle(
        article=Article(
            article_id=article_id,
            revision=revision,
            url=url,
            canonical_url=url,
            title=title,
            text=text,
            lang="en",
            source_id=ids.derived_id("source", "https://news.example/feed"),
            source_name="Example World",
            domain="news.example",
            published=NOW - timedelta(minutes=5),
            seen=NOW - timedelta(seconds=20),
            accepted=NOW - timedelta(seconds=10),
        ),
        story_id=ids.derived_id("story", story) if story else ids.story_id(article_id),
        verdict=verdict,
        story_size=size,
        story_first_seen=NOW - timedelta(minutes=1),
        judged=NOW,
    )
