"""A record of a later release: every stage waits for the upgrade, says so wherever one looks, and sets nothing aside."""

import asyncio
from pathlib import Path

import aiohttp
from click.testing import CliRunner
from sqlalchemy import select, update

from core.clock import SystemClock
from core.db import tables, tables_alerts
from core.db.engine import Database
from core.log.log import EventLog, Record
from core.log.sqlite import SqliteLog
from core.log.topics import DEADLETTER, STORIES, TOPICS, Topic
from core.model.codec import SCHEMAS
from core.store import notifications, sources
from core.supervise import RoleState
from tests.fakes.records import a_notification, a_source
from tests.fakes.running import until
from wirewatch.app import App
from wirewatch.cli.main import cli
from wirewatch.config.loading import load

SENTENCE = "upgrade this process first"
READ = [topic for topic in TOPICS if topic.read_by is not None]


def later(topic: Topic) -> bytes:
    assert topic.record is not None
    schema = SCHEMAS[topic.record]
    return b'{"v":%d,"t":"%s","d":{}}' % (schema.version + 1, schema.tag.encode())


async def fill(log: EventLog) -> None:
    for topic in READ:
        await log.append(topic.name, [Record("k", later(topic))])


def configured(folder: Path) -> Path:
    path = folder / "wirewatch.toml"
    path.write_text('[server]\nlisten = "127.0.0.1:0"\n[fetch]\nparser_processes = 1\n', encoding="utf-8")
    return path


async def test_every_stage_waits_and_says_so(tmp_path: Path) -> None:
    async with SqliteLog(tmp_path / "data") as log:
        await fill(log)
    config = load(configured(tmp_path))
    async with App(config) as app, aiohttp.ClientSession(f"{app.address}/") as client:
        stages = [str(topic.read_by) for topic in READ]
        await until(lambda: all(app.supervisor.status()[one].state is RoleState.RESTARTING for one in stages))
        ready = await (await client.get("/readyz")).json()
        metrics = await (await client.get("/metrics")).text()
        page = await (await client.get("/system")).text()
        assert ready["ready"] is False
        for stage in stages:
            assert ready["parts"][f"role {stage}"]["error"].endswith(SENTENCE)
            assert f'news_role_upgrade_first{{role="{stage}"}} 1.0' in metrics
        assert page.count(SENTENCE) >= len(stages)
        assert app.parts is not None
        assert app.parts.log is not None
        assert [one async for one in app.parts.log.read(DEADLETTER.name)] == []
        for topic in READ:
            assert topic.read_by is not None
            if topic is not STORIES:
                assert (await app.parts.log.lag(topic.read_by, topic.name)).records == 1
        told = await asyncio.to_thread(CliRunner().invoke, cli, ["check", "--config", str(tmp_path / "wirewatch.toml")])
        assert told.exit_code == 1, "also while the process has the log"
        for topic in READ:
            assert f"log: record 0 of {topic.name}/" in told.stderr
    assert told.stderr.count(SENTENCE) == len(READ)


def test_check_looks_at_what_stands_next_only(tmp_path: Path) -> None:
    path = configured(tmp_path)

    async def write() -> None:
        async with SqliteLog(tmp_path / "data") as log:
            await log.append("entries", [Record("k", b"no record"), Record("k", later(READ[0]))])

    done = CliRunner().invoke(cli, ["check", "--config", str(path)])
    assert done.exit_code == 0, "there is no log yet"
    asyncio.run(write())
    done = CliRunner().invoke(cli, ["check", "--config", str(path)])
    assert done.exit_code == 0, "what stands next is set aside; more is not looked at"


async def test_rows_of_a_later_release_are_left_to_it(tmp_path: Path) -> None:
    """Due work of a newer process in the database that both share: not claimed, not tried, not given up."""
    path = configured(tmp_path)
    path.write_text(path.read_text() + '[[channels]]\nname = "desk"\nkind = "webhook"\nurl = "https://chat.example/"\n')
    config = load(path)
    now = SystemClock().now()
    (tmp_path / "data").mkdir()
    async with Database.open("sqlite:", tmp_path / "data") as db:
        async with db.transaction() as conn:
            await sources.add(conn, a_source(), now)
            await notifications.add(conn, a_notification(), now)
            await conn.execute(update(tables.sources).values(record=b'{"v":999,"t":"source","d":{}}'))
            await conn.execute(
                update(tables_alerts.notifications).values(record=b'{"v":999,"t":"notification","d":{}}')
            )
        async with App(config) as app:
            for role in ("poll", "deliver"):
                await until(lambda role=role: app.supervisor.status()[role].state is RoleState.RESTARTING)  # type: ignore[misc]
                assert SENTENCE in str(app.supervisor.status()[role].last_error)
            async with db.connection() as conn:
                [row] = (await conn.execute(select(tables_alerts.notifications))).all()
                assert (row.state, row.attempts, row.lease_owner) == ("pending", 0, None)
                [row] = (await conn.execute(select(tables.sources))).all()
                assert (row.failures, row.lease_owner) == (0, None)
            async with aiohttp.ClientSession(f"{app.address}/") as client, client.get("/api/v1/deliveries") as answer:
                assert answer.status == 503
                assert SENTENCE in await answer.text(), "pages and API say it too"
