"""Teams: who acts for one sees and changes its rules and aliases by name, and leaves those of others alone."""

from dataclasses import replace

import pytest

from core.store import audit, teams
from wirewatch.usecases import aliases, rules
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.aliases import NewAlias
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.refusals import NotFound
from wirewatch.usecases.rules import NewRule


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
    assert len((await rules.list_page(acting, Paging())).items) == 2


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
    first = await aliases.list_page(acting, Paging(1))
    second = await aliases.list_page(acting, Paging(1, first.next))
    assert {row.terms for page in (first, second) for row in page.items} == {("rifle",), ("goal",)}


async def test_the_audit_log_says_for_which_team(acting: Acting, sports: Acting) -> None:
    await rules.put(sports, NewRule(name="daily", query="goals"))
    async with acting.db.connection() as conn:
        [row] = await audit.list_rows(conn)
    assert (row.actor, row.team_id) == ("lee", sports.team)
