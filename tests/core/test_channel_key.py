"""What the outbox calls a channel: a bare name for the default team, and never the key of another team's."""

import pytest

from core.model import ids
from core.model.channel import channel_key, channel_name
from core.model.team import DEFAULT_TEAM

SPORT = "0123456789abcdef01234567"  # as an id is
NAMES = ("desk", "desk/night", "default/desk", f"{SPORT}/desk", f"{DEFAULT_TEAM}/{SPORT}/desk", "/")


@pytest.mark.parametrize("name", ["desk", "desk/night", "default/desk", "/"])
def test_a_channel_of_the_default_team_has_its_name_alone(name: str) -> None:
    assert channel_key(DEFAULT_TEAM, name) == name


@pytest.mark.parametrize("name", ["desk", "desk/night", "default/desk", f"{SPORT}/desk"])
@pytest.mark.parametrize("team_id", [DEFAULT_TEAM, SPORT])
def test_people_see_the_name(team_id: str, name: str) -> None:
    assert channel_name(channel_key(team_id, name)) == name


def test_no_name_is_the_key_of_another_teams_channel() -> None:
    teams = (SPORT, ids.new_id())
    theirs = {channel_key(team, name) for team in teams for name in NAMES}
    assert theirs.isdisjoint(channel_key(DEFAULT_TEAM, name) for name in NAMES)
    assert len(theirs) == len(teams) * len(NAMES)
