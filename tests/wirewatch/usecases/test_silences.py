"""Silences: what one would have hidden, what it hid, and when it is in force."""

from datetime import datetime, timedelta

import pytest

from core.db.connection import Connection
from core.model.outcome import AlertOutcome
from core.model.rule import RuleDraft
from core.store import alerts, articles, rules, sources
from core.store.articles import StoredArticle
from tests.fakes.records import a_rule_ref, a_source, a_story_article, an_alert
from wirewatch.usecases import silences
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.refusals import Invalid, NotFound
from wirewatch.usecases.silences import NewSilence, SilenceState

HOUR = timedelta(hours=1)


async def _alert(
    conn: Connection, story: str, rule: str, at: datetime, outcome: AlertOutcome = AlertOutcome.CREATED
) -> str:
    """An alert whose article is stored, so that its source is known."""
    alert = an_alert(story, rule=a_rule_ref(rule), at=at)
    await alerts.insert_alert(conn, alert, outcome)
    found = a_story_article(alert.articles[0].brief.url, at=at)
    await articles.put_many(conn, [StoredArticle(found, ())])
    return alert.alert_id


async def _rule(conn: Connection, name: str, at: datetime) -> None:
    draft = RuleDraft(rule_id=a_rule_ref(name).rule_id, name=name, query="arms", canonical="arms")
    await rules.put(conn, draft, at)


@pytest.fixture
async def filled(acting: Acting) -> Acting:
    now = acting.clock.now()
    async with acting.db.transaction() as conn:
        for name in ("arms", "arms-asia", "trade"):
            await _rule(conn, name, now)
        await sources.sync_from_config(conn, [a_source()], now, [])
        await _alert(conn, "a", "arms", now - HOUR)
        await _alert(conn, "b", "arms", now - 2 * HOUR)
        await _alert(conn, "c", "arms-asia", now - 3 * HOUR)
        await _alert(conn, "d", "trade", now - HOUR)
        await _alert(conn, "e", "arms", now - timedelta(days=8))
    return acting


def new(rule: str, **more: object) -> NewSilence:
    return NewSilence(**{"rule": rule, "lasting": HOUR, "comment": "a test", **more})  # type: ignore[arg-type]


async def test_a_preview_tells_what_the_last_week_would_have_lost(filled: Acting) -> None:
    one = await silences.preview(filled, new("arms"))
    assert (one.rules, one.alerts, dict(one.by_rule)) == (("arms",), 2, {"arms": 2})
    many = await silences.preview(filled, new("ARMS*"))
    assert (many.rules, many.alerts, dict(many.by_rule)) == (("arms", "arms-asia"), 3, {"arms": 2, "arms-asia": 1})
    assert [row.alert.story_id for row in many.newest] == ["a", "b", "c"]
    everything = await silences.preview(filled, new("*"))
    assert everything.alerts == 4


async def test_a_preview_looks_at_the_source_too(filled: Acting) -> None:
    assert (await silences.preview(filled, new("arms", source="example*"))).alerts == 2
    other = await silences.preview(filled, new("arms", source="Herald"))
    assert (other.alerts, other.newest) == (0, ())


async def test_a_preview_changes_nothing_and_tells_a_misspelt_name(filled: Acting) -> None:
    await silences.preview(filled, new("arms"))
    assert (await silences.list_page(filled, Paging())).items == ()
    with pytest.raises(NotFound, match="did you mean 'trade'"):
        await silences.preview(filled, new("trad"))


async def test_a_silence_shows_what_it_hid_and_nothing_else(filled: Acting) -> None:
    now = filled.clock.now()
    silence = (await silences.add(filled, new("arms*"))).silence
    async with filled.db.transaction() as conn:
        hidden = await _alert(conn, "f", "arms", now + timedelta(minutes=5), AlertOutcome.SILENCED)
        await _alert(conn, "g", "trade", now + timedelta(minutes=5), AlertOutcome.SILENCED)
        await _alert(conn, "h", "arms", now + 2 * HOUR, AlertOutcome.SILENCED)
    filled.clock.advance(3600)  # type: ignore[attr-defined]  # of the fake
    page = await silences.hid(filled, silence.silence_id, Paging())
    assert [row.alert.alert_id for row in page.items] == [hidden]
    with pytest.raises(NotFound):
        await silences.hid(filled, "x", Paging())


async def test_silences_are_listed_by_where_they_stand(filled: Acting) -> None:
    now = filled.clock.now()
    coming = (await silences.add(filled, new("trade", starts=now + HOUR))).silence
    present = (await silences.add(filled, new("arms"))).silence
    past = (await silences.add(filled, new("arms"))).silence
    await silences.remove(filled, past.silence_id)
    for state, one in (
        (SilenceState.TO_COME, coming),
        (SilenceState.IN_FORCE, present),
        (SilenceState.OVER, past),
    ):
        page = await silences.list_page(filled, Paging(), state=state)
        assert [known.silence.silence_id for known in page.items] == [one.silence_id]
        assert (await silences.show(filled, one.silence_id)).state is state
    assert len((await silences.list_page(filled, Paging(), over=False)).items) == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rule": " "}, "rule"),
        ({"rule": "x" * 300}, "rule"),
        ({"source": ""}, "source"),
        ({"comment": " "}, "comment"),
        ({"lasting": timedelta(0)}, "lasting"),
        ({"lasting": timedelta(days=99999)}, "lasting"),
        ({"starts": datetime.fromisoformat("2020-01-01T00:00:00+00:00")}, "starts"),
    ],
)
async def test_what_is_no_silence_is_refused_with_its_field(
    filled: Acting, change: dict[str, object], field: str
) -> None:
    given = {"rule": "arms", **change}
    with pytest.raises(Invalid) as caught:
        await silences.add(filled, new(**given))  # type: ignore[arg-type]
    assert caught.value.field == field
