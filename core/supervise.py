"""Roles as supervised tasks: a role that fails is named and restarted with back-off, the others go on.

add -> starting -> running ==(failure)==> restarting -> running ...
                      |
                    stop -> stopped, within `stop_seconds`

A role that meets a record of a later release (UpgradeFirst) looks again after UPGRADE_SECONDS, for as long as it takes.

An unrequested cancellation is a failure like any other: clients cancel tasks of their own while they close, and such a
CancelledError must not count as a stop.
"""

import asyncio
import os
import random
import sys
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

import structlog

from core.clock import Clock
from core.errors import UpgradeFirst
from core.metrics import ROLES, Metrics
from core.retry import Backoff
from core.tasks import UNASKED, cancellations, describe, leaves

Factory = Callable[[], Awaitable[None]]

STOP_SECONDS = 10.0
SETTLE_SECONDS = 10.0  # a role that ran this long since its last failure counts as well again
BACKOFF = Backoff(first_seconds=0.5, max_seconds=60.0)
UPGRADE_SECONDS = 30.0  # until a role that is too old for a record looks whether that was read by a newer process
PROBE_SECONDS = 0.05

_logger = structlog.get_logger(__name__)


class RoleState(StrEnum):
    """Where a role stands."""

    STARTING = "starting"
    RUNNING = "running"
    RESTARTING = "restarting"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class RoleStatus:
    """`well` is False from a failure until the role has run for SETTLE_SECONDS; `last_error` stays for people to see."""

    state: RoleState
    last_error: str | None
    restarts: int
    well: bool


@dataclass(slots=True)
class _Role:
    name: str
    factory: Factory
    state: RoleState = RoleState.STARTING
    last_error: str | None = None
    restarts: int = 0
    failures: int = 0  # in a row
    upgrade_first: bool = False  # the last failure is a record of a later release
    started: float = 0.0


def _give_up() -> None:
    """End the process although a task will not end: what was acknowledged is durable, the rest is repeated."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(1)


class Supervisor:
    """Runs roles until `stop` or cancellation. `give_up` is called when roles do not end within `stop_seconds`."""

    def __init__(
        self,
        clock: Clock,
        metrics: Metrics,
        *,
        stop_seconds: float = STOP_SECONDS,
        chance: Callable[[], float] = random.random,
        give_up: Callable[[], None] = _give_up,
    ) -> None:
        self._clock = clock
        self._metrics = metrics
        self._stop_seconds = stop_seconds
        self._chance = chance
        self._give_up = give_up
        self._roles: dict[str, _Role] = {}
        self._stopping = asyncio.Event()
        self._ending = False

    def add(self, name: str, factory: Factory) -> None:
        """`factory` is called at each start, so that a restart begins with a fresh stage. Call before `run`."""
        if name in self._roles:
            raise ValueError(f"the role {name!r} is there already")
        self._roles[name] = _Role(name, factory)
        if name in ROLES:
            self._metrics.role_wanted.labels(role=name).set(1)

    def stop(self) -> None:
        """Ask `run` to end. Idempotent."""
        self._stopping.set()

    def status(self) -> dict[str, RoleStatus]:
        """Every role, by name."""
        return {
            role.name: RoleStatus(
                role.state,
                role.last_error,
                role.restarts,
                role.state is RoleState.RUNNING and (role.failures == 0 or self._settled(role)),
            )
            for role in self._roles.values()
        }

    async def run(self) -> None:
        """Run all roles; return when they have ended after `stop`."""
        async with asyncio.TaskGroup() as group:
            tasks = {group.create_task(self._supervise(role), name=role.name) for role in self._roles.values()}
            try:
                await self._stopping.wait()
            finally:
                await self._end(tasks)

    async def _end(self, tasks: Iterable[asyncio.Task[None]]) -> None:
        self._ending = True
        left = set(tasks)
        for task in left:
            task.cancel()
        if left:
            _, left = await asyncio.wait(left, timeout=self._stop_seconds)
        if left:
            _logger.critical("roles_do_not_end", roles=sorted(task.get_name() for task in left))
            self._give_up()

    async def _supervise(self, role: _Role) -> None:
        try:
            while True:
                await self._run_once(role)
                if self._ending:
                    return  # it swallowed its cancellation
                role.failures += 1
                role.restarts += 1
                role.state = RoleState.RESTARTING
                seconds = (
                    UPGRADE_SECONDS if role.upgrade_first else BACKOFF.delay_seconds(role.failures, self._chance())
                )
                if role.name in ROLES and not role.upgrade_first:  # that is a look now and then, and no failing
                    self._metrics.role_restarts.labels(role=role.name).inc()
                _logger.warning("role_restarts", role=role.name, in_seconds=round(seconds, 1), error=role.last_error)
                await self._clock.sleep(seconds)
        finally:
            role.state = RoleState.STOPPED

    async def _run_once(self, role: _Role) -> None:
        """Run the role until it fails; the CancelledError of a stop passes through."""
        asked_before = cancellations()
        role.state = RoleState.RUNNING
        role.started = self._clock.monotonic()
        self._upgrade_first(role, waits=False)
        self._up(role, 1)
        try:
            await role.factory()
            role.last_error = "ended without being asked to"
        except asyncio.CancelledError:
            if self._ending or cancellations() > asked_before:
                raise
            role.last_error = UNASKED
            _logger.exception("role_failed", role=role.name)
        except Exception as error:  # whatever ends a role: it is named, and the role is restarted
            role.last_error = describe(error)
            if any(isinstance(leaf, UpgradeFirst) for leaf in leaves(error)):
                self._upgrade_first(role, waits=True)
                _logger.error("upgrade_first", role=role.name, error=role.last_error)  # noqa: TRY400 - nothing is wrong in the code
            else:
                _logger.exception("role_failed", role=role.name)
        finally:
            self._up(role, 0)
        if self._settled(role):
            role.failures = 0

    def _settled(self, role: _Role) -> bool:
        return self._clock.monotonic() - role.started >= SETTLE_SECONDS

    def _upgrade_first(self, role: _Role, *, waits: bool) -> None:
        role.upgrade_first = waits
        if role.name in ROLES:
            self._metrics.role_upgrade_first.labels(role=role.name).set(waits)

    def _up(self, role: _Role, value: int) -> None:
        if role.name in ROLES:
            self._metrics.role_up.labels(role=role.name).set(value)


async def watch_event_loop(clock: Clock, metrics: Metrics, interval_seconds: float = PROBE_SECONDS) -> None:
    """Measure until cancelled how late the event loop wakes a task: that long, everything else stood still too."""
    longest = 0.0
    while True:
        before = clock.monotonic()
        await clock.sleep(interval_seconds)
        late = max(clock.monotonic() - before - interval_seconds, 0.0)
        metrics.event_loop_stall_seconds.observe(late)
        if late > longest:
            longest = late
            metrics.event_loop_stall_max_seconds.set(late)
