"""kind = "file": whole lines on the disk, whatever else happens to the file."""

import errno
import fcntl
import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from alerts.channels.channel import SendFailure, Sending
from alerts.channels.file import FileChannel
from alerts.channels.kind import ChannelTools
from alerts.channels.message import message_of
from alerts.channels.registry import build_channel, channel_settings
from alerts.channels.settings import Surroundings
from core.errors import ConfigError
from core.model.outcome import FailureReason
from tests.alerts.channels.message_shapes import shapes
from tests.alerts.making import NOW, notification
from tests.fakes.channel_tools import tools

SHAPES = shapes()
MESSAGE = message_of(notification())
ROOT = Path(__file__).resolve().parents[3]


def channel(folder: Path, **more: object) -> FileChannel:
    unused: Any = None
    wired: ChannelTools = tools(unused, folder)
    made = build_channel(channel_settings({"name": "a", "kind": "file", "path": "out/alerts.jsonl", **more}), wired)
    assert isinstance(made, FileChannel)
    return made


def sending(number: int = 1, now: datetime = NOW) -> Sending:
    return Sending(notification_id=f"n{number}", attempt=1, now=now)


def lines(path: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def files(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "out").iterdir() if path.suffix == ".jsonl")


async def test_each_notification_is_a_line_with_its_id(tmp_path: Path) -> None:
    desk = channel(tmp_path)
    for number in (1, 2):
        receipt = await desk.send(MESSAGE, sending(number))
    one, two = lines(tmp_path / "out/alerts.jsonl")
    assert (one["id"], two["id"], one["written"]) == ("n1", "n2", "2026-03-02T09:00:00Z")
    assert (one["event"], one["rule"]["id"]) == ("alert.created", MESSAGE.rule.rule_id)
    assert receipt.detail.startswith("out/alerts.jsonl, at byte ")


@pytest.mark.parametrize("shape", SHAPES)
async def test_every_message_is_one_line(tmp_path: Path, shape: str) -> None:
    await channel(tmp_path).send(SHAPES[shape], sending())
    assert len(lines(tmp_path / "out/alerts.jsonl")) == 1


async def test_a_file_turns_over_by_size_and_the_oldest_go(tmp_path: Path) -> None:
    desk = channel(tmp_path, max_bytes=10_000, keep=2)
    for number in range(100):
        await desk.send(MESSAGE, sending(number))
    found = files(tmp_path)
    assert len(found) == 3
    assert all(path.stat().st_size <= 10_000 for path in found)
    told = [
        line["id"]
        for path in (*[p for p in found if p.stem != "alerts"], tmp_path / "out/alerts.jsonl")
        for line in lines(path)
    ]
    assert told == [f"n{number}" for number in range(100 - len(told), 100)]


async def test_a_file_turns_over_by_day_in_the_channels_zone(tmp_path: Path) -> None:
    desk = channel(tmp_path, time_zone="Asia/Seoul")
    evening = NOW.replace(hour=14, minute=59)  # 23:59 in Seoul
    for number, now in enumerate((evening, evening + timedelta(minutes=2), evening)):  # a clock may be set back
        await desk.send(MESSAGE, sending(number, now))
    earlier, current = files(tmp_path)
    assert [line["id"] for line in lines(earlier)] == ["n0"]
    assert earlier.name == "alerts.20260303-000100-000000.jsonl"
    assert [line["id"] for line in lines(current)] == ["n1", "n2"]
    whole = channel(tmp_path, daily=False, path="out/whole.jsonl")
    for number in range(3):
        await whole.send(MESSAGE, sending(number, NOW + timedelta(days=number)))
    assert len(lines(tmp_path / "out/whole.jsonl")) == 3


async def test_a_torn_line_spoils_no_other(tmp_path: Path) -> None:
    desk = channel(tmp_path)
    await desk.send(MESSAGE, sending(1))
    path = tmp_path / "out/alerts.jsonl"
    path.write_bytes(path.read_bytes() + b'{"id":"n2","wri')
    assert await desk.find(MESSAGE, sending(2)) is None  # half a line is none
    await desk.send(MESSAGE, sending(2))
    first, torn, again = path.read_bytes().splitlines()
    assert [orjson.loads(line)["id"] for line in (first, again)] == ["n1", "n2"]
    assert torn == b'{"id":"n2","wri'


async def test_what_was_written_is_found_also_after_the_file_turned_over(tmp_path: Path) -> None:
    desk = channel(tmp_path)
    assert await desk.find(MESSAGE, sending(1)) is None
    await desk.send(MESSAGE, sending(1))
    assert await desk.find(MESSAGE, sending(1)) is not None
    await desk.send(MESSAGE, sending(2, NOW + timedelta(days=1)))
    assert await desk.find(MESSAGE, sending(1)) is not None
    assert await desk.find(MESSAGE, sending(3)) is None


async def test_a_full_disk_takes_back_half_a_line_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = channel(tmp_path)
    await desk.send(MESSAGE, sending(1))
    before = (tmp_path / "out/alerts.jsonl").read_bytes()
    write = os.write
    tried: list[int] = []

    def full(descriptor: int, data: Any) -> int:
        tried.append(len(data))
        if len(tried) > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, data[:20])

    monkeypatch.setattr("alerts.channels.json_lines.os.write", full)
    with pytest.raises(SendFailure) as caught:
        await desk.send(MESSAGE, sending(2))
    assert (caught.value.reason, caught.value.retriable) == (FailureReason.CONNECT, True)
    assert caught.value.detail == "out/alerts.jsonl cannot be written: No space left on device"
    assert (tmp_path / "out/alerts.jsonl").read_bytes() == before
    monkeypatch.setattr("alerts.channels.json_lines.os.write", write)
    await desk.send(MESSAGE, sending(2))
    assert [line["id"] for line in lines(tmp_path / "out/alerts.jsonl")] == ["n1", "n2"]


async def test_a_lock_that_is_held_too_long_is_tried_again(tmp_path: Path) -> None:
    desk = channel(tmp_path, timeout_seconds=0.05)
    (tmp_path / "out").mkdir()
    with (tmp_path / "out/alerts.jsonl.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(SendFailure, match="another process holds its lock") as caught:
            await desk.send(MESSAGE, sending(1))
    assert caught.value.retriable
    await desk.send(MESSAGE, sending(1))


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from alerts.channels.json_lines import JsonLines
lines = JsonLines(Path(sys.argv[1]), 20_000, 1000, lambda _: None)
for number in range(200):
    lines.append(b'{"id":"%s-%d","x":"%s"}' % (sys.argv[2].encode(), number, b"x" * 200), datetime.now(UTC), 60)
"""


def test_several_processes_write_whole_lines_and_lose_none(tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    running = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), name], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        for name in ("a", "b", "c")
    ]
    assert [one.wait(timeout=120) for one in running] == [0, 0, 0]
    ids = [line["id"] for file in tmp_path.glob("*.jsonl") for line in lines(file)]
    assert sorted(ids) == sorted(f"{name}-{number}" for name in ("a", "b", "c") for number in range(200))


async def test_a_folder_where_the_file_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "out/alerts.jsonl").mkdir(parents=True)
    settings = channel_settings({"name": "a", "kind": "file", "path": "out/alerts.jsonl"})
    with pytest.raises(ConfigError, match=r"path: out/alerts\.jsonl is a folder"):
        settings.check_files(tmp_path)
    with pytest.raises(SendFailure) as caught:
        await channel(tmp_path).send(MESSAGE, sending())
    assert caught.value.retriable


@pytest.mark.parametrize("path", ["", "/", "out/", ".", "..", "a\0b"])
def test_what_is_no_file_is_refused(path: str) -> None:
    with pytest.raises(ConfigError, match="expected the path of a file"):
        channel_settings({"name": "a", "kind": "file", "path": path})


def test_a_channel_that_was_added_writes_below_the_configurations_folder_only() -> None:
    here = Surroundings(kafka_log=False)
    for path, fits in (("data/a.jsonl", True), ("/etc/cron.d/x", False), ("../x", False), ("a/../../x", False)):
        settings = channel_settings({"name": "a", "kind": "file", "path": path})
        assert settings.unfit(here) is None
        assert (settings.unfit(replace(here, in_file=False)) is None) == fits
