"""A real PostgreSQL server out of the system's packages, on a free port, with a throw-away data folder.

`python -m tests.services.postgres` starts one in the foreground.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    tools, owner = programs(), _owner()
    (port,) = free_ports(1)
    user = owner.pw_uid if owner else None
    group = owner.pw_gid if owner else None
    extra: list[int] | None = [] if owner else None
    with tempfile.TemporaryDirectory(prefix="wirewatch-postgres-") as folder:
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        data, log = Path(folder) / "data", Path(folder) / "server.log"
        with log.open("wb") as out:
            made = subprocess.run(
                [tools / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
                stdout=out, stderr=out, cwd=folder, user=user, group=group, extra_groups=extra, check=False,
            )  # fmt: skip
            if made.returncode != 0:
                raise CannotStart(f"initdb failed: {log.read_text(errors='replace')[-1000:]}")
            settings = [part for setting in SETTINGS for part in ("-c", setting)]
            process = subprocess.Popen(
                [tools / "postgres", "-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1", *settings],
                stdout=out, stderr=out, cwd=folder, user=user, group=group, extra_groups=extra,
            )  # fmt: skip
            try:
                wait_until(lambda: _answers(tools, port), process, log)
                yield f"postgresql://{USER}@127.0.0.1:{port}/postgres"
            finally:
                stop(process, signal.SIGINT)  # a fast shutdown: connections are ended


def _answers(tools: Path, port: int) -> bool:
    asked = subprocess.run(
        [tools / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)], check=False, capture_output=True
    )
    return asked.returncode == 0


if __name__ == "__main__":
    with server() as url:
        hold(f"DATABASE_URL={url}")
