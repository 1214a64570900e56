"""Sources that never answered are looked for on their publisher's site."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.db.engine import Database
from core.model.outcome import PollOutcome
from core.store import source_changes, sources
from core.store.sources import PollState
from ingest.discover.discover import Discoverer
from ingest.discover.lost import AGAIN_AFTER, LostSources
from tests.fakes.clock import FakeClock
from tests.fakes.records import a_source
from tests.fakes.sites import RSS, home, rss, site_web
from tests.fakes.web import FakeWeb


@pytest.fixture
async def web() -> AsyncIterator[FakeWeb]:
    async with FakeWeb() as fake:
        yield fake


async def test_one_that_never_answered_is_looked_for_once_and_what_answered_is_not(
    web: FakeWeb, tmp_path: Path
) -> None:
    web.serve("/", home("/world.rss"))
    web.serve("/world.rss", rss(["One", "Two"]), content_type=RSS)
    clock = FakeClock(auto=True)
    gone = replace(a_source(web.url("/gone.rss"), "Gone"), source_id="gone", site=web.url("/"))
    well = replace(a_source(web.url("/well.rss"), "Well"), source_id="well")
    async with Database.open("sqlite:", tmp_path) as db, site_web(db, clock) as reach, reach.parsing() as parser:
        lost = LostSources(db, Discoverer(reach.fetcher, reach.rate_limit, reach.robots, parser, clock), clock)
        now = clock.now()
        failed = PollState(next_poll=now, last_attempt=now, failures=1, outcome=PollOutcome.HTTP_4XX)
        async with db.transaction() as conn:
            for source in (gone, well):
                await sources.add(conn, source, now)
            await sources.save_poll(conn, "gone", failed)
            await sources.save_poll(conn, "well", replace(failed, last_success=now - timedelta(days=1)))
        assert await lost.look() == 1
        assert await lost.look() == 0
        async with db.connection() as conn:
            kept = await source_changes.searches(conn, ["gone", "well"])
            assert await source_changes.lost(conn, clock.now() + AGAIN_AFTER + timedelta(hours=1), 9, AGAIN_AFTER)
    assert kept.keys() == {"gone"}
    _, told = kept["gone"]
    assert [(one["url"], one["title"]) for one in told["found"]] == [(web.url("/world.rss"), "The Harbour Times")]
    assert told["found"][0]["words"].startswith("2 entries, about")
