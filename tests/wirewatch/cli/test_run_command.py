"""`wirewatch run`: what refuses to start and how, and every way to end it."""

import os
import platform
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from tests.services.process import free_ports
from tests.services.wirewatch import PATIENCE_SECONDS, failed, wirewatch
from wirewatch.cli import main
from wirewatch.cli.commands import run
from wirewatch.config.loading import Config, load

ANYWHERE = '[server]\nlisten = "127.0.0.1:0"\n'
STOP_SECONDS = 10  # what docs/operations.md promises


def test_a_bad_configuration_is_told_whole_before_anything_is_opened(tmp_path: Path) -> None:
    config = (
        '[server]\nlistne = "127.0.0.1:0"\n[fetch]\nmax_bytes = "10"\n'
        '[[sources]]\nname = "A"\nurl = "ftp://a.example/feed"\n'
    )
    code, told = failed(tmp_path, config)
    assert code == 1
    assert 'wirewatch.toml:2: server.listne: unknown key; did you mean "listen"?' in told
    assert "wirewatch.toml:4: fetch.max_bytes: expected a whole number, got text" in told
    assert "wirewatch.toml:7: sources[0].url: expected an http:// or https:// URL" in told
    assert "Traceback" not in told
    assert not (tmp_path / "data").exists()


def test_every_bad_rule_is_told_with_its_place(tmp_path: Path) -> None:
    config = (
        '[[rules]]\nname = "one"\nquery = "arms AND ("\n'
        '[[rules]]\nname = "two"\nquery = "@nobody"\nchannels = ["desk"]\n'
    )
    code, told = failed(tmp_path, config)
    assert code == 1
    assert "wirewatch.toml:3: rules[0].query: rule 'one'" in told
    assert "wirewatch.toml:6: rules[1].query: rule 'two'" in told
    assert "wirewatch.toml:7: rules[1].channels[0]: there is no channel 'desk'" in told
    assert "Traceback" not in told
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(("arguments", "told"), [(("--role", "reed"), "reed"), (("--rolle", "read"), "--rolle")])
def test_a_wrong_call_ends_with_2(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    code, said = failed(tmp_path, "", *arguments)
    assert code == 2
    assert told in said


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, told = failed(tmp_path, f'[server]\nlisten = "127.0.0.1:{port}"\n')
    assert code == 1
    assert f"server.listen 127.0.0.1:{port}" in told
    assert "Traceback" not in told


def test_a_second_process_is_refused_by_the_firsts_number_and_the_first_goes_on(tmp_path: Path) -> None:
    with wirewatch(tmp_path, ANYWHERE) as first:
        assert first.get("/readyz")[0] == 200
        code, told = failed(tmp_path, ANYWHERE)
        assert code == 1
        assert f"another wirewatch (process {first.process.pid}) is using the data directory" in told
        assert "data_dir of its own" in told
        assert "Traceback" not in told
        assert first.get("/readyz")[0] == 200
        assert first.terminate() == 0


def test_the_lock_falls_with_a_process_that_was_killed(tmp_path: Path) -> None:
    with wirewatch(tmp_path, ANYWHERE) as first:
        first.address()
        first.process.kill()
        assert first.ended() == -signal.SIGKILL
    with wirewatch(tmp_path, ANYWHERE.replace(":0", f":{free_ports(1)[0]}")) as second:
        second.wait_for(re.compile(r'"event": "started"'))
        assert second.terminate() == 0


@contextmanager
def a_publisher_that_never_answers() -> Iterator[tuple[str, threading.Event]]:
    """Its address, and whether somebody has come."""
    came, over = threading.Event(), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            connection, _ = server.accept()
            came.set()
            over.wait(PATIENCE_SECONDS)
            connection.close()

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/feed", came
        finally:
            over.set()
            thread.join(PATIENCE_SECONDS)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_one_signal_stops_it_cleanly_in_time_while_a_publisher_hangs(tmp_path: Path, number: signal.Signals) -> None:
    with a_publisher_that_never_answers() as (url, came):
        config = f'{ANYWHERE}[fetch]\nallow_networks = ["127.0.0.0/8"]\n[[sources]]\nname = "A"\nurl = "{url}"\n'
        with wirewatch(tmp_path, config) as running:
            running.address()
            assert came.wait(PATIENCE_SECONDS)
            began = time.monotonic()
            running.process.send_signal(number)
            assert running.ended() == 0
            assert time.monotonic() - began < STOP_SECONDS
            assert '"event": "stopped"' in running.log()
            assert "Traceback" not in running.log()


def test_two_signals_stop_it_at_once(tmp_path: Path) -> None:
    with wirewatch(tmp_path, ANYWHERE) as running:
        running.address()
        running.process.send_signal(signal.SIGSTOP)  # so that both are there when it looks
        running.process.send_signal(signal.SIGTERM)
        running.process.send_signal(signal.SIGINT)
        running.process.send_signal(signal.SIGCONT)
        assert running.ended() == 1
        assert '"event": "stopped"' not in running.log()


@pytest.fixture
def hangup() -> Iterator[None]:
    """What this process does about SIGHUP, put back afterwards."""
    before = signal.getsignal(signal.SIGHUP)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("hangup")
@pytest.mark.parametrize(("command", "expected"), [("run", signal.SIG_IGN), ("check", signal.SIG_DFL)])
def test_a_hangup_does_not_end_what_still_loads(
    monkeypatch: pytest.MonkeyPatch, command: str, expected: signal.Handlers
) -> None:
    found: list[object] = []

    def before_anything_is_loaded(**_: object) -> None:
        found.append(signal.getsignal(signal.SIGHUP))

    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    monkeypatch.setattr(sys, "argv", ["wirewatch", command])
    monkeypatch.setattr(main.cli, "main", before_anything_is_loaded)
    with pytest.raises(SystemExit):
        main.main()
    assert found == [expected]


@pytest.mark.usefixtures("hangup")
def test_a_hangup_while_the_files_are_read_is_a_reload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def read(path: Path) -> Config:
        os.kill(os.getpid(), signal.SIGHUP)
        return load(path, {})

    async def started(_config: Config, _roles: object, before: Sequence[int]) -> None:
        asked.extend(before)

    monkeypatch.setattr(run, "load_with_rules", read)
    monkeypatch.setattr(run, "_set_up_log", lambda _: None)
    monkeypatch.setattr(run, "_share_arenas", lambda: None)
    monkeypatch.setattr(run, "_run", started)
    (tmp_path / "wirewatch.toml").write_text(ANYWHERE, encoding="utf-8")
    done = CliRunner().invoke(main.cli, ["run", "--config", str(tmp_path / "wirewatch.toml")], catch_exceptions=False)
    assert done.exit_code == 0
    assert asked == [signal.SIGHUP]


def test_while_it_waits_for_a_service_it_says_so_and_can_be_stopped(tmp_path: Path) -> None:
    port, nobody = free_ports(2)
    config = (
        f'[server]\nlisten = "127.0.0.1:{port}"\n'
        f'[database]\nurl = "postgresql://wirewatch:pass-word@127.0.0.1:{nobody}/wirewatch"\n'
    )
    with wirewatch(tmp_path, config) as running:
        running.wait_for(re.compile("waiting_for_service"))
        running.listens = f"http://127.0.0.1:{port}"
        status, text = running.get("/readyz")
        assert status == 503
        assert orjson.loads(text)["failing"] == ["database"]
        assert running.get("/livez")[0] == 200
        assert running.get("/")[0] == 503
        assert running.terminate() == 0
        assert "pass-word" not in running.log() + text
        assert "Traceback" not in running.log()


def test_a_process_has_the_roles_it_was_given(tmp_path: Path) -> None:
    with wirewatch(tmp_path, ANYWHERE, "--role", "match", "--role", "alert") as running:
        parts = orjson.loads(running.get("/readyz")[1])["parts"]
        roles = {
            "match",
            "alert",
            "sweep",
            "dead letters",
            "reload",
            "term files",
            "event loop probe",
            "disk watch",
            "clock watch",
            "log watch",
            "hourly counts",
        }
        assert set(parts) - {"disk"} == {"database", *(f"role {name}" for name in roles)}
        assert "role serve" in running.get("/")[1]
        up = dict(re.findall(r'^news_role_up\{role="(\w+)"\} (\S+)', running.get("/metrics")[1], re.MULTILINE))
        assert {role for role, value in up.items() if value == "1.0"} == {"match", "alert", "sweep", "reload"}
        assert running.terminate() == 0


def test_a_console_that_other_machines_reach_does_not_start_before_somebody_can_sign_in(tmp_path: Path) -> None:
    code, said = failed(tmp_path, '[server]\nlisten = "0.0.0.0:0"\n')
    assert code == 1
    assert f"wirewatch users add NAME --role admin --config {tmp_path / 'wirewatch.toml'}" in said
    assert "Traceback" not in said
    with wirewatch(tmp_path, '[server]\nlisten = "0.0.0.0:0"\n', "--role", "match") as running:
        running.wait_for(re.compile('"event": "started"'))  # it has no console
        assert running.terminate() == 0


def test_nothing_listens_where_nothing_is_to_listen(tmp_path: Path) -> None:
    with wirewatch(tmp_path, '[server]\nlisten = ""\n') as running:
        started = running.wait_for(re.compile(r'"listen": (null|"[^"]*")'))
        assert started[1] == "null"
        assert running.terminate() == 0


ARENAS = """
import ctypes, sys, threading
if sys.argv[1] == "share":
    from wirewatch.cli.commands.run import _share_arenas
    _share_arenas()
meet, libc = threading.Barrier(7), ctypes.CDLL(None)
def work():
    kept = ctypes.create_string_buffer(50_000)
    meet.wait()
    meet.wait()
for _ in range(6):
    threading.Thread(target=work).start()
meet.wait()
libc.fopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(libc.fopen(sys.argv[2].encode(), b"w"))
libc.malloc_info(0, out)
libc.fclose(out)
meet.wait()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has arenas")
def test_threads_share_two_arenas(tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    arenas = {}
    for name in ("own", "share"):
        told = tmp_path / name
        subprocess.run([sys.executable, "-c", ARENAS, name, str(told)], check=True, env=environ)
        arenas[name] = told.read_text(encoding="ascii").count("<heap nr=")
    assert arenas["share"] <= 2 < arenas["own"]
