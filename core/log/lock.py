"""One process per data directory: a lock that the kernel drops with its holder, so that no stale lock can remain."""

import errno
import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Self

from core.errors import Busy, Unavailable, UserError

_FOR_GOOD = (errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EISDIR)


class DirectoryLock:
    """Held from `acquire` to `release`, or to the end of the process, kill -9 included."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def acquire(cls, directory: Path) -> Self:
        """Raises Busy, naming the process that holds it, UserError when the directory cannot be written by us, and
        Unavailable when that may pass."""
        path = directory / "wirewatch.lock"
        try:
            directory.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as e:
            kind = UserError if e.errno in _FOR_GOOD else Unavailable
            raise kind(f"the data directory {directory} cannot be used: {e.strerror}") from e
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as e:
            holder = os.read(descriptor, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(descriptor)
            raise Busy(
                f"another wirewatch (process {holder}) is using the data directory {directory}; "
                "stop it, or give this one a data_dir of its own. "
                "Several processes share one log with log.url = kafka://..."
            ) from e
        with suppress(OSError):  # a full disk takes no number; the lock holds without it
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return cls(descriptor)

    def release(self) -> None:
        """Let go. Idempotent. The file stays: removing it would race with the next holder."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
