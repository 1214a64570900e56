"""Which sources are shown first, with the words for how each is doing."""

from datetime import timedelta

from core.model.outcome import PollOutcome
from core.store import sources
from core.store.sources import PollState
from ingest.poll.health import FeedState
from tests.fakes.records import a_source
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.sources import worst


async def test_those_that_need_attention_are_shown_first_with_what_is_wrong(acting: Acting) -> None:
    now = acting.clock.now()
    async with acting.db.transaction() as conn:
        for name in ("a", "b", "c"):
            source = a_source(f"https://{name}.example/feed", name)
            await sources.add(conn, source, now)
            failures = 4 if name == "c" else 0
            state = PollState(
                next_poll=now + timedelta(minutes=5), last_attempt=now, failures=failures, outcome=PollOutcome.DNS
            )
            await sources.save_poll(conn, source.source_id, state)
    assert [one.row.source.name for one in await worst(acting, 10)] == ["c", "a", "b"]
    [first] = await worst(acting, 1)
    assert first.health.state is FeedState.FAILING
    assert "4 polls in a row ended as dns" in first.health.sentence
