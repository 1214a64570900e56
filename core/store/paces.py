"""The times of each rule's last notifications, for throttles, groups and metric rules.

An older version keeps the same as JSON in `kv`. While processes of both run beside each other (an upgrade), a rule's decider
moves between them, so this one reads both and writes both; see docs/database.md, "Expand and contract".
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import delete, select

from core.db.connection import Connection
from core.db.statements import insert, slices
from core.db.tables import kv
from core.db.tables_alerts import rule_pace
from core.store.pruning import prune_oldest

_KEY = "pace:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """`notified`: when messages of the rule went out, oldest first, as far back as its throttle looks. `flush_at`: when its
    last group went out or its present one will. `metric_at`: the time of the match with which its metric condition notified.
    `rest_until`, `rest_seconds`, `held_back`: of its cool-down since the last message."""

    notified: tuple[datetime, ...] = ()
    flush_at: datetime | None = None
    metric_at: datetime | None = None
    rest_until: datetime | None = None
    rest_seconds: float = 0.0
    held_back: int = 0


async def get_many(conn: Connection, rule_ids: Iterable[str]) -> dict[str, Pace]:
    """The paces of these rules; a rule that never notified has an empty one."""
    found = dict.fromkeys(rule_ids, Pace())
    for part in slices(sorted(found)):
        for row in await conn.execute(select(rule_pace).where(rule_pace.c.rule_id.in_(part))):
            notified = tuple(map(datetime.fromisoformat, row.notified["at"]))
            rest = row.notified.get("rest", {})
            found[row.rule_id] = Pace(
                notified=notified,
                flush_at=row.flush_at,
                metric_at=row.metric_at,
                rest_until=_time(rest.get("until")),
                rest_seconds=rest.get("seconds", 0.0),
                held_back=rest.get("held_back", 0),
            )
        keys = [_KEY + rule_id for rule_id in part]
        for row in await conn.execute(select(kv).where(kv.c.key.in_(keys))):
            rule_id = row.key.removeprefix(_KEY)
            found[rule_id] = _both(found[rule_id], of_older_version(orjson.loads(row.value)))
    return found


async def put_many(conn: Connection, paces: Mapping[str, Pace], now: datetime) -> None:
    """Keep these paces, in the form of the older version too."""
    if not paces:
        return
    rows = [
        {
            "rule_id": rule_id,
            "notified": {"at": [moment.isoformat() for moment in pace.notified], **_rest(pace)},
            "flush_at": pace.flush_at,
            "metric_at": pace.metric_at,
            "updated": now,
        }
        for rule_id, pace in sorted(paces.items())  # two writers take their locks in one order
    ]
    statement = insert(conn, rule_pace)
    changed = {name: statement.excluded[name] for name in ("notified", "flush_at", "metric_at", "updated")}
    await conn.execute(statement.on_conflict_do_update(index_elements=[rule_pace.c.rule_id], set_=changed), rows)
    older = insert(conn, kv)
    older = older.on_conflict_do_update(index_elements=[kv.c.key], set_={"value": older.excluded.value})
    values = [
        {"key": _KEY + rule_id, "value": orjson.dumps(_for_older_version(pace)).decode()}
        for rule_id, pace in sorted(paces.items())
    ]
    await conn.execute(older, values)


async def prune(conn: Connection, before: datetime, limit: int = 1000) -> int:
    """Delete a batch of rules that have not notified since `before` (see `prune_oldest`)."""
    old = (
        await conn.execute(
            select(rule_pace.c.rule_id).where(rule_pace.c.updated < before).order_by(rule_pace.c.updated).limit(limit)
        )
    ).scalars()
    keys = [_KEY + rule_id for rule_id in old]
    for part in slices(keys):
        await conn.execute(delete(kv).where(kv.c.key.in_(part)))
    return await prune_oldest(conn, rule_pace.c.updated, before, limit)


def _rest(pace: Pace) -> dict[str, object]:
    """Of a rule with a cool-down; an older version reads past it."""
    if pace.rest_until is None:
        return {}
    rest = {"until": pace.rest_until.isoformat(), "seconds": pace.rest_seconds, "held_back": pace.held_back}
    return {"rest": rest}


def of_older_version(value: Mapping[str, Any]) -> Pace:
    """What stands in `kv`."""
    return Pace(
        notified=tuple(map(datetime.fromisoformat, value["told_at"])),
        flush_at=_time(value.get("flush_at")),
        metric_at=_time(value.get("standing_told")),
    )


def _for_older_version(pace: Pace) -> dict[str, object]:
    return {
        "told_at": [moment.isoformat() for moment in pace.notified],
        "flush_at": None if pace.flush_at is None else pace.flush_at.isoformat(),
        "standing_told": None if pace.metric_at is None else pace.metric_at.isoformat(),
    }


def _both(one: Pace, other: Pace) -> Pace:
    """What either process noted: each only ever adds what is later. Messages of one batch have one time, and each counts."""
    notified = Counter(one.notified) | Counter(other.notified)
    return replace(
        one,
        notified=tuple(sorted(notified.elements())),
        flush_at=_later([one.flush_at, other.flush_at]),
        metric_at=_later([one.metric_at, other.metric_at]),
    )


def _later(moments: Sequence[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)


def _time(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(stored)
