"""Checks what a configuration reaches without changing anything: log, database, sources, receivers.

The same guard as in `run` judges addresses; it names the network to allow for a refused one.
"""

import asyncio
import logging
import os
import sqlite3
import ssl
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from alerts.channels.kafka import KafkaSettings
from alerts.channels.registry import KINDS
from alerts.channels.settings import ChannelSettings
from core.clock import SystemClock
from core.config import nearest
from core.db.damage import DATA_FILES, START_SECONDS, examine
from core.db.engine import Database
from core.disk import free_bytes, size_bytes
from core.errors import ConfigError, Unavailable, WirewatchError
from core.log.kafka_options import bootstrap_of
from core.log.open import later_records, reach_kafka
from core.masking import masked, masked_url
from core.model.channel import channel_key, channel_name
from core.model.origin import DB, FILE
from core.model.source import Source
from core.model.team import DEFAULT_TEAM
from core.net.client import Fetcher, FetchFailure
from core.net.guard import AddressGuard, BlockedAddress
from core.net.resolver import addresses_of
from core.store import channels, dead_letters, deliveries, rules, teams
from core.tasks import describe
from ingest.parse.parser import ParserPool, parser_processes
from ingest.parse.shapes import ParseFailure
from wirewatch.app import new_fetcher
from wirewatch.config.channels import settings_of
from wirewatch.config.loading import Config
from wirewatch.config.other_channels import stored_rows
from wirewatch.config.tables import log_url_problem
from wirewatch.health.disk_watch import judge
from wirewatch.health.trouble import Facts, Severity, troubles
from wirewatch.reach_cluster import cluster_problem
from wirewatch.reach_people import strangers_warning

_RECEIVER_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Finding:
    """`problem` None: all is well with it, or `warned`: somebody should know of it."""

    what: str
    problem: str | None = None
    warned: bool = False


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where a channel posts to."""

    name: str
    host: str
    port: int
    tls: ssl.SSLContext | None

    def __str__(self) -> str:
        return f"channel {self.name!r} {self.host}:{self.port}"


async def findings(config: Config) -> AsyncIterator[Finding]:
    """Everything that the configuration asks for, one after another."""
    if log_url_problem(config.log.url) is None:  # else it is reported already
        log = await _log(config)
        yield log
        for later in [] if log.problem else await _later(config):
            yield later
    for finding in await _database(config):
        yield finding
    async with new_fetcher(config, SystemClock()) as fetcher, parser_processes(1) as processes:
        parser = ParserPool(processes)
        for source in config.sources:
            yield await _source(source, fetcher, parser)
    async for finding in _receivers(config):
        yield finding
    for warning in (links_warning(config), await strangers_warning(config)):
        if warning is not None:
            yield Finding(warning, warned=True)


def links_warning(config: Config) -> str | None:
    """What is wrong with the links that messages carry to people on other machines; None: nothing, or nobody gets one."""
    url, elsewhere = config.server.public_url, False
    for channel in config.channels:
        with suppress(ConfigError):  # reported with the configuration's problems
            receiver = _receiver_of(channel.settings, channel.base_dir)
            elsewhere = elsewhere or receiver is None or not _is_loopback(receiver.host)
    if not elsewhere or (url and not _is_loopback(urlsplit(url).hostname or "")):
        return None
    where = f"lead to {url}, which only this machine reaches" if url else "are left out"
    return (
        f"server.public_url: links in messages (open, acknowledge, silence, why) {where};"
        " set it to the address that people use"
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    with suppress(ValueError):
        return ip_address(host).is_loopback or ip_address(host).is_unspecified
    return False


async def _log(config: Config) -> Finding:
    what = f"log {config.log.url.partition('?')[0]}"
    if not config.log.url.startswith("kafka:"):
        problem = _unwritable(config.data_dir) or await _damage(config.data_dir / "log.db")
        return Finding(f"{what}: embedded, in {config.data_dir}", problem)
    unknown = [host for host in _brokers(config.log.url) if not await _is_known(*host)]
    if unknown:
        names = ", ".join(sorted({repr(host) for host, _ in unknown}))
        return Finding(what, f"no address is known for {names}; mend the name in log.url, or the name service")
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # its problems are reported below
    try:
        await reach_kafka(config.log.url, config.log.kafka)
    except WirewatchError as error:
        told = describe(error)
        if "Unable to bootstrap" in told:
            told = "no broker answers there; see that Kafka runs, and that [log.kafka] has its security_protocol"
        return Finding(what, told)
    return Finding(what)


async def _later(config: Config) -> list[Finding]:
    """Records that this release is too old for; a stage that met one waits."""
    try:
        found = await later_records(config.log.url, config.data_dir, config.log.kafka)
    except (WirewatchError, sqlite3.Error) as error:
        return [Finding("log", f"what waits there cannot be read: {describe(error)}")]
    return [Finding("log", str(one)) for one in found]


def _brokers(url: str) -> Iterator[tuple[str, int]]:
    for place in bootstrap_of(url).split(","):
        parts = urlsplit(f"//{place.strip()}")
        if parts.hostname is not None:
            yield parts.hostname, parts.port or 9092


async def _is_known(host: str, port: int) -> bool:
    try:
        await asyncio.get_running_loop().getaddrinfo(host, port)
    except OSError:
        return False
    return True


async def _database(config: Config) -> list[Finding]:
    """Whether it can be read, and whether its rules name channels that are there."""
    where = config.database.url, config.data_dir
    if Database.is_missing(*where):
        return [Finding(f"database: embedded, will be made in {config.data_dir}", _unwritable(config.data_dir))]
    embedded = not config.database.url.startswith("postgres")
    problem = await _damage(config.data_dir / "wirewatch.db") if embedded else None
    if problem is not None:
        return [Finding("database", problem)]
    now = SystemClock().now()
    try:
        async with Database.as_it_is(*where) as (db, tables), db.connection() as conn:
            stored = await rules.list_active(conn) if {"rules", "rule_versions"} <= tables else []
            seen = await deliveries.facts(conn, now) if {"notifications", "endpoints"} <= tables else []
            known = await channels.list_all(conn) if "channels" in tables else []
            named = await teams.ids_by_name(conn) if "teams" in tables else {}
            waiting = await dead_letters.count(conn, dead_letters.WAITING) if "dead_letters" in tables else 0
    except (WirewatchError, OSError) as error:
        return [Finding("database", describe(error))]
    # What a file had at the last start and has no more is not there for the next one.
    keys = _keys_in_files(config, named) | {row.key for row in known if row.origin == DB}
    paused = {row.key: row.pause for row in known if row.pause is not None and row.key in keys}
    facts = Facts(now=now, deliveries=seen, channels=keys, paused=paused, set_aside=waiting)
    return [
        Finding("database"),
        *(
            Finding(
                f"rule {rule.name!r}",
                f"there is no channel {channel_name(key)!r}{nearest(channel_name(key), _names(keys, rule.team_id))}, so its alerts would wait for it",
            )
            for rule in stored
            if rule.origin == DB
            for key in dict.fromkeys((*rule.channel_keys, *rule.escalation_keys))
            if key not in keys
        ),
        *(
            Finding(f"{trouble.name}: {trouble.words}", warned=True)
            if trouble.severity is Severity.WARN
            else Finding(trouble.name, trouble.words)
            for trouble in troubles(facts)
        ),
    ]


def _keys_in_files(config: Config, team_ids: Mapping[str, str]) -> frozenset[str]:
    """Of the channels in the files; a team that no start has stored yet has neither rules nor messages in the database."""
    ids = {**team_ids, DEFAULT_TEAM: DEFAULT_TEAM}
    return frozenset(channel_key(ids[one.team], one.settings.name) for one in config.channels if one.team in ids)


def _names(keys: Collection[str], team_id: str) -> list[str]:
    """The names of the team's channels."""
    names = map(channel_name, keys)
    return sorted(name for name in names if channel_key(team_id, name) in keys)


def _unwritable(folder: Path) -> str | None:
    """Why nothing can be written into a folder, or it cannot be made; None if it can."""
    there = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    if not there.is_dir():
        return f"{there} is no directory"
    if not os.access(there, os.W_OK | os.X_OK):
        return f"{there} cannot be written to"
    try:
        return judge(there, *free_bytes(there)).error
    except Unavailable as error:
        return describe(error)


async def _damage(path: Path) -> str | None:
    """What is wrong with an embedded file, as far as a start would look."""
    try:
        await asyncio.to_thread(examine, path, START_SECONDS)
    except WirewatchError as error:
        return str(error)
    return None


async def _source(source: Source, fetcher: Fetcher, parser: ParserPool) -> Finding:
    what = f"source {source.name!r} {masked_url(source.url)}"
    try:
        fetched = await fetcher.fetch(source.url)
    except FetchFailure as failure:
        return Finding(what, masked(f"{failure.outcome}: {failure.detail}"))
    feed = await parser.parse_feed(fetched.body, fetched.headers, fetched.url, source)
    if isinstance(feed, ParseFailure):
        return Finding(what, f"{feed.outcome}: {feed.detail}")
    return Finding(f"{what}: {len(feed.entries)} entries")


async def _receivers(config: Config) -> AsyncIterator[Finding]:
    """Those of the files and those that were added by command, as `run` would use them."""
    for channel in config.channels:
        try:
            found = await _tried(channel.settings, channel.base_dir, config)
        except ConfigError:
            continue  # reported with the configuration's problems
        if found is not None:
            yield found
    in_files = {(channel.team, channel.settings.name) for channel in config.channels}
    for team, row in await stored_rows(config) or ():
        if row.origin == FILE or (team, row.name) in in_files:
            continue
        base_dir = config.path.parent
        try:
            found = await _tried(settings_of(row, config, os.environ)[0], base_dir, config)
        except ConfigError as error:
            problem = f"cannot be used with this environment: {'; '.join(error.problems)}"
            yield Finding(f"channel {row.name!r}", problem)
            continue
        if found is not None:
            yield found


async def _tried(settings: ChannelSettings, base_dir: Path, config: Config) -> Finding | None:
    """What is to be said of where a channel sends to; None where nothing is reached. Raises ConfigError."""
    if isinstance(settings, KafkaSettings):
        return Finding(
            f"channel {settings.name!r} topic {settings.topic}", await cluster_problem(settings, base_dir, config)
        )
    servers = settings.connects(base_dir)
    if servers:
        return await _any_of([Receiver(settings.name, *server) for server in servers], config)
    if used := settings.uses(base_dir):
        return Finding(f"channel {settings.name!r} {used[0]}", used[1])
    if note := KINDS[settings.kind].note:
        return Finding(f"channel {settings.name!r} {note}", warned=True)
    receiver = _receiver_of(settings, base_dir)
    return None if receiver is None else await _receiver(receiver, config)


async def _any_of(servers: Sequence[Receiver], config: Config) -> Finding:
    """Servers that stand in for each other: a problem of each is told, and one that answers is enough to send."""
    found = [await _receiver(server, config) for server in servers]
    bad = [finding for finding in found if finding.problem is not None]
    if not bad:
        return Finding(" and ".join([found[0].what, *(f"{one.host}:{one.port}" for one in servers[1:])]))
    told = "".join(f"; {finding.what}: {finding.problem}" for finding in bad[1:])
    if len(bad) < len(servers):
        return Finding(f"{bad[0].what}: {bad[0].problem}{told}; another server stands in", warned=True)
    return Finding(bad[0].what, f"{bad[0].problem}{told}")


def _receiver_of(settings: ChannelSettings, base_dir: Path) -> Receiver | None:
    parts = urlsplit(settings.reaches(base_dir) or "")
    if parts.hostname is None:
        return None
    tls = (settings.tls(base_dir) or ssl.create_default_context()) if parts.scheme == "https" else None
    return Receiver(settings.name, parts.hostname, parts.port or (443 if tls else 80), tls)


async def _receiver(receiver: Receiver, config: Config) -> Finding:
    """Whether a connection that `run` would make can be made; nothing is sent."""
    what = str(receiver)
    try:
        async with asyncio.timeout(min(_RECEIVER_SECONDS, config.fetch.timeout_seconds)):
            addresses = [found["host"] for found in await addresses_of(receiver.host, receiver.port)]
            await _connect(receiver, _allowed(addresses, AddressGuard(config.fetch.allow_networks)))
    except BlockedAddress as error:
        return Finding(what, f"blocked_address: {error.strerror}")
    except TimeoutError:
        return Finding(what, "does not answer")
    except ssl.SSLError as error:
        return Finding(what, f"its certificate or TLS is refused: {error.reason or error}")
    except (OSError, UnicodeError) as error:
        return Finding(what, f"cannot be reached: {getattr(error, 'strerror', None) or error}")
    return Finding(what)


def _allowed(addresses: list[str], guard: AddressGuard) -> list[str]:
    """The addresses that may be connected to; raises BlockedAddress where none may."""
    allowed: list[str] = []
    blocked: BlockedAddress | None = None
    for address in dict.fromkeys(addresses):
        try:
            guard.check(address)
        except BlockedAddress as error:
            blocked = blocked or error
        else:
            allowed.append(address)
    if blocked is not None and not allowed:
        raise blocked
    return allowed


async def _connect(receiver: Receiver, addresses: list[str]) -> None:
    context = receiver.tls
    failed: OSError | None = None
    for address in addresses:
        try:
            _, writer = await asyncio.open_connection(
                address, receiver.port, ssl=context, server_hostname=receiver.host if context is not None else None
            )
        except OSError as error:
            failed = error
        else:
            writer.close()
            return
    if failed is not None:
        raise failed


def file_findings(config: Config) -> Iterator[Finding]:
    """Each embedded file that is there, with the damage in it: read to its end, page by page. A process that uses it goes on."""
    for name in DATA_FILES:
        path = config.data_dir / name
        if not path.exists():
            continue
        try:
            examine(path)
        except WirewatchError as error:
            yield Finding(f"data {name}", str(error))
        else:
            yield Finding(f"data {name}: {size_bytes(path) / 1e6:,.1f} MB, no damage")
