"""Where the shared sample data lies: a folder beside the repository, here and in CI."""

from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared"
