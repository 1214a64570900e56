"""Which processes run on a data directory: a file for each in `DATA_DIR/run`, locked as long as the process lives.

The kernel drops the lock with its holder, so a file that was left behind is told from one of a process that runs, and a
number that the system gave to another program meanwhile is not mistaken for ours. In the file the process says what
became of its last reload.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import orjson

_FOLDER = "run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reloaded:
    """`number`: how many reloads ended so far. `problems`: why the last one was refused; `later`: what waits for a restart."""

    pid: int
    number: int = 0
    problems: tuple[str, ...] = ()
    later: tuple[str, ...] = ()


class Registration:
    """This process's own file."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._said = Reloaded(pid=os.getpid())
        self._write()

    def say(self, problems: tuple[str, ...], later: tuple[str, ...]) -> None:
        """A reload ended so."""
        self._said = Reloaded(pid=os.getpid(), number=self._said.number + 1, problems=problems, later=later)
        self._write()

    def _write(self) -> None:
        data = orjson.dumps(self._said)
        os.pwrite(
            self._descriptor, data.ljust(os.fstat(self._descriptor).st_size), 0
        )  # never a half between two writes


@contextmanager
def registered(data_dir: Path) -> Iterator[Registration | None]:
    """Be found by `running` for as long as the block lasts. None where the folder cannot be written: then nobody finds us."""
    path = data_dir / _FOLDER / f"{os.getpid()}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(descriptor, 0)
        made = Registration(descriptor)
    except OSError:
        yield None
        return
    try:
        yield made
    finally:
        with suppress(OSError):
            path.unlink()
        os.close(descriptor)


def running(data_dir: Path) -> list[Reloaded]:
    """The processes that run, by number, with what each says of its last reload; files of dead ones are removed."""
    found = []
    for path in sorted((data_dir / _FOLDER).glob("[0-9]*")):
        said = _said(path)
        if said is not None:
            found.append(said)
    return found


def _said(path: Path) -> Reloaded | None:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        with suppress(orjson.JSONDecodeError, TypeError, KeyError):
            data = orjson.loads(os.pread(descriptor, 1 << 20, 0))
            return Reloaded(
                pid=int(data["pid"]),
                number=int(data["number"]),
                problems=tuple(data["problems"]),
                later=tuple(data["later"]),
            )
        return None
    else:
        with suppress(OSError):
            path.unlink()  # its process is dead
        return None
    finally:
        os.close(descriptor)
