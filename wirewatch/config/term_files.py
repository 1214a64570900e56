"""Files of terms that aliases name: read when they are new, told by what the file system says of them; the last readings are kept.

A file is the same while its place on the disk, its time of change and its size are: then nothing of it is read.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from alerts.rules.term_list import MOST_BYTES, TermList, TermProblem, read_terms
from alerts.rules.term_table import Layout
from core.named_file import NoFile, read_named, reason

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
        raw = read_named(path, MOST_BYTES + 1)
    except OSError as error:
        said = reason(error)
        return _unread(said if isinstance(error, NoFile) else f"the file cannot be read: {said}")
    digest = blake2b(raw, digest_size=16).hexdigest()
    terms = before.terms if before is not None and before.digest == digest else read_terms(raw, path.name, layout)
    reading = _kept[path, layout] = Reading(stamp, digest, terms)
    _kept.move_to_end((path, layout))
    while len(_kept) > _MOST_KEPT:
        _kept.popitem(last=False)
    return reading


def _unread(message: str) -> Reading:
    return Reading(GONE, "", TermList(problems=(TermProblem(0, message, "file"),)))


def stamps_of(paths: Iterable[Path]) -> dict[Path, Stamp]:
    """What each of the files is now."""
    return {path: stamp_of(path) for path in paths}
