"""Processes that are forked from one that has loaded what they need: they start in a tenth of the time.

For tests that kill a process and start it again and again. That a start from nothing works is shown by tests of its own.
`python -m tests.services.nursery SOCKET MODULE...` is the process that forks.
"""

import asyncio
import atexit
import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_NUMBER = struct.Struct("!q")  # what the nursery says: the number of the process, and at its end the exit code


class Child:
    """A process, used as one of asyncio's."""

    def __init__(self, pid: int, told: socket.socket) -> None:
        self.pid = pid
        self._told = told
        self._code: int | None = None

    @property
    def returncode(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        if self._code is None:
            with contextlib.suppress(BlockingIOError):
                self._ended(self._told.recv(_NUMBER.size))
        return self._code

    async def wait(self) -> int:
        """The exit code."""
        if self._code is None:
            self._ended(await asyncio.get_running_loop().sock_recv(self._told, _NUMBER.size))
        assert self._code is not None
        return self._code

    def send_signal(self, which: int) -> None:
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):  # it has ended, and we are about to hear of it
                os.kill(self.pid, which)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _ended(self, said: bytes) -> None:
        if self._code is None:
            (self._code,) = _NUMBER.unpack(said)
            self._told.close()


class Nursery:
    """A process that has these modules loaded, and becomes any of them."""

    def __init__(self, *modules: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="wirewatch-nursery-")
        self._path = f"{self._folder.name}/socket"
        command = [sys.executable, "-m", "tests.services.nursery", self._path, *modules]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n", "its error stands above"

    async def start(
        self, main: str, *arguments: str, environment: Mapping[str, str] = os.environ, log: Path | None = None
    ) -> Child:
        """`python -m main arguments`; what it says is added to `log`, or goes where ours goes."""
        loop = asyncio.get_running_loop()
        told = socket.socket(socket.AF_UNIX)
        told.setblocking(False)
        await loop.sock_connect(told, self._path)
        wanted = {
            "argv": [main, *arguments],
            "environment": dict(environment),
            "log": None if log is None else str(log),
        }
        await loop.sock_sendall(told, json.dumps(wanted).encode() + b"\n")
        (pid,) = _NUMBER.unpack(await loop.sock_recv(told, _NUMBER.size))
        return Child(pid, told)

    def close(self) -> None:
        """Processes that still run go on."""
        with self._process:
            self._process.kill()
        self._folder.cleanup()


@cache
def nursery(*modules: str) -> Nursery:
    """One for all tests of this process that want these modules."""
    made = Nursery(*modules)
    atexit.register(made.close)
    return made


def _serve(path: str) -> dict[str, Any]:
    """Fork for each that asks. Returns in the forked process, with what it is to be."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    heard, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    born: dict[int, socket.socket] = {}
    print("ready", flush=True)
    while True:
        ready, _, _ = select.select([listener, heard, sys.stdin], [], [])
        if sys.stdin in ready:  # its end: who started us is gone
            sys.exit()
        if heard in ready:
            os.read(heard, 4096)
            _tell_ends(born)
        if listener in ready:
            asked, _ = listener.accept()
            with asked.makefile("rb") as lines:
                wanted: dict[str, Any] = json.loads(lines.readline())
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for one in (listener, asked, *born.values()):
                    one.close()
                os.close(heard)
                os.close(wake)
                return wanted
            asked.sendall(_NUMBER.pack(pid))
            born[pid] = asked


def _tell_ends(born: dict[int, socket.socket]) -> None:
    for pid in list(born):
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            with born.pop(pid) as asked, contextlib.suppress(BrokenPipeError):
                asked.sendall(_NUMBER.pack(os.waitstatus_to_exitcode(status)))


def _become(wanted: dict[str, Any]) -> None:
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    if wanted["log"] is not None:
        with Path(wanted["log"]).open("ab") as log:
            os.dup2(log.fileno(), 2)
    os.dup2(2, 1)
    os.environ.clear()
    os.environ.update(wanted["environment"])
    sys.argv = wanted["argv"]
    sys.modules.pop(sys.argv[0], None)  # else runpy warns that it runs twice
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    for module in sys.argv[2:]:
        importlib.import_module(module)
    gc.freeze()
    _become(_serve(sys.argv[1]))
