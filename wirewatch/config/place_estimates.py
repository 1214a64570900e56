"""How much the rules of the files find that ask for a place alone, as the database says it; nothing in it is made or changed."""

import asyncio
from collections.abc import Sequence

from alerts.management.search import query_of
from alerts.management.whole_place import SECONDS, articles_a_day, how_much
from alerts.rules.aliases import AliasSet
from alerts.rules.kept import parse_once
from core.clock import SystemClock
from core.db.engine import Database
from core.errors import WirewatchError
from core.model.team import DEFAULT_TEAM
from core.store import teams
from wirewatch.config.loading import Config, RuleConfig

_SECONDS = 4.0  # for all rules
_NOTHING = how_much(None)
_SILENT = "; the database cannot be read, so how many these are is not known"


def estimates(config: Config, places: Sequence[tuple[RuleConfig, AliasSet]]) -> list[str]:
    """What `how_much` says of each of the rules, whose texts are read with these aliases; for a caller without an event loop."""
    if Database.is_missing(config.database.url, config.data_dir):
        return [_NOTHING] * len(places)
    try:
        return asyncio.run(_asked(config, places))
    except (WirewatchError, OSError):
        return [_SILENT] * len(places)


async def _asked(config: Config, places: Sequence[tuple[RuleConfig, AliasSet]]) -> list[str]:
    clock, seconds = SystemClock(), min(SECONDS, _SECONDS / len(places))
    async with Database.as_it_is(config.database.url, config.data_dir) as (db, tables):
        if not {"articles", "teams"} <= tables:
            return [_NOTHING] * len(places)
        async with db.connection() as conn:
            ids = {name: team_id for team_id, name in (await teams.names_by_id(conn)).items()}
        found = []
        for rule, aliases in places:
            query = query_of(parse_once(rule.query, aliases), aliases)
            team = ids.get(rule.team, DEFAULT_TEAM)
            found.append(how_much(await articles_a_day(db, clock, query, team, seconds=seconds)))
        return found
