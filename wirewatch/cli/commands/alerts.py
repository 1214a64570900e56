"""`wirewatch alerts`: alerts that went out, and those held back with the reason."""

from datetime import datetime, timedelta
from pathlib import Path

import click

from core.model.alert import AlertArticle
from core.model.channel import channel_name
from core.model.outcome import AlertOutcome
from core.text.highlight import highlight
from wirewatch.cli import output
from wirewatch.cli.opened import act, acting, config_option, json_option, run
from wirewatch.cli.times import SINCE, before
from wirewatch.usecases import alerts
from wirewatch.usecases.alerts import AlertFilter, AlertRow
from wirewatch.usecases.pages import Paging

_COLUMNS = ("id", "created", "rule", "outcome", "story_size", "title", "source")
_DELIVERY_COLUMNS = ("id", "channel", "state", "attempts", "finished", "last_reason")


@click.group("alerts")
def command() -> None:
    """List and show alerts."""


@command.command("list")
@click.option("--rule", help="Only alerts of this rule.")
@click.option("--outcome", type=click.Choice([outcome.value for outcome in AlertOutcome]))
@click.option("--since", type=SINCE, help="Created since then: 7d, 2026-03-01, 2026-03-01T12:00Z.")
@click.option("--limit", type=click.IntRange(1, 10000), default=50, show_default=True)
@config_option
@json_option
def list_alerts(
    path: Path, rule: str | None, outcome: str | None, since: datetime | timedelta | None, limit: int, *, as_json: bool
) -> None:
    """List alerts, newest first."""
    wanted = AlertOutcome(outcome) if outcome else None
    rows = run(_list(path, rule, wanted, since, limit))
    output.show(list(map(_summary, rows)), _COLUMNS, as_json=as_json, empty="No alerts.")


async def _list(
    path: Path, rule: str | None, outcome: AlertOutcome | None, since: datetime | timedelta | None, limit: int
) -> tuple[AlertRow, ...]:
    async with acting(path) as me:
        start = None if since is None else before(me.clock.now(), since)
        wanted = AlertFilter(rule=rule, outcome=outcome, since=start)
        return (await alerts.list_page(me, Paging(limit), wanted)).items


@command.command("show")
@click.argument("alert_id")
@config_option
@json_option
def show(alert_id: str, path: Path, *, as_json: bool) -> None:
    """Show an alert: its articles with the evidence, and its notifications."""
    found = act(path, lambda me: alerts.show(me, alert_id))
    row = found.told.row
    deliveries: list[dict[str, object]] = [
        {
            "id": sent.row.notification.notification_id,
            "channel": channel_name(sent.row.notification.channel),
            "state": sent.row.state,
            "attempts": sent.row.attempts,
            "finished": sent.row.finished,
            "last_reason": sent.row.last_reason,
        }
        for sent in found.deliveries
    ]
    if as_json:
        output.print_json(
            {"alert": row.alert, "outcome": row.outcome, "updated": row.updated, "deliveries": deliveries}
        )
        return
    fields = {**_summary(row), "query": row.alert.rule.query, "because": _because(row), "updated": row.updated}
    output.show_one({name: value for name, value in fields.items() if name != "because" or value}, as_json=False)
    for article in row.alert.articles:
        output.say()
        _article(article)
    output.say()
    output.show(deliveries, _DELIVERY_COLUMNS, as_json=False, empty="It was sent to nobody.")


def _article(article: AlertArticle) -> None:
    brief = article.brief
    texts = [evidence.text for evidence in article.evidence]
    for text in (brief.title, brief.snippet):
        output.say(highlight(text, texts, mark=output.marked, plain=output.one_line))
    output.say(f"{output.one_line(brief.source_name)}, {output.cell(brief.published)}, {output.one_line(brief.url)}")


def _because(row: AlertRow) -> str | None:
    """Why a rule with a standing condition alerted."""
    return None if row.alert.standing is None else row.alert.standing.because


def _summary(row: AlertRow) -> dict[str, object]:
    alert = row.alert
    first = alert.articles[0].brief if alert.articles else None
    return {
        "id": alert.alert_id,
        "created": alert.created,
        "rule": alert.rule.name,
        "rule_version": alert.rule.version,
        "outcome": row.outcome,
        "story_size": alert.story_size,
        "title": _because(row) if first is None else first.title,
        "source": None if first is None else first.source_name,
        "url": None if first is None else first.url,
    }
