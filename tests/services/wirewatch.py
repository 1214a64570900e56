"""`wirewatch run` as a process of its own, in a folder of its own, for tests of what only a process can show."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60  # a bound that is only reached when something is broken
_LISTENS = re.compile(r'"listen": "(http://[^"]+)"')


@dataclass
class Running:
    """A started process. It listens on any free port and says in its log which."""

    process: subprocess.Popen[bytes]
    log_path: Path
    listens: str = ""  # where that is known before it has started

    def log(self) -> str:
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def address(self) -> str:
        """Where it listens, once it has started."""
        return self.listens or self.wait_for(_LISTENS)[1]

    def wait_for(self, pattern: re.Pattern[str]) -> re.Match[str]:
        """The first place in the log that fits; fails with the log when the process ends or never says so."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (found := pattern.search(self.log())):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"never said {pattern.pattern!r}\n{self.log()[-4000:]}")
            time.sleep(0.05)
        return found

    def get(self, path: str) -> tuple[int, str]:
        """Status and body, whatever the status."""
        try:
            with urlopen(self.address() + path, timeout=PATIENCE_SECONDS) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()
        except (URLError, HTTPException) as error:
            raise AssertionError(f"{path}: {error}\n{self.log()[-4000:]}") from error

    def ended(self) -> int:
        """Wait for the end; the exit code (negative: the signal)."""
        return self.process.wait(PATIENCE_SECONDS)

    def terminate(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.ended()


def failed(folder: Path, config: str, *arguments: str) -> tuple[int, str]:
    """Exit code and standard error of a process that does not come up."""
    (folder / "wirewatch.toml").write_text(config, encoding="utf-8")
    call, environ = command(folder, *arguments)
    done = subprocess.run(
        call, env=environ, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    return done.returncode, done.stderr


def command(folder: Path, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """The call of `wirewatch run` for the configuration in the folder, and an environment without our own settings."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("WIREWATCH_")}
    config = str(folder / "wirewatch.toml")
    return [sys.executable, "-m", "wirewatch.cli.main", "run", "--config", config, *arguments], environ


@contextmanager
def wirewatch(folder: Path, config: str, *arguments: str) -> Iterator[Running]:
    """Start it with this configuration; kill what is left of it at the end."""
    (folder / "wirewatch.toml").write_text(config, encoding="utf-8")
    call, environ = command(folder, *arguments)
    log_path = folder / "run.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(call, env=environ, cwd=ROOT, stdout=log, stderr=log)
    try:
        yield Running(process, log_path)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
