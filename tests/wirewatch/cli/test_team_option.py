"""`--team`: a command acts for one of several teams; with one team nobody sees it."""

from core.model.rule import RuleDraft
from core.store import rules, teams
from tests.wirewatch.cli.conftest import NOW, Newsroom

URL = "https://news.example/feed"


def _two_teams(newsroom: Newsroom) -> None:
    newsroom.write(lambda conn: teams.ensure(conn, ["sport"], NOW))
    newsroom.write(lambda conn: rules.put(conn, RuleDraft(name="arms", query="arms", canonical="arms"), NOW))


def test_a_command_acts_for_the_team_that_it_names(newsroom: Newsroom) -> None:
    _two_teams(newsroom)
    newsroom.told("rules", "add", "goals", "goal", "--team", "sport")
    assert [row["name"] for row in newsroom.rows("rules", "list")] == ["arms"]
    assert [row["name"] for row in newsroom.rows("rules", "list", "--team", "sport")] == ["goals"]
    newsroom.told("aliases", "add", "cup", "final", "--team", "sport")
    assert newsroom.rows("aliases", "list") == []
    assert newsroom.rows("aliases", "show", "cup", "--team", "sport")[0]["terms"] == ["final"]


def test_a_source_that_another_team_reads_may_be_added(newsroom: Newsroom) -> None:
    _two_teams(newsroom)
    newsroom.told("sources", "add", URL, "--name", "World")
    assert newsroom.rows("sources", "list", "--team", "sport") == []
    newsroom.told("sources", "add", URL, "--name", "World", "--team", "sport")
    assert newsroom.rows("sources", "list", "--team", "sport") == newsroom.rows("sources", "list")
    assert "has that address already" in newsroom.refused("sources", "add", URL, "--name", "Again")


def test_an_unknown_team_is_refused_with_the_nearest_name(newsroom: Newsroom) -> None:
    _two_teams(newsroom)
    assert "there is no team 'sprot'; did you mean 'sport'?" in newsroom.refused("rules", "list", "--team", "sprot")
    assert "the teams are default, sport" in newsroom.refused("rules", "list", "--team", "zz")


def test_the_help_does_not_speak_of_teams(newsroom: Newsroom) -> None:
    assert "--team" not in newsroom.told("rules", "list", "--help")
