"""Watches the disk of the data directory, to report trouble before and while nothing can go out."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from core.clock import Clock
from core.db.engine import Database
from core.disk import free_bytes, identity, size_bytes, write_probe
from core.errors import Unavailable, WirewatchError
from core.metrics import Metrics
from core.tasks import describe
from wirewatch.health.parts import Health

SECONDS = 5.0
SIZES_SECONDS = 60.0
FULL_BYTES, FULL_SHARE = 16 * 1024 * 1024, 0.01  # whichever is less: an append may fail any moment
LOW_BYTES, LOW_SHARE = 1024 * 1024 * 1024, 0.05  # whichever is less: somebody should make room

_logger = structlog.get_logger(__name__)


class Damageable(Protocol):
    """What knows of damage to its file: the database, the embedded log. `path`: the file; None where it is not one."""

    @property
    def damage(self) -> str | None: ...
    @property
    def path(self) -> Path | None: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """`error`: nothing can be written; `warning`: soon nothing can."""

    error: str | None = None
    warning: str | None = None


def judge(directory: Path, free: int, total: int) -> Verdict:
    """What so much free space means."""
    left = f"{free / 1e6:,.0f} MB of {total / 1e6:,.0f} MB are left for the data directory {directory}"
    if free < min(FULL_BYTES, total * FULL_SHARE):
        return Verdict(error=f"the disk is full: {left}; make room, everything goes on by itself")
    if free < min(LOW_BYTES, total * LOW_SHARE):
        return Verdict(warning=f"the disk is nearly full: {left}")
    return Verdict()


class DiskWatch:
    """Keeps `Health` and the gauges up to date about the disk."""

    def __init__(
        self,
        directory: Path,
        db: Database,
        damageable: Sequence[Damageable],
        *,
        clock: Clock,
        metrics: Metrics,
        health: Health,
    ) -> None:
        self._directory = directory
        self._db = db
        self._damageable = damageable
        self._clock = clock
        self._metrics = metrics
        self._health = health
        self._verdict = Verdict()
        self._sized: float | None = None
        self._identities: dict[Path, tuple[int, int] | None] = {}

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            await self.look()
            await self._clock.sleep(SECONDS)

    async def look(self) -> Verdict:
        """Look once."""
        verdict = await asyncio.to_thread(self._look)
        if verdict != self._verdict:
            told = verdict.error or verdict.warning
            if told is None:
                _logger.info("disk_is_well_again")
            else:
                (_logger.error if verdict.error else _logger.warning)("disk_trouble", problem=told)
        self._verdict = verdict
        self._health.fail("disk", verdict.error)
        self._health.warn("disk", verdict.warning)
        found = [one.damage for one in self._damageable if one.damage is not None] + list(self._moved())
        self._health.fail("data", "; ".join(found) or None)
        await self._sizes()
        return verdict

    def _moved(self) -> Iterator[str]:
        """Files whose name leads elsewhere by now: the process writes on into what no other finds, until it ends."""
        for path in (one.path for one in self._damageable if one.path is not None):
            found = identity(path)
            if found != self._identities.setdefault(path, found):
                yield (
                    f"{path} was moved, replaced or deleted while it is used: what is written now is lost when this process "
                    "ends. Stop wirewatch, and put the file or a backup back (`wirewatch restore FILE`)"
                )

    def _look(self) -> Verdict:
        try:
            free, total = free_bytes(self._directory)
            self._metrics.disk_free_bytes.set(free)
            write_probe(self._directory)
        except Unavailable as error:
            return Verdict(error=describe(error))
        except OSError as error:
            return Verdict(error=f"the data directory {self._directory} cannot be written: {error.strerror or error}")
        self._metrics.log_file_bytes.set(size_bytes(self._directory / "log.db"))
        return judge(self._directory, free, total)

    async def _sizes(self) -> None:
        now = self._clock.monotonic()
        if self._sized is not None and now - self._sized < SIZES_SECONDS:
            return
        try:
            self._metrics.database_bytes.set(await self._db.size_bytes())
        except WirewatchError:
            return  # /readyz asks the database itself
        self._sized = now
