"""Starting and stopping the servers that tests need: free ports, waiting until they answer, a stop that leaves nothing."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path


class CannotStart(Exception):
    """The service cannot be had on this machine; the text says why."""


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on; all taken at once, so that they differ."""
    with contextlib.ExitStack() as sockets:
        taken = [sockets.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(one.getsockname()[1]) for one in taken]


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
    """Return when `ready()`; raise CannotStart with the end of the log when the process ends or time is up."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise CannotStart(f"{process.args!r:.200} did not come up: {tail}")
        time.sleep(0.05)


def stop(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> None:
    """End a process that we started, in peace if it goes within 20 s."""
    process.send_signal(how)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def hold(address: str) -> None:
    """For hand use: print the address and wait for Ctrl-C."""
    print(address, flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()


def cache_folder(name: str) -> Path:
    """A folder of the user's cache, outside the tree."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
