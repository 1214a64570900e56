"""Somebody who acts for a team sees and changes that team's channels; lists show those of all."""

from dataclasses import replace

import pytest

from core.store import channels as stored
from core.store import notifications, teams
from tests.fakes.records import a_notification
from wirewatch.api.delivery_models import SentNotification
from wirewatch.config.channels import channel_drafts
from wirewatch.config.loading import load
from wirewatch.console.view import delivery_view
from wirewatch.usecases import channels, deliveries, rules
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.deliveries import DeliveryFilter
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.refusals import NotFound
from wirewatch.usecases.rules import NewRule

OF_SPORT = """
[[channels]]
name = "{name}"
team = "sport"
kind = "webhook"
url = "https://sport.example/hook"
"""


@pytest.fixture
async def two(acting: Acting) -> tuple[Acting, Acting]:
    """Who acts for the default team, which has `desk`, and for `sport`, which has `desk` and `pitch`."""
    with acting.config.path.open("a", encoding="utf-8") as file:
        file.write(OF_SPORT.format(name="desk") + OF_SPORT.format(name="pitch"))
    config = load(acting.config.path)
    async with acting.db.transaction() as conn:
        await stored.sync_from_config(conn, channel_drafts(config), acting.clock.now())
        sport = (await teams.ensure(conn, ["sport"], acting.clock.now()))["sport"]
    mine = replace(acting, config=config)
    return mine, replace(mine, team=sport)


async def test_lists_show_the_channels_of_all_teams_page_by_page(two: tuple[Acting, Acting]) -> None:
    first = await channels.list_page(two[0], Paging(1))
    second = await channels.list_page(two[0], Paging(2, first.next))
    seen = [one.row for one in (*first.items, *second.items)]
    assert {(row.team_id, row.name) for row in seen} == {
        ("default", "desk"),
        (two[1].team, "desk"),
        (two[1].team, "pitch"),
    }
    assert [row.name for row in seen] == ["desk", "desk", "pitch"]


async def test_a_rule_sends_to_channels_of_its_team(two: tuple[Acting, Acting]) -> None:
    mine, theirs = two
    await rules.put(theirs, NewRule(name="goals", query="goal", channels=("desk", "pitch")))
    with pytest.raises(NotFound, match="pitch"):
        await rules.put(mine, NewRule(name="goals", query="goal", channels=("pitch",)))
    assert (await channels.show(theirs, "desk")).rules == ("goals",)
    assert (await channels.show(mine, "desk")).rules == ()
    with pytest.raises(NotFound):
        await channels.show(mine, "pitch")


async def test_a_pause_is_of_one_team(two: tuple[Acting, Acting]) -> None:
    mine, theirs = two
    item = replace(a_notification(), channel=f"{theirs.team}/desk")
    async with mine.db.transaction() as conn:
        await notifications.add(conn, item, mine.clock.now())
    assert await channels.pause(mine, "desk") == 0
    assert await channels.pause(theirs, "desk") == 1
    await channels.resume(mine, "desk")
    assert set(await deliveries.held(mine)) == {f"{theirs.team}/desk"}
    assert set(await deliveries.held(theirs, "desk")) == {f"{theirs.team}/desk"}
    assert await deliveries.held(mine, "desk") == {}
    wanted = DeliveryFilter(channel="desk")
    assert [len((await deliveries.list_page(me, Paging(), wanted)).items) for me in two] == [0, 1]


async def test_people_and_programs_see_the_name(two: tuple[Acting, Acting]) -> None:
    item = replace(a_notification(), channel=f"{two[1].team}/desk")
    async with two[0].db.transaction() as conn:
        await notifications.add(conn, item, two[0].clock.now())
    (row,) = (await deliveries.list_page(two[0], Paging(), DeliveryFilter())).items
    assert SentNotification.of(row).notification.channel == "desk"
    assert delivery_view(row).channel == "desk"
