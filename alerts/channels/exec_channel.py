"""kind = "exec": a program of the operator's gets the message as JSON on its standard input; off unless `server.allow_exec` is set.

No shell stands between: `command` is the program and its arguments as they are. Exit code 0: delivered; 75 (EX_TEMPFAIL): tried again;
any other: given up. What the program started ends with it, or after `timeout_seconds`.
"""

import asyncio
import os
import shutil
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, SecretStr

from alerts.channels.channel import Capabilities, Confirmation, Limits, Receipt, SendFailure, Sending
from alerts.channels.file import file_line
from alerts.channels.kind import ChannelTools, Kind
from alerts.channels.message import Message
from alerts.channels.settings import ChannelSettings, Surroundings
from alerts.channels.webhook import webhook_cut
from core.errors import ConfigError
from core.masking import without
from core.model.outcome import FailureReason
from core.text.visible import one_line

_MOST_BYTES = 900_000
_OUTPUT_BYTES = 4096  # of what the program says; the rest is read and dropped
_SHOWN = 300
_TEMPFAIL = 75  # sysexits.h: try again later
_GRACE_SECONDS = 1.0  # from SIGTERM to SIGKILL, and for the last output of a program that ended
_LOOK_SECONDS = 0.02  # how late its end is seen
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "USER")
_LIMITS = Limits(max_bytes=_MOST_BYTES, in_flight=1)
_CAPABILITIES = Capabilities()


def _argument(value: str) -> str:
    if "\0" in value:
        raise ValueError("an argument may hold no NUL")
    return value


def _variables(values: dict[str, SecretStr]) -> dict[str, SecretStr]:
    for name, value in values.items():
        if not name or "=" in name or "\0" in name + value.get_secret_value():
            raise ValueError(f"{name[:100]!r} is no variable of the environment")
    return values


class ExecSettings(ChannelSettings):
    """`command`: program and arguments; a relative path with a slash begins at the configuration's folder."""

    meanings: ClassVar[Mapping[str, str]] = {
        "command": "the program and its arguments, 1 to 100; a path with a slash starts at the configuration's folder, a name is looked for in PATH",
        "environment": "more variables, whose values are secrets",
    }

    kind: Literal["exec"]
    command: Annotated[list[Annotated[str, AfterValidator(_argument)]], Field(min_length=1, max_length=100)]
    environment: Annotated[dict[str, SecretStr], AfterValidator(_variables)] = Field(default={})

    def unfit(self, around: Surroundings) -> tuple[str, str] | None:
        if not around.in_file:
            return (
                "kind",
                "a channel that runs a program stands in a file of the configuration; it cannot be added by command",
            )
        if not around.allow_exec:
            return "kind", "programs are run only where the main file says so: allow_exec = true under [server]"
        return None

    def check_files(self, base_dir: Path) -> None:
        if self.executable(base_dir) is None:
            raise ConfigError(
                [f"channel {self.name}: command: there is no program {self.command[0]!r} that may be run"]
            )

    def uses(self, base_dir: Path) -> tuple[str, str | None]:
        found = self.executable(base_dir)
        return f"program {self.command[0]}", None if found else "there is no such program that may be run"

    def executable(self, base_dir: Path) -> str | None:
        """Where it is; None: nowhere."""
        name = self.command[0]
        return shutil.which(str(base_dir / name) if "/" in name else name)


class ExecChannel:
    """One program at a time."""

    kind = "exec"
    limits = _LIMITS
    capabilities = _CAPABILITIES
    limit_key = ""

    def __init__(self, settings: ExecSettings, tools: ChannelTools) -> None:
        settings.check_files(tools.base_dir)
        self.name = settings.name
        self._settings = settings
        self._base_dir = tools.base_dir
        self._own = {name: value.get_secret_value() for name, value in settings.environment.items()}
        self._timeout_seconds = settings.timeout_seconds
        self._watch = tools.watch

    async def send(self, message: Message, sending: Sending) -> Receipt:
        text = file_line(message, sending) + b"\n"
        environment = _environment(message, sending)
        self._watch("RUN", " ".join(self._settings.command), environment, text)
        found = self._settings.executable(self._base_dir)
        if found is None:
            told = f"there is no program {self._settings.command[0]!r} that may be run"
            raise SendFailure(FailureReason.CONNECT, told, retriable=True)
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        command = [found, *self._settings.command[1:]]
        try:
            code, said = await _run(
                command, text, {**kept, **environment, **self._own}, self._base_dir, self._timeout_seconds
            )
        except TimeoutError:
            told = f"the program did not end in {self._timeout_seconds:g} s and was killed"
            raise SendFailure(FailureReason.TIMEOUT, told, retriable=True) from None
        except OSError as error:
            told = f"the program cannot be run: {error.strerror or type(error).__name__}"
            raise SendFailure(FailureReason.CONNECT, told, retriable=True) from error
        return self._judged(code, without(said, self._own.values()))

    def _judged(self, code: int, said: str) -> Receipt:
        shown = f": {said}" if said else ""
        if code == 0:
            return Receipt(Confirmation.DELIVERED, detail=f"exit code 0{shown}")
        if code == _TEMPFAIL:
            raise SendFailure(FailureReason.SERVER_ERROR, f"exit code {code}, try again later{shown}", retriable=True)
        if code < 0:
            raise SendFailure(FailureReason.DISCONNECTED, f"ended by the signal {-code}{shown}", retriable=True)
        raise SendFailure(FailureReason.REFUSED, f"exit code {code}{shown}", retriable=False)


def _environment(message: Message, sending: Sending) -> dict[str, str]:
    return {
        "WIREWATCH_ID": sending.notification_id,
        "WIREWATCH_EVENT": message.event.value,
        "WIREWATCH_REASON": message.reason.value,
        "WIREWATCH_RULE": one_line(message.rule.name),
        "WIREWATCH_PRIORITY": message.rule.priority.value,
        "WIREWATCH_ATTEMPT": str(sending.attempt),
    }


async def _run(
    command: list[str], text: bytes, environment: Mapping[str, str], folder: Path, seconds: float
) -> tuple[int, str]:
    """Exit code and the beginning of what it said. Raises TimeoutError, OSError. Nothing that it started is left."""
    process = await _started(command, environment, folder)
    said = bytearray()
    try:
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
            group.create_task(_give(process, text))
            listening = group.create_task(_listen(process, said))
            code = await _ended(process)
            # What it left in the background may hold its output open for ever.
            await asyncio.wait([listening], timeout=_GRACE_SECONDS)
            listening.cancel()
    finally:
        await _end(process)
    return code, " ".join(one_line(said.decode(errors="replace")).split())[:_SHOWN]


async def _started(command: list[str], environment: Mapping[str, str], folder: Path) -> asyncio.subprocess.Process:
    """The program. Its start is not cancelled in the middle: the library would wait for pipes that it has not joined yet."""
    starting = asyncio.get_running_loop().create_task(
        asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=folder,
            env=dict(environment),
            start_new_session=True,  # a group of its own, to be ended as a whole
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        with suppress(OSError):  # it could not be started
            await _end(await starting)
        raise


async def _give(process: asyncio.subprocess.Process, text: bytes) -> None:
    assert process.stdin is not None  # noqa: S101 - it is a pipe
    with suppress(OSError):  # a program need not read
        process.stdin.write(text)
        await process.stdin.drain()
    process.stdin.close()


async def _listen(process: asyncio.subprocess.Process, said: bytearray) -> None:
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    while data := await process.stdout.read(65536):
        said += data[: _OUTPUT_BYTES - len(said)]


async def _ended(process: asyncio.subprocess.Process) -> int:
    """Its exit code. The library's own wait is for its pipes too, which others may hold."""
    while (code := process.returncode) is None:  # noqa: ASYNC110 - nothing tells it alone
        await asyncio.sleep(_LOOK_SECONDS)
    return code


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the whole group: first the program may clean up, then it is killed."""
    if process.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGTERM)
        with suppress(TimeoutError):
            async with asyncio.timeout(_GRACE_SECONDS):
                await _ended(process)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await _ended(process)
    process._transport.close()  # type: ignore[attr-defined] # noqa: SLF001 - its pipes, which what left the group may hold


KIND = Kind(
    what="a program that gets the message as JSON; off by default",
    settings=ExecSettings,
    make=ExecChannel,
    limits=_LIMITS,
    capabilities=_CAPABILITIES,
    cut=lambda message: webhook_cut(message, _MOST_BYTES),
    worded=False,
)
