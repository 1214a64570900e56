"""What a Database promises, on SQLite and on PostgreSQL."""

import asyncio
import multiprocessing
import re
from datetime import UTC, datetime, timedelta, timezone
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]  # ships no types
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, select, text

from core.db import tables_alerts, tables_channels, tables_people
from core.db.engine import Database
from core.db.failures import translated
from core.db.tables import hosts, kv, metadata
from core.errors import RecordError, Unavailable, UserError
from tests.contract.databases import NOW, after

SCHEMA = (metadata, tables_alerts, tables_channels, tables_people)[0]


def differences(connection: Connection) -> list[object]:
    def ours(name: str | None, kind: str, _parent: object) -> bool:
        # Each dialect makes the word index in its own way; the metadata does not know it.
        return not (kind == "table" and (name or "").startswith("article_words"))

    context = MigrationContext.configure(connection, opts={"include_name": ours, "compare_type": True})
    found: list[object] = compare_metadata(context, SCHEMA)
    return found


async def test_the_migrated_schema_is_the_schema_of_the_code(db: Database) -> None:
    async with db.transaction() as conn:
        assert await conn.run_sync(differences) == []


async def test_what_was_written_is_there_after_opening_again(database_url: str, tmp_path: Path) -> None:
    async with Database.open(database_url, tmp_path) as db, db.transaction() as conn:
        await conn.execute(insert(kv).values(key="k", value="1"))
    db = await Database.open(database_url, tmp_path)
    async with db.connection() as conn:
        assert (await conn.execute(select(kv.c.value))).scalar_one() == "1"
    await db.close()
    await db.close()


async def test_an_exception_takes_the_whole_transaction_back(db: Database) -> None:
    async def fail() -> None:
        async with db.transaction() as conn:
            await conn.execute(insert(kv).values(key="k", value="1"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with db.connection() as conn:
        assert (await conn.execute(select(kv))).all() == []


async def test_times_come_back_in_utc_to_the_microsecond_whatever_their_zone(db: Database) -> None:
    there = datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
    india = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    async with db.transaction() as conn:
        await conn.execute(insert(hosts), [{"host": "a", "not_before": there}, {"host": "b", "not_before": india}])
        rows = (await conn.execute(select(hosts.c.not_before).order_by(hosts.c.not_before))).scalars().all()
        assert list(rows) == [there, NOW]
        assert all(row.tzinfo is UTC for row in rows)
        assert (await conn.execute(select(hosts.c.host).where(hosts.c.not_before < NOW))).scalars().all() == ["a"]


async def test_a_time_without_a_zone_is_refused(db: Database) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - that is the point
    with pytest.raises(Exception, match="without its zone"):
        async with db.transaction() as conn:
            await conn.execute(insert(hosts).values(host="a", not_before=naive))


async def test_text_that_no_database_takes_is_stored_with_replacements(db: Database) -> None:
    async with db.transaction() as conn:
        await conn.execute(insert(hosts).values(host="a\0b\ud800c\U0001f600", not_before=NOW))
        assert (await conn.execute(select(hosts.c.host))).scalar_one() == "a\ufffdb\ufffdc\U0001f600"


async def test_a_refused_value_is_the_records_fault_not_the_databases(db: Database) -> None:
    async with db.transaction() as conn:
        await conn.execute(insert(kv).values(key="k", value="1"))
    with pytest.raises(RecordError) as caught:
        async with db.transaction() as conn:
            await conn.execute(insert(kv).values(key="k", value="secret-value"))
    assert "secret-value" not in str(caught.value)


async def test_a_broken_statement_is_unavailable_so_no_record_is_blamed(db: Database) -> None:
    with pytest.raises(Unavailable):
        async with db.connection() as conn:
            await conn.execute(text("SELECT nothing FROM nowhere"))


async def test_many_writers_and_readers_at_once_all_succeed(db: Database) -> None:
    async def write(number: int) -> None:
        async with db.transaction() as conn:
            count = len((await conn.execute(select(kv))).all())
            await conn.execute(insert(kv).values(key=f"k{number}", value=str(count)))

    async def read() -> None:
        async with db.connection() as conn:
            await conn.execute(select(kv))

    async with asyncio.TaskGroup() as tasks:
        for number in range(60):
            tasks.create_task(write(number))
            tasks.create_task(read())
    async with db.connection() as conn:
        assert len((await conn.execute(select(kv))).all()) == 60


async def test_a_cancelled_transaction_leaves_the_database_usable(db: Database) -> None:
    async def write(number: int) -> None:
        async with db.transaction() as conn:
            await conn.execute(insert(kv).values(key=f"k{number}", value="1"))
            await asyncio.sleep(3600)

    for number in range(5):
        async with asyncio.TaskGroup() as tasks:
            one, two = tasks.create_task(write(number)), tasks.create_task(write(number + 100))
            await asyncio.sleep(0.002 * number)
            one.cancel()
            two.cancel()
    async with db.transaction() as conn:
        assert (await conn.execute(select(kv))).all() == []
        await conn.execute(insert(kv).values(key="k", value="1"))


async def test_another_process_may_write_meanwhile(database_url: str, tmp_path: Path) -> None:
    async def write(db: Database, name: str) -> None:
        for number in range(30):
            async with db.transaction() as conn:
                await conn.execute(insert(kv).values(key=f"{name}{number}", value="1"))

    # Two databases opened on one file know no more of each other than two processes do.
    async with Database.open(database_url, tmp_path) as one, Database.open(database_url, tmp_path) as two:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(write(one, "one"))
            tasks.create_task(write(two, "two"))
        async with one.connection() as conn:
            assert len((await conn.execute(select(kv))).all()) == 60


def _open_and_count(url: str, data_dir: Path, start: Barrier, found: "Queue[str]") -> None:
    async def run() -> None:
        start.wait(30)
        async with Database.open(url, data_dir) as db, db.transaction() as conn:
            await conn.execute(insert(hosts).values(host=str(multiprocessing.current_process().pid), not_before=NOW))
            rows = await conn.execute(text("SELECT version_num FROM alembic_version"))
            found.put(",".join(rows.scalars()))

    asyncio.run(run())


async def test_processes_that_start_at_once_migrate_once(database_url: str, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    found: Queue[str] = context.Queue()
    start = context.Barrier(5)
    processes = [context.Process(target=_open_and_count, args=(database_url, tmp_path, start, found)) for _ in range(5)]
    for process in processes:
        process.start()
    versions = [await asyncio.to_thread(found.get, timeout=60) for _ in processes]
    for process in processes:
        process.join(30)
        assert process.exitcode == 0
    assert len(set(versions)) == 1
    async with Database.open(database_url, tmp_path) as db, db.connection() as conn:
        assert len((await conn.execute(select(hosts))).all()) == 5


async def test_a_database_of_a_later_version_is_refused_with_words(database_url: str, tmp_path: Path) -> None:
    async with Database.open(database_url, tmp_path) as db, db.transaction() as conn:
        await conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UserError, match="later version of wirewatch"):
        await Database.open(database_url, tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "data.db",
        "mysql://user:hunter2@host/db",
        "sqlite:/elsewhere.db",
        "sqlite:///hunter2",
        "postgresql:hunter2",
        "postgresql://user:hunter2@host:port/db",
        "postgresql://user:hunter2@[::1/db",
    ],
)
def test_a_url_that_cannot_be_meant_is_refused_without_its_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        Database.open(url, tmp_path)
    assert "hunter2" not in str(caught.value)
    assert "database.url" in str(caught.value)


async def test_a_url_with_settings_that_do_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        await Database.open("postgresql://user:hunter2@127.0.0.1:1/db?sslmode=hunter3", tmp_path)
    assert not re.search("hunter", str(caught.value))


async def test_a_database_that_is_not_there_is_unavailable_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        await Database.open("postgresql://user:hunter2@127.0.0.1:1/news", tmp_path)
    assert "'news' on 127.0.0.1:1 as user" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.postgres
async def test_a_database_that_does_not_exist_is_refused_with_its_name(postgres_database: str, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"refused us: database .*_gone.* does not exist"):
        await Database.open(postgres_database + "_gone", tmp_path)


def test_a_wrong_password_is_told_in_one_line_without_it() -> None:
    refused = asyncpg.InvalidPasswordError('password authentication failed for user "kim"')
    with pytest.raises(Unavailable) as caught, translated("PostgreSQL database 'news' on db.example as kim"):
        raise refused
    assert str(caught.value) == (
        "PostgreSQL database 'news' on db.example as kim refused us: password authentication failed for user \"kim\""
    )


@pytest.mark.postgres
async def test_connections_cut_by_the_server_are_replaced(postgres_database: str, tmp_path: Path) -> None:
    async with Database.open(postgres_database, tmp_path) as db:
        async with db.transaction() as conn:
            await conn.execute(insert(kv).values(key="k", value="1"))
        with pytest.raises(Unavailable):
            async with db.transaction() as conn:
                await conn.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        async with db.connection() as conn:
            assert (await conn.execute(select(kv.c.value))).scalar_one() == "1"


async def test_readers_of_sqlite_cannot_write(tmp_path: Path) -> None:
    async with Database.open("sqlite:", tmp_path) as db:
        with pytest.raises(Unavailable, match="readonly"):
            async with db.connection() as conn:
                await conn.execute(insert(kv).values(key="k", value="1"))


async def test_sqlite_commits_are_on_the_disk_and_its_settings_are_what_the_docs_say(tmp_path: Path) -> None:
    async with Database.open("sqlite:", tmp_path) as db, db.transaction() as conn:

        async def pragma(name: str) -> object:
            return (await conn.execute(text(f"PRAGMA {name}"))).scalar_one()

        assert await pragma("journal_mode") == "wal"
        assert await pragma("synchronous") == 2  # FULL
        assert await pragma("foreign_keys") == 1
        assert await pragma("auto_vacuum") == 2  # INCREMENTAL


def test_no_repr_shows_the_password(tmp_path: Path) -> None:
    db = Database.open("postgresql://user:hunter2@host/db", tmp_path)
    assert "hunter2" not in repr(db) + repr(vars(db))


async def test_times_are_whole_after_a_day_of_arithmetic(db: Database) -> None:
    async with db.transaction() as conn:
        await conn.execute(insert(hosts).values(host="a", not_before=after(86400.000001)))
        assert (await conn.execute(select(hosts.c.not_before))).scalar_one() - NOW == timedelta(days=1, microseconds=1)


async def test_what_is_written_from_within_a_transaction_is_committed_or_taken_back_with_it(db: Database) -> None:
    async def keys() -> list[str]:
        async with db.connection() as conn:
            return sorted((await conn.execute(select(kv.c.key))).scalars())

    async def put(inner: Database, key: str) -> None:
        async with inner.transaction() as conn:
            await conn.execute(insert(kv).values(key=key, value="1"))

    async def fail_after(outer: Database, *wanted: str) -> None:
        async with outer.transaction() as conn:
            for key in wanted:
                await put(outer.within(conn), key)
            raise ZeroDivisionError

    async with db.transaction() as conn:
        inner = db.within(conn)
        await put(inner, "a")
        with pytest.raises(ZeroDivisionError):
            await fail_after(inner, "b", "c")
        with pytest.raises(RecordError):  # a statement that fails harms its own part alone
            await put(inner, "a")
        async with inner.connection() as reader:
            assert list((await reader.execute(select(kv.c.key))).scalars()) == ["a"]
        await put(inner, "d")
    assert await keys() == ["a", "d"]
    with pytest.raises(ZeroDivisionError):
        await fail_after(db, "e")
    assert await keys() == ["a", "d"]
