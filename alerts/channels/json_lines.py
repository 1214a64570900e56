"""Lines appended to a file that turns over by size and by day: safe against crashes, full disks and other processes. It blocks.

A line is there as a whole and on the disk when `append` returns. Whoever writes holds a lock on the file beside it (`.lock`); what
a crash left without its line end is ended, so that it spoils no other line.
"""

import fcntl
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

_LOOK_BACK = 10_000_000  # bytes of the newest lines in which a line is looked for
_HEAD = 200  # bytes in which the first line's time stands
_LOCK_PAUSE = 0.01
_MODE = 0o640


class Busy(OSError):
    """Another process holds the file for too long."""


@dataclass(frozen=True, slots=True)
class JsonLines:
    """`max_bytes`: of one file; `keep`: earlier files beside it. `day_of`: of a line's beginning, the day on which it was written."""

    path: Path
    max_bytes: int
    keep: int
    day_of: Callable[[bytes], date | None]

    def append(self, line: bytes, now: datetime, seconds: float) -> int:
        """Add a line (without its end); where in the file it begins. Raises OSError: then nothing of it is there.

        `now`: in the zone whose days count. `seconds`: for the lock.
        """
        with self._locked(seconds):
            self._turn_over(len(line) + 1, now)
            descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _MODE)
            try:
                return _written(descriptor, line)
            finally:
                os.close(descriptor)

    def holds(self, part: bytes, seconds: float) -> bool:
        """Whether one of the newest lines begins so."""
        with self._locked(seconds):
            return any(_has_line(path, part) for path in (self.path, *self._earlier()[:1]))

    def _turn_over(self, more: int, now: datetime) -> None:
        try:
            with self.path.open("rb") as file:
                size, head = os.fstat(file.fileno()).st_size, file.read(_HEAD)
        except FileNotFoundError:
            return
        day = self.day_of(head)
        over_day = day is not None and day < now.date()
        if size == 0 or (size + more <= self.max_bytes and not over_day):
            return
        self.path.rename(self._name_of_earlier(now))
        _sync_folder(self.path.parent)
        for old in self._earlier()[self.keep :]:
            with suppress(FileNotFoundError):
                old.unlink()

    def _name_of_earlier(self, now: datetime) -> Path:
        """Behind all that are there, whatever became of the clock."""
        stamp, number = now.strftime("%Y%m%d-%H%M%S"), 0
        for newest in self._earlier()[:1]:
            *head, last = newest.name.removeprefix(f"{self.path.stem}.").removesuffix(self.path.suffix).split("-")
            if "-".join(head) >= stamp:
                stamp, number = "-".join(head), int(last) + 1
        return self.path.with_name(f"{self.path.stem}.{stamp}-{number:06}{self.path.suffix}")

    def _earlier(self) -> list[Path]:
        """The newest first; only names that are ours."""
        ours = re.compile(
            rf"{re.escape(self.path.stem)}\.\d{{8}}-\d{{6}}-\d{{6}}{re.escape(self.path.suffix)}", re.ASCII
        )
        return sorted((path for path in self.path.parent.iterdir() if ours.fullmatch(path.name)), reverse=True)

    @contextmanager
    def _locked(self, seconds: float) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(
            self.path.with_name(f"{self.path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE
        )
        try:
            end = time.monotonic() + seconds
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= end:
                        raise Busy(None, "another process holds its lock") from None
                    time.sleep(_LOCK_PAUSE)
            yield
        finally:
            os.close(descriptor)


def _written(descriptor: int, line: bytes) -> int:
    begin = os.fstat(descriptor).st_size
    torn = begin > 0 and os.pread(descriptor, 1, begin - 1) != b"\n"
    rest = memoryview((b"\n" if torn else b"") + line + b"\n")
    try:
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    except OSError:
        with suppress(OSError):
            os.ftruncate(descriptor, begin)  # half a line helps nobody
        raise
    if begin == 0:
        return 0
    return begin + torn


def _has_line(path: Path, part: bytes) -> bool:
    try:
        with path.open("rb") as file:
            file.seek(max(os.fstat(file.fileno()).st_size - _LOOK_BACK, 0))
            found = file.read(_LOOK_BACK)
    except FileNotFoundError:
        return False
    at = found.find(part)
    while at > 0 and found[at - 1 : at] != b"\n":
        at = found.find(part, at + 1)
    return at >= 0 and b"\n" in found[at:]  # a line without its end was torn


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
