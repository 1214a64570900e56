"""Somebody who acts, on a database of their own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.db.engine import Database
from tests.fakes.clock import FakeClock
from wirewatch.config.loading import load
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.permission import EVERYTHING

CONFIG = """
data_dir = "data"

[[aliases]]
name = "dprk"
terms = ["North Korea", "Pyongyang"]

[[channels]]
name = "desk"
kind = "webhook"
url = "https://chat.example/hook"
"""


@pytest.fixture
async def acting(tmp_path: Path) -> AsyncIterator[Acting]:
    """Kim, who may do everything."""
    (tmp_path / "wirewatch.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "data").mkdir()
    config = load(tmp_path / "wirewatch.toml")
    async with Database.open("sqlite:", tmp_path / "data") as db:
        yield Acting(actor="kim", permissions=EVERYTHING, config=config, db=db, clock=FakeClock())
