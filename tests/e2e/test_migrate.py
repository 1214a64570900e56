"""`wirewatch migrate` on a real PostgreSQL and a real Kafka: everything arrives, also after a kill, and nothing is sent twice."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import pytest

from core.clock import SystemClock
from core.db.engine import Database
from core.log.kafka import KafkaLog
from core.log.kafka_options import KafkaOptions
from core.log.log import Record, TopicPartition
from core.log.sqlite import SqliteLog
from core.log.topics import ENTRIES, MATCHES
from core.model.channel import ChannelDraft
from core.model.outcome import AlertOutcome, NotificationState
from core.model.rule import RuleDraft
from core.store import alerts, articles, channels, kv, moving, notifications, rules, sources
from core.store import words as word_index
from core.store.articles import StoredArticle
from core.store.notifications import Attempt
from tests.fakes.records import a_notification, a_source, a_story_article, an_alert
from wirewatch.processes import registered

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]

NOW = SystemClock().now()
SECRET = "https://chat.example/T0ken123"


async def _fill(folder: Path) -> None:
    data = folder / "data"
    data.mkdir()
    async with Database.open("sqlite:", data) as db, SqliteLog(data) as log:
        async with db.transaction() as conn:
            await sources.add(conn, a_source(), NOW)
            await rules.put(conn, RuleDraft(name="arms", query="arms", canonical="arms"), NOW)
            draft = ChannelDraft(name="desk", kind="webhook", settings={"url": SECRET}, author="kim")
            await channels.put(conn, draft, NOW)
            await kv.put(conn, "word", "kept")
            for number in range(250):
                found = a_story_article(f"https://news.example/{number}", text=f"word{number}", at=NOW)
                await articles.put_many(conn, [StoredArticle(found, ("ships", f"word{number}"))])
        for number in range(6):
            alert = an_alert(f"story-{number}", at=NOW)
            note = a_notification(alert, at=NOW)
            async with db.transaction() as conn:
                await alerts.insert_alert(conn, alert, AlertOutcome.CREATED)
                await notifications.add(conn, note, NOW)
                if number % 2:
                    sent = Attempt(at=NOW, reason=None, status=204)
                    await notifications.record_attempt(
                        conn, note.notification_id, sent, state=NotificationState.DELIVERED
                    )
        async with db.transaction() as conn:  # one is leased by a process that is dead now
            await notifications.claim_due(conn, NOW, "desk", 1, "dead", 3600)
        await log.append(ENTRIES.name, [Record(f"host-{one % 3}", str(one).encode()) for one in range(40)])
        await log.append(MATCHES.name, [Record(f"rule-{one % 5}", str(one).encode()) for one in range(40)])
        member = await log.subscribe("alert", [MATCHES.name])
        fetched = await member.fetch(15, 5)
        await member.commit({TopicPartition(one.topic, one.partition): one.offset + 1 for one in fetched})
        await member.close()


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    asyncio.run(_fill(tmp_path))
    return tmp_path


def configured(folder: Path, prefix: str = "") -> Path:
    path = folder / "wirewatch.toml"
    path.write_text(f'data_dir = "data"\n[log.kafka]\ntopic_prefix = "{prefix}"\n', encoding="utf-8")
    return path


def migrate(config: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "wirewatch.cli.main", "migrate", "--config", str(config), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def killed_at(config: Path, line: str, *arguments: str) -> None:
    """Begin to move, and be killed when it says so."""
    command = [sys.executable, "-m", "wirewatch.cli.main", "migrate", "--config", str(config), *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        for said in process.stderr:
            if line in said:
                process.send_signal(signal.SIGKILL)
                break
        process.wait()


async def _arrived(url: str) -> None:
    async with Database.open(url, Path()) as db:
        async with db.connection() as conn:
            assert await kv.get(conn, "word") == "kept"
            row = await channels.get(conn, "desk")
            assert row is not None
            assert row.settings == {"url": SECRET}
            for word, many in (("word7", 1), ("ships", 250)):
                assert len(await word_index.between(conn, [[[word]]], 0, 10_000, 500, blocks=True)) == many
            delivered = await notifications.list_rows(conn, state=NotificationState.DELIVERED)
            assert len(delivered) == 3
        async with db.transaction() as conn:
            # What was leased by the dead process can be sent at once, and what was delivered is not sent again.
            assert len(await notifications.claim_due(conn, SystemClock().now(), "desk", 10, "new", 60)) == 3
            found = a_story_article("https://news.example/new", text="new", at=NOW)
            await articles.put_many(conn, [StoredArticle(found, ("new",))])


async def _log(bootstrap: str, prefix: str) -> tuple[int, int, set[bytes]]:
    """Records of both topics, and what the group has still to do."""
    async with KafkaLog(KafkaOptions(bootstrap=bootstrap, topic_prefix=prefix), SystemClock()) as log:
        entries = [one async for one in log.read(ENTRIES.name)]
        matches = [one async for one in log.read(MATCHES.name)]
        member = await log.subscribe("alert", [MATCHES.name])
        left: set[bytes] = set()
        quiet = 0
        while not member.assigned() or quiet < 3:
            fetched = await member.fetch(100, 0.5)
            left |= {one.value for one in fetched}
            quiet = 0 if fetched or not member.assigned() else quiet + 1
        await member.close()
        return len(entries), len(matches), left


async def _undone(folder: Path) -> set[bytes]:
    async with SqliteLog(folder) as log:
        waiting = {one.partition: one.offset for one in await log.waiting("alert", MATCHES.name)}
        found = [one async for one in log.read(MATCHES.name)]
        return {one.value for one in found if one.partition in waiting and one.offset >= waiting[one.partition]}


def ends(config: Path, *words: str) -> str:
    """What a command says that ends with 1."""
    command = [sys.executable, "-m", "wirewatch.cli.main", *words, "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1, done.stdout
    return done.stderr


@pytest.mark.parametrize("line", ["", "copying the database", "copying the topic matches"])
def test_everything_arrives_once_whenever_it_was_killed(
    installation: Path, postgres_database: str, kafka_bootstrap: str, line: str
) -> None:
    prefix = f"m{uuid4().hex[:8]}-"
    config = configured(installation, prefix)
    places = ("--to", postgres_database, "--log", f"kafka://{kafka_bootstrap}")
    undone = asyncio.run(_undone(installation / "data"))
    if line:
        killed_at(config, line, *places)
        assert "is being moved to" in ends(config, "channels", "list")
    done = migrate(config, *places)
    assert done.returncode == 0, done.stderr
    assert "articles" in done.stdout
    assert "T0ken123" not in done.stdout
    entries, matches, left = asyncio.run(_log(kafka_bootstrap, prefix))
    assert (entries, matches) == (40, 40)
    assert undone <= left
    asyncio.run(_arrived(postgres_database))
    assert "was moved to" in ends(config, "channels", "list")
    assert not list((installation / "data").glob("log.db*"))
    again = migrate(config, *places)
    assert again.returncode == 0, again.stderr
    assert "has arrived before" in again.stderr
    asyncio.run(_still_new(postgres_database))


async def _still_new(url: str) -> None:
    """What was written after the move is not written over."""
    async with Database.open(url, Path()) as db, db.connection() as conn:
        assert await articles.by_url(conn, "https://news.example/new") is not None


def test_a_move_can_be_called_off_and_needs_an_empty_place_that_nobody_uses(
    installation: Path, postgres_database: str
) -> None:
    config = configured(installation)

    async def use() -> None:
        async with Database.open(postgres_database, Path()) as db, db.transaction() as conn:
            await sources.add(conn, a_source(), NOW)

    asyncio.run(use())
    refused = migrate(config, "--to", postgres_database)
    assert refused.returncode == 1
    assert "holds data already (table sources)" in refused.stderr
    assert migrate(config, "--cancel").stdout == "no move was begun\n"
    with registered(installation / "data"):
        busy = migrate(config, "--to", postgres_database)
    assert busy.returncode == 1
    assert f"process {os.getpid()}" in busy.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--to", "sqlite:"], "expected postgresql://"),
        (["--log", "sqlite:"], "expected kafka://"),
        (["--to", "postgresql://x@127.0.0.1:1/none"], "PostgreSQL"),
    ],
)
def test_what_is_no_place_is_refused(tmp_path: Path, arguments: Sequence[str], told: str) -> None:
    asyncio.run(_fill(tmp_path))
    done = migrate(configured(tmp_path), *arguments)
    assert done.returncode == 1
    assert told in done.stderr


async def _marks(url: str) -> object:
    async with Database.open(url, Path()) as db, db.connection() as conn:
        return await kv.get(conn, moving.MARK)


def test_the_database_alone_can_be_moved_and_that_called_off(installation: Path, postgres_database: str) -> None:
    killed_at(configured(installation), "copying the database", "--to", postgres_database)
    assert migrate(configured(installation), "--cancel").stdout == "the embedded database is in use again\n"
    assert migrate(configured(installation), "--cancel").stdout == "no move was begun\n"
    done = migrate(configured(installation), "--to", postgres_database)
    assert done.returncode == 0, done.stderr
    assert "[log]" not in done.stdout
    assert (installation / "data" / "log.db").exists()
    mark = asyncio.run(_marks(postgres_database))
    assert isinstance(mark, dict)
    assert mark["state"] == "arrived"
