"""A channel comes, is paused and goes on while the process runs and is killed, and each alert arrives once."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.e2e.harness import SECRET, World
from tests.e2e.test_reload import Newsroom, told

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


async def commanded(room: Newsroom, *words: str) -> str:
    code, out = await room.command(*words)
    assert code == 0, out
    return out


async def waiting(room: Newsroom) -> list[str]:
    """The channels of what waits."""
    out = await commanded(room, "deliveries", "list", "--state", "pending", "--json")
    return [json.loads(line)["channel"] for line in out.splitlines() if line.startswith("{")]


RELOADED = "news_rules_last_reload_timestamp_seconds"


async def until_reloaded(room: Newsroom, before: float) -> None:
    """Until the process matches the rules of now: what it reads earlier meets the others only."""
    async with asyncio.timeout(60):
        while await room.world.process.metric(RELOADED) == before:  # noqa: ASYNC110 - another process sends no event
            await asyncio.sleep(0.05)


async def test_a_channel_is_added_paused_through_a_kill_and_resumed_and_each_alert_arrives_once(tmp_path: Path) -> None:
    async with World(tmp_path, articles=0, rules=[("vote", "vote")]) as world:
        room, sink, process = Newsroom(world), world.sink, world.process
        await process.start()
        await process.until_started()
        await commanded(
            room,
            "channels",
            "add",
            "hook",
            "--kind",
            "webhook",
            "--set",
            f"url={sink.url}",
            "--set",
            f"secret={SECRET}",
        )
        before = await process.metric(RELOADED)
        await commanded(room, "rules", "add", "council", '"harbour council"', "--channel", "hook")
        await until_reloaded(room, before)
        world.publisher.count = 2
        await process.until(lambda: told(sink, "council") == 2 and told(sink, "vote") == 2, "alerts on both channels")

        await commanded(room, "channels", "pause", "hook")
        await process.until(lambda: '"paused": ["hook"]' in process.log(), "the pause was taken over")
        world.publisher.count = 3
        await process.until(lambda: told(sink, "vote") == 3, "the other channel goes on")

        await process.kill()
        await process.start()
        await process.until_started()
        world.publisher.count = 4
        await process.until(lambda: told(sink, "vote") == 4, "the other channel goes on after the kill")
        assert told(sink, "council") == 2
        assert await waiting(room) == ["hook", "hook"]
        _, checked = await room.command("check")
        assert "warning: channel hook: paused by" in checked
        assert "2 messages wait" in checked

        await commanded(room, "channels", "resume", "hook")
        await process.until(lambda: told(sink, "council") == 4, "what waited")
        assert await process.terminate() == 0
        assert await waiting(room) == []
        assert set(sink.alerts().values()) == {1}
        assert room.said("channel_missing") == 0
        assert SECRET not in process.log()
