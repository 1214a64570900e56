"""Word lists of languages, made once and kept on disk: making one takes seconds, opening one a thousandth.

Where no folder can be written, a process makes its own. What is kept is named by the version of simplemma and of the format.
"""

import mmap
import os
import tempfile
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from alerts.rules.forms.word_list import MAGIC, WordList, compiled, front_coded

_MOST_OPEN = 40
_FOLDER = "forms"


@lru_cache(maxsize=_MOST_OPEN)
def word_list(code: str) -> WordList:
    """The list of a language, `code` as simplemma names it."""
    name = f"{code}-{version('simplemma')}-{MAGIC.split()[-1].decode()}"
    folders = folders_for_lists()
    for folder in folders:
        found = _opened(folder / name)
        if found is not None:
            return found
    made = compiled(front_coded(code))
    for folder in folders:
        if _kept(folder, name, made):
            return _opened(folder / name) or WordList(made)
    return WordList(made)


def folders_for_lists() -> list[Path]:
    """Where lists may be kept, best first: the user's cache, the temporary folder."""
    home = os.environ.get("XDG_CACHE_HOME") or (str(Path.home() / ".cache") if os.environ.get("HOME") else "")
    temporary = Path(tempfile.gettempdir()) / f"wirewatch-{os.getuid()}"
    return [root / _FOLDER for root in ((Path(home) / "wirewatch") if home else None, temporary) if root is not None]


def _opened(path: Path) -> WordList | None:
    """The list in a file of ours; None where there is none, or it is damaged."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_uid not in (os.getuid(), 0):
                return None
            return WordList(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError):
        return None


def _kept(folder: Path, name: str, data: bytes) -> bool:
    """Write a file whole or not at all, so that another process reads no half of it."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(data)
        Path(file.name).replace(folder / name)
    except OSError:
        return False
    return True
