"""The application: opens the services that its roles need, runs the roles under the supervisor, closes everything.

    async with App(config) as app:      # probes, log, database, fetcher, roles; returns when all is open
        await app.wait()                # until stop()

It leaves nothing behind: no task, no socket, no process.
"""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Self, TypeVar
from uuid import uuid4

import structlog

from alerts.channels.kafka_producers import KafkaProducers
from alerts.deliver.channel_watch import InUse
from core import faults
from core.clock import Clock, SystemClock
from core.db.engine import Database
from core.errors import Unavailable
from core.log.log import EventLog
from core.log.open import open_log
from core.log.sqlite import SqliteLog
from core.metrics import Metrics
from core.model.channel import channel_name
from core.model.rule import RuleDraft
from core.net.client import Fetcher, FetchSettings
from core.net.guard import AddressGuard
from core.pool.pool import ProcessPool
from core.retry import Backoff
from core.seat import Seat
from core.store import leases, retention
from core.supervise import Supervisor, watch_event_loop
from core.tasks import describe
from core.wake_up import WakeUp
from ingest.hosts.rate_limit import HostRateLimit, RateLimitSettings
from ingest.hosts.robots import Robots
from ingest.parse.parser import ParserPool, parser_processes
from wirewatch import __version__, access
from wirewatch.api.server import Server
from wirewatch.config.loading import Config
from wirewatch.config.rules import rule_drafts
from wirewatch.config.sections import log_kafka
from wirewatch.data_dir import make_data_dir
from wirewatch.dead_letters import DeadLetterKeeper
from wirewatch.health.clock_watch import watch_clock
from wirewatch.health.collector import Collector
from wirewatch.health.disk_watch import DiskWatch
from wirewatch.health.log_watch import watch_log
from wirewatch.health.parts import Health
from wirewatch.health.tally import Tally
from wirewatch.list_mender import keep_lists
from wirewatch.processes import Registration, registered
from wirewatch.reload import Reloader, changed_channels
from wirewatch.roles import ALL_ROLES, LOGGING, PARSING, Parts, Role, Shared, channels_of, factories
from wirewatch.stored_config import store, store_lists
from wirewatch.term_file_watch import TermFileWatch

STOP_SECONDS = 8.0  # for the roles; their services close after them, all within 10 s
SWEEP_SECONDS = 3600.0
_CHANNEL = "channel "  # begins the name of a part that is a channel
_MAIN = ("wirewatch.cli.main",)  # what `wirewatch` and `python -m` run
_OPENING = Backoff(first_seconds=0.5, max_seconds=15.0)

T = TypeVar("T")
_logger = structlog.get_logger(__name__)


class App:
    """One process of wirewatch. Start it with `async with`."""

    def __init__(
        self,
        config: Config,
        clock: Clock | None = None,
        roles: Collection[Role] = ALL_ROLES,
        *,
        environ: Mapping[str, str] | None = None,
        relog: Callable[[Config], None] = lambda _: None,
    ) -> None:
        """`relog`: sets up the process's own log again after a reload."""
        self.config = config
        self.roles = frozenset(roles)
        self.clock = clock or SystemClock()
        self.metrics = Metrics()
        self.metrics.build.info({"version": __version__})
        self.supervisor = Supervisor(self.clock, self.metrics, stop_seconds=STOP_SECONDS)
        self.health = Health(self.supervisor.status)
        self.parts: Parts | None = None
        self.collector: Collector | None = None
        self.address: str | None = None  # where it listens, once it does
        self._stopped = asyncio.Event()
        self._stack = AsyncExitStack()
        self._environ = os.environ if environ is None else environ
        self._relog = relog
        self._server: Server | None = None
        self._registration: Registration | None = None
        self._channel_secrets: frozenset[str] = frozenset()  # of those that stand in no file
        self._reloader = Reloader(
            config,
            apply=self._take_over,
            told=self._tell_reload,
            health=self.health,
            metrics=self.metrics,
            clock=self.clock,
        )

    def reload(self) -> None:
        """Reload the configuration soon. A valid one is applied; an invalid one changes nothing."""
        self._reloader.ask()

    def stop(self) -> None:
        """Let `wait` return."""
        self._stopped.set()

    @property
    def stopping(self) -> bool:
        """Whether `stop` has been called."""
        return self._stopped.is_set()

    async def wait(self) -> None:
        """Until `stop`."""
        await self._stopped.wait()

    async def __aenter__(self) -> Self:
        fault = self._environ.get("WIREWATCH_FAULT")
        if fault:
            faults.arm(fault)
        async with AsyncExitStack() as stack:
            await self._start(stack)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _logger.info("stopping")
        self.stop()
        await self._stack.__aexit__(kind, error, trace)
        _logger.info("stopped")

    async def _start(self, stack: AsyncExitStack) -> None:
        server = Server(
            self.config,
            health=self.health,
            metrics=self.metrics,
            clock=self.clock,
            pages=Role.SERVE in self.roles,
        )
        self._server = await stack.enter_async_context(server)
        self.address = server.address
        parts = self.parts = await self._open(stack)
        self.health.db, self.health.clock = parts.db, self.clock
        if isinstance(embedded := parts.log, SqliteLog):
            self.health.log_failing = lambda: embedded.failing
        self._registration = stack.enter_context(registered(self.config.data_dir))
        drafts = rule_drafts(self.config)
        await self._patiently("database", lambda: store(parts.db, self.config, drafts, self.clock.now()))
        await self._patiently("database", lambda: self._free(parts))
        if Role.SERVE in self.roles:
            await self._patiently("database", lambda: access.refuse_strangers(self.config, parts.db))
        self._supervise(parts, server)
        group = await stack.enter_async_context(asyncio.TaskGroup())
        group.create_task(self.supervisor.run(), name="supervisor")
        stack.callback(self.supervisor.stop)
        self.health.started = True
        _logger.info(
            "started",
            version=__version__,
            roles=[role.value for role in Role if role in self.roles],
            log=_shown(self.config.log.url),
            database=_shown(self.config.database.url),
            data_dir=str(self.config.data_dir),
            listen=self.address,
            sources=len(self.config.sources),
            rules=len(self.config.rules),
            channels=len(self.config.channels),
        )

    def _supervise(self, parts: Parts, server: Server) -> None:
        """Everything to run: the roles, and the tasks of every process."""
        for role, factory in factories(parts, self.roles).items():
            self.supervisor.add(role, factory)
        if (log := parts.log) is not None:
            self._supervise_log(parts, log, server)
        self.supervisor.add("reload", self._reloader.run)
        self.supervisor.add("term files", self._watching_term_files().run)
        self.supervisor.add("disk watch", self._watching_disk(parts).run)
        self.supervisor.add(
            "clock watch",
            lambda: watch_clock(parts.db, self.clock, self.metrics, self.config.fetch.max_interval_seconds),
        )
        self.supervisor.add("hourly counts", Tally(parts.db, clock=self.clock, metrics=self.metrics).run)
        self.supervisor.add("event loop probe", lambda: watch_event_loop(self.clock, self.metrics))

    def _supervise_log(self, parts: Parts, log: EventLog, server: Server) -> None:
        if Role.SERVE in self.roles:
            self.collector = self._collecting(parts, log)
            server.open(parts, self.collector)
            self.supervisor.add(Role.SERVE, self.collector.run)
        else:
            self.supervisor.add("log watch", lambda: watch_log(log, self.health, self.clock))
        if Role.ALERT in self.roles:
            self.supervisor.add("sweep", lambda: self._sweep(parts.db, log))
            if parts.db.dialect == "postgresql":  # only there others run beside this one
                self.supervisor.add("alert list", lambda: keep_lists(parts.db, self.clock))
            self.supervisor.add(
                "dead letters",
                lambda: DeadLetterKeeper(log, parts.db, clock=parts.clock, owner=parts.owner).run(),
            )

    async def _open(self, stack: AsyncExitStack) -> Parts:
        config = self.config
        make_data_dir(config.data_dir)
        seat = Seat.take(config.data_dir)
        stack.callback(seat.release)
        kafka = replace(config.log.kafka, seat=seat.name)
        log = None
        if self.roles & LOGGING:
            log = await self._opened(stack, "log", lambda: open_log(config.log.url, config.data_dir, kafka, self.clock))
        db = await self._opened(stack, "database", lambda: Database.open(config.database.url, config.data_dir))
        fetcher = await stack.enter_async_context(new_fetcher(config, self.clock))
        producers = await stack.enter_async_context(KafkaProducers(log_kafka(config.log)))
        shared = None
        if self.roles & PARSING:
            processes = await stack.enter_async_context(self._parser_processes(config.fetch.parser_processes))
            shared = Shared(
                processes=processes,
                parser=ParserPool(processes),
                rate_limit=HostRateLimit(db, self.clock, rate_limit_of(config), self.metrics),
                robots=Robots(fetcher, self.clock),
            )
        return Parts(
            config=config,
            clock=self.clock,
            metrics=self.metrics,
            owner=f"{seat.name or socket.gethostname()}-{os.getpid()}-{uuid4().hex[:6]}",
            seat=seat.name,
            db=db,
            log=log,
            fetcher=fetcher,
            producers=producers,
            shared=shared,
            outbox=WakeUp(),
            rules_changed=WakeUp(),
            tell_channels=self._tell_channels,
            environ=self._environ,
        )

    def _parser_processes(self, workers: int) -> ProcessPool:
        return parser_processes(
            workers, preload=_MAIN, metrics=self.metrics, report=partial(self.health.fail, "parser")
        )

    async def _opened(self, stack: AsyncExitStack, name: str, make: Callable[[], AbstractAsyncContextManager[T]]) -> T:
        """Open a service, and wait while it does not answer; /readyz reports that meanwhile."""
        return await self._patiently(name, lambda: stack.enter_async_context(make()))

    async def _patiently(self, name: str, do: Callable[[], Awaitable[T]]) -> T:
        """Call `do`, and retry while its service does not answer: it may go away at any moment of a start."""
        failures = 0
        while True:
            try:
                done = await do()
            except Unavailable as error:
                failures += 1
                self.health.waiting_for[name] = describe(error)
                seconds = _OPENING.delay_seconds(failures, 0.5)
                _logger.warning("waiting_for_service", service=name, error=describe(error), again_in_seconds=seconds)
                await self.clock.sleep(seconds)
            else:
                self.health.waiting_for.pop(name, None)
                return done

    async def _free(self, parts: Parts) -> None:
        """Free the leases of a dead process: all leases, or those of the seat that this process has taken."""
        seat = None if self._is_alone else parts.seat
        if not self._is_alone and seat is None:
            return
        async with parts.db.transaction() as conn:
            freed = await leases.free_all(conn, seat)
        if freed:
            _logger.info("took_over_from_a_dead_process", leases=freed)

    def _tell_channels(self, used: InUse) -> None:
        """Pass the channels in use to readiness, and their secrets to the log, which masks them."""
        self.health.channels = used.names
        for name in [name for name in self.health.warned if name.startswith(_CHANNEL)]:
            self.health.warn(name, None)
        for name, problem in used.broken.items():
            self.health.warn(f"{_CHANNEL}{channel_name(name)}", f"cannot be used here, its messages wait: {problem}")
        if used.secrets != self._channel_secrets:
            self._channel_secrets = used.secrets
            self._set_up_log(self.config)

    def _set_up_log(self, config: Config) -> None:
        self._relog(replace(config, secrets=config.secrets | self._channel_secrets))

    async def _take_over(self, config: Config, drafts: Sequence[RuleDraft]) -> None:
        """Apply a changed configuration to the running process. Raises ConfigError before it changes anything."""
        parts = self.parts
        if parts is None:
            return  # the start that is under way reads the files itself
        in_files = channels_of(parts, config) if Role.DELIVER in self.roles else []
        before = self.config
        await store(parts.db, config, drafts, self.clock.now())
        self._adopt(parts, config)
        self._set_up_log(config)
        parts.fetcher.adopt(AddressGuard(config.fetch.allow_networks), fetch_settings(config), config.access)
        if parts.channel_watch is not None:
            anew = before.fetch.allow_networks != config.fetch.allow_networks
            await parts.channel_watch.configure(in_files, changed_channels(before, config), anew=anew)
        if parts.polling is not None:
            parts.polling.sources_changed()
        parts.rules_changed.notify()
        parts.channels_changed.notify()

    def _tell_reload(self, problems: tuple[str, ...], later: tuple[str, ...]) -> None:
        if self._registration is not None:
            self._registration.say(problems, later)

    @property
    def _is_alone(self) -> bool:
        """Whether this process alone does the work, by the lock on the data directory: all leases are then of dead processes."""
        config = self.config
        return config.log.url == config.database.url == "sqlite:" and self.roles == ALL_ROLES

    def _collecting(self, parts: Parts, log: EventLog) -> Collector:
        return Collector(
            log,
            parts.db,
            clock=self.clock,
            metrics=self.metrics,
            health=self.health,
            shows_queues=Role.DELIVER not in self.roles,
        )

    def _watching_term_files(self) -> TermFileWatch:
        return TermFileWatch(
            self._reloader, apply=self._take_over_lists, health=self.health, metrics=self.metrics, clock=self.clock
        )

    async def _take_over_lists(self, config: Config) -> None:
        """Apply changed files of terms to the running process."""
        parts = self.parts
        if parts is None:
            return
        await store_lists(parts.db, config, self.clock.now())
        self._adopt(parts, config)
        parts.rules_changed.notify()

    def _adopt(self, parts: Parts, config: Config) -> None:
        self.config = parts.config = config
        if self._server is not None:
            self._server.adopt(config)

    def _watching_disk(self, parts: Parts) -> DiskWatch:
        files = [part for part in (parts.db, parts.log) if isinstance(part, Database | SqliteLog)]
        return DiskWatch(
            self.config.data_dir, parts.db, files, clock=self.clock, metrics=self.metrics, health=self.health
        )

    async def _sweep(self, db: Database, log: EventLog) -> None:
        """Delete rows older than their retention, once an hour."""
        while True:
            deleted = await retention.sweep(db, self.config.retention, self.clock.now())
            dropped = await log.prune()
            _logger.info("swept", log_records=dropped, **{kind: count for kind, count in deleted.items() if count})
            await self.clock.sleep(SWEEP_SECONDS)


def new_fetcher(config: Config, clock: Clock) -> Fetcher:
    """The one guarded client, with the limits of the configuration."""
    guard = AddressGuard(config.fetch.allow_networks)
    return Fetcher(guard, config.fetch.user_agent, clock, fetch_settings(config), private=config.access)


def fetch_settings(config: Config) -> FetchSettings:
    """Limits on the size and duration of a fetch."""
    return FetchSettings(max_bytes=config.fetch.max_bytes, deadline_seconds=config.fetch.timeout_seconds)


def rate_limit_of(config: Config) -> RateLimitSettings:
    """The rate limit at publishers' hosts."""
    return RateLimitSettings(gap_seconds=config.fetch.host_interval_seconds, concurrency=config.fetch.host_concurrency)


def _shown(url: str) -> str:
    """A service's address without user and password."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if rest else url
