"""Routes: which channels hear of alerts that their rules do not name, and why."""

from collections.abc import Mapping
from dataclasses import dataclass

from alerts.decide.router_cache import rule_facts
from alerts.pipeline.routing import ArticleFacts, Led, router_of
from core.db.connection import Connection
from core.model.channel import ChannelRow
from core.model.origin import DB
from core.model.route import Route
from core.model.rule import RuleRow, RuleSettings
from core.model.team import DEFAULT_TEAM
from core.store import channels, endpoints, routes, teams
from core.store.endpoints import EndpointRow
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.named_rules import stored_rule
from wirewatch.usecases.permission import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A channel that a rule's alerts go to. `by`: the route that leads there; None: the rule names it itself.

    `trouble`: why nothing goes out through it now; empty where nothing says so. `certain`: whatever the article is.
    """

    channel: str
    by: Led | None
    trouble: str
    certain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """Where alerts of a rule go. `taken`: the routes that take them, those that name no channel too."""

    rule: RuleRow
    destinations: tuple[Destination, ...]
    taken: tuple[Led, ...]


@reads(Permission.READ_RULES)
async def list_all(acting: Acting) -> tuple[Route, ...]:
    """The routes in force, in their order."""
    async with acting.db.connection() as conn:
        return await routes.read(conn)


@reads(Permission.READ_RULES)
async def of_rule(acting: Acting, name: str, article: ArticleFacts | None = None) -> Routing:
    """Where alerts of a rule go: about this article, or about any. Raises NotFound with the nearest name."""
    async with acting.db.connection() as conn:
        return await routing_of(conn, await stored_rule(conn, acting, name), article)


@reads(Permission.READ_RULES)
async def of_settings(acting: Acting, name: str, settings: RuleSettings) -> tuple[Destination, ...]:
    """Where alerts of a rule of that name with these settings would go, by routes too."""
    row = RuleRow(
        rule_id="",
        name=name,
        version=0,
        query="",
        canonical="",
        settings=settings,
        origin=DB,
        enabled=True,
        author=acting.actor,
        comment="",
        created=acting.clock.now(),
        revision=0,
        team_id=acting.team,
    )
    async with acting.db.connection() as conn:
        return (await routing_of(conn, row)).destinations


async def routing_of(conn: Connection, row: RuleRow, article: ArticleFacts | None = None) -> Routing:
    """Where alerts of this rule go."""
    team = await teams.name_of(conn, row.team_id) or DEFAULT_TEAM
    router = router_of(await routes.read(conn), rule_facts(row, team))
    taken = router.possible() if article is None else router.leads(article)
    known = {one.name: one for one in await channels.list_all(conn) if one.team_id == row.team_id}
    failing = await endpoints.failing(conn)
    found = [
        Destination(channel=one, by=None, trouble=_trouble(one, known, failing), certain=True) for one in row.channels
    ]
    for led in taken:
        found += [
            Destination(
                channel=one, by=led, trouble=_trouble(one, known, failing), certain=led.certain or article is not None
            )
            for one in led.channels
        ]
    return Routing(rule=row, destinations=tuple(found), taken=taken)


def _trouble(name: str, known: Mapping[str, ChannelRow], failing: Mapping[str, EndpointRow]) -> str:
    row = known.get(name)
    if row is None:
        return "there is no such channel"
    if row.pause is not None:
        because = f", because {row.pause.because}" if row.pause.because else ""
        return f"paused by {row.pause.by} since {row.pause.since:%Y-%m-%d %H:%M} UTC{because}"
    endpoint = failing.get(row.key)
    return "" if endpoint is None else f"fails since {endpoint.since:%Y-%m-%d %H:%M} UTC: {endpoint.reason}"
