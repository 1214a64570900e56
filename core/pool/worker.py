"""A worker's process: jobs come through a pipe of its own, answers go back, one at a time.

It shares nothing with its like, no lock and no pipe, so its death is felt by nobody but the job in its hands. It ends
when the other end of the pipe is closed, however that came about.
"""

import math
import os
import pickle
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path

_PIPE = (OSError, EOFError)
_SPARE_CPU_SECONDS = 10  # beyond a job's time: for one whose process nobody watches any more
_MEBIBYTE = 1 << 20


class JobProblem(StrEnum):
    """Why a job came to no result."""

    TIMEOUT = "timeout"  # it took longer than a job may
    STALLED = "stalled"  # its processes got no CPU time: stopped from outside
    DIED = "died"  # its processes ended, again and again
    MEMORY = "memory"  # it needed more than a job may
    DEFECT = "defect"  # it raised: a bug that this input meets


@dataclass(frozen=True, slots=True)
class JobFailed:
    """A job without a result, why (a sentence's end for people), and the CPU time that it took."""

    problem: JobProblem
    detail: str
    cpu_seconds: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a job and what it cost. `worn`: the process should do no other."""

    value: object
    cpu_seconds: float
    worn: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one job: seconds of CPU time and bytes beyond what the process holds at its start."""

    seconds: float
    memory_bytes: int


class Worker:
    """The outside of a process. `exchange` blocks; `end` may be called meanwhile, from another thread."""

    def __init__(self, pid: int, connection: Connection) -> None:
        self.pid = pid
        self._connection = connection
        self._ended = False
        # A number may be another's by the time that we signal it; what this stands for may not.
        self._handle = os.pidfd_open(pid) if sys.platform == "linux" else -1

    @classmethod
    def started(cls, context: ForkServerContext, limits: Limits, load: Callable[[], None], seconds: float) -> "Worker":
        """A process that has called `load` and is ready for work. Blocks for up to `seconds` more than its start takes; raises OSError, EOFError."""
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, limits, load), daemon=True, name="worker")
        try:
            process.start()
        finally:
            theirs.close()
        worker = cls(process.pid or 0, ours)  # OSError where it is gone already
        if not ours.poll(seconds):
            worker.close()
            raise OSError(f"a process was not ready within {seconds:.0f} s")
        ours.recv_bytes()
        return worker

    def fileno(self) -> int:
        """Readable while no job is under way: the process is gone."""
        return self._handle if self._handle >= 0 else self._connection.fileno()

    def cpu_seconds(self) -> float:
        """CPU time that the process has used; where the system does not tell, the time that passed, which is never less."""
        if sys.platform != "linux":
            return time.monotonic()
        try:
            said = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return 0.0  # it is gone
        user, system = said.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def exchange(self, job: bytes) -> Answer:
        """Do a pickled (function, arguments). Raises OSError or EOFError where the process ends meanwhile."""
        os.set_blocking(self._connection.fileno(), True)  # an event loop that watched it may have left it otherwise
        self._connection.send_bytes(job)
        answer: Answer = pickle.loads(self._connection.recv_bytes())  # noqa: S301 - from a process of ours
        return answer

    def end(self) -> None:
        """End the process, whatever it does. It may be gone already."""
        if self._ended:
            return
        self._ended = True
        with suppress(OSError):
            if sys.platform == "linux":
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            else:
                os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """Give the pipe back; no `exchange` may be under way."""
        self.end()
        with suppress(OSError):
            self._connection.close()
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def nothing_to_load() -> None:
    """For a pool whose workers need no warming up."""


def _serve(connection: Connection, limits: Limits, load: Callable[[], None]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the main process's affair; this one ends with its pipe
    load()
    _limit_memory(limits.memory_bytes)
    with suppress(*_PIPE):
        connection.send_bytes(b"ready")
        while True:
            job = connection.recv_bytes()
            _limit_cpu(limits.seconds)
            connection.send_bytes(pickle.dumps(_done(job, limits), protocol=pickle.HIGHEST_PROTOCOL))


def _done(data: bytes, limits: Limits) -> Answer:
    began = time.process_time()

    def failed(problem: JobProblem, why: str, *, worn: bool = False) -> Answer:
        spent = time.process_time() - began
        return Answer(JobFailed(problem, why, spent), spent, worn=worn)

    try:
        job: Callable[..., object]
        job, args = pickle.loads(data)  # noqa: S301 - from our own process
        return Answer(job(*args), time.process_time() - began)
    except MemoryError:
        why = f"it needs more memory than {limits.memory_bytes // _MEBIBYTE} MiB"
        return failed(JobProblem.MEMORY, why, worn=True)
    except Exception as error:  # noqa: BLE001 - a bug that one strange input meets is that input's misfortune
        why = f"{type(error).__name__}: {error}"[:300].encode("utf-8", "replace").decode()
        return failed(JobProblem.DEFECT, why)


def _limit_memory(beyond: int) -> None:
    """Memory of one's own (RLIMIT_DATA counts that, not what is reserved and never used) up to a bound."""
    if sys.platform != "linux":
        return  # elsewhere the kernel counts something else, or nothing
    import resource  # noqa: PLC0415 - not on every system

    held = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5]) * resource.getpagesize()
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = held + beyond
    resource.setrlimit(resource.RLIMIT_DATA, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _limit_cpu(seconds: float) -> None:
    """The kernel ends a job that goes on although the main process is gone, which would have ended it."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on every system

    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = math.ceil(time.process_time() + seconds) + _SPARE_CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))
