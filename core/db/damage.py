"""Damaged SQLite files: found at a start and on demand, reported with the remedy, never retried."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from core.errors import Damaged, Unavailable

DATA_FILES = ("log.db", "wirewatch.db")  # of the embedded engines, in data_dir
START_SECONDS = 1.0  # of looking at a file before it is used; a larger file is looked at as far as that gets
_STEPS = 10_000  # of SQLite's machine, between two looks at the time
_TOLD = 3
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_KIND = 0xFF  # the primary result code in an extended one

_WAY_BACK = (
    "Stop wirewatch, keep a copy of the file, and put a backup back with `wirewatch restore FILE` (`wirewatch check --data` "
    "looks at all files). Without a backup, move {name}* away and start: {loss}"
)
_LOSS = {
    "log.db": "what was under way is lost, alerts and their messages stay, and feeds are polled on; "
    "`wirewatch replay` finds what rules would have matched in the articles that are stored.",
    "wirewatch.db": "sources, rules and channels in files come back; rules and silences made by command, and the record of "
    "what was alerted, are lost, and the log tells the last days once more.",
}


def is_damage(error: BaseException | None) -> bool:
    """Whether SQLite says by this error that the file itself is broken."""
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(error, sqlite3.DatabaseError) and code is not None and code & _KIND in _DAMAGE


def damaged(path: Path, found: str) -> Damaged:
    """The error that tells it."""
    loss = _LOSS.get(path.name, "what it held is lost.")
    return Damaged(f"{path} is damaged ({found}). {_WAY_BACK.format(name=path.name, loss=loss)}")


def examine(path: Path, seconds: float | None = None) -> bool:
    """Run SQLite's quick check for `seconds` at most (None: to its end); whether it came to its end.

    Raises Damaged, and Unavailable when the file cannot be read. A file that is not there is well.
    """
    if not path.exists():
        return True
    deadline = None if seconds is None else time.monotonic() + seconds
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as connection:
            if deadline is not None:
                connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
            found = [str(row[0]) for row in connection.execute(f"PRAGMA quick_check({_TOLD})")]
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            return False
        if is_damage(error):
            raise damaged(path, str(error)) from error
        raise Unavailable(f"{path} cannot be read: {error}") from error
    if found != ["ok"]:
        raise damaged(path, "; ".join(" ".join(line.split()) for line in found))
    return True
