"""Signed links of messages: whoever holds one may do the one thing that it names, without logging in."""

from dataclasses import dataclass, replace
from datetime import timedelta
from glob import escape

from alerts.deliver import link_maker
from alerts.links import VALID, Link, LinkAction, LinkProblem, verify
from core.model.alert_state import Via
from core.store import alerts as stored
from core.store import rules
from core.store.alert_list import Wanted
from wirewatch.usecases import alert_states, alerts, silences
from wirewatch.usecases.acting import Acting, changes, reads
from wirewatch.usecases.alert_states import Spoken, Words
from wirewatch.usecases.alerts import WholeAlert
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Gone, Invalid, NotFound
from wirewatch.usecases.silences import AddedSilence, NewSilence

HOURS = (1, 4, 12, 24, 72)  # for which a link may silence a rule
LONGEST_NAME = 60
_SHOWN = 5  # headlines of what a silence would have hidden


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """A link that is valid, and the alert that it is about."""

    link: Link
    whole: WholeAlert


@dataclass(frozen=True, slots=True, kw_only=True)
class SilencePreview:
    """What a silence of the rule hides, as far as the past tells. `choices`: hours, and the alerts of the last so many.

    `waiting`: messages that would not be sent. `titles`: of the newest alerts. `rule` None: it is not in force any more.
    """

    rule: str | None
    choices: tuple[tuple[int, int], ...]
    waiting: int
    titles: tuple[str, ...]


@reads(Permission.READ_ALERTS)
async def opened(acting: Acting, token: str) -> OpenedLink:
    """What a link is for. Raises NotFound for what is none of ours, Gone for one that is over."""
    keys = await link_maker.keys_in(acting.db)
    link = verify(keys, token, acting.clock.now())
    if link is LinkProblem.UNKNOWN:
        raise NotFound("this link is not valid: a part of it is missing, or it was made with a key that is replaced")
    if link is LinkProblem.EXPIRED or not isinstance(link, Link):
        raise Gone(f"this link is over: it was valid for {VALID.days} days")
    return OpenedLink(link, await alerts.show(acting, link.alert_id))


@reads(Permission.READ_SILENCES)
async def preview(acting: Acting, of: OpenedLink) -> SilencePreview:
    """What a silence of the alert's rule would hide."""
    now, rule_id = acting.clock.now(), of.whole.told.row.alert.rule.rule_id
    async with acting.db.connection() as conn:
        row = await rules.by_id(conn, rule_id)
        counts = [await stored.count_since(conn, rule_id, now - timedelta(hours=hours)) for hours in HOURS]
        newest = await stored.recent(conn, _SHOWN, wanted=Wanted(rules=[rule_id]))
        waiting = await stored.count_waiting(conn, rule_id)
    titles = [one.alert.articles[0].brief.title for one in newest if one.alert.articles]
    name = row.name if row is not None and row.enabled else None
    return SilencePreview(
        rule=name, choices=tuple(zip(HOURS, counts, strict=True)), waiting=waiting, titles=tuple(titles)
    )


@changes(Permission.CHANGE_ALERTS, "alert.acknowledge")
async def acknowledge(acting: Acting, token: str) -> Spoken:
    """Take the alert of an `ack` link. Raises NotFound, Gone, Conflict, Invalid."""
    link = await _of(acting, token, LinkAction.ACKNOWLEDGE)
    return await alert_states.acknowledge(acting, link.link.alert_id, Words(via=Via.LINK))


@changes(Permission.CHANGE_SILENCES, "silence.add")
async def silence(acting: Acting, token: str, hours: int) -> AddedSilence:
    """Silence the rule of a `silence` link for so many hours. Raises NotFound, Gone, Invalid."""
    link = await _of(acting, token, LinkAction.SILENCE)
    if hours not in HOURS:
        raise Invalid(f"expected one of {', '.join(map(str, HOURS))} hours", "hours")
    alert = link.whole.told.row.alert
    async with acting.db.connection() as conn:
        row = await rules.by_id(conn, alert.rule.rule_id)
    if row is None or not row.enabled:
        raise NotFound(f"the rule {alert.rule.name!r} is not in force any more: there is nothing to silence")
    me = replace(acting, team=row.team_id)
    comment = f"by a link in a message of alert {alert.alert_id}"
    return await silences.add(me, NewSilence(rule=escape(row.name), lasting=timedelta(hours=hours), comment=comment))


@changes(Permission.CHANGE_CHANNELS, "links.rotate")
async def rotate(acting: Acting, *, revoke: bool) -> None:
    """Sign links with a new key from now on; with `revoke` no earlier link is valid any more."""
    async with acting.db.transaction() as conn:
        await link_maker.rotate(conn, acting.clock.now(), revoke=revoke)
        after = {"key": "new", "earlier_links": "revoked" if revoke else "valid"}
        await acting.note(conn, "links", before={"key": "old"}, after=after)


def who(name: str) -> str:
    """Who acts through a link: nobody has logged in, so the name is what they say it is."""
    said = " ".join(name.split())[:LONGEST_NAME]
    return f"{said} (by link)" if said else "by link"


async def _of(acting: Acting, token: str, action: LinkAction) -> OpenedLink:
    link = await opened(acting, token)
    if link.link.action is not action:
        raise NotFound("this link is for something else")
    return link
