"""Killed by SIGKILL between any two steps and started again, wirewatch raises every due alert exactly once."""

from pathlib import Path
from uuid import uuid4

import pytest

from core.faults import FaultPoint
from tests.e2e.harness import World

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

RULES = [("council", "harbour AND council AND vote"), ("never", "harbour AND submarine")]
ARTICLES = 6


async def killed_and_started_again(world: World, point: FaultPoint, passing: int) -> None:
    await world.process.start(fault=f"{point.value}:{passing}")
    assert await world.process.ended() == -9, world.process.log()[-4000:]
    # The stages work side by side: the kill may also catch a send that arrived and that nobody could write down yet. It
    # is sent again under the same id, and the receiver drops it. What was written down is never sent again.
    in_flight = await world.begun_notifications()
    await world.process.start()
    await world.process.until(lambda: world.due() <= set(world.sink.alerts()), "every due alert has arrived")
    await (
        world.process.until_started()
    )  # all may have been sent before the kill, and a signal now would meet an interpreter
    assert await world.process.terminate() == 0
    alerts = world.sink.alerts()
    assert set(alerts) == world.due()
    assert set(alerts.values()) == {1}, "two notifications about one alert"
    again = {notification_id: sends for notification_id, sends in world.sink.sends.items() if sends > 1}
    assert set(again) <= in_flight, "a notification was sent again though its delivery was written down"
    assert set(again.values()) <= {2}
    marked = {key for key, body in world.sink.bodies.items() if body.get("possible_repeat")}
    assert set(again) <= marked <= in_flight, "a possible repeat says so, and nothing else does"


@pytest.mark.parametrize("point", list(FaultPoint), ids=lambda p: p.value)
async def test_embedded(point: FaultPoint, tmp_path: Path) -> None:
    async with World(tmp_path, ARTICLES, rules=RULES) as world:
        await killed_and_started_again(world, point, 1)


@pytest.mark.kafka
@pytest.mark.postgres
@pytest.mark.parametrize("point", list(FaultPoint), ids=lambda p: p.value)
async def test_kafka_and_postgresql(
    point: FaultPoint, tmp_path: Path, kafka_bootstrap: str, postgres_database: str
) -> None:
    async with World(
        tmp_path,
        ARTICLES,
        log_url=f"kafka://{kafka_bootstrap}",
        topic_prefix=f"{point.value}.{uuid4().hex[:8]}.",
        database_url=postgres_database,
        rules=RULES,
    ) as world:
        await killed_and_started_again(world, point, 1)
