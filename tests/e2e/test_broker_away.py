"""A broker that is killed takes nothing with it: every role says so, comes back with it, and every due alert arrives once."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.harness import World
from tests.services import kafka
from tests.services.process import CannotStart
from wirewatch.roles import Role

pytestmark = [pytest.mark.e2e, pytest.mark.kafka, pytest.mark.timeout(360)]

RULES = [("council", "harbour AND council AND vote")]


@pytest.fixture
def broker() -> Iterator[kafka.Broker]:
    """One of this test's own."""
    with ExitStack() as stack:
        try:
            one = stack.enter_context(kafka.mortal_broker())
        except CannotStart as error:
            if os.environ.get("CI"):
                pytest.fail(f"CI must have this service: {error}")
            pytest.skip(str(error))
        yield one


async def test_a_broker_that_is_killed_and_comes_back(broker: kafka.Broker, tmp_path: Path) -> None:
    async with World(tmp_path, 40, log_url=f"kafka://{broker.address}", rules=RULES) as world:
        await world.process.start()
        await world.process.until(lambda: len(world.sink.bodies) >= 3, "the first alerts have arrived")
        broker.kill()
        world.publisher.count = 60
        parts = await world.process.until_told(lambda ready, _: not ready)
        assert any("Kafka" in str(part["error"]) for part in parts.values()), parts
        await asyncio.to_thread(broker.start)
        world.articles = 60
        await world.process.until(lambda: world.due() <= set(world.sink.alerts()), "every due alert has arrived")
        await world.process.until_told(lambda ready, _: ready)
        for role in Role:
            assert await world.process.metric(f'news_role_up{{role="{role.value}"}}') == 1
        assert set(world.sink.alerts().values()) == {1}, "two notifications about one alert"
        assert set(world.sink.sends.values()) == {1}
        assert await world.process.terminate() == 0
