"""Alerts as people ask for them."""

from datetime import timedelta

import pytest

from alerts.decide.release import REASONS
from core.model.outcome import HOLDING, AlertOutcome
from core.store import alerts as store
from tests.fakes.records import an_alert
from wirewatch.usecases import alerts
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.alerts import AlertFilter
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.refusals import NotFound


def test_everything_that_holds_an_alert_is_looked_for() -> None:
    assert set(HOLDING) == set(REASONS)


async def test_alerts_are_read_in_pages_of_one_outcome(acting: Acting) -> None:
    async with acting.db.transaction() as conn:
        for number in range(3):
            made = an_alert(f"s{number}", at=acting.clock.now() + timedelta(seconds=number))
            await store.insert_alert(conn, made, AlertOutcome.CREATED)
        await store.insert_alert(conn, an_alert("s9"), AlertOutcome.SILENCED)
    wanted = AlertFilter(outcome=AlertOutcome.CREATED)
    first = await alerts.list_page(acting, Paging(2), wanted)
    second = await alerts.list_page(acting, Paging(2, first.next), wanted)
    assert [[one.row.alert.story_id for one in page.items] for page in (first, second)] == [["s2", "s1"], ["s0"]]
    assert second.next is None


async def test_what_is_not_there_is_refused_with_a_code(acting: Acting) -> None:
    with pytest.raises(NotFound) as refused:
        await alerts.show(acting, "none")
    assert refused.value.code == "not_found"
    with pytest.raises(NotFound, match="there is no rule 'none'"):
        await alerts.list_page(acting, Paging(), AlertFilter(rule="none"))
