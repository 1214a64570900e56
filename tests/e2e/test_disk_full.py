"""A disk that is full or read-only, for real, on a small file system of its own: told, nothing lost, nothing twice."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.e2e.harness import World
from tests.services.wirewatch import failed

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

RULES = [("council", "harbour AND council AND vote")]


def mount(*arguments: str) -> None:
    """Skips where this machine does not let us mount."""
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no file system of our own: {done.stderr.strip()}")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "data"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("mounting takes root")
    mount("-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(path: Path) -> None:
    with suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)


async def test_a_disk_that_is_full_is_told_and_all_goes_on_when_there_is_room(small_disk: Path, tmp_path: Path) -> None:
    async with World(tmp_path, 10, rules=RULES) as world:
        await world.process.start()
        await world.process.until(lambda: len(world.sink.bodies) == 10, "the first alerts have arrived")
        fill(small_disk / "filler")
        world.publisher.count = world.articles = 25
        parts = await world.process.until_told(lambda _, parts: "disk" in parts)
        assert "No space left" in str(parts["disk"]["error"])
        assert await world.process.metric("news_disk_free_bytes") < 1_000_000
        for _ in range(20):  # as long as it lasts it is never called well
            assert not (await world.process.ready())[0]
            await asyncio.sleep(0.2)
        assert len(world.sink.bodies) < 25
        (small_disk / "filler").unlink()
        await world.process.until(lambda: world.due() <= set(world.sink.alerts()), "every due alert has arrived")
        assert set(world.sink.alerts().values()) == {1}
        assert set(world.sink.sends.values()) == {1}
        await world.process.until_told(lambda ready, _: ready)
        assert "disk_trouble" in world.process.log()
        assert await world.process.terminate() == 0


def test_a_read_only_data_directory_is_refused_at_the_start_in_a_sentence(small_disk: Path, tmp_path: Path) -> None:
    mount("-o", "remount,ro", str(small_disk))
    code, told = failed(tmp_path, f'data_dir = "{small_disk}"\n[server]\nlisten = "127.0.0.1:0"\n')
    assert code == 1
    assert "Traceback" not in told
    assert f"data_dir {small_disk}: cannot be written: Read-only file system" in told
