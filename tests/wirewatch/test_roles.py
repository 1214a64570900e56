"""What a role is given when it starts, and what of it outlives a restart."""

from pathlib import Path

import pytest

from core.db.engine import Database
from core.metrics import Metrics
from core.wake_up import WakeUp
from tests.fakes.clock import FakeClock
from wirewatch.app import new_fetcher
from wirewatch.config.loading import load
from wirewatch.roles import Parts, Role


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    path = tmp_path / "wirewatch.toml"
    path.touch()
    config, clock = load(path, {}), FakeClock()
    return Parts(
        config=config,
        clock=clock,
        metrics=Metrics(),
        owner="me",
        db=Database.open("sqlite:", tmp_path),
        fetcher=new_fetcher(config, clock),
        outbox=WakeUp(),
        rules_changed=WakeUp(),
    )


def test_the_count_of_failures_is_the_roles_own_and_outlives_its_restart(parts: Parts) -> None:
    first, again = parts.options(Role.READ), parts.options(Role.READ)
    assert first.failures is again.failures
    assert parts.options(Role.STORY).failures is not first.failures
