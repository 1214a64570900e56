"""`wirewatch check`: everything that can be wrong before the pipeline runs, told at once."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import click

from alerts.channels.settings import HttpChannelSettings
from core.clock import SystemClock
from core.db import damage
from core.db.engine import Database
from core.disk import size_bytes
from core.errors import ConfigError, WirewatchError
from core.log.open import open_log
from core.masking import masked, masked_url
from core.model.source import Source
from core.net.client import Fetcher, FetchFailure
from core.supervise import describe
from ingest.parse.parser import ParserPool
from ingest.parse.shapes import ParseFailure
from wirewatch.app import new_fetcher
from wirewatch.cli import output
from wirewatch.config import Config, examine
from wirewatch.config_rules import rule_problems, rule_warnings


@dataclass(frozen=True, slots=True)
class Finding:
    """`problem` None: all is well with it."""

    what: str
    problem: str | None = None


@click.command("check")
@click.option("--config", "path", type=click.Path(path_type=Path), default="wirewatch.toml", show_default=True)
@click.option("--offline", is_flag=True, help="Leave out what needs the network.")
@click.option("--data", is_flag=True, help="Look for damage in the files of data_dir, to their end.")
def command(path: Path, *, offline: bool, data: bool) -> None:
    """Check configuration, rules and reachability; exit 1 with every problem."""
    config, problems = examine(path)
    if config is not None:
        problems = [*problems, *rule_problems(config)]
    for problem in problems:
        output.say(str(problem), err=True)
    if config is None:
        raise click.exceptions.Exit(1)
    for warning in [] if problems else rule_warnings(config):
        output.say(f"warning: {warning}", err=True)
    counts = f"{len(config.sources)} sources, {len(config.rules)} rules, {len(config.channels)} channels"
    if not problems:
        output.say(f"ok  {path}: {counts}")
    bad = len(problems)
    if data:
        bad += _told(_files(config))
    if not offline:
        bad += asyncio.run(_reach(config))
    if bad:
        output.say(f"{bad} problem{'s' if bad > 1 else ''}", err=True)
        raise click.exceptions.Exit(1)


def _told(findings: Iterable[Finding]) -> int:
    """Print them; how many are problems."""
    bad = 0
    for finding in findings:
        if finding.problem is None:
            output.say(f"ok  {finding.what}")
        else:
            bad += 1
            output.say(f"{finding.what}: {finding.problem}", err=True)
    return bad


def _files(config: Config) -> Iterator[Finding]:
    """The embedded files, page by page; a process that uses them goes on meanwhile."""
    for name in damage.DATA_FILES:
        path = config.data_dir / name
        if not path.exists():
            continue
        try:
            damage.examine(path)
        except WirewatchError as error:
            yield Finding(f"data {name}", str(error))
        else:
            yield Finding(f"data {name}: {size_bytes(path) / 1e6:,.1f} MB, no damage")


async def _reach(config: Config) -> int:
    return sum([_told([finding]) async for finding in _findings(config)])


async def _findings(config: Config) -> AsyncIterator[Finding]:
    for service in (_log(config), _database(config)):
        yield await service
    async with new_fetcher(config, SystemClock()) as fetcher, ParserPool(1) as parser:
        for source in config.sources:
            yield await _source(source, fetcher, parser)
        for name, host, port in _receivers(config):
            yield await _receiver(name, host, port, config)


async def _log(config: Config) -> Finding:
    what = f"log {config.log.url.partition('?')[0]}"
    if not config.log.url.startswith("kafka:"):
        return Finding(f"{what}: embedded, in {config.data_dir}")  # a running process may hold it
    try:
        async with open_log(config.log.url, config.data_dir, config.log.kafka, SystemClock()) as log:
            await log.lag("check", "entries")
    except WirewatchError as error:
        return Finding(what, describe(error))
    return Finding(what)


async def _database(config: Config) -> Finding:
    try:
        config.data_dir.mkdir(parents=True, exist_ok=True)
        async with Database.open(config.database.url, config.data_dir):
            return Finding("database")
    except (WirewatchError, OSError) as error:
        return Finding("database", describe(error))


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


def _receivers(config: Config) -> Iterator[tuple[str, str, int]]:
    for channel in config.channels:
        if not isinstance(channel.settings, HttpChannelSettings):
            continue
        try:
            parts = urlsplit(channel.settings.receiver(channel.base_dir))
        except ConfigError:
            continue  # told with the configuration's problems
        if parts.hostname is not None:
            yield channel.settings.name, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


async def _receiver(name: str, host: str, port: int, config: Config) -> Finding:
    """Whether its host takes connections; nothing is sent."""
    what = f"channel {name!r} {host}:{port}"
    try:
        async with asyncio.timeout(min(10.0, config.fetch.timeout_seconds)):
            _, writer = await asyncio.open_connection(host, port)
        writer.close()
    except TimeoutError:
        return Finding(what, "does not answer")
    except OSError as error:
        return Finding(what, f"cannot be reached: {error.strerror or error}")
    return Finding(what)
