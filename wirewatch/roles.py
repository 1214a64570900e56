"""The roles of a process: the stage of each role, and how to build it."""

import asyncio
import random
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path

from alerts.channels.kafka_producers import KafkaProducers
from alerts.channels.kind import ChannelTools
from alerts.channels.registry import build_channel
from alerts.decide.stage import AlertParts, AlertStage
from alerts.deliver.channel_watch import Built, ChannelWatch, InUse, OfTeam
from alerts.deliver.context import DeliverSettings
from alerts.deliver.feed_book import StoredFeedBook
from alerts.deliver.link_maker import LinkMaker
from alerts.deliver.mail_book import StoredMailBook
from alerts.deliver.stage import DeliverParts, DeliverStage
from alerts.match.rule_cache import RuleCache
from alerts.match.stage import MatchParts, MatchStage
from alerts.rules.ruleset import RuleCompiler
from core.clock import Clock
from core.db.engine import Database
from core.log.consumer import Options
from core.log.failures import FailureLimit
from core.log.log import EventLog
from core.metrics import Metrics
from core.model.channel import ChannelRow
from core.net.client import Fetcher
from core.pool.pool import ProcessPool
from core.supervise import Factory
from core.tasks import kept
from core.wake_up import WakeUp
from ingest.discover.discover import Discoverer
from ingest.discover.lost import LostSources
from ingest.hosts.rate_limit import HostRateLimit
from ingest.hosts.robots import Robots
from ingest.parse.parser import ParserPool
from ingest.poll.schedule import AdaptiveSchedule
from ingest.poll.stage import PollParts, PollStage
from ingest.read.stage import ReadParts, ReadStage
from ingest.story.stage import StoryParts, StoryStage
from wirewatch.config.channels import settings_of
from wirewatch.config.loading import Config


class Role(StrEnum):
    """The roles that a process can have; by default it has all."""

    POLL = "poll"
    READ = "read"
    STORY = "story"
    MATCH = "match"
    ALERT = "alert"
    DELIVER = "deliver"
    SERVE = "serve"


ALL_ROLES = frozenset(Role)
PARSING = frozenset({Role.POLL, Role.READ})
LOGGING = ALL_ROLES - {Role.DELIVER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Shared by poll and read: one pool of parsing processes, one rate limit at hosts."""

    processes: ProcessPool
    parser: ParserPool
    rate_limit: HostRateLimit
    robots: Robots


@dataclass(slots=True, kw_only=True)
class Parts:
    """What is open in this process. `log` and `shared` are None where no role of it needs them.

    A reload changes `config` and notifies `polling` and `channel_watch`, which run now.
    """

    config: Config
    clock: Clock
    metrics: Metrics
    owner: str
    seat: str | None = None  # begins the owner's name; its earlier holders are dead
    db: Database
    log: EventLog | None = None
    fetcher: Fetcher
    producers: KafkaProducers = field(default_factory=KafkaProducers)
    shared: Shared | None = None
    outbox: WakeUp
    rules_changed: WakeUp
    channels_changed: WakeUp = field(default_factory=WakeUp)
    tell_channels: Callable[[InUse], None] = lambda _: None  # called with the channels in use whenever they change
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    polling: PollStage | None = None
    channel_watch: ChannelWatch | None = None

    limits: dict[Role, FailureLimit] = field(default_factory=dict)

    def options(self, role: Role) -> Options:
        """The options of a consumer; its count of failures outlives restarts of the role."""
        return Options.counting(self.clock, self.metrics, self.limits.setdefault(role, FailureLimit()))


def factories(parts: Parts, roles: Collection[Role]) -> dict[Role, Factory]:
    """How to run each requested stage; a restart builds a new stage."""
    return {role: _started(build) for role, build in _builders(parts) if role in roles}


def _builders(parts: Parts) -> Iterator[tuple[Role, Callable[[], Factory]]]:
    """How to build each stage for which all it needs is open."""
    log, shared = parts.log, parts.shared
    if log is not None:
        if shared is not None:
            yield Role.POLL, partial(_poll, parts, log, shared)
            yield Role.READ, partial(_read, parts, log, shared)
        yield Role.STORY, partial(_story, parts, log)
        yield Role.MATCH, partial(_match, parts, log)
        yield Role.ALERT, partial(_alert, parts, log)
    yield Role.DELIVER, partial(_deliver, parts)


def _started(build: Callable[[], Factory]) -> Factory:
    async def run() -> None:
        await build()()

    return run


def channels_of(parts: Parts, config: Config | None = None) -> list[OfTeam]:
    """The configured channels (of a new `config` if given), ready to send. Raises ConfigError."""
    return [
        OfTeam(channel.team, build_channel(channel.settings, _tools(parts, channel.base_dir)))
        for channel in (config or parts.config).channels
    ]


def _tools(parts: Parts, base_dir: Path) -> ChannelTools:
    book = StoredMailBook(parts.db, parts.clock, parts.config.server.public_url)
    return ChannelTools(
        poster=parts.fetcher,
        base_dir=base_dir,
        guard=parts.fetcher.guard,
        mail_book=book,
        feed_book=StoredFeedBook(parts.db),
        producers=parts.producers,
    )


def _poll(parts: Parts, log: EventLog, shared: Shared) -> Factory:
    fetch = parts.config.fetch
    work = PollParts(
        log=log,
        db=parts.db,
        fetcher=parts.fetcher,
        parser=shared.parser,
        rate_limit=shared.rate_limit,
        schedule=AdaptiveSchedule(min_seconds=fetch.min_interval_seconds, max_seconds=fetch.max_interval_seconds),
        clock=parts.clock,
        metrics=parts.metrics,
        least_seconds=fetch.min_interval_seconds,
        polls_per_minute=fetch.polls_per_minute,
        back_numbers=fetch.back_numbers,
        crawl_delay=shared.robots.crawl_delay_seconds,
    )
    stage = parts.polling = PollStage(work, owner=parts.owner)
    discoverer = Discoverer(parts.fetcher, shared.rate_limit, shared.robots, shared.parser, parts.clock)
    lost = LostSources(parts.db, discoverer, parts.clock)

    async def poll() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(kept(stage.run()))
            group.create_task(kept(lost.run()))

    return poll


def _read(parts: Parts, log: EventLog, shared: Shared) -> Factory:
    work = ReadParts(
        log=log,
        db=parts.db,
        fetcher=parts.fetcher,
        parser=shared.parser,
        rate_limit=shared.rate_limit,
        robots=shared.robots,
        clock=parts.clock,
        metrics=parts.metrics,
        owner=parts.owner,
        keep_pages=parts.config.retention.raw_pages > 0,
        retry_seconds=parts.config.fetch.retry_seconds,
    )
    return ReadStage(work, options=parts.options(Role.READ)).run


def _story(parts: Parts, log: EventLog) -> Factory:
    workers = None if parts.shared is None else parts.shared.processes
    return StoryStage(
        StoryParts(log=log, db=parts.db, clock=parts.clock, metrics=parts.metrics, workers=workers),
        options=parts.options(Role.STORY),
    ).run


def _match(parts: Parts, log: EventLog) -> Factory:
    cache = RuleCache(parts.db, RuleCompiler(), clock=parts.clock, metrics=parts.metrics, wake_up=parts.rules_changed)
    return MatchStage(
        MatchParts(log=log, db=parts.db, rules=cache, clock=parts.clock, metrics=parts.metrics),
        options=parts.options(Role.MATCH),
    ).run


def _alert(parts: Parts, log: EventLog) -> Factory:
    return AlertStage(
        AlertParts(log=log, db=parts.db, clock=parts.clock, metrics=parts.metrics, wake_up=parts.outbox),
        options=parts.options(Role.ALERT),
    ).run


def _deliver(parts: Parts) -> Factory:
    links = LinkMaker(parts.db, parts.clock, parts.config.server.public_url)
    stage = DeliverStage(
        DeliverParts(
            db=parts.db,
            clock=parts.clock,
            metrics=parts.metrics,
            chance=random.random,
            owner=parts.owner,
            wake_up=parts.outbox,
            links=links,
            owner_channel=lambda: parts.config.owner_channel,
        ),
        (),
        settings=DeliverSettings(console_url=parts.config.server.public_url),
    )
    watch = parts.channel_watch = ChannelWatch(
        parts.db,
        stage,
        build=lambda row: _stored_channel(parts, row),
        tell=parts.tell_channels,
        clock=parts.clock,
        wake_up=parts.channels_changed,
    )

    async def deliver() -> None:
        await links.refresh()
        await watch.configure(channels_of(parts))  # before the first send: some may be paused
        async with asyncio.TaskGroup() as group:
            group.create_task(kept(links.run()))
            group.create_task(kept(watch.run()))
            group.create_task(kept(stage.run()))

    return deliver


def _stored_channel(parts: Parts, row: ChannelRow) -> Built:
    base_dir = parts.config.path.parent
    settings, secrets = settings_of(row, parts.config, parts.environ)
    return Built(build_channel(settings, _tools(parts, base_dir)), secrets)
