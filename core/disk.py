"""The disk below the data directory: how much is free, how much our files take, and whether it can be written."""

import os
from pathlib import Path
from tempfile import TemporaryFile

from core.errors import Unavailable

_PROBE = b"wirewatch" * 16_384  # about what an append of some articles takes


def free_bytes(directory: Path) -> tuple[int, int]:
    """Bytes that we may still write on its file system, and bytes in all. Raises Unavailable."""
    try:
        found = os.statvfs(directory)
    except OSError as error:
        raise Unavailable(f"the data directory {directory} cannot be looked at: {error.strerror}") from error
    return found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize


def size_bytes(path: Path) -> int:
    """A SQLite file with its write-ahead log; 0 where there is none."""
    total = 0
    for name in (path, path.with_name(f"{path.name}-wal")):
        try:
            total += name.stat().st_size
        except OSError:
            continue
    return total


def identity(path: Path) -> tuple[int, int] | None:
    """What stays the same while a file is the same one, whatever is written into it; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def write_probe(directory: Path) -> None:
    """Write some pages to its disk and drop them again. Raises OSError: full, over a quota, read-only, broken."""
    with TemporaryFile(dir=directory, prefix=".probe-") as file:
        file.write(_PROBE)
        file.flush()
        os.fsync(file.fileno())
