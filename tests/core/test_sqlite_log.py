"""What only the embedded log promises: one process, one sync for many, no half of a batch, a file that says what it is."""

import asyncio
import errno
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import Busy, Unavailable, UserError
from core.log.lock import DirectoryLock
from core.log.log import Delivery, Record, TopicPartition
from core.log.sqlite import SqliteLog
from core.log.sqlite_file import pack_headers, unpack_headers
from core.log.topics import Topic

ROOT = Path(__file__).resolve().parents[2]
TOPIC = Topic("stories", 4, 24)

HOLD = """
import asyncio, sys
from pathlib import Path
from core.log.sqlite import SqliteLog

async def main():
    async with SqliteLog(Path(sys.argv[1])):
        print("open", flush=True)
        await asyncio.sleep(3600)

asyncio.run(main())
"""


def some(count: int, start: int = 0, size: int = 10) -> list[Record]:
    return [Record(str(i), str(i).encode().ljust(size)) for i in range(start, start + count)]


def another_process(data_dir: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", HOLD, str(data_dir)], stdout=subprocess.PIPE, cwd=ROOT)


async def values(log: SqliteLog) -> list[int]:
    return sorted([int(delivery.value) async for delivery in log.read(TOPIC.name)])


async def test_a_second_process_is_refused_and_told_who_has_the_directory(tmp_path: Path) -> None:
    with another_process(tmp_path) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        with pytest.raises(Busy) as caught:
            await SqliteLog(tmp_path).__aenter__()
        holder.kill()
    assert f"process {holder.pid}" in str(caught.value)
    assert str(tmp_path) in str(caught.value)
    assert "data_dir" in str(caught.value)
    async with SqliteLog(tmp_path) as log:  # a killed holder leaves no stale lock
        await log.append("stories", some(1))


async def test_the_same_process_is_refused_too_and_the_first_goes_on(tmp_path: Path) -> None:
    async with SqliteLog(tmp_path) as log:
        with pytest.raises(Busy, match=str(os.getpid())):
            await SqliteLog(tmp_path).__aenter__()
        await log.append("stories", some(1))


async def test_a_file_that_takes_nothing_is_known_until_it_takes_something(tmp_path: Path) -> None:
    async with SqliteLog(tmp_path) as log:
        await log.append("stories", some(1))
        assert not log.failing
        await log._writer.do(lambda connection: connection.execute("PRAGMA busy_timeout=1"))
        with closing(sqlite3.connect(tmp_path / "log.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Unavailable):
                await log.append("stories", some(1))
        assert log.failing
        log._writer._refused = 0.0
        assert not log.failing, "long ago, and nobody tried again"
        await log.append("stories", some(1))
        assert log._writer._refused is None


def test_a_directory_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="file"):
        DirectoryLock.acquire(tmp_path / "file" / "data")


def test_a_disk_without_room_for_the_holders_number_lets_the_lock_be_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "pwrite", full)
        lock = DirectoryLock.acquire(tmp_path)
    with pytest.raises(Busy, match="process unknown"):
        DirectoryLock.acquire(tmp_path)
    lock.release()


def test_a_lock_can_be_released_twice_and_taken_again(tmp_path: Path) -> None:
    for _ in range(2):
        lock = DirectoryLock.acquire(tmp_path)
        lock.release()
        lock.release()


async def test_acknowledged_means_synced_to_the_disk(tmp_path: Path) -> None:
    async with SqliteLog(tmp_path) as log:

        def settings(connection: sqlite3.Connection) -> tuple[str, int]:
            (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
            (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
            return mode, synchronous

        assert await log._writer.do(settings) == ("wal", 2), "2 is FULL"


async def test_appends_that_wait_together_share_a_transaction(tmp_path: Path) -> None:
    async with SqliteLog(tmp_path, topics=[TOPIC]) as log:
        statements: list[str] = []
        await log._writer.do(lambda connection: connection.set_trace_callback(statements.append))
        statements.clear()
        async with asyncio.TaskGroup() as tasks:
            for number in range(100):
                tasks.create_task(log.append(TOPIC.name, some(1, start=number)))
        await log._writer.do(lambda connection: connection.set_trace_callback(None))
        assert await values(log) == list(range(100))
    assert statements.count("COMMIT") < 50


async def test_a_full_disk_refuses_the_whole_append_and_later_ones_work_again(tmp_path: Path) -> None:
    async with SqliteLog(tmp_path, topics=[TOPIC]) as log:
        await log.append(TOPIC.name, some(5))
        subscription = await log.subscribe("g", [TOPIC.name])
        (pages,) = await log._writer.do(lambda connection: connection.execute("PRAGMA page_count").fetchone())
        await log._writer.do(lambda connection: connection.execute(f"PRAGMA max_page_count={pages + 20}").fetchall())
        with pytest.raises(Unavailable, match="full"):
            await log.append(TOPIC.name, some(50, start=5, size=100_000))
        assert await values(log) == list(range(5)), "nothing of it was appended"
        await log._writer.do(lambda connection: connection.execute("PRAGMA max_page_count=1000000").fetchall())
        await log.append(TOPIC.name, some(5, start=5))
        found: list[Delivery] = []
        while len(found) < 10:
            found += await subscription.fetch(10, 1.0)
        assert sorted(int(delivery.value) for delivery in found) == list(range(10))
        offsets: dict[int, list[int]] = {}
        for delivery in found:
            offsets.setdefault(delivery.partition, []).append(delivery.offset)
        assert all(given == list(range(len(given))) for given in offsets.values()), "no offset was lost to the failure"


async def test_one_append_that_does_not_fit_harms_no_other_of_its_transaction(tmp_path: Path) -> None:
    async with SqliteLog(tmp_path, topics=[TOPIC]) as log:
        (pages,) = await log._writer.do(lambda connection: connection.execute("PRAGMA page_count").fetchone())
        await log._writer.do(lambda connection: connection.execute(f"PRAGMA max_page_count={pages + 40}").fetchall())
        refused: list[int] = []

        async def append(number: int, size: int) -> None:
            try:
                await log.append(TOPIC.name, some(1, start=number, size=size))
            except Unavailable:
                refused.append(number)

        async with asyncio.TaskGroup() as tasks:
            for number in range(20):
                tasks.create_task(append(number, 5_000_000 if number == 7 else 10))
        assert refused == [7]
        assert await values(log) == [number for number in range(20) if number != 7]


async def test_a_cancelled_append_still_wakes_readers_when_it_was_written(tmp_path: Path) -> None:
    async with SqliteLog(tmp_path, topics=[TOPIC]) as log:
        subscription = await log.subscribe("g", [TOPIC.name])
        async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
            append = tasks.create_task(log.append(TOPIC.name, some(1)))
            await asyncio.sleep(0)
            append.cancel()
            assert len(await subscription.fetch(1, 60.0)) == 1


async def test_a_topic_keeps_the_partitions_it_was_made_with(tmp_path: Path) -> None:
    async with SqliteLog(tmp_path, topics=[TOPIC]) as log:
        await log.append(TOPIC.name, some(40))
    async with SqliteLog(tmp_path, topics=[Topic(TOPIC.name, 16, 24)]) as log:
        await log.append(TOPIC.name, some(40, start=40))
        subscription = await log.subscribe("g", [TOPIC.name])
        assert subscription.assigned() == {TopicPartition(TOPIC.name, partition) for partition in range(4)}
        assert await values(log) == list(range(80))


async def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    async with SqliteLog(tmp_path):
        pass
    connection = sqlite3.connect(tmp_path / "log.db")
    connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(UserError, match="another version of wirewatch"):
        await SqliteLog(tmp_path).__aenter__()


async def test_a_damaged_file_is_named_and_the_directory_let_go(tmp_path: Path) -> None:
    (tmp_path / "log.db").write_bytes(b"no database at all" * 100)
    for _ in range(2):
        with pytest.raises(UserError, match="damaged"):
            await SqliteLog(tmp_path).__aenter__()


@pytest.mark.parametrize(
    "mistake", [KeyError("x"), OverflowError("too large for SQLite"), MemoryError(), RecursionError()]
)
async def test_a_mistake_of_a_job_fails_that_job_and_no_other(tmp_path: Path, mistake: Exception) -> None:
    def fail(_: sqlite3.Connection) -> None:
        raise mistake

    async with asyncio.timeout(10), SqliteLog(tmp_path) as log:
        async with asyncio.TaskGroup() as tasks:
            good = [tasks.create_task(log.append(TOPIC.name, some(1))) for _ in range(3)]
            with pytest.raises(Unavailable, match=type(mistake).__name__):
                await log._writer.do(fail)
        await log.append(TOPIC.name, some(1))
        assert len([delivery async for delivery in log.read(TOPIC.name)]) == len(good) + 1


class Ends(BaseException):
    """What ends a thread for good."""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_writer_that_ends_leaves_nobody_waiting(tmp_path: Path) -> None:
    def end(_: sqlite3.Connection) -> None:
        raise Ends

    async with asyncio.timeout(10), SqliteLog(tmp_path) as log:
        with pytest.raises(Unavailable):
            await log._writer.do(end)
        with pytest.raises(Unavailable):
            await log.append(TOPIC.name, some(1))


def test_headers_come_back() -> None:
    for headers in ((), (("a", b""),), (("traceparent", b"\x00\xff"), ("ключ", b"x" * 300))):
        assert unpack_headers(pack_headers(headers)) == headers
