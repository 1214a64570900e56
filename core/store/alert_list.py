"""What alerts are filtered by: a narrow row for each, written with the alert, so that no filter reads records.

The words of an alert are those of its rule, headlines and outlets, folded as the rules' are: `müller` finds `Muller`.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, update

from core.db.connection import Connection
from core.db.statements import insert, slices
from core.db.tables_alerts import alert_articles, alert_states, alerts, rules
from core.db.tables_inbox import alert_changes, alert_list, alert_outlets
from core.model.alert import Alert, AlertArticle
from core.model.alert_state import AlertChange
from core.model.outcome import AlertOutcome, AlertStatus
from core.store import keyset
from core.store.payload import unpack
from core.text.fold import fold

# What somebody, or a rule's own condition, asked not to hear of: kept, and found by whoever looks for it.
HUSHED = frozenset(
    {
        AlertOutcome.SILENCED,
        AlertOutcome.INHIBITED,
        AlertOutcome.BEFORE_SOURCE,
        AlertOutcome.BEFORE_RULE,
        AlertOutcome.NOT_REACHED,
    }
)
NOBODY = ""  # as an assignee: those that are assigned to none
MOST_WORDS = 2000  # characters, of one alert
_MOST_ASKED = 8  # words, of one filter


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which alerts: those for which all of this is true; None: whatever it is.

    `rules`, `teams`: of one of these; none of none. `hushed` False: without what somebody asked not to hear of.
    `since` and `until`: created from then on, and before then. `text`: words that stand in it, in any order.
    """

    rules: Collection[str] | None = None
    source: str | None = None
    priority: str | None = None
    outcome: AlertOutcome | None = None
    status: AlertStatus | None = None
    assignee: str | None = None
    teams: Collection[str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    hushed: bool | None = None


async def add(conn: Connection, alert: Alert, outcome: AlertOutcome) -> None:
    """The row of a new alert."""
    await _put(conn, alert, outcome, AlertStatus.OPEN)


async def _put(conn: Connection, alert: Alert, outcome: str, status: str, assignee: str | None = None) -> None:
    values = {
        "alert_id": alert.alert_id,
        "created": alert.created,
        "rule_id": alert.rule.rule_id,
        "team_id": alert.rule.team_id,
        "priority": alert.rule.priority,
        "outcome": outcome,
        "status": status,
        "assignee": assignee,
        "words": _words([alert.rule.name, *(text for one in alert.articles for text in _texts(one))]),
    }
    await conn.execute(insert(conn, alert_list).on_conflict_do_nothing(), values)
    await _add_outlets(conn, alert.alert_id, alert.created, alert.articles)


async def add_article(conn: Connection, alert_id: str, article: AlertArticle) -> None:
    """The alert has this article too, or another revision of it."""
    found = (await conn.execute(select(alert_list).where(alert_list.c.alert_id == alert_id))).one_or_none()
    if found is None:
        return
    more = _words(_texts(article))
    if more not in found.words and len(found.words) + len(more) < MOST_WORDS:
        mine = update(alert_list).where(alert_list.c.alert_id == alert_id)
        await conn.execute(mine.values(words=alert_list.c.words + literal(f" {more}", alert_list.c.words.type)))
    await _add_outlets(conn, alert_id, found.created, [article])


async def set_outcome(conn: Connection, alert_id: str, outcome: AlertOutcome) -> None:
    await conn.execute(update(alert_list).where(alert_list.c.alert_id == alert_id).values(outcome=outcome))


async def set_state(conn: Connection, alert_id: str, status: AlertStatus, assignee: str | None) -> None:
    mine = update(alert_list).where(alert_list.c.alert_id == alert_id)
    await conn.execute(mine.values(status=status, assignee=assignee))


def ids(wanted: Wanted, limit: int | None, after: tuple[datetime, str] | None) -> Select[tuple[str]]:
    """The ids of the newest of those wanted, `after` the creation time and id of one."""
    statement = select(alert_list.c.alert_id).where(*_conditions(wanted))
    if after is not None:
        statement = statement.where(keyset.older(alert_list.c.created, alert_list.c.alert_id, after))
    return statement.order_by(alert_list.c.created.desc(), alert_list.c.alert_id).limit(limit)


async def count(conn: Connection, wanted: Wanted, most: int) -> int:
    """How many alerts are wanted; `most` where there are that many or more, so that it costs no more than that."""
    some = select(literal(1)).select_from(alert_list).where(*_conditions(wanted)).limit(most).subquery()
    return int((await conn.execute(select(func.count()).select_from(some))).scalar_one())


async def count_new(conn: Connection, wanted: Wanted, place: int, most: int) -> int:
    """How many of those wanted came behind that place of the changes; `most` where there are that many or more."""
    new = (alert_changes.c.place > place, alert_changes.c.kind == AlertChange.CREATED)
    # An alert is created once. From the changes on, so that it ends at `most` however many there are.
    both = alert_changes.join(alert_list, alert_list.c.alert_id == alert_changes.c.alert_id)
    some = select(literal(1)).select_from(both).where(*new, *_conditions(wanted))
    return int((await conn.execute(select(func.count()).select_from(some.limit(most).subquery()))).scalar_one())


async def names_of_rules(conn: Connection, team_ids: Collection[str] | None) -> list[str]:
    """The names of the rules of these teams, or of all: for who misspelt one."""
    mine = [] if team_ids is None else [rules.c.team_id.in_(sorted(team_ids))]
    return list((await conn.execute(select(rules.c.name).where(*mine).order_by(rules.c.name))).scalars())


async def mend(conn: Connection, since: datetime, limit: int = 500) -> int:
    """Write the rows of alerts that an earlier release has written, or said something of, since then; how many.

    It knows nothing of this table, and may run beside this one while a cluster is brought up to date.
    """
    missing = (
        select(alerts.c.alert_id)
        .where(alerts.c.created >= since, alerts.c.alert_id.not_in(select(alert_list.c.alert_id)))
        .limit(limit)
    )
    found = list((await conn.execute(missing)).scalars())
    for part in slices(found):
        await _write_missing(conn, part)
    stale = (
        select(alert_states.c.alert_id, alert_states.c.status)
        .join(alert_list, alert_list.c.alert_id == alert_states.c.alert_id)
        .where(alert_states.c.at >= since, alert_states.c.status != alert_list.c.status)
        .limit(limit)
    )
    rows = (await conn.execute(stale)).all()
    for row in rows:
        await conn.execute(update(alert_list).where(alert_list.c.alert_id == row.alert_id).values(status=row.status))
    return len(found) + len(rows)


async def _write_missing(conn: Connection, part: Collection[str]) -> None:
    articles: dict[str, list[AlertArticle]] = {}
    mine = select(alert_articles).where(alert_articles.c.alert_id.in_(part)).order_by(alert_articles.c.position)
    for row in await conn.execute(mine):
        articles.setdefault(row.alert_id, []).append(unpack(row.record, AlertArticle))
    known = (
        select(alerts.c.alert_id, alerts.c.record, alerts.c.outcome, alert_states.c.status, alert_states.c.assignee)
        .outerjoin(alert_states, alert_states.c.alert_id == alerts.c.alert_id)
        .where(alerts.c.alert_id.in_(part))
    )
    for row in await conn.execute(known):
        alert = replace(unpack(row.record, Alert), articles=tuple(articles.get(row.alert_id, ())))
        await _put(conn, alert, row.outcome, row.status or AlertStatus.OPEN, row.assignee)


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """What is true of those wanted."""
    table = alert_list.c
    for column, value in (
        (table.priority, wanted.priority),
        (table.outcome, wanted.outcome),
        (table.status, wanted.status),
    ):
        if value is not None:
            yield column == str(value)
    for column, members in ((table.rule_id, wanted.rules), (table.team_id, wanted.teams)):
        if members is not None:
            yield column == next(iter(members)) if len(members) == 1 else column.in_(sorted(members))
    if wanted.since is not None:
        yield table.created >= wanted.since
    if wanted.until is not None:
        yield table.created < wanted.until
    yield from _seldom(wanted)


def _seldom(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """The conditions that are more than one column's value."""
    table = alert_list.c
    if wanted.hushed is not None:
        hushed = table.outcome.in_(sorted(HUSHED))
        yield hushed if wanted.hushed else ~hushed
    if wanted.assignee is not None:
        yield table.assignee.is_(None) if wanted.assignee == NOBODY else table.assignee == wanted.assignee
    if wanted.source is not None:
        named = and_(alert_outlets.c.outlet == wanted.source, alert_outlets.c.alert_id == table.alert_id)
        yield select(literal(1)).where(named, alert_outlets.c.created == table.created).exists()
    for word in fold(wanted.text[:MOST_WORDS]).split()[:_MOST_ASKED]:
        yield table.words.contains(word, autoescape=True)


async def _add_outlets(conn: Connection, alert_id: str, created: datetime, articles: Iterable[AlertArticle]) -> None:
    names = dict.fromkeys(one.brief.source_name for one in articles)
    rows = [{"outlet": name, "created": created, "alert_id": alert_id} for name in names]
    if rows:
        await conn.execute(insert(conn, alert_outlets).on_conflict_do_nothing(), rows)


def _texts(article: AlertArticle) -> tuple[str, str]:
    return article.brief.title, article.brief.source_name


def _words(texts: Iterable[str]) -> str:
    return fold(" ".join(dict.fromkeys(texts))[:MOST_WORDS])[:MOST_WORDS]
