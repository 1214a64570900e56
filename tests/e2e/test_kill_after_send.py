"""Killed a moment after an alert was delivered, again and again: none is lost, and what comes twice says so."""

import asyncio
import random
from pathlib import Path

import pytest

from alerts.channels.webhook import WebhookChannel
from tests.e2e.harness import World

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

KILLS = 3
NEW = 8


async def test_only_what_was_on_its_way_comes_twice_and_it_says_so(tmp_path: Path) -> None:
    chance = random.Random(7)
    async with World(tmp_path, NEW, rules=[("council", "harbour AND council AND vote")]) as world:
        on_its_way: set[str] = set()
        for number in range(KILLS):
            world.publisher.count = world.articles = (number + 1) * NEW
            seen = len(world.sink.bodies)
            await world.process.start()
            await world.process.until(lambda seen=seen: len(world.sink.bodies) > seen, "an alert")  # type: ignore[misc]
            await asyncio.sleep(chance.uniform(0, 0.6))
            await world.process.kill()
            begun = await world.begun_notifications()
            assert len(begun) <= WebhookChannel.limits.in_flight
            on_its_way |= begun
        await world.process.start()
        await world.process.until_started()
        await world.process.until(lambda: world.due() <= set(world.sink.alerts()), "every due alert has arrived")
        assert await world.process.terminate() == 0
    alerts = world.sink.alerts()
    assert set(alerts) == world.due()
    assert set(alerts.values()) == {1}, "two notifications about one alert"
    again = {key for key, sends in world.sink.sends.items() if sends > 1}
    marked = {key for key, body in world.sink.bodies.items() if body.get("possible_repeat")}
    assert again <= marked <= on_its_way
