"""A real PostgreSQL server out of the system's packages, on a free port, with a throw-away data folder.

`python -m tests.services.postgres` starts one in the foreground.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from tests.services.process import CannotStart, free_ports, hold, stop, wait_until

USER = "wirewatch"

# durability is not what tests of a throw-away server are about
SETTINGS = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "unix_socket_directories=",
    "max_connections=60",
)


def programs() -> Path:
    """The folder of initdb and postgres; raises CannotStart."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is not None:
        return Path(on_path).resolve().parent
    raise CannotStart("no PostgreSQL server on this machine (Debian: postgresql)")


def _owner() -> pwd.struct_passwd | None:
    """Whom to run as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise CannotStart("PostgreSQL refuses to run as root and there is no user postgres or nobody")


@contextmanager
def server() -> Iterator[str]:
    """The URL of a running server's maintenance database. Raises CannotStart."""
    with mortal_server(SETTINGS) as one:
        yield one.url


@contextmanager
def mortal_server(settings: Sequence[str]) -> Iterator["Server"]:
    """The same, to be killed and started again with what it had on its disk."""
    with tempfile.TemporaryDirectory(prefix="wirewatch-postgres-") as folder, Server(Path(folder), settings) as one:
        yield one


class Server:
    """One server that can be killed and started again with its data. Use as a context manager. Raises CannotStart."""

    def __init__(self, folder: Path, settings: Sequence[str]) -> None:
        self._folder = folder
        self._tools, owner = programs(), _owner()
        (self._port,) = free_ports(1)
        self._settings = [part for setting in settings for part in ("-c", setting)]
        self._user = owner.pw_uid if owner else None
        self._group = owner.pw_gid if owner else None
        self._extra: list[int] | None = [] if owner else None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self._port}/postgres"

    def __enter__(self) -> Self:
        if self._user is not None and self._group is not None:
            os.chown(self._folder, self._user, self._group)
        data, log = self._folder / "data", self._folder / "server.log"
        initdb: list[str | Path] = [
            self._tools / "initdb",
            "-D",
            data,
            "-U",
            USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]
        with log.open("wb") as out:
            code = self._begin(initdb, out).wait()
        if code != 0:
            raise CannotStart(f"initdb failed: {log.read_text(errors='replace')[-1000:]}")
        try:
            self.start()
        except CannotStart:
            self.kill()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            stop(self._process, signal.SIGINT)  # a fast shutdown: connections are ended

    def start(self) -> None:
        """Return once it answers; its port and data are those it had before."""
        log = self._folder / "server.log"
        address = ["-p", str(self._port), "-c", "listen_addresses=127.0.0.1"]
        with log.open("ab") as out:
            command: list[str | Path] = [
                self._tools / "postgres",
                "-D",
                self._folder / "data",
                *address,
                *self._settings,
            ]
            self._process = self._begin(command, out)
        wait_until(lambda: _answers(self._tools, self._port), self._process, log)

    def _begin(self, command: Sequence[str | Path], out: BinaryIO) -> subprocess.Popen[bytes]:
        """As the user whom PostgreSQL accepts."""
        return subprocess.Popen(
            command,
            stdout=out,
            stderr=out,
            cwd=self._folder,
            user=self._user,
            group=self._group,
            extra_groups=self._extra,
        )

    def kill(self) -> None:
        """At once, with all connections: SIGQUIT, PostgreSQL's own immediate shutdown; the next start recovers."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
            self._process = None


def _answers(tools: Path, port: int) -> bool:
    asked = subprocess.run(
        [tools / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)], check=False, capture_output=True
    )
    return asked.returncode == 0


if __name__ == "__main__":
    with server() as url:
        hold(f"DATABASE_URL={url}")
