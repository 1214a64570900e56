"""Moves an installation from the embedded default onto PostgreSQL, and its log onto Kafka; see docs/operations.md.

Nobody may use the data directory meanwhile. Whatever is done twice, after a kill, changes nothing.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from core.clock import SystemClock
from core.db.engine import Database
from core.errors import Busy, UserError, WirewatchError
from core.log.kafka_options import KafkaOptions
from core.log.lock import DirectoryLock
from core.log.moving import Moved, move_topic
from core.log.open import open_log
from core.log.topics import TOPICS
from core.masking import masked_url
from core.store import moving
from core.store.moving import Counted
from wirewatch.config.loading import Config
from wirewatch.dead_letters import GROUP
from wirewatch.processes import running

EMBEDDED = "sqlite:"
_LOG = "log.db"


@dataclass(frozen=True, slots=True)
class Move:
    """`tables` empty: they had arrived before. `log_aside`: where the embedded log was put."""

    tables: tuple[Counted, ...]
    topics: tuple[Moved, ...]
    log_aside: Path | None


async def migrate(config: Config, *, to: str | None, log: str | None, say: Callable[[str], None]) -> Move:
    """Move the database `to` a URL of PostgreSQL, and the `log` to one of Kafka; None: it stays. `say`: how far it is.

    Raises Busy while a process uses the data directory, UserError, Unavailable.
    """
    if to is not None and config.database.url != EMBEDDED:
        raise UserError("database.url is no embedded database: there is nothing to move")
    if to is not None and not to.startswith(("postgresql:", "postgres:")):
        raise UserError("--to: expected postgresql://user@host/name")
    if log is not None and not log.startswith("kafka:"):
        raise UserError("--log: expected kafka://host:9092,host2:9092")
    if log is not None and config.log.url != EMBEDDED:
        raise UserError("log.url is no embedded log: there is nothing to move")
    if to is not None and not (config.data_dir / "wirewatch.db").exists():
        raise UserError(f"there is no wirewatch.db in {config.data_dir}: nothing to move")
    _refuse_users(config.data_dir)
    async with AsyncExitStack() as stack:
        if log is None:
            lock = DirectoryLock.acquire(config.data_dir)
            stack.callback(lock.release)
        tables: list[Counted] = []
        source = target = None
        shown = "" if to is None else masked_url(to)
        if to is not None:
            target = await stack.enter_async_context(Database.open(to, config.data_dir))
            source = await stack.enter_async_context(Database.open(EMBEDDED, config.data_dir))
            tables = await _move_database(source, target, shown, say)
        topics = [] if log is None else [one async for one in _moved_topics(config, log, say)]
        if source is not None and target is not None:
            await moving.finish(source, target, shown)
    aside = None if log is None else _put_aside(config.data_dir)
    return Move(tuple(tables), tuple(topics), aside)


async def cancel(config: Config) -> bool:
    """Stay with the embedded database after all; False where no move was begun."""
    if config.database.url != EMBEDDED:
        raise UserError("database.url is no embedded database: nothing was moved away from here")
    async with Database.open(EMBEDDED, config.data_dir) as source:
        return await moving.cancel(source)


async def _move_database(source: Database, target: Database, shown: str, say: Callable[[str], None]) -> list[Counted]:
    if not await moving.begin(source, target, shown):
        say("the database has arrived before")
        return []
    say("copying the database")
    await moving.copy_all(source, target)
    tables = await moving.counts(source, target)
    wrong = [f"{one.table}: {one.before} and {one.after} rows" for one in tables if one.before != one.after]
    if wrong:
        raise WirewatchError("the counts differ, so nothing is moved; say it again: " + "; ".join(wrong))
    return tables


async def _moved_topics(config: Config, url: str, say: Callable[[str], None]) -> AsyncIterator[Moved]:
    if not (config.data_dir / _LOG).exists():
        say("there is no embedded log, or it has arrived before")
        return
    async with _logs(config, url) as (source, target):
        for topic in TOPICS:
            say(f"copying the topic {topic.name}")
            moved = await move_topic(source, target, topic, GROUP if topic.read_by is None else topic.read_by.value)
            if moved.waiting_after < moved.waiting_before:
                raise WirewatchError(
                    f"topic {topic.name}: {moved.waiting_before} records waited and {moved.waiting_after} do; say it again"
                )
            yield moved


@asynccontextmanager
async def _logs(config: Config, url: str):  # type: ignore[no-untyped-def]  # two logs
    """The embedded one, which holds the lock of the directory, and the other."""
    clock = SystemClock()
    kafka: KafkaOptions = config.log.kafka
    async with (
        open_log(EMBEDDED, config.data_dir, None, clock) as source,
        open_log(url, config.data_dir, kafka, clock) as target,
    ):
        yield source, target


def _refuse_users(data_dir: Path) -> None:
    found = running(data_dir)
    if found:
        raise Busy(f"wirewatch (process {found[0].pid}) uses the data directory {data_dir}; stop it first")


def _put_aside(data_dir: Path) -> Path | None:
    """A process that still has the old configuration does nothing twice: there is nothing on its log."""
    aside = data_dir / "log-before-kafka"
    files = sorted(data_dir.glob(f"{_LOG}*"))
    if not files:
        return None
    aside.mkdir(exist_ok=True)
    for path in files:
        path.replace(aside / path.name)
    return aside
