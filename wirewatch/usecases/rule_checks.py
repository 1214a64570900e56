"""What every change of a rule is held to: whose it is, where it is managed, its text, its channels, its source."""

from collections.abc import Iterable

from alerts.rules.aliases import AliasSet
from alerts.rules.parser import parse
from alerts.rules.printer import print_rule
from alerts.rules.problem import render
from core.db.connection import Connection
from core.model.origin import FILE
from core.model.rule import RuleRow, RuleSettings
from core.store import channels, sources, teams
from wirewatch.config.one_rule import written_settings
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid, ManagedInFile, NotFound, NotPermitted, Place, Unreadable
from wirewatch.usecases.tags import tag


def rule_tag(row: RuleRow) -> str:
    """The tag of a rule: of all that a person changes of it."""
    return tag(row.rule_id, row.name, row.version, row.enabled, row.origin)


def shape(row: RuleRow) -> dict[str, object]:
    """A rule as the audit log keeps it."""
    return {
        "name": row.name,
        "version": row.version,
        "query": row.query,
        "settings": written_settings(row.settings),
        "enabled": row.enabled,
    }


def may_change(acting: Acting, row: RuleRow) -> bool:
    """Whether the actor may change this rule: it is theirs, or they may change anybody's."""
    if Permission.CHANGE_RULES in acting.permissions:
        return True
    return Permission.OWN_RULES in acting.permissions and row.owner is not None and row.owner == acting.user_id


def check_owner(acting: Acting, row: RuleRow) -> None:
    """Raise NotPermitted where the actor may not change this rule."""
    if not may_change(acting, row):
        word = Permission.CHANGE_RULES.value
        raise NotPermitted(f"rule {row.name!r} is not {acting.actor}'s own: to change it needs the permission {word}")


def check_origin(row: RuleRow, how: str) -> None:
    """Raise ManagedInFile for a rule in force that a file holds."""
    if row.enabled and row.origin == FILE:
        raise ManagedInFile(f"rule {row.name!r} is managed in a file; {how} there")


async def check_channels(conn: Connection, acting: Acting, wanted: Iterable[str]) -> None:
    """Raise NotFound for a channel that the team does not have."""
    team = await teams.name_of(conn, acting.team)
    known = {channel.settings.name for channel in acting.config.channels if channel.team == team}
    known |= {row.name for row in await channels.list_all(conn) if row.team_id == acting.team}
    for channel in wanted:
        if channel not in known:
            raise NotFound(str(NotFound.of("channel", channel, known)).partition("; `wirewatch")[0])


async def check_source(conn: Connection, settings: RuleSettings, query: str) -> None:
    """A watched source must be there, and has no query beside it; every other rule has one. Raises Invalid, NotFound."""
    name = settings.watched_source
    if name is None:
        if not query:
            raise Invalid("a rule needs a query; only one that watches a source for silence goes without", "query")
        return
    if query:
        raise Invalid(
            "a rule that watches a source for silence has no query; leave out the source and write"
            f' AND source:"{name}" in the query',
            "query",
        )
    if not await sources.ids_named(conn, name):
        raise NotFound.of("source", name, await sources.names(conn))


def read(query: str, aliases: AliasSet) -> tuple[str, tuple[str, ...]]:
    """The canonical form and the warnings. Raises Unreadable with every problem."""
    parsed = parse(query, aliases=aliases)
    if parsed.tree is None:
        places = (
            Place("/query", f"{one.code.value}, characters {one.start} to {one.end}: {one.message}")
            for one in parsed.problems
        )
        refused = Unreadable(query, parsed.problems).at(places)
        refused.fix = next((fix.text for one in parsed.problems for fix in one.fixes), None)
        raise refused
    return print_rule(parsed.tree), tuple(render(warning, query) for warning in parsed.warnings)
