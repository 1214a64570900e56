"""kind = "exec": off unless it is allowed; no shell, no leftovers, bounded in time, output and environment."""

import asyncio
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from alerts.channels.channel import Receipt, SendFailure, Sending
from alerts.channels.exec_channel import ExecChannel
from alerts.channels.kind import ChannelTools
from alerts.channels.message import message_of
from alerts.channels.registry import build_channel, channel_settings
from alerts.channels.settings import Surroundings
from alerts.channels.stored import plain, shown
from core.errors import ConfigError
from core.model.outcome import FailureReason
from tests.alerts.channels.message_shapes import shapes
from tests.alerts.making import NOW, alert, brief, notification
from tests.fakes.channel_tools import tools
from tests.wirewatch.cli.conftest import Newsroom, newsroom  # noqa: F401 - a fixture
from wirewatch.config.loading import examine

MESSAGE = message_of(notification(alert(brief(title="$(touch pwned); `id` && x"))))


def script(folder: Path, text: str) -> list[str]:
    path = folder / "script"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return ["./script", "a b", "$HOME", "*"]


def channel(folder: Path, command: list[str], **more: object) -> ExecChannel:
    unused: Any = None
    wired: ChannelTools = tools(unused, folder)
    made = build_channel(channel_settings({"name": "x", "kind": "exec", "command": command, **more}), wired)
    assert isinstance(made, ExecChannel)
    return made


async def send(folder: Path, text: str, **more: object) -> Receipt:
    desk = channel(folder, script(folder, text), **more)
    return await desk.send(MESSAGE, Sending(notification_id="n1", attempt=3, now=NOW))


async def failure(folder: Path, text: str, **more: object) -> SendFailure:
    with pytest.raises(SendFailure) as caught:
        await send(folder, text, **more)
    return caught.value


async def test_a_program_gets_the_message_and_its_arguments_as_they_are(tmp_path: Path) -> None:
    receipt = await send(tmp_path, 'cat > got; printf "%s|" "$@" > arguments; pwd; env > environment; echo done')
    got = orjson.loads((tmp_path / "got").read_bytes())
    assert (got["id"], got["attempt"], got["articles"][0]["title"]) == ("n1", 3, "$(touch pwned); `id` && x")
    assert (tmp_path / "arguments").read_text() == "a b|$HOME|*|"
    assert receipt.detail == f"exit code 0: {tmp_path} done"
    assert not (tmp_path / "pwned").exists()


async def test_an_alert_of_the_longest_rule_is_handed_over(tmp_path: Path) -> None:
    desk = channel(tmp_path, script(tmp_path, "cat > got"))
    for shape, message in shapes().items():
        if shape.startswith("longest-"):
            await desk.send(message, Sending(notification_id="n1", attempt=1, now=NOW))
            assert orjson.loads((tmp_path / "got").read_bytes())["articles"][0]["matches"], shape


async def test_its_environment_is_reduced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_SECRET", "s3cret-of-wirewatch")
    await send(tmp_path, "env > environment", environment={"TOKEN": "t0ken-of-the-program"})
    found = dict(line.split("=", 1) for line in (tmp_path / "environment").read_text().splitlines() if "=" in line)
    assert "DESK_SECRET" not in found
    assert (found["WIREWATCH_ID"], found["WIREWATCH_ATTEMPT"], found["WIREWATCH_RULE"]) == ("n1", "3", "dprk-arms")
    assert (found["TOKEN"], found["PATH"]) == ("t0ken-of-the-program", os.environ["PATH"])


@pytest.mark.parametrize(
    ("text", "reason", "retriable"),
    [
        ("echo full >&2; exit 75", FailureReason.SERVER_ERROR, True),
        ("exit 1", FailureReason.REFUSED, False),
        ("exit 127", FailureReason.REFUSED, False),
        ("kill -9 $$", FailureReason.DISCONNECTED, True),
    ],
)
async def test_how_it_ends_says_whether_to_try_again(
    tmp_path: Path, text: str, reason: FailureReason, *, retriable: bool
) -> None:
    failed = await failure(tmp_path, text)
    assert (failed.reason, failed.retriable) == (reason, retriable)
    assert ("full" in failed.detail) == ("full" in text)


async def test_a_program_that_reads_nothing_is_no_failure(tmp_path: Path) -> None:
    big = message_of(notification(alert(*[brief(n, snippet="x" * 400) for n in range(500)])))
    desk = channel(tmp_path, script(tmp_path, "exec 0<&-; exit 0"))
    receipt = await desk.send(big, Sending(notification_id="n1", attempt=1, now=NOW))
    assert receipt.detail == "exit code 0"


async def test_after_its_time_the_whole_group_is_killed(tmp_path: Path) -> None:
    text = 'trap "" TERM; (trap "" TERM; echo $$ > parent; sleep 300 & echo $! > child; wait) & wait'
    async with asyncio.timeout(30):
        failed = await failure(tmp_path, text, timeout_seconds=0.5)
    assert (failed.reason, failed.retriable) == (FailureReason.TIMEOUT, True)
    assert await is_gone(int((tmp_path / "child").read_text()))


async def test_what_it_leaves_in_the_background_ends_with_it(tmp_path: Path) -> None:
    async with asyncio.timeout(30):
        receipt = await send(tmp_path, "sleep 300 & echo $! > child; echo done; exit 0")
    assert receipt.detail == "exit code 0: done"
    assert await is_gone(int((tmp_path / "child").read_text()))


async def is_gone(pid: int) -> bool:
    """Whether the process has ended; it may have to be reaped by somebody yet."""
    for _ in range(500):
        if state_of(pid) in ("", "Z"):
            return True
        await asyncio.sleep(0.01)
    return False


def state_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


async def test_its_output_is_bounded_and_its_secrets_are_cut_out(tmp_path: Path) -> None:
    text = 'echo "token $TOKEN"; head -c 3000000 /dev/zero | tr "\\0" y; exit 1'
    failed = await failure(tmp_path, text, environment={"TOKEN": "t0ken-of-the-program"})
    assert failed.detail.startswith("exit code 1: token [secret] yyy")
    assert len(failed.detail) < 400


async def test_a_stop_leaves_no_program_behind(tmp_path: Path) -> None:
    desk = channel(tmp_path, script(tmp_path, "echo $$ > pid; sleep 300"))
    async with asyncio.TaskGroup() as group:
        task = group.create_task(desk.send(MESSAGE, Sending(notification_id="n1", attempt=1, now=NOW)))
        for _ in range(3_000):
            if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip():
                break
            await asyncio.sleep(0.01)
        task.cancel()
    assert await is_gone(int((tmp_path / "pid").read_text()))


@pytest.mark.parametrize("turns", range(1, 9))
async def test_a_stop_while_the_program_is_being_started_ends_too(tmp_path: Path, turns: int) -> None:
    desk = channel(tmp_path, script(tmp_path, "sleep 300"))
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        task = group.create_task(desk.send(MESSAGE, Sending(notification_id="n1", attempt=1, now=NOW)))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    for command in (["./nowhere"], ["no-such-program-of-ours"]):
        with pytest.raises(ConfigError, match="command: there is no program"):
            channel(tmp_path, command)


CHANNEL = '[[channels]]\nname = "x"\nkind = "exec"\ncommand = ["true"]\n'


def test_it_is_off_unless_the_main_file_allows_it(tmp_path: Path) -> None:
    main = tmp_path / "wirewatch.toml"
    main.write_text(CHANNEL)
    _, (problem,) = examine(main, {})
    assert "allow_exec = true under [server]" in str(problem)
    main.write_text("[server]\nallow_exec = true\n" + CHANNEL)
    assert examine(main, {})[1] == []
    (tmp_path / "more.toml").write_text("[server]\nallow_exec = true\n" + CHANNEL)
    main.write_text('include = ["more.toml"]\n')
    assert examine(main, {})[1]  # an included file cannot allow it


def test_no_command_adds_one(newsroom: Newsroom) -> None:  # noqa: F811 - the fixture
    (newsroom.folder / "wirewatch.toml").write_text('data_dir = "data"\n[server]\nallow_exec = true\n')
    words = ("channels", "add", "x", "--kind", "exec", "--set", 'command=["true"]')
    assert "it cannot be added by command" in newsroom.refused(*words)
    settings = channel_settings({"name": "x", "kind": "exec", "command": ["true"]})
    here = Surroundings(kafka_log=False, allow_exec=True)
    assert settings.unfit(here) is None
    assert settings.unfit(replace(here, in_file=False)) is not None


def test_its_variables_are_shown_nowhere() -> None:
    raw = {"name": "x", "kind": "exec", "command": ["true"], "environment": {"TOKEN": "t0ken-of-the-program"}}
    settings = channel_settings(raw)
    assert "t0ken" not in repr(settings) + repr(shown("exec", plain(settings)))
    with pytest.raises(ConfigError, match="no variable of the environment"):
        channel_settings({**raw, "environment": {"A=B": "x"}})
