"""Files of terms that aliases name: read when they are new, told by what the file system says of them; the last readings are kept.

A file is the same while its place on the disk, its time of change and its size are: then nothing of it is read.
"""

import os
import stat
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from alerts.rules.term_list import MOST_BYTES, TermList, TermProblem, read_terms
from alerts.rules.term_table import Layout

_MOST_KEPT = 100  # readings


class Stamp(NamedTuple):
    """What the file system says of a file; all 0: it is not there."""

    inode: int
    changed_ns: int
    size: int


GONE = Stamp(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Reading:
    """A file's terms, and what it was when they were read."""

    stamp: Stamp
    digest: str
    terms: TermList = field(repr=False)


_kept: OrderedDict[tuple[Path, Layout], Reading] = OrderedDict()


def stamp_of(path: Path) -> Stamp:
    """What a file is now, without reading it."""
    try:
        found = path.stat()
    except OSError:
        return GONE
    return Stamp(found.st_ino, found.st_mtime_ns, found.st_size)


def read_term_file(path: Path, layout: Layout) -> Reading:
    """The terms of a file; a file that cannot be read is a problem of its reading."""
    stamp = stamp_of(path)
    before = _kept.get((path, layout))
    if before is not None and before.stamp == stamp != GONE:
        _kept.move_to_end((path, layout))
        return before
    try:
        raw = _content(path)
    except OSError as error:
        known = {FileNotFoundError: "there is no such file", IsADirectoryError: "it is a folder; expected a file"}
        return _unread(known.get(type(error), f"the file cannot be read: {error.strerror}"))
    if raw is None:
        return _unread("it is a pipe or a device; expected a file, which can be read again when it changes")
    digest = blake2b(raw, digest_size=16).hexdigest()
    terms = before.terms if before is not None and before.digest == digest else read_terms(raw, path.name, layout)
    reading = _kept[path, layout] = Reading(stamp, digest, terms)
    _kept.move_to_end((path, layout))
    while len(_kept) > _MOST_KEPT:
        _kept.popitem(last=False)
    return reading


def _unread(message: str) -> Reading:
    return Reading(GONE, "", TermList(problems=(TermProblem(0, message, "file"),)))


def _content(path: Path) -> bytes | None:
    """The bytes of a file, as far as they are wanted; None: it is no ordinary file. A pipe that nobody writes to is not waited for."""
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as opened:
        return opened.read(MOST_BYTES + 1) if stat.S_ISREG(os.fstat(opened.fileno()).st_mode) else None


def stamps_of(paths: Iterable[Path]) -> dict[Path, Stamp]:
    """What each of the files is now."""
    return {path: stamp_of(path) for path in paths}
