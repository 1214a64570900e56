"""A newsroom in use, for tests of the console as people see it: real sites, a real `wirewatch run`, a real chat receiver."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from core.clock import SystemClock
from core.db.engine import Database
from core.model.deadletter import DeadLetter
from core.model.outcome import DeadLetterReason
from core.store import dead_letters
from tests.fakes.receiver import Receiver
from tests.services.wirewatch import ROOT, Running, command, wirewatch
from wirewatch.dead_letters import row_of
from wirewatch.demo.newsstand import Hour, Newsstand
from wirewatch.demo.outlets import Desk, Outlet, load_desk, load_outlets
from wirewatch.demo.settings import demo_config

ADMIN, PASSWORD = "ann", "correct horse battery staple"
SECRET = "whsec_d2lyZXdhdGNoLWVuZC10by1lbmQtdGVzdC1zZWNyZXQ="
_MINUTE_SECONDS = 0.7  # of the sample hour, which is over when the test begins: all of it has been published


@dataclass(frozen=True)
class Sites:
    """The sample outlets with all that they publish, and a receiver."""

    stand: Newsstand
    outlets: tuple[Outlet, ...]
    desk: Desk
    receiver: Receiver

    def config(self, *, sources: bool = True) -> str:
        """A whole `wirewatch.toml`; without sources and rules it is that of a newcomer."""
        chosen = self.outlets if sources else ()
        desk = self.desk if sources else Desk((), (), frozenset())
        return demo_config(self.stand.feeds, chosen, desk, self.receiver.url, SECRET)


@asynccontextmanager
async def sites() -> AsyncIterator[Sites]:
    """Serve them until the end."""
    clock = SystemClock()
    outlets = load_outlets()
    hour = Hour(clock.now() - timedelta(seconds=60 * _MINUTE_SECONDS), _MINUTE_SECONDS)
    stand = Newsstand(outlets, hour, clock.now)
    await stand.start()
    try:
        async with Receiver() as receiver:
            yield Sites(stand, tuple(outlets), load_desk(), receiver)
    finally:
        await stand.close()


@contextmanager
def running(folder: Path, config: str) -> Iterator[Running]:
    """wirewatch with an admin, ready."""
    (folder / "wirewatch.toml").write_text(config, encoding="utf-8")
    wire(folder, "users", "add", ADMIN, "--role", "admin", typed=f"{PASSWORD}\n")
    with wirewatch(folder, config) as one:
        one.address()
        yield one


async def seldom(folder: Path) -> None:
    """What a newsroom has only now and then: a silence, a record that a stage could not handle, a rule of two versions."""
    letter = DeadLetter(
        topic="articles",
        partition=0,
        offset=1,
        key="sample",
        value_base64="eyJhIjoxfQ==",
        reason=DeadLetterReason.FAILED,
        detail="ValueError: a sample",
        at=SystemClock().now(),
    )
    async with Database.open("sqlite:", folder / "data") as db, db.transaction() as conn:
        await dead_letters.put_many(conn, [row_of(letter)])
    words = ("--rule", "*", "--source", "nobody's", "--for", "2h", "--comment", "a sample")
    await asyncio.to_thread(wire, folder, "silences", "add", *words)
    for query in ("pier", "pier AND harbour"):
        await asyncio.to_thread(wire, folder, "rules", "add", "changed", query)


def wire(folder: Path, *arguments: str, typed: str = "") -> str:
    """What a command says; it must succeed."""
    _, environ = command(folder)
    call = [sys.executable, "-m", "wirewatch.cli.main", *arguments, "--config", str(folder / "wirewatch.toml")]
    done = subprocess.run(call, env=environ, cwd=ROOT, input=typed, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
