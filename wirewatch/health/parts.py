"""Is this process well? `/livez` says that it runs, `/readyz` names every part that does not work, with its last error."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from core.clock import Clock
from core.db.engine import Database
from core.errors import WirewatchError
from core.model.channel import channel_name
from core.store import channels, deliveries
from core.supervise import RoleStatus
from core.tasks import describe
from wirewatch.health.trouble import Facts, fails, nothing_goes_out, pause_words

CHECK_SECONDS = 2.0
WRITE_SECONDS = 10.0  # a transaction takes milliseconds


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the process. `error` is None while it works; `detail` is for people. `warned`: somebody should look."""

    name: str
    error: str | None
    detail: str = ""
    warned: bool = False


@dataclass(frozen=True, slots=True)
class Readiness:
    """Ready when every part is."""

    parts: tuple[Part, ...]

    @property
    def ready(self) -> bool:
        return all(part.error is None for part in self.parts)

    def as_json(self) -> dict[str, object]:
        """The body of /readyz."""
        return {
            "ready": self.ready,
            "failing": [part.name for part in self.parts if part.error is not None],
            "warned": [part.name for part in self.parts if part.warned],
            "parts": {
                part.name: {"ok": part.error is None, "error": part.error, "detail": part.detail} for part in self.parts
            },
        }


class Health:
    """Gathers what the parts say of themselves. `waiting_for`: what could not be opened yet, with the reason."""

    def __init__(self, roles: Callable[[], Mapping[str, RoleStatus]]) -> None:
        self.roles = roles
        self.waiting_for: dict[str, str] = {}
        self.failing: dict[str, str] = {}  # by parts that watch themselves: name -> error; see `fail`
        self.warned: dict[str, str] = {}  # likewise, of what works and needs somebody
        self.db: Database | None = None
        self.clock: Clock | None = None
        self.channels: frozenset[str] | None = None  # those that this process sends to; None: it does not send
        self.log_failing: Callable[[], bool] = lambda: False  # whether the embedded log took nothing lately
        self.started = False

    def fail(self, name: str, error: str | None) -> None:
        """A part says what is wrong with it; None: nothing any more."""
        _keep(self.failing, name, error)

    def warn(self, name: str, text: str | None) -> None:
        """A part works, and somebody should look; None: not any more."""
        _keep(self.warned, name, text)

    async def readiness(self, *, deliveries: bool = True) -> Readiness:
        """Ask the database now, take the others' last word. Never longer than about CHECK_SECONDS.

        `deliveries` False: without what goes out, for who judges that channel by channel.
        """
        parts = [Part(name, error) for name, error in {**self.waiting_for, **self.failing}.items()]
        parts += [Part(name, None, text, True) for name, text in self.warned.items() if name not in self.failing]
        if self.log_failing():
            parts.append(Part("log", "nothing could be appended at the last try; it is tried again"))
        if self.db is not None:
            parts.append(Part("database", await _database(self.db)))
            if deliveries and self.channels is not None and self.clock is not None and parts[-1].error is None:
                stopped, gone = await _deliveries(self.db, self.channels, self.clock.now())
                parts.append(Part("deliveries", stopped))
                parts += [Part(name, None, words, True) for name, words in gone.items() if name not in self.warned]
        if not self.started and not self.waiting_for:
            parts.append(Part("start", "still starting"))
        for name, status in self.roles().items():
            error = None if status.well else (status.last_error or status.state.value)
            detail = f"{status.state.value}, {status.restarts} restarts"
            parts.append(Part(f"role {name}", error, detail))
        return Readiness(tuple(parts))


def _keep(kept: dict[str, str], name: str, text: str | None) -> None:
    if text is None:
        kept.pop(name, None)
    else:
        kept[name] = text


async def _deliveries(db: Database, known: frozenset[str], now: datetime) -> tuple[str | None, dict[str, str]]:
    """Why nothing can go out, None while something can, or nothing says otherwise; and the channels that fail or are gone, in words."""
    try:
        async with asyncio.timeout(CHECK_SECONDS), db.connection() as conn:
            seen = await deliveries.facts(conn, now)
            paused = await channels.paused(conn)
    except TimeoutError:
        return f"no answer within {CHECK_SECONDS:g} s", {}
    except WirewatchError as error:
        return describe(error), {}
    waiting = {one.channel: one.pending for one in seen}
    gone = {
        f"channel {channel_name(key)}": pause_words(pause, waiting.get(key, 0))
        for key, pause in paused.items()
        if pause.because
    }
    failing = {
        f"channel {channel_name(one.channel)}": words
        for one in seen
        if one.channel not in paused and (words := fails(one, now)) is not None
    }
    stopped = nothing_goes_out(Facts(now=now, deliveries=seen, channels=known, paused=paused))
    return stopped, {**failing, **gone}


async def _database(db: Database) -> str | None:
    try:
        async with asyncio.timeout(CHECK_SECONDS), db.connection() as conn:
            await conn.execute(text("SELECT 1"))
    except TimeoutError:
        return f"no answer within {CHECK_SECONDS:g} s"
    except WirewatchError as error:
        return describe(error)
    seconds = db.writing_seconds()
    if seconds > WRITE_SECONDS:
        return f"nothing could be written for {seconds:.0f} s: another program may hold the lock of its file"
    return None
