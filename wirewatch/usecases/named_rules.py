"""Rules as people name them, a stored rule's name or a rule's text, for the use cases that take one."""

from dataclasses import dataclass, replace
from difflib import get_close_matches

from alerts.management.preview import Judge, production_judge, rule_tree
from alerts.rules.aliases import AliasSet
from alerts.rules.syntax import Node
from core.db.connection import Connection
from core.errors import UserError
from core.model.rule import RuleRow
from core.store import rule_search, rules
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.alias_sets import known_aliases
from wirewatch.usecases.refusals import Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Named:
    """A rule's text with its tree and its matcher; `row` None: it is not stored."""

    query: str
    tree: Node
    judge: Judge
    row: RuleRow | None = None


async def find_rule(conn: Connection, acting: Acting, name: str) -> RuleRow | None:
    """The team's rule of that name or id, disabled ones too; by its id that of any team, for who sees all of them."""
    row = await rules.get(conn, name, acting.team)
    if row is not None:
        return row
    row = await rules.by_id(conn, name)
    return row if row is not None and acting.listed_team in (None, row.team_id) else None


async def stored_rule(conn: Connection, acting: Acting, name: str) -> RuleRow:
    """The same. Raises NotFound with the nearest name."""
    row = await find_rule(conn, acting, name)
    if row is None:
        raise NotFound.of("rule", name, await rule_search.names(conn, acting.team))
    return row


async def versions_of(conn: Connection, row: RuleRow) -> dict[int, RuleRow]:
    """All versions of a rule by number, newest first."""
    return {old.version: old for old in await rules.versions_of(conn, row.rule_id)}


def version(rows: dict[int, RuleRow], number: int) -> RuleRow:
    """One of them. Raises NotFound."""
    if number not in rows:
        name = next(iter(rows.values())).name
        raise NotFound(f"rule {name!r} has no version {number}; it has {', '.join(map(str, sorted(rows)))}")
    return rows[number]


def readable_tree(query: str, known: AliasSet) -> Node:
    """The tree of a rule, aliases expanded. Raises Invalid with every problem and its fixes."""
    try:
        return rule_tree(query, known)
    except UserError as error:
        raise Invalid(str(error)) from None


async def named(conn: Connection, acting: Acting, text: str) -> Named:
    """A rule of the team by its name; what is no name is read as a rule's text. Raises NotFound, Invalid with every problem."""
    row = await find_rule(conn, acting, text)
    known = await known_aliases(conn, acting if row is None else replace(acting, team=row.team_id))
    if row is not None:
        if not row.query:
            raise Invalid(f"rule {text!r} watches a source for silence; it has no query and matches no article")
        return Named(row.query, readable_tree(row.query, known), production_judge(row.query, known), row)
    if not any(sign in text for sign in ' "(@:/'):  # one word: a name with a slip, or a rule of one word
        names = await rule_search.names(conn, acting.team)
        if get_close_matches(text, names, n=1, cutoff=0.8):
            raise NotFound.of("rule", text, names)
    return Named(text, readable_tree(text, known), production_judge(text, known))
