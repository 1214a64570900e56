"""`wirewatch alerts`: alerts that went out, those held back with the reason, and what readers say of them."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import click

from core.model.alert import AlertArticle
from core.model.alert_state import AlertEvent, AlertState
from core.model.channel import channel_name
from core.model.outcome import AlertOutcome, AlertStatus
from core.text.highlight import highlight
from wirewatch.cli import output
from wirewatch.cli.opened import act, acting, config_option, json_option, run
from wirewatch.cli.times import SINCE, SPAN, before
from wirewatch.usecases import alert_states, alerts, links
from wirewatch.usecases.alert_states import Spoken, Words
from wirewatch.usecases.alerts import AlertFilter, AlertRow, ListedAlert
from wirewatch.usecases.pages import Paging

_COLUMNS = ("id", "created", "rule", "outcome", "state", "story_size", "title", "source")
_DELIVERY_COLUMNS = ("id", "channel", "state", "attempts", "finished", "last_reason")
_HISTORY_COLUMNS = ("at", "by", "said", "until", "via", "comment")
_COMMENT = click.option("--comment", default="", help="What there is to say of it.")
_BY = click.option("--by", default="", help="Who says so, where that is not you.")


@click.group("alerts")
def command() -> None:
    """List and show alerts, take them, put them off, settle them."""


@command.command("list")
@click.option("--rule", help="Only alerts of this rule.")
@click.option("--outcome", type=click.Choice([outcome.value for outcome in AlertOutcome]))
@click.option("--state", "status", type=click.Choice([status.value for status in AlertStatus]))
@click.option("--since", type=SINCE, help="Created since then: 7d, 2026-03-01, 2026-03-01T12:00Z.")
@click.option("--limit", type=click.IntRange(1, 10000), default=50, show_default=True)
@config_option
@json_option
def list_alerts(path: Path, since: datetime | timedelta | None, limit: int, *, as_json: bool, **of: str | None) -> None:
    """List alerts, newest first."""
    outcome, status = of["outcome"], of["status"]
    wanted = AlertFilter(
        rule=of["rule"],
        outcome=AlertOutcome(outcome) if outcome else None,
        status=AlertStatus(status) if status else None,
    )
    rows = run(_list(path, wanted, since, limit))
    shown = [_summary(one.row, one.state) for one in rows]
    output.show(shown, _COLUMNS, as_json=as_json, empty="No alerts.")


async def _list(
    path: Path, wanted: AlertFilter, since: datetime | timedelta | None, limit: int
) -> tuple[ListedAlert, ...]:
    async with acting(path) as me:
        start = None if since is None else before(me.clock.now(), since)
        return (await alerts.list_page(me, Paging(limit), replace(wanted, since=start))).items


@command.command("show")
@click.argument("alert_id")
@config_option
@json_option
def show(alert_id: str, path: Path, *, as_json: bool) -> None:
    """Show an alert: its articles with the evidence, its notifications, and what was said of it."""
    found = act(path, lambda me: alerts.show(me, alert_id))
    row, state = found.told.row, found.told.state
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
        whole = {"alert": row.alert, "outcome": row.outcome, "state": state, "updated": row.updated}
        output.print_json({**whole, "deliveries": deliveries, "history": found.history})
        return
    fields = {**_summary(row, state), "query": row.alert.rule.query, "because": _because(row), "updated": row.updated}
    fields |= {"state": _in_words(state)}
    output.show_one({name: value for name, value in fields.items() if name != "because" or value}, as_json=False)
    for article in row.alert.articles:
        output.say()
        _article(article)
    output.say()
    output.show(deliveries, _DELIVERY_COLUMNS, as_json=False, empty="It was sent to nobody.")
    if found.history:
        output.say()
        output.show(list(map(_said, found.history)), _HISTORY_COLUMNS, as_json=False, empty="")


@command.command("ack")
@click.argument("alert_id")
@_COMMENT
@_BY
@config_option
def acknowledge(alert_id: str, comment: str, by: str, path: Path) -> None:
    """Say that you look into it: nothing of it escalates any more."""
    _tell(act(path, lambda me: alert_states.acknowledge(me, alert_id, Words(comment=comment, by=by))))


@command.command("release")
@click.argument("alert_id")
@_COMMENT
@_BY
@config_option
def release(alert_id: str, comment: str, by: str, path: Path) -> None:
    """Open it again, whatever it was."""
    _tell(act(path, lambda me: alert_states.release(me, alert_id, Words(comment=comment, by=by))))


@command.command("resolve")
@click.argument("alert_id")
@_COMMENT
@_BY
@config_option
def resolve(alert_id: str, comment: str, by: str, path: Path) -> None:
    """Say that nothing is left to do."""
    _tell(act(path, lambda me: alert_states.resolve(me, alert_id, Words(comment=comment, by=by))))


@command.command("snooze")
@click.argument("alert_id")
@click.option("--for", "span", type=SPAN, help="How long, such as 90m, 2h or 3d.")
@click.option("--until", type=SINCE, help="Until when: 2026-03-01T12:00Z.")
@_COMMENT
@_BY
@config_option
def snooze(
    alert_id: str, span: timedelta | None, until: datetime | timedelta | None, comment: str, by: str, path: Path
) -> None:
    """Put it off; then it is open again and told once more."""
    moment = span or until
    if moment is None or (span and until) or (until and isinstance(until, timedelta)):
        raise click.UsageError("expected either --for SPAN or --until TIME")
    _tell(act(path, lambda me: alert_states.snooze(me, alert_id, moment, Words(comment=comment, by=by))))


@command.command("not-relevant")
@click.argument("alert_id")
@click.option("--undo", is_flag=True, help="It is relevant after all: open it again.")
@_COMMENT
@_BY
@config_option
def not_relevant(alert_id: str, comment: str, by: str, path: Path, *, undo: bool) -> None:
    """Say that it is not what the rule is meant to find."""
    use = alert_states.relevant if undo else alert_states.not_relevant
    _tell(act(path, lambda me: use(me, alert_id, Words(comment=comment, by=by))))


@command.command("assign")
@click.argument("alert_id")
@click.argument("user")
@_COMMENT
@_BY
@config_option
def assign(alert_id: str, user: str, comment: str, by: str, path: Path) -> None:
    """Say who is to look into it: a user's name, or `nobody`. Its state stays as it is."""
    _tell(act(path, lambda me: alert_states.assign(me, alert_id, user, Words(comment=comment, by=by))))


@command.command("comment")
@click.argument("alert_id")
@click.argument("text", required=False, default="")
@_COMMENT
@_BY
@config_option
def comment(alert_id: str, text: str, comment: str, by: str, path: Path) -> None:
    """Leave a comment; the state stays as it is."""
    words = Words(comment=text or comment, by=by)
    _tell(act(path, lambda me: alert_states.comment(me, alert_id, words)))


@command.command("rotate-links")
@click.option("--revoke", is_flag=True, help="Earlier links are valid no longer.")
@config_option
def rotate_links(path: Path, *, revoke: bool) -> None:
    """Sign the links of messages with a new key."""
    act(path, lambda me: links.rotate(me, revoke=revoke))
    said = "earlier links are not valid any more" if revoke else "earlier links stay valid until they are over"
    output.say(f"links are signed with a new key within 30 seconds; {said}")


def _tell(spoken: Spoken) -> None:
    unchanged = "" if spoken.changed else " (it was so already)"
    output.say(f"{spoken.alert.alert_id} is {output.one_line(_in_words(spoken.state))}{unchanged}")


def _in_words(state: AlertState) -> str:
    """`acknowledged by kim at 2026-03-01 09:00:00Z: I call them`."""
    by = f" by {state.by}" if state.by else ""
    at = "" if state.at is None else f" at {output.cell(state.at)}"
    until = "" if state.until is None else f" until {output.cell(state.until)}"
    comment = f": {state.comment}" if state.comment else ""
    return f"{state.status.value.replace('_', ' ')}{until}{by}{at}{comment}"


def _said(event: AlertEvent) -> dict[str, object]:
    said = "comment" if event.status is None else event.status
    if event.assignee is not None:
        said = "assigned" if event.assignee else "assigned to nobody"
    return {
        "at": event.at,
        "by": event.by,
        "said": said,
        "until": event.until,
        "via": event.via,
        "comment": event.comment,
    }


def _article(article: AlertArticle) -> None:
    brief = article.brief
    texts = [evidence.text for evidence in article.evidence]
    for text in (brief.title, brief.snippet):
        output.say(highlight(text, texts, mark=output.marked, plain=output.one_line))
    output.say(f"{output.one_line(brief.source_name)}, {output.cell(brief.published)}, {output.one_line(brief.url)}")


def _because(row: AlertRow) -> str | None:
    """Why a rule with a standing condition alerted."""
    return None if row.alert.standing is None else row.alert.standing.because


def _summary(row: AlertRow, state: AlertState) -> dict[str, object]:
    alert = row.alert
    first = alert.articles[0].brief if alert.articles else None
    return {
        "id": alert.alert_id,
        "created": alert.created,
        "rule": alert.rule.name,
        "rule_version": alert.rule.version,
        "outcome": row.outcome,
        "state": state.status,
        "story_size": alert.story_size,
        "title": _because(row) if first is None else first.title,
        "source": None if first is None else first.source_name,
        "url": None if first is None else first.url,
    }
