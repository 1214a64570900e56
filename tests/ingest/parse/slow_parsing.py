"""What a parser's process may be made to do by a hostile document, and what it is; run in such a process by tests."""

import gc
import os
import sys
import time


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
