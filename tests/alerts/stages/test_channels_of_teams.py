"""Two teams with a channel of the same name: each gets the alerts of its own rules, whatever becomes of the other's."""

from dataclasses import replace

import pytest

from alerts.deliver.channel_watch import Built, ChannelWatch, OfTeam
from core.model import ids
from core.model.channel import ChannelDraft
from core.model.match import Match
from core.model.outcome import NotificationState
from core.model.rule import RuleDraft, RuleSettings
from core.store import channels, notifications, rules, teams
from core.wake_up import WakeUp
from tests.alerts.making import NOW, QUERY, match, rule_ref
from tests.alerts.stages.newsroom import Newsroom
from tests.alerts.stages.outbox import FakeChannel, Post, failure

TEAMS = ("default", "sport")


class Offices:
    """Each team's desk, and the alerts of its one rule."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom = newsroom
        self.desks = {team: FakeChannel() for team in TEAMS}
        self.stage = Post(newsroom.db).stage()

    async def open(self, channels_of_sport: tuple[str, ...] = ("desk",)) -> None:
        drafts = [ChannelDraft(name="desk", kind="webhook", settings={}, author="file", team=team) for team in TEAMS]
        async with self.newsroom.db.transaction() as conn:
            await channels.sync_from_config(conn, drafts, NOW)
        await self.set_rules(channels_of_sport)
        watch = ChannelWatch(
            self.newsroom.db,
            self.stage,
            build=lambda _: Built(FakeChannel()),
            tell=lambda _: None,
            clock=self.newsroom.clock,
            wake_up=WakeUp(),
        )
        self.watch = watch
        await watch.configure([OfTeam(team, desk) for team, desk in self.desks.items()])

    async def set_rules(self, channels_of_sport: tuple[str, ...]) -> None:
        named = {"default": ("desk",), "sport": channels_of_sport}
        drafts = [
            RuleDraft(
                name=f"of {team}",
                team=team,
                rule_id=ids.derived_id("rule", f"of {team}"),
                query=QUERY,
                canonical=QUERY,
                settings=RuleSettings(channels=of),
            )
            for team, of in named.items()
        ]
        async with self.newsroom.db.transaction() as conn:
            await rules.sync_from_config(conn, drafts, NOW)

    async def match_of(self, team: str, number: int = 1) -> Match:
        async with self.newsroom.db.transaction() as conn:
            team_id = (await teams.ensure(conn, [team], NOW))[team]
        return match(number, story=str(number), rule=replace(rule_ref(f"of {team}"), team_id=team_id))

    async def pause(self, team: str) -> None:
        async with self.newsroom.db.transaction() as conn:
            team_id = (await teams.ensure(conn, [team], NOW))[team]
            await channels.set_enabled(conn, "desk", NOW, team_id, enabled=False, by="ann")
        await self.watch.look()

    def got(self) -> dict[str, int]:
        return {team: len(desk.sent) for team, desk in self.desks.items()}


@pytest.fixture
def offices(newsroom: Newsroom) -> Offices:
    return Offices(newsroom)


async def test_each_team_gets_its_own_alerts_alone(offices: Offices) -> None:
    await offices.open()
    await offices.newsroom.give(await offices.match_of("sport"))
    await offices.stage.deliver_due()
    assert offices.got() == {"default": 0, "sport": 1}
    await offices.newsroom.give(await offices.match_of("default"), await offices.match_of("default", 2))
    await offices.stage.deliver_due()
    assert offices.got() == {"default": 2, "sport": 1}


async def test_a_pause_holds_up_the_channel_of_one_team(offices: Offices) -> None:
    await offices.open()
    await offices.pause("default")
    await offices.newsroom.give(await offices.match_of("sport"), await offices.match_of("default"))
    await offices.stage.deliver_due()
    assert offices.got() == {"default": 0, "sport": 1}


async def test_an_endpoint_that_fails_holds_up_the_channel_of_one_team(offices: Offices) -> None:
    await offices.open()
    offices.desks["default"].answers = [failure()]
    await offices.newsroom.give(await offices.match_of("default"))
    await offices.stage.deliver_due()
    await offices.newsroom.give(await offices.match_of("sport"), await offices.match_of("default", 2))
    await offices.stage.deliver_due()
    assert offices.got()["sport"] == 1


async def test_a_channel_that_the_rule_no_longer_names_is_told_by_its_name(offices: Offices) -> None:
    await offices.open()
    await offices.newsroom.give(await offices.match_of("sport"))
    await offices.set_rules(())
    await offices.stage.deliver_due()
    assert offices.got() == {"default": 0, "sport": 0}
    async with offices.newsroom.db.connection() as conn:
        (row,) = await notifications.list_rows(conn, limit=10)
    assert row.state is NotificationState.NO_CHANNEL
    assert row.last_detail == "the rule of sport no longer names the channel desk"


async def test_a_reload_keeps_the_channels_of_teams_apart(offices: Offices) -> None:
    await offices.open()
    await offices.watch.configure([OfTeam(team, desk) for team, desk in offices.desks.items()], [("sport", "desk")])
    await offices.newsroom.give(await offices.match_of("sport"))
    await offices.stage.deliver_due()
    assert offices.got() == {"default": 0, "sport": 1}
