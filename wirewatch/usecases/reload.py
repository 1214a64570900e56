"""A reload, asked for from afar: the files are checked first, then every process on the data directory takes them over."""

import asyncio
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass

from core.clock import Clock
from core.errors import ConfigError
from wirewatch.config.rules import load_with_rules
from wirewatch.processes import Reloaded, running
from wirewatch.usecases.acting import Acting, changes
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid

WAIT_SECONDS = 30.0
_LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class ReloadAnswer:
    """What a process made of it. `said` None: it has not answered in time, or is another user's."""

    pid: int
    said: Reloaded | None

    @property
    def taken(self) -> bool:
        return self.said is not None and not self.said.problems


@changes(Permission.RELOAD, "configuration.reload")
async def reload(acting: Acting) -> tuple[ReloadAnswer, ...]:
    """Check the files, then do what SIGHUP does to each process on this data directory. Raises Invalid with every problem of the
    files; then nothing has changed."""
    config = acting.config
    try:
        await asyncio.to_thread(load_with_rules, config.path)
    except ConfigError as error:
        raise Invalid(f"nothing is reloaded, the old state stays:\n{error}", "configuration") from None
    before = {one.pid: one.number for one in await asyncio.to_thread(running, config.data_dir)}
    asked = {pid: number for pid, number in before.items() if _ask(pid)}
    said = await _answers(acting, asked, acting.clock)
    answers = tuple(ReloadAnswer(pid, said.get(pid)) for pid in before)
    async with acting.db.transaction() as conn:
        after = {"taken": sum(one.taken for one in answers), "processes": len(answers)}
        await acting.note(conn, config.path.name, after=after)
    return answers


def _ask(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGHUP)
    except (PermissionError, ProcessLookupError):
        return False
    return True


async def _answers(acting: Acting, asked: Mapping[int, int], clock: Clock) -> dict[int, Reloaded]:
    deadline = clock.monotonic() + WAIT_SECONDS
    found: dict[int, Reloaded] = {}
    while len(found) < len(asked) and clock.monotonic() < deadline:
        for one in await asyncio.to_thread(running, acting.config.data_dir):
            if one.pid in asked and one.number > asked[one.pid]:
                found[one.pid] = one
        if len(found) < len(asked):
            await clock.sleep(_LOOK_SECONDS)
    return found
