"""The stored routes, as each rule is routed by them: read again only when a revision says that they changed."""

from alerts.pipeline.routing import NOWHERE, Router, RuleFacts, router_of
from core.db.connection import Connection
from core.model.route import Route
from core.model.rule import RuleRow
from core.store import routes, teams


class RouterCache:
    """Whoever keeps routers keeps the revision beside them: another one makes them stale."""

    def __init__(self) -> None:
        self._revision = -1
        self._routes: tuple[Route, ...] = ()
        self._teams: dict[str, str] = {}

    async def revision(self, conn: Connection) -> int:
        """The revision as this transaction sees it; the routes are those of it from now on."""
        revision = await routes.revision(conn)
        if revision > self._revision:
            tree = await routes.read(conn)
            names = await teams.names_by_id(conn) if tree else {}
            if revision > self._revision:  # else another task has read later ones meanwhile
                self._routes, self._teams, self._revision = tree, names, revision
        return revision

    async def router(self, conn: Connection, row: RuleRow) -> Router:
        """How alerts of the rule are routed, as of the revision that was asked for last."""
        if not self._routes:
            return NOWHERE
        if row.team_id not in self._teams:  # a team that came with the rule
            self._teams[row.team_id] = await teams.name_of(conn, row.team_id) or row.team_id
        return router_of(self._routes, rule_facts(row, self._teams[row.team_id]))


def rule_facts(row: RuleRow, team: str) -> RuleFacts:
    """`team`: the name of its team."""
    return RuleFacts(
        name=row.name, team=team, team_id=row.team_id, tags=row.settings.tags, priority=row.settings.priority
    )
