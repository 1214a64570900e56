"""What people change of sources, one at a time and many; what files manage is changed there alone, and can be paused."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.model.origin import FILE
from core.model.source import SourceKind
from core.store import audit
from core.store import sources as in_store
from core.store.sources import PollState
from ingest.poll.health import FeedState
from tests.fakes.records import a_source
from wirewatch.usecases import source_changes, sources
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.refusals import Conflict, Invalid, ManagedInFile, NotFound, Stale
from wirewatch.usecases.source_changes import Bulk
from wirewatch.usecases.source_facts import NewSource
from wirewatch.usecases.sources import SourceFilter

URL = "https://news.example/world.xml"


@pytest.fixture
async def world(acting: Acting) -> str:
    await sources.add(acting, NewSource(url=URL, name="Example World", country="IN"))
    return "Example World"


async def in_a_file(acting: Acting) -> None:
    async with acting.db.transaction() as conn:
        await in_store.sync_from_config(conn, [a_source()], acting.clock.now())


async def test_what_a_source_says_of_itself_is_changed_and_the_rest_stays(acting: Acting, world: str) -> None:
    facts = {"name": "World", "lang": "en", "interval_seconds": 90.0, "tags": ["wire"], "kind": "sitemap"}
    await source_changes.change(acting, world, facts)
    row = (await sources.show(acting, "World")).row
    source = row.source
    assert (source.country, source.lang, source.interval_seconds, source.tags) == ("IN", "en", 90.0, ("wire",))
    assert (source.kind, source.url) == (SourceKind.SITEMAP, URL)
    async with acting.db.connection() as conn:
        [newest, *_] = await audit.list_rows(conn)
    assert newest.before is not None
    assert newest.after is not None
    assert (newest.before["name"], newest.after["name"]) == ("Example World", "World")


async def test_another_address_keeps_what_is_known(acting: Acting, world: str) -> None:
    before = (await sources.show(acting, world)).row.source.source_id
    await source_changes.change(acting, world, {"url": "https://new.example/feed", "lang": "en"})
    source = (await sources.show(acting, "https://NEW.example/feed")).row.source
    assert (source.source_id, source.lang) == (before, "en")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"country": "India"}, "country"),
        ({"interval_seconds": 0.0}, "interval_seconds"),
        ({"interval_seconds": -1.0}, "interval_seconds"),
        ({"patience_seconds": -1.0}, "patience_seconds"),
        ({"name": " "}, "name"),
        ({"url": "ftp://x.example"}, "url"),
        ({"tags": ["a,b"]}, "tags"),
        ({"tags": [f"t{n}" for n in range(21)]}, "tags"),
        ({"site": "no address"}, "site"),
        ({"source_id": "x"}, "source_id"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_field(
    acting: Acting, world: str, facts: Mapping[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await source_changes.change(acting, world, facts)
    assert refused.value.field == field


async def test_name_and_address_of_another_are_refused(acting: Acting, world: str) -> None:
    await sources.add(acting, NewSource(url="https://b.example/", name="Bell"))
    for facts in ({"name": "Bell"}, {"url": "https://b.example/"}):
        with pytest.raises(Conflict, match="Bell"):
            await source_changes.change(acting, world, facts)


async def test_a_change_of_what_somebody_else_changed_meanwhile_is_refused(acting: Acting, world: str) -> None:
    tag = (await sources.show(acting, world)).tag
    await source_changes.change(replace(acting, actor="lee"), world, {"lang": "en"})
    mine = replace(acting, if_match=tag)
    for change in (source_changes.change(mine, world, {"lang": "fr"}), source_changes.pause(mine, world)):
        with pytest.raises(Stale, match="lee"):
            await change
    with pytest.raises(Stale):
        await sources.remove(mine, world)


async def test_a_poll_is_no_change_of_a_source(acting: Acting, world: str) -> None:
    known = await sources.show(acting, world)
    async with acting.db.transaction() as conn:
        state = PollState(next_poll=acting.clock.now() + timedelta(hours=1), etag='"x"')
        await in_store.save_poll(conn, known.row.source.source_id, state)
    assert (await sources.show(acting, world)).tag == known.tag


async def test_what_a_file_manages_is_changed_there_and_may_be_paused(acting: Acting) -> None:
    await in_a_file(acting)
    named = replace(acting, config=replace(acting.config, source_files={a_source().url: "rules/feeds.toml"}))
    for use in (
        source_changes.change(named, "Example World", {"lang": "en"}),
        source_changes.retag(named, "Example World", add=["wire"]),
        sources.remove(named, "Example World"),
        sources.move(named, "Example World", "https://b.example/"),
    ):
        with pytest.raises(ManagedInFile, match=r"rules/feeds\.toml"):
            await use
    await source_changes.pause(named, "Example World")
    await in_a_file(acting)
    known = await sources.show(named, "Example World")
    assert (known.health.state, known.file, known.row.origin) == (FeedState.PAUSED, "rules/feeds.toml", FILE)
    assert known.health.sentence.startswith("Paused by kim since")
    with pytest.raises(ManagedInFile):
        await source_changes.change(named, "Example World", {"lang": "en"})


async def test_pause_and_resume_say_what_is_so_already(acting: Acting, world: str) -> None:
    with pytest.raises(Conflict, match="not paused"):
        await source_changes.resume(acting, world)
    await source_changes.pause(acting, world)
    with pytest.raises(Conflict, match="paused already, by kim"):
        await source_changes.pause(acting, world)
    with pytest.raises(Conflict, match="resume it first"):
        await source_changes.poll_now(acting, world)
    await source_changes.resume(acting, world)
    assert (await sources.show(acting, world)).next_poll == "now: its first poll"


async def test_poll_now_is_refused_while_it_is_polled(acting: Acting, world: str) -> None:
    async with acting.db.transaction() as conn:
        await in_store.due(conn, acting.clock.now(), 1, "poller", 60)
    with pytest.raises(Conflict, match="at this moment"):
        await source_changes.poll_now(acting, world)


async def test_many_are_changed_each_by_itself(acting: Acting, world: str) -> None:
    await sources.add(acting, NewSource(url="https://b.example/", name="Bell", tags=("old",)))
    wanted = Bulk(action="tag", names=[world, "Bell", "Nobody", "https://b.example/"], add=["wire"], remove=["old"])
    done = await source_changes.bulk(acting, wanted)
    assert [(one.name, one.code) for one in done] == [
        ("Example World", None), ("Bell", None), ("Nobody", "not_found"), ("Bell", None),
    ]  # fmt: skip
    assert await sources.tags(acting) == {"wire": 2}
    assert len((await sources.find(acting, Paging(), SourceFilter(tag="wire"))).items) == 2
    await source_changes.bulk(acting, Bulk(action="remove", names=[world, "Bell"]))
    assert (await sources.find(acting, Paging(), SourceFilter())).items == ()
    with pytest.raises(Invalid):
        await source_changes.bulk(acting, Bulk(action="explode", names=[world]))


async def test_those_that_are_looked_for_are_counted_by_state_and_paged(acting: Acting) -> None:
    for number in range(5):
        await sources.add(acting, NewSource(url=f"https://{number}.example/", name=f"S{number}", tags=("t",)))
    await source_changes.pause(acting, "S3")
    assert await sources.states(acting, SourceFilter(tag="t", state="paused")) == {
        "failing": 0, "degraded": 0, "stale": 0, "paused": 1, "healthy": 4,
    }  # fmt: skip
    seen: list[str] = []
    cursor = None
    while True:
        page = await sources.find(acting, Paging(2, cursor), SourceFilter(text="s"))
        seen += [one.row.source.name for one in page.items]
        if (cursor := page.next) is None:
            break
    assert seen == [f"S{number}" for number in range(5)]


async def test_an_unknown_source_is_told(acting: Acting, world: str) -> None:
    with pytest.raises(NotFound, match="Example World"):
        await source_changes.pause(acting, "Exampel World")
