"""The embedded log's file: one table of records, clustered by topic, partition and offset, and the groups' commits.

A record's row id is `topic number << 52 | partition << 44 | offset`: 2,048 topics of 256 partitions of 17 million million
records. Appended times never go back within the file, so that a time is found by binary search and needs no index.
"""

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.errors import UserError
from core.log.log import Delivery, TopicPartition

FILE_VERSION = 1
PAGE_BYTES = 16384  # a page holds several articles; the write-ahead log is written in whole pages
LOAD_BYTES = 16 * 1024 * 1024  # what one read brings into memory at most, but for the first record

_OFFSET_BITS, _PARTITION_BITS = 44, 8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_SCHEMA = """
CREATE TABLE topics (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, partitions INTEGER NOT NULL);
CREATE TABLE records (
  id INTEGER PRIMARY KEY, appended INTEGER NOT NULL, key TEXT NOT NULL, headers BLOB NOT NULL, value BLOB NOT NULL);
CREATE TABLE floors (first INTEGER PRIMARY KEY, next INTEGER NOT NULL);  -- ids go on after everything was pruned
CREATE TABLE commits (
  member_group TEXT, first INTEGER, next INTEGER NOT NULL, PRIMARY KEY (member_group, first)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic as the file has it; its number of partitions never changes, or a key would change its partition."""

    number: int
    name: str
    partitions: int

    def first(self, partition: int) -> int:
        """The row id of offset 0."""
        return self.number << (_OFFSET_BITS + _PARTITION_BITS) | partition << _OFFSET_BITS

    def places(self) -> list[TopicPartition]:
        return [TopicPartition(self.name, partition) for partition in range(self.partitions)]


def microseconds(time: datetime) -> int:
    return (time - _EPOCH) // timedelta(microseconds=1)


def from_microseconds(value: int) -> datetime:
    return _EPOCH + timedelta(microseconds=value)


def connect(path: Path, *, writer: bool) -> sqlite3.Connection:
    """A connection without implicit transactions, for one thread after the other.

    synchronous=FULL makes every commit wait until the write-ahead log is on the disk. With NORMAL a power loss would
    take back commits that were acknowledged, and with them articles whose feed says "not modified" from then on.
    """
    with ExitStack() as opened:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        opened.callback(connection.close)
        connection.execute("PRAGMA busy_timeout=10000")
        if writer:
            connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA fullfsync=ON")  # macOS: past the disk's own cache
            connection.execute("PRAGMA journal_size_limit=67108864")
            _set_up(connection, path)
        else:
            connection.execute("PRAGMA query_only=ON")
        connection.execute("PRAGMA cache_size=-4096")  # it appends and reads in order: nothing is looked at twice
        opened.pop_all()
    return connection


def _set_up(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == 0:
        connection.executescript(f"BEGIN;{_SCHEMA}PRAGMA user_version={FILE_VERSION};COMMIT;")
    elif version != FILE_VERSION:
        raise UserError(
            f"{path} was written by another version of wirewatch (file version {version}, not {FILE_VERSION})"
        )


def topic_rows(connection: sqlite3.Connection) -> list[TopicRow]:
    return [TopicRow(*row) for row in connection.execute("SELECT number, name, partitions FROM topics")]


def add_topic(connection: sqlite3.Connection, name: str, partitions: int) -> TopicRow:
    """The topic's row, made if there is none."""
    connection.execute("INSERT INTO topics (name, partitions) VALUES (?, ?) ON CONFLICT DO NOTHING", (name, partitions))
    found = connection.execute("SELECT number, name, partitions FROM topics WHERE name = ?", (name,)).fetchone()
    return TopicRow(*found)


def end(connection: sqlite3.Connection, first: int) -> int:
    """The id that the partition's next record will have; `first`: the id of its offset 0."""
    (newest,) = connection.execute("SELECT max(id) FROM records WHERE id >= ? AND id < ?", _range(first)).fetchone()
    if newest is not None:
        return int(newest) + 1
    floor = connection.execute("SELECT next FROM floors WHERE first = ?", (first,)).fetchone()
    return first if floor is None else int(floor[0])


def oldest(connection: sqlite3.Connection, first: int) -> int:
    """The id of the oldest record kept, or the end."""
    (found,) = connection.execute("SELECT min(id) FROM records WHERE id >= ? AND id < ?", _range(first)).fetchone()
    return end(connection, first) if found is None else int(found)


def first_since(connection: sqlite3.Connection, first: int, since: datetime) -> int:
    """The id of the first record appended at or after `since`, or the end."""
    low, high, wanted = oldest(connection, first), end(connection, first), microseconds(since)
    while low < high:
        middle = (low + high) // 2
        found = appended(connection, middle)
        if found is None or found >= wanted:
            high = middle
        else:
            low = middle + 1
    return low


def appended(connection: sqlite3.Connection, row_id: int) -> int | None:
    """When a record was appended, in microseconds."""
    found = connection.execute("SELECT appended FROM records WHERE id = ?", (row_id,)).fetchone()
    return None if found is None else int(found[0])


def newest_time(connection: sqlite3.Connection, topics: list[TopicRow]) -> int:
    """When the newest record of all was appended, in microseconds; 0 for an empty file."""
    ids = [end(connection, topic.first(place.partition)) - 1 for topic in topics for place in topic.places()]
    return max((appended(connection, row_id) or 0 for row_id in ids), default=0)


def load(
    connection: sqlite3.Connection, topic: TopicRow, partition: int, offset: int, max_records: int
) -> list[Delivery]:
    """Records from `offset` on, at most LOAD_BYTES of them."""
    first = topic.first(partition)
    rows = connection.execute(
        "SELECT id, appended, key, headers, value FROM records WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
        (first + offset, first + (1 << _OFFSET_BITS), max_records),
    )
    found: list[Delivery] = []
    size = 0
    for row_id, when, key, headers, value in rows:
        size += len(value)
        if found and size > LOAD_BYTES:
            break
        delivery = Delivery(
            topic.name, partition, row_id - first, key, value, unpack_headers(headers), from_microseconds(when)
        )
        found.append(delivery)
    return found


def commits(connection: sqlite3.Connection, group: str, topic: TopicRow) -> dict[int, int]:
    """The group's committed offset of each partition that has one."""
    rows = connection.execute(
        "SELECT first, next FROM commits WHERE member_group = ? AND first >= ? AND first < ?",
        (group, topic.first(0), topic.first(topic.partitions)),
    )
    return {(first - topic.first(0)) >> _OFFSET_BITS: offset for first, offset in rows}


def waiting(connection: sqlite3.Connection, group: str, name: str) -> list[Delivery]:
    """The record that the group is to read next, of each of the topic's partitions where one waits."""
    found: list[Delivery] = []
    for topic in topic_rows(connection):
        if topic.name == name:
            committed = commits(connection, group, topic)
            for place in topic.places():
                found += load(connection, topic, place.partition, committed.get(place.partition, 0), 1)
    return found


def commit(connection: sqlite3.Connection, group: str, first: int, offset: int) -> None:
    connection.execute("INSERT OR REPLACE INTO commits VALUES (?, ?, ?)", (group, first, offset))


def prune(connection: sqlite3.Connection, first: int, before: datetime, max_records: int) -> int:
    """Drop up to `max_records` records appended before `before`; how many."""
    start = oldest(connection, first)
    stop = min(first_since(connection, first, before), start + max_records)
    if stop > start:
        connection.execute("INSERT OR REPLACE INTO floors VALUES (?, ?)", (first, end(connection, first)))
        connection.execute("DELETE FROM records WHERE id >= ? AND id < ?", (start, stop))
    return stop - start


def pack_headers(headers: tuple[tuple[str, bytes], ...]) -> bytes:
    """Name and value of each, behind their lengths."""
    return b"".join(
        struct.pack(">II", len(name.encode()), len(value)) + name.encode() + value for name, value in headers
    )


def unpack_headers(data: bytes) -> tuple[tuple[str, bytes], ...]:
    return tuple(_headers(data)) if data else ()


def _headers(data: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at < len(data):
        name, value = struct.unpack_from(">II", data, at)
        at += 8 + name + value
        yield data[at - name - value : at - value].decode(), data[at - value : at]


def _range(first: int) -> tuple[int, int]:
    return first, first + (1 << _OFFSET_BITS)
