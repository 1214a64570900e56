"""Applying a document: all of it or nothing, by the use cases of each noun, as often as one likes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from core.clock import SystemClock
from core.model.rule import RuleDraft
from core.store import audit
from core.store import rules as rules_in_store
from wirewatch.config.applied import Applied, read_json
from wirewatch.usecases import channels, rules, silences, sources
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.apply import Outcome, apply
from wirewatch.usecases.apply_plan import Verdict
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import READING, Permission
from wirewatch.usecases.refusals import Conflict, Invalid, NotPermitted

SOON, LATER = ((SystemClock().now() + timedelta(days=days)).isoformat() for days in (9, 10))
CHANNELS = [
    {"name": "first", "kind": "webhook", "url": "https://chat.example/T0ken", "fallback": "second"},
    {"name": "second", "kind": "webhook", "url": "https://chat.example/other"},
]
WHOLE: dict[str, Any] = {
    "channels": CHANNELS,
    "aliases": [{"name": "all", "terms": ["@dprk", "Russia"]}, {"name": "dprk", "terms": ["North Korea", "DPRK"]}],
    "sources": [{"name": "World", "url": "https://news.example/world.xml", "tags": ["world"], "paused": True}],
    "rules": [
        {
            "name": "arms",
            "query": "@all AND arms",
            "channels": ["first"],
            "quiet_hours": {"start": "22:00", "end": "07:00", "time_zone": "Europe/Berlin"},
        }
    ],
    "silences": [{"rule": "arms", "ends": SOON, "comment": "an exercise"}],
}


def document(**tables: Any) -> Applied:
    return read_json(orjson.dumps(tables), "the document")


def verdicts(found: Outcome) -> dict[str, Verdict]:
    return {f"{step.noun}/{step.name}": step.verdict for step in found.steps}


async def names(acting: Acting) -> list[str]:
    found = (await rules.list_page(acting, Paging(limit=None))).items
    return [row.name for row in found if row.enabled]


async def test_everything_is_added_whatever_needs_what_and_is_the_same_the_second_time(acting: Acting) -> None:
    first = await apply(acting, document(**WHOLE))
    assert first.applied
    assert {step.verdict for step in first.steps} == {Verdict.ADD}
    second = await apply(acting, document(**WHOLE))
    assert {step.verdict for step in second.steps} == {Verdict.SAME}
    stored = (await rules.show(acting, "arms")).current
    assert stored.settings.quiet_hours is not None
    source = await sources.show(acting, "World")
    assert (source.row.source.tags, source.row.paused_at is not None) == (("world",), True)


async def test_a_dry_run_says_it_all_and_changes_nothing(acting: Acting) -> None:
    found = await apply(acting, document(**WHOLE), dry_run=True)
    assert not found.applied
    assert {step.verdict for step in found.steps} == {Verdict.ADD}
    assert await names(acting) == []
    async with acting.db.connection() as conn:
        assert await audit.list_rows(conn) == []


async def test_what_changes_is_told_without_secrets_and_what_is_left_out_is_the_default(acting: Acting) -> None:
    await apply(acting, document(**WHOLE))
    changed = {
        "channels": [{**CHANNELS[0], "url": "https://chat.example/N3w"}, CHANNELS[1]],
        "rules": [{"name": "arms", "query": "@all AND guns"}],
        "sources": [{"name": "World", "url": "https://new.example/world.xml"}],
    }
    found = await apply(acting, document(**changed))
    told = {step.name: {one.field: (one.before, one.after) for one in step.changes} for step in found.steps}
    assert told["first"] == {"url": ("https://chat.example/[secret]", "https://chat.example/[secret]")}
    assert told["arms"]["query"] == ("@all AND arms", "@all AND guns")
    assert told["arms"]["channels"] == (["first"], [])
    assert told["arms"]["quiet_hours"][1] is None
    assert told["World"]["paused"] == (True, False)
    assert "N3w" not in repr(found)
    assert "T0ken" not in repr(found)
    assert (await rules.show(acting, "arms")).current.settings.quiet_hours is None
    assert (await sources.show(acting, "World")).row.paused_at is None


async def test_pruning_takes_away_what_a_list_does_not_name_and_leaves_other_kinds_alone(acting: Acting) -> None:
    await apply(acting, document(**WHOLE))
    found = await apply(acting, document(rules=[], silences=[]), prune=True)
    assert verdicts(found) == {"silences/arms": Verdict.REMOVE, "rules/arms": Verdict.REMOVE}
    assert await names(acting) == []
    found = await apply(acting, document(channels=[], aliases=[], sources=[]), prune=True)
    assert {step.verdict for step in found.steps} == {Verdict.REMOVE}
    assert (await channels.list_page(acting, Paging())).items == ()


async def test_one_conflict_and_nothing_is_changed(acting: Acting) -> None:
    async with acting.db.transaction() as conn:
        draft = RuleDraft(name="in-file", query="arms", canonical="arms", author="file")
        await rules_in_store.sync_from_config(conn, [draft], acting.clock.now())
    wanted = document(rules=[{"name": "new", "query": "arms"}, {"name": "in-file", "query": "guns"}])
    with pytest.raises(Conflict, match="managed in a file") as caught:
        await apply(acting, wanted)
    assert [one.place for one in caught.value.places] == ["/rules/1"]
    assert await names(acting) == ["in-file"]
    found = await apply(acting, wanted, dry_run=True)
    assert verdicts(found) == {"rules/new": Verdict.ADD, "rules/in-file": Verdict.CONFLICT}


async def test_every_item_that_is_refused_is_told_with_its_place(acting: Acting) -> None:
    wanted = document(
        rules=[
            {"name": "a", "query": "North Korea"},
            {"name": "b", "query": "arms", "channels": ["nowhere"]},
            {"name": "c", "query": "arms"},
        ]
    )
    with pytest.raises(Invalid, match="nothing was changed") as caught:
        await apply(acting, wanted)
    assert [one.place for one in caught.value.places] == ["/rules/0", "/rules/1"]
    assert await names(acting) == []


async def test_what_is_wrong_with_the_document_itself_is_told_before_anything_is_tried(acting: Acting) -> None:
    with pytest.raises(Invalid, match="did you mean") as caught:
        await apply(acting, document(rules=[{"name": "a", "query": "x", "chanels": []}]))
    assert [one.place for one in caught.value.places] == ["/rules/0/chanels"]


async def test_each_step_needs_its_own_permission(acting: Acting) -> None:
    reader = replace(acting, permissions=READING)
    for rows in ([], [{"name": "a", "query": "arms"}]):  # who may change nothing applies nothing
        with pytest.raises(NotPermitted, match="rules:own"):
            await apply(reader, document(rules=rows), dry_run=True)
    some = replace(acting, permissions=READING | {Permission.CHANGE_RULES, Permission.OWN_RULES})
    with pytest.raises(NotPermitted, match="channels:change"):
        await apply(some, document(rules=[{"name": "a", "query": "arms"}], channels=CHANNELS))
    assert await names(acting) == []


async def test_each_step_is_noted_by_its_own_use_case(acting: Acting) -> None:
    await apply(acting, document(**WHOLE))
    async with acting.db.connection() as conn:
        noted = [row.action for row in await audit.list_rows(conn)]
    assert {"rule.put", "alias.put", "source.add", "channel.add", "silence.add", "document.apply"} <= set(noted)


async def test_a_silence_is_the_same_as_one_of_the_same_rule_source_and_end(acting: Acting) -> None:
    await apply(acting, document(rules=[{"name": "arms", "query": "arms"}]))
    one = {"rule": "arms", "source": "World*", "ends": SOON, "comment": "why"}
    await apply(acting, document(silences=[one]))
    found = await apply(acting, document(silences=[one, {**one, "ends": LATER}]), prune=True)
    assert [step.verdict for step in found.steps] == [Verdict.SAME, Verdict.ADD]
    assert len((await silences.list_page(acting, Paging())).items) == 2
