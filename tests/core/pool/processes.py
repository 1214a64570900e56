"""The processes beneath this one, by what they are; out of /proc."""

import os
import signal
from pathlib import Path


def fork_servers() -> list[int]:
    return [pid for pid in _children(os.getpid()) if "multiprocessing.forkserver" in _command(pid)]


def trackers() -> list[int]:
    return [pid for pid in _children(os.getpid()) if "resource_tracker" in _command(pid)]


def workers() -> list[int]:
    return [pid for server in fork_servers() for pid in _children(server)]


def kill(*pids: int) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def stop(*pids: int) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)


def _children(parent: int) -> list[int]:
    return [int(place.name) for place in Path("/proc").glob("[0-9]*") if _parent(place) == parent]


def _parent(place: Path) -> int:
    try:
        state, parent = place.joinpath("stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return 0
    return 0 if state == "Z" else int(parent)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""
