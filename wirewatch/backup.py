"""A backup of the embedded files while they are used, and its way back: verified, whole, consistent with each other.

    commits of the log (read) -> copy of the database -> copy of the log, with the commits that were read first

What the database knows of (a poll that is saved, an alert that is stored) is then on the log, and what the log calls done
is in the database. The stages repeat a little and send no alert that the database has as sent: ids are derived.
"""

import hashlib
import json
import os
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory

from core.db.damage import DATA_FILES, damaged, examine, is_damage
from core.db.migrate import known_revisions
from core.errors import Busy, Damaged, Unavailable, UserError
from core.log.lock import DirectoryLock
from core.log.sqlite_file import FILE_VERSION

FORMAT = 1
_MANIFEST = "manifest.json"
_LOG, _DATABASE = DATA_FILES


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A file of a backup. `version`: of the log's file, or the newest migration of the database."""

    name: str
    version: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds."""

    format: int
    wirewatch: str
    at: str
    files: tuple[Saved, ...]


def back_up(data_dir: Path, target: Path, *, version: str, now: datetime, replace: bool = False) -> Manifest:
    """Write a backup of `data_dir` to `target`. Others may use the files meanwhile; they wait for nothing.

    Raises UserError: there is nothing, or something in the way; Damaged; Unavailable: it cannot be read or written.
    """
    there = [name for name in DATA_FILES if (data_dir / name).exists()]
    if _DATABASE not in there:
        raise UserError(f"there is no {_DATABASE} in {data_dir}: nothing to back up")
    if target.exists() and not replace:
        raise UserError(f"{target} is there already; name another file, or say --force")
    partial = target.with_name(f"{target.name}.partial")
    with _told(f"{target} cannot be written"):
        try:
            with TemporaryDirectory(dir=target.parent, prefix=".wirewatch-backup-") as folder:
                copies = _copies(data_dir, Path(folder), there)
                manifest = Manifest(format=FORMAT, wirewatch=version, at=now.isoformat(), files=tuple(copies))
                _pack(partial, Path(folder), manifest)
            partial.replace(target)
            _sync(target.parent)
        finally:
            partial.unlink(missing_ok=True)
    return manifest


def restore(source: Path, data_dir: Path, *, now: datetime, replace: bool = False) -> tuple[Manifest, Path | None]:
    """Put a backup into `data_dir`, which must be without data, or else `replace`; where what was there was put.

    Nothing of it is touched before the whole backup has been verified. Raises Busy while a process uses it.
    """
    lock = DirectoryLock.acquire(data_dir)
    try:
        there = [path for name in DATA_FILES for path in sorted(data_dir.glob(f"{name}*"))]
        if there and not replace:
            names = ", ".join(path.name for path in there)
            raise UserError(
                f"{data_dir} holds data already ({names}); --replace puts it aside, into a folder beside the new files"
            )
        _refuse_users(data_dir / _DATABASE)
        with (
            _told(f"{source} cannot be restored into {data_dir}"),
            TemporaryDirectory(dir=data_dir, prefix=".restore-") as folder,
        ):
            manifest = _unpacked(source, Path(folder))
            aside = _put_aside(data_dir, there, now)
            for saved in manifest.files:
                (Path(folder) / saved.name).replace(data_dir / saved.name)
            _sync(data_dir)
        return manifest, aside
    finally:
        lock.release()


def _copies(data_dir: Path, folder: Path, names: list[str]) -> Iterator[Saved]:
    commits = None
    if _LOG in names:
        with _named(data_dir / _LOG), closing(_reader(data_dir / _LOG)) as connection:
            commits = connection.execute("SELECT member_group, first, next FROM commits").fetchall()
    for name in sorted(names, key=[_DATABASE, _LOG].index):  # the log last: see above
        copy = folder / name
        with (
            _named(data_dir / name),
            closing(_reader(data_dir / name)) as connection,
            closing(sqlite3.connect(copy)) as target,
        ):
            connection.backup(target)  # in one step, so from one moment
            if name == _LOG and commits is not None:
                target.execute("DELETE FROM commits")
                target.executemany("INSERT INTO commits VALUES (?, ?, ?)", commits)
                target.commit()
            target.execute("PRAGMA journal_mode = DELETE")  # one file, without a write-ahead log
        with _named(data_dir / name):
            examine(copy)
        yield Saved(name=name, version=_version(copy), size=copy.stat().st_size, sha256=_digest(copy))


def _reader(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)


def _version(path: Path) -> str:
    statement = "PRAGMA user_version" if path.name == _LOG else "SELECT version_num FROM alembic_version"
    with closing(_reader(path)) as connection:
        return str(connection.execute(statement).fetchone()[0])


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pack(target: Path, folder: Path, manifest: Manifest) -> None:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # rules and receivers are nobody else's
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            text = json.dumps(asdict(manifest), indent=1).encode()
            head = tarfile.TarInfo(_MANIFEST)
            head.size = len(text)
            archive.addfile(head, BytesIO(text))
            for saved in manifest.files:
                archive.add(folder / saved.name, saved.name)
        file.flush()
        os.fsync(file.fileno())


def _unpacked(source: Path, folder: Path) -> Manifest:
    """The backup's files in `folder`, verified."""
    try:
        with tarfile.open(source) as archive:
            manifest = _read(archive)
            for saved in manifest.files:
                member = archive.extractfile(saved.name)
                if member is None:
                    raise Damaged(f"{source} is no whole backup: {saved.name} is no file")
                with (folder / saved.name).open("wb") as file:
                    copyfileobj(member, file, 1 << 20)
                    file.flush()
                    os.fsync(file.fileno())
    except (tarfile.TarError, KeyError, ValueError, TypeError, EOFError) as error:
        raise Damaged(f"{source} is no backup of wirewatch, or not whole: {error}; nothing was changed") from error
    for saved in manifest.files:
        path = folder / saved.name
        if path.stat().st_size != saved.size or _digest(path) != saved.sha256:
            raise Damaged(f"{source} is damaged: {saved.name} is not what was saved; nothing was changed")
        examine(path)
        _check_version(source, saved)
    return manifest


def _read(archive: tarfile.TarFile) -> Manifest:
    member = archive.extractfile(_MANIFEST)
    found = json.loads(b"" if member is None else member.read(1 << 20))
    if found["format"] != FORMAT:
        raise ValueError(f"its format is {found['format']}, this version reads {FORMAT}")
    files = tuple(Saved(**saved) for saved in found["files"])
    if not {_DATABASE} <= {saved.name for saved in files} <= set(DATA_FILES):
        raise ValueError(f"its files are {', '.join(saved.name for saved in files)}")
    return Manifest(format=FORMAT, wirewatch=found["wirewatch"], at=found["at"], files=files)


def _check_version(source: Path, saved: Saved) -> None:
    known = {str(FILE_VERSION)} if saved.name == _LOG else known_revisions()
    if saved.version not in known:
        raise UserError(f"{source} was made by a later version of wirewatch: {saved.name} has version {saved.version}")


def _refuse_users(path: Path) -> None:
    """Raise Busy where somebody has the database open: only who reads the log holds the directory's lock."""
    if not path.exists():
        return
    with closing(sqlite3.connect(path, timeout=1)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.DatabaseError as error:  # damaged, perhaps: then it is put aside as it is
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
                raise Busy(f"another process has {path} open; stop it first") from error


def _put_aside(data_dir: Path, there: list[Path], now: datetime) -> Path | None:
    if not there:
        return None
    aside = data_dir / f"before-restore-{now:%Y%m%dT%H%M%S}"
    aside.mkdir()
    for path in there:
        path.replace(aside / path.name)
    return aside


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Damage is that of the file that was copied."""
    try:
        yield
    except Damaged as error:
        raise damaged(path, "its copy fails SQLite's check") from error
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        raise damaged(path, str(error)) from error


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise Unavailable(f"{what}: {error}") from error
    except OSError as error:
        raise UserError(f"{what}: {error.strerror or error}") from error
