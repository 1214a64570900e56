"""Files that are made once and kept beside the program: what takes seconds to make, and a thousandth to open.

A name says all that a file depends on, a version of a package among it: what is kept is never changed, and may be deleted.
"""

import mmap
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

Kept = bytes | mmap.mmap


def cache_folders(given: str | None = None) -> list[Path]:
    """Where a user's files may be kept, best first: a folder that was asked for, the user's cache, the temporary folder."""
    home = os.environ.get("XDG_CACHE_HOME") or (str(Path.home() / ".cache") if os.environ.get("HOME") else "")
    temporary = Path(tempfile.gettempdir()) / f"wirewatch-{os.getuid()}"
    return [Path(root) for root in (given, f"{home}/wirewatch" if home else None, temporary) if root]


def kept(name: str, make: Callable[[], bytes], fits: Callable[[Kept], bool], folders: Sequence[Path]) -> Kept:
    """The file of a name, mapped into memory; made and written where no folder has one that `fits`. Where none can be written, what
    was made."""
    for folder in folders:
        found = _opened(folder / name)
        if found is not None and fits(found):
            return found
    made = make()
    for folder in folders:
        if _written(folder, name, made):
            return _opened(folder / name) or made
    return made


def _opened(path: Path) -> Kept | None:
    """A file of ours, or of the machine's administrator."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_uid not in (os.getuid(), 0):
                return None
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        return None


def _written(folder: Path, name: str, data: bytes) -> bool:
    """Write a file whole or not at all, so that another process reads no half of it."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(data)
        Path(file.name).replace(folder / name)
    except OSError:
        return False
    return True
