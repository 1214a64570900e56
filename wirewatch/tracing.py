"""The way of one article through the stages, and the answer to "why (no) alert", for the command, the API and the pages."""

import re
from dataclasses import dataclass, replace

from core.db.connection import Connection
from core.masking import masked
from core.model import ids
from core.model.outcome import (
    AlertOutcome,
    ArticleOutcome,
    MatchOutcome,
    NotificationState,
    PollOutcome,
    Stage,
    StoryVerdict,
)
from core.model.story import StoryArticle
from core.net.url import BadUrl, clean_url, feed_url, part_of
from core.store import alerts, articles, findings, notifications, traces
from core.store.alerts import AlertRow
from core.store.findings import Finding
from core.store.notifications import NotificationRow
from core.store.traces import TraceRow

_ID = re.compile(r"[0-9a-f]{24}")

_ALERT_WORDS = {
    AlertOutcome.CREATED: "an alert was raised",
    AlertOutcome.GROUPED: "the alert waits in a group",
    AlertOutcome.UPDATED: "the story's alert was updated",
    AlertOutcome.REPEATED: "the story has had its alert; a copy raises no second one",
    AlertOutcome.BEFORE_SOURCE: "it was there before its source was added",
    AlertOutcome.BEFORE_RULE: "it was there before the rule was made",
    AlertOutcome.NOT_REACHED: "the rule's standing condition did not hold",
    AlertOutcome.CORRECTED: "an edit took away what the alert rests on",
    AlertOutcome.SPREADING: "the story reached as many outlets as the rule asks for",
    AlertOutcome.THROTTLED: "the rule had reached its throttle",
    AlertOutcome.COOLING_DOWN: "the rule rested after its last message",
    AlertOutcome.INHIBITED: "another rule told the story and holds this one back",
    AlertOutcome.SILENCED: "a silence was in force",
    AlertOutcome.QUIET_HOURS: "quiet hours hold the alert back",
    AlertOutcome.DIGESTED: "the alert waits for the next digest",
    AlertOutcome.RULE_GONE: "the rule was removed or disabled after the match",
    AlertOutcome.NO_CHANNEL: "the alert is kept, but the rule names no channel",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What is known of an article. `conclusion` is one sentence for people."""

    subject: str
    article_id: str
    steps: tuple[TraceRow, ...]
    article: StoryArticle | None
    findings: tuple[Finding, ...]
    alerts: tuple[AlertRow, ...]
    notifications: tuple[NotificationRow, ...]
    conclusion: str

    @property
    def known(self) -> bool:
        return bool(self.steps or self.findings or self.alerts) or self.article is not None

    def finding_of(self, rule_id: str) -> Finding | None:
        """The newest match of a rule: of the article as it is now, where it was edited."""
        found = [finding for finding in self.findings if finding.match.rule.rule_id == rule_id]
        return found[-1] if found else None

    def because(self, rule: str, finding: Finding) -> str:
        """Why the match of that rule came to its outcome, in parentheses; empty where traces are kept no more."""
        for step in reversed(self.steps):
            if step.stage is Stage.ALERT and step.outcome == finding.outcome and step.detail.startswith(f"{rule}: "):
                return f" ({step.detail.removeprefix(f'{rule}: ')})"
        return ""


def subjects_of(text: str) -> list[str]:
    """The ids that an article named by its id or its URL may have, the closest first. Raises BadUrl for neither."""
    return [text.strip()] if _ID.fullmatch(text.strip()) else [ids.article_id(url) for url in _addresses(text)]


def _addresses(text: str) -> list[str]:
    """What stands behind a `#` tells some articles of a page apart; releases before kept the ids of sessions in links."""
    page, part = clean_url(text), part_of(text)
    return list(dict.fromkeys([*([f"{page}#{part}"] if part else []), page, feed_url(text)]))


async def find_article(conn: Connection, text: str) -> StoryArticle | None:
    """The stored article of an id, of a URL as published or of a canonical URL."""
    if _ID.fullmatch(text.strip()):
        return await articles.get(conn, text.strip())
    for url in _addresses(text):
        found = await articles.get(conn, ids.article_id(url)) or await articles.by_url(conn, url)
        if found is not None:
            return found
    return None


async def trace(conn: Connection, text: str, team_id: str | None = None) -> Trace:
    """All that is kept of an article; with `team_id` only what rules of that team made of it. Raises BadUrl."""
    article = await find_article(conn, text)
    for subject in subjects_of(text):
        steps = await traces.of(conn, subject)
        if steps:
            break
    last = next((step.article_id for step in reversed(steps) if step.article_id), None)
    article_id = article.article.article_id if article is not None else (last or subject)
    if article is None and article_id != subject:
        article = await articles.get(conn, article_id)
    if article_id != subject:
        steps = _merged(steps, await traces.of(conn, article_id))
    every = await findings.of_article(conn, article_id)
    found = [finding for finding in every if team_id in (None, finding.match.rule.team_id)]
    if team_id is not None:
        steps = _without_others(steps, every, found)
    raised = [
        one for one in await alerts.alerts_of_article(conn, article_id) if team_id in (None, one.alert.rule.team_id)
    ]
    sent = [row for alert in raised for row in await notifications.list_rows(conn, alert_id=alert.alert.alert_id)]
    return Trace(
        subject=subject,
        article_id=article_id,
        steps=tuple(replace(step, detail=masked(step.detail)) for step in steps),
        article=article,
        findings=tuple(found),
        alerts=tuple(raised),
        notifications=tuple(sent),
        conclusion=_conclusion(steps, article, found, sent),
    )


def unknown(subject: str) -> Trace:
    """Of what nothing is known."""
    return Trace(
        subject=subject,
        article_id=subject,
        steps=(),
        article=None,
        findings=(),
        alerts=(),
        notifications=(),
        conclusion=_conclusion([], None, [], []),
    )


def _without_others(steps: list[TraceRow], every: list[Finding], found: list[Finding]) -> list[TraceRow]:
    """Without the steps that tell of rules of other teams, and of what was sent for them."""
    names, own = ({finding.match.rule.name for finding in which} for which in (every, found))
    if names == own:
        return steps
    kept = []
    for step in steps:
        told = next((name for name in names if step.detail.startswith(f"{name}: ")), None)
        if step.stage is Stage.MATCH and not own:
            kept.append(replace(step, outcome=MatchOutcome.NO_RULE, detail=""))
        elif step.stage is Stage.DELIVER or (step.stage is Stage.ALERT and told not in own):
            continue
        else:
            kept.append(replace(step, detail="") if step.stage is Stage.MATCH else step)
    return kept


def _merged(first: list[TraceRow], second: list[TraceRow]) -> list[TraceRow]:
    order = {stage: place for place, stage in enumerate(Stage)}
    return sorted({*first, *second}, key=lambda step: (step.at, order[step.stage]))


def _conclusion(
    steps: list[TraceRow], article: StoryArticle | None, found: list[Finding], sent: list[NotificationRow]
) -> str:
    if found:  # kept longer than traces and articles
        told = "; ".join(f"{finding.match.rule.name}: {_ALERT_WORDS[finding.outcome]}" for finding in found)
        return f"{told}.{_sending(sent)}"
    if not steps and article is None:
        return (
            "Nothing is known of it: no source has shown this address while traces were kept. "
            "Is its publisher among the sources, and is the source healthy?"
        )
    stages = {step.stage: step for step in steps}
    read = stages.get(Stage.READ)
    if article is None and read is None:
        ended = next((s for s in steps if s.stage is Stage.POLL and s.outcome != PollOutcome.OK), None)
        if ended is not None:
            return f"It was seen in a feed and left there: {ended.outcome}{_detail(ended)}. So no rule has seen it."
        return "It was seen in a feed and waits to be read."
    if article is None and read is not None and read.outcome == ArticleOutcome.RETRIED:
        return f"Its page could not be had yet{_detail(read)}. No rule has seen it so far."
    if article is None and read is not None and read.outcome not in _ARTICLES:
        return f"It did not become an article: {read.outcome}{_detail(read)}. So no rule has seen it."
    match = stages.get(Stage.MATCH)
    if match is None:
        return "It was read and waits to be compared with other stories and with the rules."
    if match.outcome == MatchOutcome.NO_RULE:
        copy = " It is a copy of another article." if _is_copy(article) else ""
        return f"No rule matched it.{copy} `wirewatch explain RULE ARTICLE` says why a rule did not."
    return "A rule matched it; the decision about the alert is not there yet."


_KEPT = notifications.ASIDE | {NotificationState.CAPPED, NotificationState.FALLBACK}
_ARTICLES = (ArticleOutcome.ACCEPTED, ArticleOutcome.HEADLINE_ONLY)


def _sending(sent: list[NotificationRow]) -> str:
    if not sent:
        return ""
    count = {state: sum(row.state is state for row in sent) for state in NotificationState}
    parts = [f"{number} {state.value}" for state, number in count.items() if number]
    because = dict.fromkeys(row.last_detail for row in sent if row.state in _KEPT and row.last_detail)
    return f" Notifications: {', '.join(parts)}{''.join(f' ({detail})' for detail in because)}."


def _is_copy(article: StoryArticle | None) -> bool:
    return article is not None and article.verdict is StoryVerdict.COPY


def _detail(step: TraceRow) -> str:
    return f" ({step.detail})" if step.detail else ""


__all__ = ["BadUrl", "Trace", "find_article", "subjects_of", "trace", "unknown"]
