"""What a process of the pool may be made to do by a hostile job, and what it is; run in such a process by tests."""

import os
import signal
import time
from pathlib import Path


def dies() -> None:
    os._exit(9)


def never_ends() -> None:
    time.sleep(3600)


def raises() -> None:
    raise RecursionError("too deep")


def answers() -> str:
    return "an answer"


def dies_once(mark: str) -> str:
    """The memory killer took the process, not the job."""
    place = Path(mark)
    if not place.exists():
        place.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "an answer"


def takes_all_memory() -> int:
    held = [bytearray(64 << 20) for _ in range(1000)]
    return len(held)


def tells_its_pid() -> int:
    return os.getpid()


def takes(seconds: float) -> str:
    time.sleep(seconds)
    return "done"


def warms_up() -> None:
    os.environ["WARMED_UP"] = "yes"


def was_warmed_up() -> bool:
    return os.environ.get("WARMED_UP") == "yes"
