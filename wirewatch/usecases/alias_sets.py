"""The aliases of each team as rules are read with them, kept from one request to the next: a look costs one small query.

Kept for each database while nothing changes. What a transaction has written and not committed is read anew each time.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from alerts.rules.aliases import AliasSet
from core.db.connection import Connection
from core.db.engine import Database
from core.store import aliases, teams
from wirewatch.usecases.acting import Acting

_LONG = 2000  # terms: such an alias is read beside the event loop
_MOST_SETS = 50

Terms = Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class _Kept:
    """`stored`: of each team the terms by name, up to `revision`. `sets`: by team, each with the configuration it was made with."""

    revision: int = -1
    stored: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    sets: dict[str, tuple[Any, AliasSet]] = field(default_factory=dict)


_kept: WeakKeyDictionary[Database, _Kept] = WeakKeyDictionary()


async def known_aliases(conn: Connection, acting: Acting) -> AliasSet:
    """The team's stored aliases; those of the configuration as they stand there now."""
    if type(acting.db) is not Database:  # within a transaction that may be taken back
        stored = {row.name: row.terms for row in await aliases.list_active(conn, acting.team)}
        return _set(stored, acting, await teams.name_of(conn, acting.team))
    kept = _kept.setdefault(acting.db, _Kept())
    await _follow(conn, kept)
    before = kept.sets.get(acting.team)
    if before is not None and before[0] is acting.config.aliases:
        return before[1]
    made = _set(kept.stored.get(acting.team, {}), acting, await teams.name_of(conn, acting.team))
    await asyncio.to_thread(made.read_long, _LONG)
    if len(kept.sets) >= _MOST_SETS:
        kept.sets.clear()
    kept.sets[acting.team] = acting.config.aliases, made
    return made


def _set(stored: Terms, acting: Acting, team: str | None) -> AliasSet:
    configured = ((one.name, one.terms) for one in acting.config.aliases if one.team == team)
    return AliasSet.of([*stored.items(), *configured])


async def _follow(conn: Connection, kept: _Kept) -> None:
    """Read what has changed since the last look."""
    changed, revision = await aliases.changed_since(conn, kept.revision)
    if revision < kept.revision:
        return  # somebody looked later, and was done before
    for row in changed:
        names = kept.stored.setdefault(row.team_id, {})
        names.pop(row.name, None)
        if row.enabled:
            names[row.name] = row.terms
        kept.sets.pop(row.team_id, None)
    kept.revision = revision
