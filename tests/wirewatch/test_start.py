"""A start waits for what it needs, also where that goes away in the middle of it."""

from pathlib import Path

from core.errors import Unavailable
from tests.fakes.clock import FakeClock
from wirewatch.app import App
from wirewatch.config.loading import load


async def test_a_service_that_goes_away_in_the_middle_of_a_start_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "wirewatch.toml").write_text("", encoding="utf-8")
    app = App(load(tmp_path / "wirewatch.toml"), FakeClock(auto=True))
    tries = 0

    async def work() -> str:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise Unavailable("PostgreSQL cannot be reached: Connection refused")
        return "done"

    assert await app._patiently("database", work) == "done"
    assert tries == 3
    assert app.health.waiting_for == {}
