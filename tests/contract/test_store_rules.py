"""What the store promises of rules, aliases, their versions and their revision."""

import asyncio
import re
from dataclasses import replace
from datetime import time

import pytest
from sqlalchemy import update

from core.db.engine import Database
from core.db.tables_alerts import rule_versions
from core.errors import UserError
from core.model.metric_rule import Frequency, Spike
from core.model.outcome import Priority
from core.model.rule import AliasDraft, RuleDraft, RuleSettings
from core.model.rule_tables import written
from core.model.sending import Digest, QuietHours, Throttle, Weekday
from core.store import aliases, audit, rules
from tests.contract.databases import NOW, after

DRAFT = RuleDraft(name="arms", query="arms AND  deal", canonical="arms AND deal", author="file:rules.toml", comment="c")
FULL = RuleSettings(
    channels=("desk", "ops"),
    priority=Priority.FLASH,
    group_wait_seconds=1.5,
    group_interval_seconds=60.0,
    throttle=Throttle(max=3, per_seconds=3600.0),
    quiet_hours=QuietHours(start=time(22), end=time(7), time_zone="Asia/Seoul"),
    digest=Digest(at=(time(8), time(18, 30)), time_zone="UTC", days=(Weekday.MON,)),
    standing=Spike(window_seconds=3600.0, factor=2.0),
)


async def test_a_rule_comes_back_as_it_was_put(db: Database) -> None:
    async with db.transaction() as conn:
        assert await rules.put(conn, replace(DRAFT, settings=FULL), NOW) == 1
        row = await rules.get(conn, "arms")
        assert row is not None
        assert re.fullmatch("[0-9a-f]{24}", row.rule_id)
        assert (row.name, row.version, row.origin, row.enabled) == ("arms", 1, "db", True)
        assert (row.query, row.canonical, row.author, row.comment) == (
            "arms AND  deal", "arms AND deal", "file:rules.toml", "c",
        )  # fmt: skip
        assert (row.settings, row.created, row.revision) == (FULL, NOW, 1)
        assert (row.channels, row.priority) == (("desk", "ops"), Priority.FLASH)
        assert await rules.by_id(conn, row.rule_id) == row
        assert await rules.by_id(conn, row.rule_id, 1) == row
        assert await rules.by_id(conn, row.rule_id, 2) is None
        assert await rules.get(conn, "none") is None


async def test_the_same_file_again_changes_nothing(db: Database) -> None:
    drafts = [DRAFT, replace(DRAFT, name="other", settings=FULL)]
    async with db.transaction() as conn:
        assert await rules.sync_from_config(conn, drafts, NOW) == 2
        assert await rules.revision(conn) == 1
        assert await rules.sync_from_config(conn, drafts, after(1)) == 0
        assert await rules.revision(conn) == 1
        assert [row.name for row in await rules.list_active(conn)] == ["arms", "other"]


@pytest.mark.parametrize(
    "change",
    [{"query": "arms", "canonical": "arms"}, {"settings": FULL}, {"settings": RuleSettings(channels=("ops",))}],
)
async def test_a_changed_query_or_setting_is_a_new_version(db: Database, change: dict[str, object]) -> None:
    changed = replace(DRAFT, **change)  # type: ignore[arg-type]  # fields of several types
    async with db.transaction() as conn:
        await rules.sync_from_config(conn, [DRAFT], NOW)
        assert await rules.sync_from_config(conn, [changed], after(1)) == 1
        rows, revision = await rules.changed_since(conn, 1)
        assert [(row.version, row.settings, row.created) for row in rows] == [(2, changed.settings, after(1))]
        assert revision == 2
        assert [row.version for row in await rules.versions(conn, "arms")] == [2, 1]


async def test_a_rule_gone_from_the_file_is_disabled_and_comes_back_as_the_same_version(db: Database) -> None:
    async with db.transaction() as conn:
        await rules.sync_from_config(conn, [DRAFT], NOW)
        assert await rules.sync_from_config(conn, [], after(1)) == 1
        rows, revision = await rules.changed_since(conn, 1)
        assert [(row.name, row.enabled) for row in rows] == [("arms", False)]
        assert revision == 2
        assert await rules.list_active(conn) == []
        assert await rules.count(conn) == {True: 0, False: 1}
        await rules.sync_from_config(conn, [DRAFT], after(2))
        [row] = await rules.list_active(conn)
        assert (row.version, row.revision) == (1, 3)


async def test_files_do_not_touch_rules_made_elsewhere_but_win_a_name(db: Database) -> None:
    async with db.transaction() as conn:
        await rules.put(conn, replace(DRAFT, name="mine"), NOW)
        await rules.put(conn, DRAFT, NOW)
        await rules.sync_from_config(conn, [DRAFT], NOW)
        assert {row.name: row.origin for row in await rules.list_active(conn)} == {"arms": "file", "mine": "db"}
        with pytest.raises(UserError, match="managed in a file"):
            await rules.put(conn, DRAFT, NOW)


async def test_an_old_version_can_be_put_in_force_again_as_a_new_one(db: Database) -> None:
    async with db.transaction() as conn:
        await rules.put(conn, DRAFT, NOW)
        assert await rules.put(conn, replace(DRAFT, query="x", canonical="x"), after(1)) == 2
        assert await rules.put(conn, replace(DRAFT, query="x", canonical="x"), after(1)) == 2
        assert await rules.rollback(conn, "arms", 1, "kim", after(2)) == 3
        row = await rules.get(conn, "arms")
        assert row is not None
        assert (row.query, row.author, row.comment) == (DRAFT.query, "kim", "back to version 1")
        with pytest.raises(UserError, match="no version 9"):
            await rules.rollback(conn, "arms", 9, "kim", after(3))


async def test_a_rule_can_be_paused_and_resumed(db: Database) -> None:
    async with db.transaction() as conn:
        await rules.put(conn, DRAFT, NOW)
        assert await rules.set_enabled(conn, "arms", enabled=False)
        assert not await rules.set_enabled(conn, "arms", enabled=False)
        assert not await rules.set_enabled(conn, "none", enabled=False)
        assert await rules.list_active(conn) == []
        assert [row.enabled for row in await rules.list_all(conn)] == [False]
        assert await rules.set_enabled(conn, "arms", enabled=True)
        assert len(await rules.list_active(conn)) == 1
        assert await rules.revision(conn) == 3


async def test_a_change_taken_back_raises_no_revision(db: Database) -> None:
    async def fail() -> None:
        async with db.transaction() as conn:
            await rules.put(conn, DRAFT, NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with db.connection() as conn:
        assert await rules.changed_since(conn, 0) == ([], 0)


async def test_a_reader_that_follows_the_revision_skips_no_change(db: Database) -> None:
    seen: set[str] = set()
    finished = asyncio.Event()

    async def writer(number: int) -> None:
        for step in range(8):
            async with db.transaction() as conn:
                await rules.put(conn, replace(DRAFT, name=f"{number}-{step}"), NOW)
                await asyncio.sleep(0.001 * ((number * 7 + step) % 5))  # commits in another order than they began

    async def reader() -> None:
        revision, last = 0, False
        while not last:
            last = finished.is_set()
            async with db.connection() as conn:
                rows, after_this = await rules.changed_since(conn, revision)
            assert after_this >= revision
            assert after_this - revision <= len(rows)  # each change is one rule here: none is missing
            revision = after_this
            seen.update(row.name for row in rows)
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(reader())
        async with asyncio.TaskGroup() as writers:
            for number in range(6):
                writers.create_task(writer(number))
        finished.set()
    assert len(seen) == 48


async def test_many_rules_are_synchronised_at_once(db: Database) -> None:
    drafts = [replace(DRAFT, name=f"rule {number}", query=f"q{number}") for number in range(3000)]
    async with db.transaction() as conn:
        assert await rules.sync_from_config(conn, drafts, NOW) == 3000
        assert await rules.sync_from_config(conn, drafts[:-1], NOW) == 1
        active = await rules.list_active(conn)
        assert len(active) == 2999
        pieces = [piece async for piece in rules.active_pieces(conn, size=500)]
        assert [len(piece) for piece in pieces] == [500] * 5 + [499]
        assert sorted((row for piece in pieces for row in piece), key=lambda row: row.name) == active


async def test_aliases_have_versions_and_a_revision_of_their_own(db: Database) -> None:
    draft = AliasDraft(name="dprk", terms=("North Korea", "북한"), author="file:a.toml")
    async with db.transaction() as conn:
        assert await aliases.sync_from_config(conn, [draft], NOW) == 1
        assert await aliases.sync_from_config(conn, [draft], NOW) == 0
        assert await aliases.sync_from_config(conn, [replace(draft, terms=("DPRK",))], after(1)) == 1
        [row] = await aliases.list_active(conn)
        assert (row.name, row.version, row.terms, row.origin, row.created) == ("dprk", 2, ("DPRK",), "file", after(1))
        assert [old.terms for old in await aliases.version_briefs(conn, "dprk")] == [("DPRK",), ("North Korea", "북한")]
        with pytest.raises(UserError, match="managed in a file"):
            await aliases.put(conn, draft, NOW)
        assert await aliases.sync_from_config(conn, [], after(2)) == 1
        rows, revision = await aliases.changed_since(conn, 2)
        assert [(row.name, row.enabled) for row in rows] == [("dprk", False)]
        assert (revision, await aliases.revision(conn), await rules.revision(conn)) == (3, 3, 0)
        assert await aliases.put(conn, draft, after(3)) == 3
        assert await aliases.put(conn, draft, after(3)) == 3
        assert await aliases.set_enabled(conn, "dprk", enabled=False)
        assert not await aliases.set_enabled(conn, "dprk", enabled=False)
        assert await aliases.list_active(conn) == []


async def test_a_changed_file_of_terms_is_in_the_audit_log_and_keeps_few_versions(db: Database) -> None:
    names = [f"name {number}" for number in range(1500)]
    draft = AliasDraft(name="names", terms=tuple(names), author="file")
    async with db.transaction() as conn:
        await aliases.sync_from_config(conn, [draft], NOW)
        assert await audit.list_rows(conn) == []
        for number in range(1, 15):
            changed = replace(draft, terms=(*names[number:], f"new {number}"))
            await aliases.sync_from_config(conn, [changed], after(number))
        assert [row.version for row in await aliases.version_briefs(conn, "names")] == list(range(15, 5, -1))
        action = (await audit.list_rows(conn))[0]
        assert (action.actor, action.action, action.subject) == ("file", "alias.put", "@names")
        assert action.detail == {"version": 15, "gained": ["new 14"], "lost": ["name 13", "new 13"]}
        assert (action.before, action.after) == (
            {"terms_count": 1488, "enabled": True},
            {"terms_count": 1487, "enabled": True},
        )


async def test_an_old_version_of_an_alias_is_put_in_force_again_as_a_new_one(db: Database) -> None:
    async with db.transaction() as conn:
        for number, terms in enumerate((("arms",), ("arms", "guns"))):
            await aliases.put(conn, AliasDraft(name="guns", terms=terms, author="kim"), after(number))
        await aliases.set_enabled(conn, "guns", enabled=False)
        assert await aliases.rollback(conn, "guns", 1, "lee", after(9)) == 3
        [row] = await aliases.list_all(conn)
        assert (row.version, row.terms, row.enabled, row.author) == (3, ("arms",), True, "lee")
        with pytest.raises(UserError, match="no version 7"):
            await aliases.rollback(conn, "guns", 7, "lee", after(9))


async def test_rules_with_a_standing_condition_are_told_apart_from_the_many(db: Database) -> None:
    often = RuleSettings(standing=Frequency(stories=5, window_seconds=60))
    async with db.transaction() as conn:
        await rules.put(conn, RuleDraft(name="plain", query="standing:{", canonical=""), NOW)
        await rules.put(conn, RuleDraft(name="often", query="arms", canonical="arms", settings=often), NOW)
        rows, revision = await rules.standing_since(conn, -1)
        assert ([row.name for row in rows], revision) == (["often"], 2)
        assert (await rules.standing_since(conn, revision))[0] == []
        await rules.set_enabled(conn, "often", enabled=False)
        assert (await rules.standing_since(conn, revision))[0] == []
        await rules.set_enabled(conn, "often", enabled=True)
        assert [row.name for row in (await rules.standing_since(conn, revision))[0]] == ["often"]


async def test_a_stored_setting_that_cannot_be_read_is_named_and_the_rule_goes_on_without_it(db: Database) -> None:
    stored = {
        **written(FULL),
        "priority": "urgent",
        "quiet_hours": {"start": "whenever", "time_zone": "Mars"},
        "settings": {"standing": {"kind": "later"}},
    }
    async with db.transaction() as conn:
        await rules.put(conn, replace(DRAFT, settings=FULL), NOW)
        await conn.execute(update(rule_versions).values(settings=stored))
        row = await rules.get(conn, "arms")
        assert row is not None
        assert (row.settings.quiet_hours, row.settings.standing, row.priority) == (None, None, Priority.NORMAL)
        assert (row.settings.digest, row.settings.throttle) == (FULL.digest, FULL.throttle)
        problems = row.settings.unreadable
        assert [one.partition(".")[0] for one in problems[1:4]] == [
            "quiet_hours: start",
            "quiet_hours: end",
            "quiet_hours: time_zone",
        ]
        assert problems[0] == "priority: 'urgent' is unknown"
        assert problems[4].startswith("standing: ")
        assert await rules.put(conn, replace(DRAFT, settings=FULL), after(1)) == 2  # stored anew, it is mended
        row = await rules.get(conn, "arms")
        assert row is not None
        assert row.settings == FULL


async def renamed(
    db: Database, before: list[RuleDraft], then: list[RuleDraft]
) -> tuple[dict[str, str], dict[str, str]]:
    """Names and ids of the rules in force after either set of files."""
    async with db.transaction() as conn:
        await rules.sync_from_config(conn, before, NOW)
        first = {row.name: row.rule_id for row in await rules.list_active(conn)}
        await rules.sync_from_config(conn, then, after(1))
        return first, {row.name: row.rule_id for row in await rules.list_active(conn)}


async def test_a_rule_with_an_id_in_its_file_keeps_its_history_whatever_else_changes(db: Database) -> None:
    keyed = replace(DRAFT, key="r-1")
    changed = replace(keyed, name="weapons", query="weapons", canonical="weapons")
    first, then = await renamed(db, [keyed, replace(DRAFT, name="other")], [changed])
    assert then == {"weapons": first["arms"]}
    async with db.transaction() as conn:
        assert [row.query for row in await rules.versions(conn, "weapons")] == ["weapons", DRAFT.query]
        assert await rules.get(conn, "arms") is None
        [action] = await audit.list_rows(conn, subject="weapons")
        assert (action.actor, action.action) == ("file", "rule.rename")
        assert action.detail == {"from": "arms", "rule_id": first["arms"]}
        assert await rules.sync_from_config(conn, [changed], after(2)) == 0


async def test_a_rule_that_got_another_name_and_nothing_else_is_the_same_rule(db: Database) -> None:
    first, then = await renamed(db, [DRAFT], [replace(DRAFT, name="weapons")])
    assert then == {"weapons": first["arms"]}
    async with db.connection() as conn:
        [row] = await rules.versions(conn, "weapons")
        assert (row.version, row.revision) == (1, 2)


async def test_rules_that_cannot_be_told_apart_are_not_taken_for_renamed(db: Database) -> None:
    first, then = await renamed(db, [DRAFT], [replace(DRAFT, name="a"), replace(DRAFT, name="b")])
    assert set(then) == {"a", "b"}
    assert first["arms"] not in then.values()


async def test_rules_may_swap_their_names(db: Database) -> None:
    one, two = replace(DRAFT, key="1", name="a"), replace(DRAFT, key="2", name="b")
    first, then = await renamed(db, [one, two], [replace(one, name="b"), replace(two, name="a")])
    assert then == {"b": first["a"], "a": first["b"]}


async def test_a_renamed_rule_takes_a_name_from_one_that_was_removed(db: Database) -> None:
    async with db.transaction() as conn:
        await rules.put(conn, replace(DRAFT, name="weapons", query="weapons"), NOW)
        await rules.set_enabled(conn, "weapons", enabled=False)
    first, then = await renamed(db, [replace(DRAFT, key="k")], [replace(DRAFT, key="k", name="weapons")])
    assert then == {"weapons": first["arms"]}
    async with db.connection() as conn:
        assert {row.name.partition(" ")[0] for row in await rules.list_all(conn)} == {"weapons"}


async def test_a_rule_in_force_that_loses_its_name_to_a_file_is_in_the_audit_log(db: Database) -> None:
    async with db.transaction() as conn:
        await rules.put(conn, replace(DRAFT, name="weapons", query="weapons"), NOW)
        old = await rules.get(conn, "weapons")
        assert old is not None
    await renamed(db, [replace(DRAFT, key="k")], [replace(DRAFT, key="k", name="weapons")])
    async with db.connection() as conn:
        row = await rules.by_id(conn, old.rule_id)
        assert row is not None
        assert (row.enabled, row.query) == (False, "weapons")
        [action] = await audit.list_rows(conn, subject=row.name)
    assert (action.actor, action.action) == ("file", "rule.rename")
    assert action.detail == {"from": "weapons", "rule_id": old.rule_id}


async def test_a_rule_renamed_by_command_keeps_its_id_and_is_among_what_changed(db: Database) -> None:
    async with db.transaction() as conn:
        await rules.put(conn, DRAFT, NOW)
        before = await rules.get(conn, "arms")
        assert before is not None
        await rules.rename(conn, before.rule_id, "weapons")
        [row], revision = await rules.changed_since(conn, before.revision)
        assert (row.rule_id, row.name, row.version, revision) == (before.rule_id, "weapons", 1, 2)


async def test_processes_that_take_the_same_files_over_at_once_make_no_twins(db: Database) -> None:
    drafts = [replace(DRAFT, name=f"r{number}", query=f"q{number}") for number in range(5)]

    async def take_over() -> None:
        async with db.transaction() as conn:
            await rules.sync_from_config(conn, drafts, NOW)

    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(take_over())
    async with db.connection() as conn:
        assert [row.name for row in await rules.list_all(conn)] == [draft.name for draft in drafts]
