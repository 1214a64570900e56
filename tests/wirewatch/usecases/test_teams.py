"""Teams: who acts for one sees and changes its rules and aliases by name, and leaves those of others alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.store import audit, teams
from core.store import sources as stored_sources
from tests.fakes.records import a_source
from wirewatch.usecases import aliases, rule_health, rules, silences, sources
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.aliases import NewAlias
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.refusals import Conflict, ManagedInFile, NotFound
from wirewatch.usecases.rules import NewRule
from wirewatch.usecases.silences import NewSilence
from wirewatch.usecases.sources import NewSource

URL = "https://news.example/feed"


@pytest.fixture
async def sports(acting: Acting) -> Acting:
    """Lee, who acts for another team than Kim."""
    async with acting.db.transaction() as conn:
        known = await teams.ensure(conn, ["sports"], acting.clock.now())
    return replace(acting, actor="lee", team=known["sports"])


async def test_two_teams_have_a_rule_of_one_name_each(acting: Acting, sports: Acting) -> None:
    for me, query in ((acting, "arms"), (sports, "goals")):
        await rules.put(me, NewRule(name="daily", query=query))
    mine, theirs = await rules.show(acting, "daily"), await rules.show(sports, "daily")
    assert (mine.current.query, theirs.current.query) == ("arms", "goals")
    await rules.put(sports, NewRule(name="daily", query="goals OR penalties"))
    await rules.rollback(sports, "daily", 1)
    await rules.remove(sports, "daily")
    mine, theirs = await rules.show(acting, "daily"), await rules.show(sports, "daily")
    assert (mine.current.version, mine.current.enabled) == (1, True)
    assert (theirs.current.version, theirs.current.enabled) == (3, False)
    for me, names in ((acting, ["daily"]), (sports, ["daily"]), (replace(acting, all_teams=True), ["daily", "daily"])):
        assert [row.name for row in (await rules.list_page(me, Paging())).items] == names
    assert [(await rule_health.health(me, 30)).rules for me in (acting, sports)] == [1, 0]


async def test_a_rule_of_another_team_is_not_there(acting: Acting, sports: Acting) -> None:
    await rules.put(sports, NewRule(name="daily", query="goals"))
    with pytest.raises(NotFound, match="shows them"):  # nor is its name suggested
        await rules.show(acting, "dail")


async def test_aliases_are_those_of_the_team(acting: Acting, sports: Acting) -> None:
    await aliases.put(acting, NewAlias(name="list", terms=("rifle",)))
    await aliases.put(sports, NewAlias(name="list", terms=("goal",)))
    await rules.put(sports, NewRule(name="daily", query="@list"))
    assert (await aliases.show(acting, "list")).current.terms == ("rifle",)
    assert (await aliases.show(acting, "list")).used_by == ()
    assert (await aliases.show(sports, "list")).used_by == ("daily",)
    [mine], [theirs] = [(await aliases.list_page(me, Paging())).items for me in (acting, sports)]
    assert (mine.terms, theirs.terms) == (("rifle",), ("goal",))
    everybody = replace(acting, all_teams=True)
    first = await aliases.list_page(everybody, Paging(1))
    second = await aliases.list_page(everybody, Paging(1, first.next))
    assert {row.terms for page in (first, second) for row in page.items} == {("rifle",), ("goal",)}


async def test_a_silence_is_listed_and_ended_by_its_team(acting: Acting, sports: Acting) -> None:
    made = await silences.add(sports, NewSilence(rule="*", lasting=timedelta(hours=1), comment="a cup"))
    assert (await silences.list_page(acting, Paging())).items == ()
    with pytest.raises(NotFound):
        await silences.remove(acting, made.silence.silence_id)
    assert len((await silences.list_page(sports, Paging())).items) == 1
    await silences.remove(sports, made.silence.silence_id)
    assert (await silences.list_page(sports, Paging(), over=False)).items == ()


async def test_a_source_that_another_team_reads_is_subscribed_to_and_polled_once(
    acting: Acting, sports: Acting
) -> None:
    for me in (acting, sports):
        await sources.add(me, NewSource(url=URL, name="World"))
        with pytest.raises(Conflict):
            await sources.add(me, NewSource(url=URL, name="Again"))
    [mine], [theirs] = [(await sources.list_page(me, Paging())).items for me in (acting, sports)]
    assert mine.row == theirs.row
    assert set(mine.row.source.teams) == {acting.team, sports.team}
    with pytest.raises(Conflict, match="other teams read"):
        await sources.move(acting, "World", "https://news.example/new")

    await sources.remove(acting, "World")
    with pytest.raises(NotFound):
        await sources.show(acting, "World")
    assert (await sources.show(sports, "World")).row.source.teams == (sports.team,)
    await sources.remove(sports, "World")
    assert (await sources.list_page(replace(acting, all_teams=True), Paging())).items == ()


async def test_a_source_of_a_file_is_left_by_the_team_that_subscribed_by_command(
    acting: Acting, sports: Acting
) -> None:
    async with acting.db.transaction() as conn:
        await stored_sources.sync_from_config(conn, [a_source(URL, "World")], acting.clock.now())
    with pytest.raises(NotFound):
        await sources.show(sports, "World")
    await sources.add(sports, NewSource(url=URL, name="Their world"))
    with pytest.raises(ManagedInFile):
        await sources.remove(acting, "World")
    await sources.remove(sports, "World")
    assert (await sources.show(acting, "World")).row.source.teams == ()


async def test_a_source_of_a_team_is_not_the_default_teams(acting: Acting, sports: Acting) -> None:
    await sources.add(sports, NewSource(url=URL, name="World"))
    assert (await sources.list_page(acting, Paging())).items == ()
    await sources.add(acting, NewSource(url="https://other.example/feed", name="World"))
    assert [(await sources.show(me, "World")).row.source.url for me in (acting, sports)] == [
        "https://other.example/feed",
        URL,
    ]


async def test_the_audit_log_says_for_which_team(acting: Acting, sports: Acting) -> None:
    await rules.put(sports, NewRule(name="daily", query="goals"))
    async with acting.db.connection() as conn:
        [row] = await audit.list_rows(conn)
    assert (row.actor, row.team_id) == ("lee", sports.team)
