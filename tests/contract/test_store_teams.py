"""What the store promises of teams: what one has is no other's, and a source that several read is polled once."""

from dataclasses import replace

from sqlalchemy import select

from core.db import tables
from core.db.engine import Database
from core.model.rule import AliasDraft, RuleDraft
from core.model.silence import Silence
from core.model.source import Subscription
from core.model.team import DEFAULT_TEAM
from core.store import aliases, rules, silences, source_pages, sources, subscriptions, teams
from tests.contract.databases import NOW, after
from tests.fakes.records import a_source

OURS = RuleDraft(name="arms", query="arms", canonical="arms")
THEIRS = replace(OURS, team="sport", query="arms AND legs", canonical="arms AND legs")


async def test_the_default_team_is_there_and_others_are_made_when_files_name_them(db: Database) -> None:
    async with db.transaction() as conn:
        assert await teams.ensure(conn, [DEFAULT_TEAM], NOW) == {DEFAULT_TEAM: DEFAULT_TEAM}
        first = await teams.ensure(conn, ["sport", DEFAULT_TEAM], NOW)
        assert await teams.ensure(conn, ["sport"], after(1)) == first
        assert [team.name for team in await teams.list_all(conn)] == [DEFAULT_TEAM, "sport"]
        assert first["sport"] not in ("sport", DEFAULT_TEAM)


async def test_rules_of_two_teams_may_have_one_name(db: Database) -> None:
    async with db.transaction() as conn:
        assert await rules.sync_from_config(conn, [OURS, THEIRS], NOW) == 2
        sport = (await teams.ensure(conn, ["sport"], NOW))["sport"]
        mine, other = await rules.get(conn, "arms"), await rules.get(conn, "arms", sport)
        assert mine is not None
        assert other is not None
        assert (mine.team_id, mine.query) == (DEFAULT_TEAM, "arms")
        assert (other.team_id, other.query) == (sport, "arms AND legs")
        assert await rules.sync_from_config(conn, [OURS, THEIRS], after(1)) == 0
        assert await rules.sync_from_config(conn, [THEIRS], after(2)) == 1
        assert [row.rule_id for row in await rules.list_active(conn)] == [other.rule_id]


async def test_a_rule_is_renamed_within_its_team_only(db: Database) -> None:
    async with db.transaction() as conn:
        await rules.sync_from_config(conn, [OURS], NOW)
        await rules.sync_from_config(conn, [replace(OURS, name="weapons", team="sport")], after(1))
        assert {row.name: row.enabled for row in await rules.list_all(conn)} == {"arms": False, "weapons": True}


async def test_aliases_of_two_teams_may_have_one_name(db: Database) -> None:
    drafts = [AliasDraft(name="guns", terms=("rifle",)), AliasDraft(name="guns", terms=("goal",), team="sport")]
    async with db.transaction() as conn:
        assert await aliases.sync_from_config(conn, drafts, NOW) == 2
        sport = (await teams.ensure(conn, ["sport"], NOW))["sport"]
        [mine], [other] = await aliases.list_active(conn), await aliases.list_active(conn, sport)
        assert [(row.name, row.terms) for row in (mine, other)] == [("guns", ("rifle",)), ("guns", ("goal",))]
        assert mine.alias_id != other.alias_id
        assert await aliases.put(conn, AliasDraft(name="shots", terms=("shot",)), after(1), sport) == 1
        assert await aliases.get(conn, "shots") is None
        assert len(await aliases.version_briefs(conn, "shots", sport)) == 1
        assert await aliases.sync_from_config(conn, drafts[:1], after(2)) == 1
        assert [row.name for row in await aliases.list_active(conn, sport)] == ["shots"]


async def test_a_source_that_two_teams_read_is_one_row_with_both(db: Database) -> None:
    source = replace(a_source(), source_id="")
    ours, theirs = Subscription(url=source.url, name="World"), Subscription(url=source.url, name="W", team="sport")
    async with db.transaction() as conn:
        await sources.sync_from_config(conn, [source], NOW, [ours, theirs])
        sport = (await teams.ensure(conn, ["sport"], NOW))["sport"]
        [due] = await sources.due(conn, NOW, 10, "me", 60)
        assert due.source.teams == tuple(sorted([DEFAULT_TEAM, sport]))
        rows = await conn.execute(select(tables.subscriptions.c.team_id, tables.subscriptions.c.name))
        assert {row.team_id: row.name for row in rows} == {DEFAULT_TEAM: "World", sport: "W"}
        await sources.sync_from_config(conn, [source], after(1), [theirs])
        [row] = await source_pages.page(conn, limit=None)
        assert (row.source.source_id, row.source.teams) == (due.source.source_id, (sport,))
        await sources.sync_from_config(conn, [source], after(2), [ours])
        [row] = await source_pages.page(conn, limit=None)
        assert row.source.teams == ()
        assert len((await conn.execute(select(tables.subscriptions))).all()) == 1


async def test_a_source_added_by_command_is_the_default_teams(db: Database) -> None:
    async with db.transaction() as conn:
        await sources.add(conn, a_source(), NOW)
        [row] = await conn.execute(select(tables.subscriptions))
        assert (row.team_id, row.source_id, row.origin) == (DEFAULT_TEAM, a_source().source_id, "db")


async def test_lists_hold_the_rows_of_a_team_or_of_all(db: Database) -> None:
    quiet = Silence(silence_id="a", rule="*", starts=NOW, ends=after(900), author="kim", comment="noise")
    async with db.transaction() as conn:
        sport = (await teams.ensure(conn, ["sport"], NOW))["sport"]
        await rules.sync_from_config(conn, [OURS, THEIRS], NOW)
        await silences.add(conn, quiet)
        await silences.add(conn, replace(quiet, silence_id="b", team_id=sport))
        for name, owner in (("a", DEFAULT_TEAM), ("b", sport)):
            source = replace(a_source(f"https://{name}.example/feed", name), source_id=name)
            await sources.add(conn, replace(source, teams=subscriptions.in_record([owner])), NOW)
        expected: dict[str | None, list[str]] = {DEFAULT_TEAM: ["a"], sport: ["b"], None: ["a", "b"]}
        for team_id, names in expected.items():
            for listed in (await rules.page(conn, limit=9, team_id=team_id), await rules.list_all(conn, team_id)):
                assert len(listed) == len(names)
                assert team_id is None or {row.team_id for row in listed} == {team_id}
            assert len(await rules.list_active(conn, team_id)) == len(names)
            assert [row.silence_id for row in await silences.page(conn, team_id=team_id)] == names
            assert [row.source.name for row in await source_pages.page(conn, limit=9, team_id=team_id)] == names
            assert await sources.names(conn, team_id) == names
        assert await sources.find(conn, "b", DEFAULT_TEAM) is None
        assert not await silences.remove(conn, "b", after(1), DEFAULT_TEAM)
        assert await silences.remove(conn, "b", after(1), sport)


async def test_a_source_that_nobody_subscribes_to_is_the_default_teams(db: Database) -> None:
    async with db.transaction() as conn:
        sport = (await teams.ensure(conn, ["sport"], NOW))["sport"]
        await sources.add(conn, a_source(), NOW)
        await subscriptions.remove(conn, DEFAULT_TEAM, a_source().source_id)  # as a process of an older version left it
        assert len(await source_pages.page(conn, limit=9, team_id=DEFAULT_TEAM)) == 1
        assert await source_pages.page(conn, limit=9, team_id=sport) == []
        await subscriptions.subscribe(conn, sport, a_source().source_id, "W", NOW)
        for team_id in (DEFAULT_TEAM, sport):
            [row] = await source_pages.page(conn, limit=9, team_id=team_id)
            assert set(row.source.teams) == {DEFAULT_TEAM, sport}


async def test_a_subscription_by_command_outlives_the_files_that_do_not_know_it(db: Database) -> None:
    source = a_source()
    async with db.transaction() as conn:
        sport = (await teams.ensure(conn, ["sport"], NOW))["sport"]
        await sources.sync_from_config(conn, [source], NOW)
        await subscriptions.subscribe(conn, sport, source.source_id, "W", NOW)
        await sources.sync_from_config(conn, [source], after(1))
        [row] = await source_pages.page(conn, limit=None)
        assert set(row.source.teams) == {DEFAULT_TEAM, sport}

        await sources.sync_from_config(conn, [], after(2))
        [row] = await source_pages.page(conn, limit=None)
        assert (row.enabled, row.origin, row.source.teams) == (True, "db", (sport,))

        await sources.sync_from_config(conn, [source], after(3))
        await subscriptions.unsubscribe(conn, sport, source.source_id)
        [row] = await source_pages.page(conn, limit=None)
        assert (row.enabled, row.origin, row.source.teams) == (True, "file", ())
