"""One thing said of many alerts at once: each with its own result, whatever becomes of the others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.pipeline.states import Verb
from core.db.statements import slices
from wirewatch.usecases import alert_states
from wirewatch.usecases.acting import Acting, changes
from wirewatch.usecases.alert_filters import assignee_of
from wirewatch.usecases.alert_states import Spoken, Words
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid, Refused

MOST = 500  # alerts
_PIECE = 25  # alerts in one transaction, for which others wait


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one alert of them. `refused`: why it stays as it is."""

    alert_id: str
    spoken: Spoken | None
    refused: Refused | None = None


@changes(Permission.CHANGE_ALERTS, "alert.bulk")
async def say_of_all(
    acting: Acting,
    alert_ids: Sequence[str],
    verb: Verb,
    words: Words,
    *,
    until: datetime | timedelta | None = None,
    assignee: str | None = None,
) -> tuple[Told, ...]:
    """Say it of each of these. Raises Invalid, and NotFound for a user that is not there, before anything is done."""
    names = list(dict.fromkeys(alert_ids))
    if not names or len(names) > MOST:
        raise Invalid(f"expected 1 to {MOST} alerts, got {len(names)}", "alerts")
    if verb is Verb.SNOOZE and until is None:
        raise Invalid("expected how long to snooze them, or until when", "until")
    if verb is Verb.ASSIGN and assignee is None:
        raise Invalid("expected the name of a user, `me` or `nobody`", "assignee")
    user_id = None
    if assignee is not None:
        async with acting.db.connection() as conn:
            user_id = await assignee_of(conn, acting, assignee)
    moment = None if until is None else alert_states.snoozed_until(acting, until)
    said = alert_states.said_now(acting, verb, words, moment, user_id)
    me = replace(acting, action=f"alert.{verb.value.replace('-', '_')}", if_match=None)
    found: list[Told] = []
    for part in slices(names, _PIECE):
        async with acting.db.transaction() as conn:
            for alert_id in part:
                try:
                    found.append(Told(alert_id, await alert_states.say_in(conn, me, alert_id, said, words.via)))
                except Refused as refused:
                    found.append(Told(alert_id, None, refused))
    if number := changed(found):
        async with acting.db.transaction() as conn:
            await acting.note(conn, f"{len(names)} alerts", after={"said": verb.value, "changed": number})
    return tuple(found)


def changed(told: Sequence[Told]) -> int:
    """How many alerts are not as they were."""
    return sum(one.spoken is not None and one.spoken.changed for one in told)
