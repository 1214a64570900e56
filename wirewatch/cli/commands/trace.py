"""`wirewatch trace`: the way of one article through the stages, and why there was no alert."""

from pathlib import Path

import click

from core.model.channel import channel_name
from wirewatch.cli import output
from wirewatch.cli.opened import act, config_option, json_option
from wirewatch.usecases import articles
from wirewatch.usecases.articles import Trace

_STEPS = ("stage", "outcome", "at", "detail")
_FINDINGS = ("rule", "version", "outcome", "matched", "alert")
_SENT = ("id", "channel", "state", "attempts", "finished", "last_reason")


@click.command("trace")
@click.argument("article", metavar="URL|ARTICLE_ID")
@config_option
@json_option
def command(article: str, path: Path, *, as_json: bool) -> None:
    """Show each stage that the article passed, with outcome and time, and why there was no alert. Exit 1 if it is unknown."""
    found = act(path, lambda me: articles.trace(me, article))
    if as_json:
        output.print_json(_as_json(found))
    else:
        _show(found)
    if not found.known:
        raise click.exceptions.Exit(1)


def _show(found: Trace) -> None:
    if found.article is not None:
        article = found.article.article
        output.say(output.one_line(article.title))
        output.say(output.one_line(f"{article.source_name}  {article.url}  {found.article.verdict}"))
        output.say()
    for rows, columns in ((_steps(found), _STEPS), (_findings(found), _FINDINGS), (_sent(found), _SENT)):
        if rows:
            output.show(rows, columns, as_json=False, empty="")
            output.say()
    output.say(output.one_line(found.conclusion))


def _as_json(found: Trace) -> dict[str, object]:
    story = found.article
    return {
        "article_id": found.article_id,
        "known": found.known,
        "conclusion": found.conclusion,
        "title": None if story is None else story.article.title,
        "url": None if story is None else story.article.url,
        "story_id": None if story is None else story.story_id,
        "verdict": None if story is None else story.verdict,
        "steps": _steps(found),
        "findings": _findings(found),
        "deliveries": _sent(found),
    }


def _steps(found: Trace) -> list[dict[str, object]]:
    return [
        {"stage": step.stage, "outcome": step.outcome, "at": step.at, "detail": step.detail} for step in found.steps
    ]


def _findings(found: Trace) -> list[dict[str, object]]:
    return [
        {
            "rule": finding.match.rule.name,
            "version": finding.match.rule.version,
            "outcome": finding.outcome,
            "matched": finding.match.matched,
            "alert": finding.alert_id,
        }
        for finding in found.findings
    ]


def _sent(found: Trace) -> list[dict[str, object]]:
    return [
        {
            "id": row.notification.notification_id,
            "channel": channel_name(row.notification.channel),
            "state": row.state,
            "attempts": row.attempts,
            "finished": row.finished,
            "last_reason": row.last_reason,
        }
        for row in found.notifications
    ]
