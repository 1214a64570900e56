"""Rules as they are looked for: by name in pages with a filter, by names and signs alone."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Text, and_, collate, or_, select, type_coerce

from core.db.connection import Connection
from core.db.tables_alerts import rule_versions, rules
from core.model.outcome import Priority
from core.model.rule import RuleRow
from core.store.rules import current, row_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFilter:
    """What rules to list; None: all. `text`: a part of the name or of the query. `owner`: the id of a user."""

    text: str | None = None
    enabled: bool | None = None
    origin: str | None = None
    owner: str | None = None
    priority: Priority | None = None


async def page_by_name(
    conn: Connection,
    asked: RuleFilter,
    *,
    limit: int | None,
    after: tuple[str, str] | None = None,
    team_id: str | None = None,
) -> list[RuleRow]:
    """The rules that the filter asks for, in the order of their names and ids, behind that name and id."""
    binary = "C" if conn.dialect.name == "postgresql" else "BINARY"  # the same order in both
    name = collate(rules.c.name, binary)
    statement = current().where(*_asked(asked)).order_by(name, rules.c.rule_id).limit(limit)
    if team_id is not None:
        statement = statement.where(rules.c.team_id == team_id)
    if after is not None:
        statement = statement.where(or_(name > after[0], and_(name == after[0], rules.c.rule_id > after[1])))
    return [row_of(row) for row in await conn.execute(statement)]


async def names(conn: Connection, team_id: str) -> list[str]:
    """The names of all rules of a team, disabled ones too."""
    return list((await conn.execute(select(rules.c.name).where(rules.c.team_id == team_id))).scalars())


async def queries_with(conn: Connection, team_id: str, sign: str) -> list[tuple[str, str]]:
    """Name and query of the team's enabled rules whose query has that sign."""
    statement = (
        current()
        .with_only_columns(rules.c.name, rule_versions.c.query)
        .where(rules.c.team_id == team_id, rules.c.enabled.is_(True), rule_versions.c.query.contains(sign))
    )
    return [(row[0], row[1]) for row in await conn.execute(statement)]


def _asked(asked: RuleFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.text:
        places = (rules.c.name, rule_versions.c.query)
        found.append(or_(*(place.icontains(asked.text, autoescape=True) for place in places)))
    if asked.enabled is not None:
        found.append(rules.c.enabled.is_(asked.enabled))
    if asked.origin is not None:
        found.append(rules.c.origin == asked.origin)
    if asked.owner is not None:
        found.append(rules.c.owner == asked.owner)
    if asked.priority is not None:  # Json keeps its objects as compact text
        found.append(type_coerce(rule_versions.c.settings, Text).contains(f'"priority":"{asked.priority.value}"'))
    return found
