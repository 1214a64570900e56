"""Rules and routes as they stand, for deciding: read again only when a revision says that one changed."""

from collections.abc import Iterable

import structlog

from alerts.decide.router_cache import RouterCache
from alerts.pipeline.inhibit import inhibits
from alerts.pipeline.situation import MetricCondition, RulePolicy
from core.db.connection import Connection
from core.model.match import RuleRef
from core.model.rule import RuleRow
from core.store import rules

_logger = structlog.get_logger(__name__)


class PolicyCache:
    """Policies by rule id. A removed or disabled rule has none."""

    def __init__(self) -> None:
        self._revision = (-1, -1)
        self._routers = RouterCache()
        self._policies: dict[str, RulePolicy | None] = {}
        self._inhibitors: dict[str, RuleRow] = {}
        self._inhibitors_revision = 0

    async def policies(self, conn: Connection, rule_ids: Iterable[str]) -> dict[str, RulePolicy | None]:
        """The policies in force as this transaction sees them."""
        revision = (await rules.revision(conn), await self._routers.revision(conn))
        if revision != self._revision:
            self._policies.clear()
            self._revision = revision
        found: dict[str, RulePolicy | None] = {}
        for rule_id in set(rule_ids):
            if rule_id not in self._policies:
                row = await rules.by_id(conn, rule_id)
                self._policies[rule_id] = await self._policy(conn, row) if row is not None and row.enabled else None
            found[rule_id] = self._policies[rule_id]
        return found

    async def inhibitors(self, conn: Connection, refs: Iterable[RuleRef]) -> dict[str, list[RuleRow]]:
        """Of each of these rules that is held back by others: the rules in force of its team that do so."""
        if self._inhibitors_revision != await rules.revision(conn):
            rows, until = await rules.inhibiting_since(conn, self._inhibitors_revision, self._inhibitors)
            for row in rows:
                self._inhibitors.pop(row.rule_id, None)
                if row.enabled and row.settings.inhibits:
                    self._inhibitors[row.rule_id] = row
            self._inhibitors_revision = until
        return {ref.rule_id: found for ref in refs if (found := self._inhibitors_of(ref))}

    def _inhibitors_of(self, ref: RuleRef) -> list[RuleRow]:
        return [
            row
            for row in self._inhibitors.values()
            if row.team_id == ref.team_id and row.rule_id != ref.rule_id and inhibits(row.settings.inhibits, ref.name)
        ]

    async def _policy(self, conn: Connection, row: RuleRow) -> RulePolicy:
        if row.settings.unreadable:
            _logger.warning("rule_settings_unreadable", rule=row.name, problems=list(row.settings.unreadable))
        return RulePolicy(
            send=row.keyed_settings,
            standing=await _condition(conn, row),
            router=await self._routers.router(conn, row),
            since=row.settings.since or await rules.made(conn, row.rule_id),
        )


async def _condition(conn: Connection, row: RuleRow) -> MetricCondition | None:
    condition = row.settings.standing
    if condition is None:
        return None
    first = row
    for version in await rules.versions_of(conn, row.rule_id):  # newest first
        if version.canonical != row.canonical or version.query != row.query:
            break
        first = version
    return MetricCondition(condition=condition, since_version=first.version, known_since=first.created)
