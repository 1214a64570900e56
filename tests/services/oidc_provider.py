"""A real OpenID Connect provider, the npm package oidc-provider, on a free port.

`python -m tests.services.oidc_provider` starts one in the foreground.
"""

import fcntl
import hashlib
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.services.process import CannotStart, cache_folder, free_ports, hold, say, stop, wait_until

REDIRECT_URI = "http://127.0.0.1:8080/sign-in/oidc/callback"
CLIENT_ID = "wirewatch"
CLIENT_SECRET = "a secret: with + and /"
_FILES = Path(__file__).with_name("oidc")


@dataclass(frozen=True, slots=True)
class RunningProvider:
    """`process`: to be stopped by a test of a provider that is down."""

    issuer: str
    process: subprocess.Popen[bytes]


def packages() -> Path:
    """The folder of the provider's packages, fetched once through npm; raises CannotStart."""
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            raise CannotStart(f"no {tool} on this machine (Debian: nodejs, npm)")
    cache = cache_folder("wirewatch-test-oidc")
    folder = cache / hashlib.sha256((_FILES / "package-lock.json").read_bytes()).hexdigest()[:16]
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes want them at once
        if not folder.is_dir():
            _fetch(cache, folder)
    return folder


def _fetch(cache: Path, folder: Path) -> None:
    say("fetching the OpenID Connect provider (9 MB, once)")
    with tempfile.TemporaryDirectory(dir=cache) as work:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(_FILES / name, work)
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=work,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise CannotStart(f"npm brings no OpenID Connect provider: {done.stderr[-2000:]}")
        shutil.move(work, folder)
        Path(work).mkdir()  # for the context manager to take away


@contextmanager
def provider() -> Iterator[RunningProvider]:
    """One that runs. Raises CannotStart."""
    modules = packages()
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory(prefix="wirewatch-oidc-") as folder:
        work = Path(folder)
        shutil.copy(_FILES / "provider.mjs", work)
        (work / "node_modules").symlink_to(modules / "node_modules")
        log = work / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                ["node", "provider.mjs", str(port), REDIRECT_URI], cwd=work, stdout=output, stderr=output
            )
        try:
            wait_until(lambda: _listens(port), process, log)
            yield RunningProvider(f"http://127.0.0.1:{port}", process)
        finally:
            if process.poll() is None:
                stop(process)


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    with provider() as running:
        hold(running.issuer)
