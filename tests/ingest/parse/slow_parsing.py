"""What a parser's process may be made to do by a hostile document, and what it is; run in such a process by tests."""

import gc
import os
import signal
import sys
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


def loaded_before_it_was_forked() -> bool:
    return (
        gc.get_freeze_count() > 10_000
        and {"trafilatura", "numpy"} <= set(sys.modules)
        and "wirewatch.cli.main" in sys.modules
    )


def dies_once(mark: str) -> str:
    """The memory killer took the process, not the document."""
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
