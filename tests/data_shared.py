"""Where the shared sample data lies: a folder beside the repository, which a clone need not have.

Without it the tests that read it are skipped with the reason; in CI they fail, so that nobody takes a run without them for
a whole one. WIREWATCH_SHARED_DATA names another folder, or `none` where CI has to do without.
"""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("WIREWATCH_SHARED_DATA") or Path(__file__).resolve().parents[2] / "shared")


def shared(*parts: str) -> Path:
    """A file or folder of the sample data; ends the test, or the module that asks while it is imported, if it is missing."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        reason = f"the shared sample data is missing: {Path('shared', *parts)}"
        if os.environ.get("CI") and os.environ.get("WIREWATCH_SHARED_DATA") != "none":
            pytest.fail(f"CI must have this: {reason}; WIREWATCH_SHARED_DATA=none runs without")
        pytest.skip(reason, allow_module_level=True)
    return path
