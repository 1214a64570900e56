"""How much the rules of the files find that ask for a place alone, as the database says it; nothing in it is made or changed."""

import asyncio
from collections.abc import Sequence

from sqlalchemy import inspect

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
    if config.database.url.startswith("sqlite") and not (config.data_dir / "wirewatch.db").exists():
        return [_NOTHING] * len(places)
    try:
        return asyncio.run(_asked(config, places))
    except (WirewatchError, OSError):
        return [_SILENT] * len(places)


async def _asked(config: Config, places: Sequence[tuple[RuleConfig, AliasSet]]) -> list[str]:
    clock, seconds = SystemClock(), min(SECONDS, _SECONDS / len(places))
    db = Database.open(config.database.url, config.data_dir)  # not entered: nothing is changed here
    try:
        async with db.connection() as conn:
            tables = await conn.run_sync(lambda connection: inspect(connection).get_table_names())
            if not {"articles", "teams"} <= set(tables):
                return [_NOTHING] * len(places)
            ids = {name: team_id for team_id, name in (await teams.names_by_id(conn)).items()}
        found = []
        for rule, aliases in places:
            query = query_of(parse_once(rule.query, aliases), aliases)
            team = ids.get(rule.team, DEFAULT_TEAM)
            found.append(how_much(await articles_a_day(db, clock, query, team, seconds=seconds)))
        return found
    finally:
        await db.close()
