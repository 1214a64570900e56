"""Which alerts somebody asks for, and which they may see: names of rules, teams and people become what the store knows."""

from dataclasses import dataclass
from datetime import datetime

from core.db.connection import Connection
from core.db.types import storable
from core.model.outcome import AlertOutcome, AlertStatus, Priority
from core.store import alert_list, rules, teams, users
from core.store.alert_list import NOBODY, Wanted
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid, NotFound, nearest

ME = "me"
NOBODY_WORD = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFilter:
    """Which alerts. `rule`: a name or an id; `team`: a name or an id; `assignee`: a user's name or id, `me` or `nobody`.

    `source`: an outlet's name. `since`, `until`: created from then on, and before then. `text`: words of rule, headlines and
    outlets. `hushed` False: without what somebody asked not to hear of (silenced, inhibited, older than its rule or source).
    """

    rule: str | None = None
    source: str | None = None
    priority: Priority | None = None
    outcome: AlertOutcome | None = None
    status: AlertStatus | None = None
    assignee: str | None = None
    team: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    hushed: bool | None = None


def seen_teams(acting: Acting) -> frozenset[str] | None:
    """The teams whose alerts they may see; None: of every team. Commands see all; so does who looks after the people."""
    if acting.user_id is None or acting.all_teams or Permission.CHANGE_PEOPLE in acting.permissions:
        return None
    return acting.teams | {acting.team}


def listed_teams(acting: Acting) -> frozenset[str] | None:
    """The teams whose alerts a list shows that names none: the one that they work in; None: of every team."""
    return None if acting.user_id is None or acting.all_teams else frozenset({acting.team})


def may_see(acting: Acting, team_id: str) -> bool:
    """Whether they may see an alert of that team."""
    mine = seen_teams(acting)
    return mine is None or team_id in mine


async def wanted_of(conn: Connection, acting: Acting, asked: AlertFilter) -> Wanted:
    """As the store knows it. Raises NotFound for a rule, a team or a person that is not there, Invalid for a time that is none."""
    if asked.since is not None and asked.until is not None and asked.since >= asked.until:
        raise Invalid("until: expected a time after `since`", "until")
    return Wanted(
        rules=None if asked.rule is None else await _rules(conn, acting, asked.rule),
        source=asked.source,
        priority=asked.priority,
        outcome=asked.outcome,
        status=asked.status,
        assignee=None if asked.assignee is None else await assignee_of(conn, acting, asked.assignee),
        teams=await _teams(conn, acting, asked.team),
        since=asked.since,
        until=asked.until,
        text=asked.text,
        hushed=asked.hushed,
    )


async def assignee_of(conn: Connection, acting: Acting, said: str) -> str:
    """The id of the user who is meant; NOBODY for nobody. Raises NotFound, Invalid."""
    if said == NOBODY_WORD:
        return NOBODY
    if said == ME:
        if acting.user_id is None:
            raise Invalid("nobody has signed in here: there is no `me`", "assignee")
        return acting.user_id
    said = storable(said)
    user = await users.by_name(conn, said) or await users.by_id(conn, said)
    if user is None:
        near = nearest(said, await users.names(conn))
        hint = f"; did you mean {near!r}?" if near else ""
        raise NotFound(f"there is no user {said!r}{hint}")
    return user.user_id


async def _rules(conn: Connection, acting: Acting, said: str) -> tuple[str, ...]:
    mine = seen_teams(acting)
    by_id = await rules.by_id(conn, said)
    if by_id is not None:
        return (by_id.rule_id,) if mine is None or by_id.team_id in mine else ()
    found = [row for row in await rules.named(conn, said) if mine is None or row[1] in mine]
    if not found and await alert_list.count(conn, Wanted(rules=[said], teams=mine), 1):
        return (said,)  # of a rule that is gone there are its alerts
    if not found:
        raise NotFound.of("rule", said, await alert_list.names_of_rules(conn, mine))
    return tuple(rule_id for rule_id, _ in found)


async def _teams(conn: Connection, acting: Acting, said: str | None) -> frozenset[str] | None:
    if said is None:
        return listed_teams(acting)
    mine = seen_teams(acting)
    known = await teams.ids_by_name(conn)
    found = known.get(said, said)
    if found not in known.values() or (mine is not None and found not in mine):
        raise NotFound.of("team", said, known if mine is None else [name for name in known if known[name] in mine])
    return frozenset({found})
