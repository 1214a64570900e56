"""What a parsing process shares with its like; run in such a process by a test."""

import gc
import sys


def loaded_before_it_was_forked() -> bool:
    return (
        gc.get_freeze_count() > 10_000
        and {"trafilatura", "numpy"} <= set(sys.modules)
        and "wirewatch.cli.main" in sys.modules
    )
