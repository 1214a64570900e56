"""A process's seat: a process that takes a seat knows that its earlier holder is dead, and may free that one's leases.

Several processes may use one data directory (on Kafka and PostgreSQL); each sits on the first seat that is free. The kernel
drops a seat's lock with its holder, kill -9 included.
"""

import fcntl
import os
import re
import socket
from pathlib import Path
from typing import Self
from uuid import uuid4

SEATS = 100
_NAME = re.compile(rb"[0-9a-f]{12}")


class Seat:
    """`name`: the same for all who sit here one after another, of this machine and no other; None where none is to be had."""

    def __init__(self, name: str | None, descriptor: int | None = None) -> None:
        self.name = name
        self._descriptor = descriptor

    @classmethod
    def take(cls, directory: Path) -> Self:
        """The first free seat of a data directory; one without a name where its file system has no locks or no room."""
        for number in range(SEATS):
            try:
                descriptor = os.open(directory / f"seat-{number}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            except OSError:
                break
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return cls(f"{socket.gethostname()}-{_number_of(descriptor)}", descriptor)
            except BlockingIOError:
                os.close(descriptor)  # somebody sits here
            except OSError:
                os.close(descriptor)
                break
        return cls(None)

    def release(self) -> None:
        """Get up. Idempotent."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _number_of(descriptor: int) -> str:
    """What stands in the seat's file, made by the first who sat there."""
    found = os.pread(descriptor, 64, 0).strip()
    if _NAME.fullmatch(found):
        return found.decode()
    made = uuid4().hex[:12]
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{made}\n".encode(), 0)
    os.fsync(descriptor)
    return made
