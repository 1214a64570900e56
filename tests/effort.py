"""How much random tests try: once for each push, `WIREWATCH_TEST_EFFORT=20` for a night, 0.1 while one works."""

import os

from hypothesis import settings

EFFORT = max(float(os.environ.get("WIREWATCH_TEST_EFFORT", "1")), 0.01)


def scaled(count: int) -> int:
    """So many cases at effort 1, at least one."""
    return max(round(count * EFFORT), 1)


def tries(count: int) -> settings:
    """Hypothesis' settings of a test that tries so many examples at effort 1."""
    return settings(max_examples=scaled(count))
