"""The database's errors in our own words, translated in one place.

Whatever the state of the database causes is Unavailable (the role tries again later, no record is blamed); a value that
the database refuses is a RecordError. No message holds a statement's values or a password.
"""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import exc

from core.db.damage import damaged, is_damage
from core.errors import RecordError, Unavailable, WirewatchError
from core.model.outcome import DeadLetterReason

_REFUSED = ("28", "3D")  # SQLSTATE classes: invalid authorization, no such database


@contextmanager
def translated(place: str, path: Path | None = None) -> Iterator[None]:
    """Raise our errors for those of SQLAlchemy, the drivers and the network; `place` names the database.

    `path`: its file, where it is one. A damaged one is Damaged: trying again does not help.
    """
    try:
        yield
    except (exc.DatabaseError, sqlite3.DatabaseError) as error:
        cause = error.orig if isinstance(error, exc.DatabaseError) else error
        if path is not None and is_damage(cause):
            raise damaged(path, str(cause)) from error
        raise _told(place, error) from error
    except exc.DBAPIError as error:
        raise _unavailable(place, error.orig) from error
    except exc.TimeoutError as error:
        raise Unavailable(f"{place}: no connection became free in time") from error
    except _driver_errors() as error:
        raise _unavailable(place, error) from error
    except TimeoutError as error:
        raise Unavailable(f"{place} did not answer in time") from error
    except OSError as error:
        raise Unavailable(f"{place} cannot be reached: {error.strerror or error}") from error


def _driver_errors() -> tuple[type[Exception], ...]:
    """Of the drivers that are loaded: commands on SQLite do without PostgreSQL's."""
    asyncpg = sys.modules.get("asyncpg")
    return (sqlite3.Error,) if asyncpg is None else (sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError)


def _told(place: str, error: exc.DatabaseError | sqlite3.DatabaseError) -> WirewatchError:
    if isinstance(error, exc.DataError | exc.IntegrityError):
        return RecordError(DeadLetterReason.FAILED, f"{place} refused a value: {_first_line(error.orig)}")
    return _unavailable(place, error.orig if isinstance(error, exc.DatabaseError) else error)


def _unavailable(place: str, error: BaseException | None) -> Unavailable:
    refused = (getattr(error, "sqlstate", None) or "").startswith(_REFUSED)
    return Unavailable(f"{place} {'refused us' if refused else 'failed'}: {_first_line(error)}")


def _first_line(error: BaseException | None) -> str:
    # PostgreSQL puts the offending values on lines of their own ("DETAIL: ..."); they may be anything, so they stay out.
    text = str(error).strip().splitlines()
    return text[0] if text else type(error).__name__
