"""The state of the whole machine: the funnel, what is slow, disk, retention, versions and the configuration in force."""

import asyncio
import platform
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from alerts.rules.cost import BUDGET_SECONDS, is_slow
from core.db.connection import Connection
from core.disk import free_bytes, size_bytes
from core.store import articles, hourly, rules, stats
from core.store.hourly import Hour, Step
from wirewatch import __version__
from wirewatch.config.in_force import SettingInForce
from wirewatch.processes import running
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.permission import Permission

SPAN = timedelta(hours=24)
SAMPLE = 300  # of the newest articles, of which the slowest sources are told
_FEW = 3  # articles of a source before it is called slow
_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """What became of what was seen `since` then. `hours`: each hour of it, oldest first, those without anything too."""

    since: datetime
    hours: tuple[Hour, ...]

    def total(self, step: Step) -> int:
        """Of all hours."""
        return sum(hour.counts.get(step, 0) for hour in self.hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowSource:
    """How long after it was published a source's article was seen: the median and the slowest of `articles`."""

    source_id: str
    name: str
    articles: int
    median: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowRule:
    """A rule whose evaluation takes longer than it may, in the mean, since yesterday."""

    rule_id: str
    name: str
    evaluations: int
    mean_seconds: float
    budget_seconds: float = BUDGET_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """Bytes. `log` None: the log is not embedded."""

    directory: str
    free: int
    total: int
    database: int
    log: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """`processes`: how many run on this data directory. `schema`: the newest migration of the database."""

    wirewatch: str
    python: str
    database: str
    schema: str
    log: str
    processes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """`retention`: days by kind. `settings`: the configuration in force."""

    funnel: Funnel
    slow_sources: tuple[SlowSource, ...]
    slow_rules: tuple[SlowRule, ...]
    disk: Disk
    retention: Mapping[str, float]
    versions: Versions
    settings: tuple[SettingInForce, ...]


@reads(Permission.READ_STATUS)
async def show(acting: Acting) -> System:
    """All of it."""
    now, config = acting.clock.now(), acting.config
    async with acting.db.connection() as conn:
        funnel = await _funnel(conn, now)
        slow_sources = await _slow_sources(conn, now)
        slow_rules = await _slow_rules(conn, now)
        version, schema = await _database(conn)
    embedded = not config.log.url.startswith("kafka")
    free, total = await asyncio.to_thread(free_bytes, config.data_dir)
    log_bytes = await asyncio.to_thread(size_bytes, config.data_dir / "log.db") if embedded else None
    directory = str(config.data_dir)
    return System(
        funnel=funnel,
        slow_sources=slow_sources,
        slow_rules=slow_rules,
        disk=Disk(directory=directory, free=free, total=total, database=await acting.db.size_bytes(), log=log_bytes),
        retention=asdict(config.retention),
        versions=Versions(
            wirewatch=__version__,
            python=platform.python_version(),
            database=version,
            schema=schema,
            log="embedded" if embedded else "Kafka",
            processes=len(await asyncio.to_thread(running, config.data_dir)),
        ),
        settings=config.in_force,
    )


async def _funnel(conn: Connection, now: datetime) -> Funnel:
    since = (now - SPAN).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    known = {hour.hour: hour for hour in await hourly.since(conn, since)}
    each = [since + timedelta(hours=number) for number in range(int(SPAN.total_seconds() // 3600))]
    return Funnel(since=since, hours=tuple(known.get(hour, Hour(hour, {})) for hour in each))


async def _slow_sources(conn: Connection, now: datetime) -> tuple[SlowSource, ...]:
    delays: dict[tuple[str, str], list[timedelta]] = defaultdict(list)
    for found in await articles.page(conn, since=now - SPAN, until=now + SPAN, limit=SAMPLE):
        article = found.story_article.article
        if article.published is not None:
            delays[article.source_id, article.source_name].append(max(article.seen - article.published, timedelta()))
    slow = [
        SlowSource(
            source_id=source_id,
            name=name,
            articles=len(spans),
            median=sorted(spans)[len(spans) // 2],
            longest=max(spans),
        )
        for (source_id, name), spans in delays.items()
        if len(spans) >= _FEW
    ]
    return tuple(sorted(slow, key=lambda one: one.median, reverse=True)[:_SHOWN])


async def _slow_rules(conn: Connection, now: datetime) -> tuple[SlowRule, ...]:
    spent = await stats.totals(conn, (now - SPAN).date())
    slow = [one for one in spent.values() if is_slow(one.candidates, one.evaluation_seconds)]
    slow.sort(key=lambda one: one.evaluation_seconds / one.candidates, reverse=True)
    found = []
    for one in slow[:_SHOWN]:
        row = await rules.by_id(conn, one.rule_id)
        if row is not None and row.enabled:
            mean = one.evaluation_seconds / one.candidates
            found.append(SlowRule(rule_id=one.rule_id, name=row.name, evaluations=one.candidates, mean_seconds=mean))
    return tuple(found)


async def _database(conn: Connection) -> tuple[str, str]:
    """Which it is, and its newest migration."""
    embedded = conn.dialect.name == "sqlite"
    asked = "SELECT sqlite_version()" if embedded else "SHOW server_version"
    version = (await conn.execute(text(asked))).scalar_one()
    schema = (await conn.execute(text("SELECT version_num FROM alembic_version"))).scalar_one()
    return f"{'SQLite' if embedded else 'PostgreSQL'} {version}", str(schema)


__all__ = [
    "SAMPLE",
    "Disk",
    "Funnel",
    "Hour",
    "SettingInForce",
    "SlowRule",
    "SlowSource",
    "Step",
    "System",
    "Versions",
    "show",
]
