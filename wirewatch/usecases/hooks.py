"""What services tell us of alerts: PagerDuty, that somebody took or settled one there."""

from collections.abc import Mapping
from datetime import timedelta

from alerts.channels.pagerduty import PagerDutySettings
from alerts.channels.pagerduty_hook import Heard, heard, is_signed
from alerts.pipeline.states import Verb
from core.errors import ConfigError
from core.model.alert_state import OPEN, AlertState, Via
from core.model.channel import channel_key
from core.model.origin import FILE
from core.model.outcome import AlertStatus
from core.store import alert_states as states
from core.store import channels, teams
from wirewatch.config.channels import settings_of
from wirewatch.usecases import alert_states
from wirewatch.usecases.acting import Acting, changes, reads
from wirewatch.usecases.alert_states import Words
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid, NotFound, NotPermitted, Refused

_EARLIER = timedelta(minutes=1)  # than what was said last: it came late, or once more
_CLOSED = (AlertStatus.RESOLVED, AlertStatus.NOT_RELEVANT)  # an incident of either is resolved there
_TAKEN = (AlertStatus.ACKNOWLEDGED, AlertStatus.SNOOZED)  # an incident of either is acknowledged there
_SAY = {
    Verb.ACKNOWLEDGE: alert_states.acknowledge,
    Verb.RESOLVE: alert_states.resolve,
    Verb.RELEASE: alert_states.release,
}


@reads(Permission.READ_CHANNELS)
async def pagerduty(
    acting: Acting, channel: str, signature: str, body: bytes, environ: Mapping[str, str]
) -> Heard | None:
    """What a webhook for the channel of that key tells; None: nothing of an alert.

    Raises NotFound for no such channel, NotPermitted without a signature that fits, Invalid for what is no webhook.
    """
    secrets = await _secrets(acting, channel, environ)
    if not secrets:
        raise NotFound("there is no channel of that name with a `webhook_secret`")
    if not is_signed(secrets, signature, body):
        raise NotPermitted("X-PagerDuty-Signature: not signed with the channel's `webhook_secret`")
    try:
        return heard(body)
    except ValueError:
        raise Invalid("expected a v3 webhook of PagerDuty") from None


@changes(Permission.CHANGE_ALERTS, "alert.acknowledge")
async def heed(acting: Acting, said: Heard) -> str:
    """Do to the alert what was done to its incident; what became of it, in a sentence. What does not fit is left alone."""
    async with acting.db.connection() as conn:
        state = (await states.of_alerts(conn, [said.alert_id])).get(said.alert_id, OPEN)
    ignored = _ignored(said, state)
    if ignored:
        return ignored
    try:
        spoken = await _SAY[said.verb](acting, said.alert_id, Words(by=said.by, via=Via.PAGERDUTY))
    except NotFound:
        return "the incident is of no alert that is known here"
    except Refused as error:
        return str(error)
    return f"the alert is {spoken.state.status.value}"


def _ignored(said: Heard, state: AlertState) -> str:
    """Why it changes nothing; empty where it may."""
    if said.at is not None and state.at is not None and said.at < state.at - _EARLIER:
        return "something else was said of the alert since"
    if said.verb is Verb.RESOLVE and state.status in _CLOSED:
        return f"the alert is {state.status.value} already"
    if said.by_person:
        return ""
    if said.verb is Verb.ACKNOWLEDGE and state.status in _TAKEN:
        return f"the alert is {state.status.value} already"  # our own word comes back
    if said.verb is Verb.RELEASE:
        return "nobody opened it again: a time of theirs was over"
    return ""


async def _secrets(acting: Acting, channel: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    config, base_dir = acting.config, acting.config.path.parent
    async with acting.db.connection() as conn:
        rows = [row for row in await channels.list_all(conn) if row.key == channel and row.origin != FILE]
        ids = await teams.ids_by_name(conn)
    for one in config.channels:
        known = channel_key(ids.get(one.team, one.team), one.settings.name)
        if known == channel and isinstance(one.settings, PagerDutySettings):
            return one.settings.hook_secrets(one.base_dir)
    for row in rows:
        try:
            settings, _ = settings_of(row, config, environ)
        except ConfigError:
            continue
        if isinstance(settings, PagerDutySettings):
            return settings.hook_secrets(base_dir)
    return ()
