"""`wirewatch routes`, and channels that stand for others."""

from core.model.channel import ChannelDraft, Pause
from core.model.route import Route
from core.model.team import DEFAULT_TEAM
from core.store import channels, routes
from tests.wirewatch.cli.conftest import NOW, Newsroom

TREE = (
    Route(tag=("energy",), channels=("desk",), go_on=True, routes=(Route(country=("KR",), channels=("seoul",)),)),
    Route(rule=("quiet",), channels=()),
)


def _set_up(newsroom: Newsroom) -> None:
    draft = ChannelDraft(name="desk", kind="webhook", settings={"url": "https://c.example/h"}, author="kim")
    newsroom.write(lambda conn: channels.put(conn, draft, NOW))
    newsroom.write(lambda conn: routes.sync_from_config(conn, TREE))
    newsroom.told("rules", "add", "gas", "gas", "--tag", "energy")
    newsroom.told("rules", "add", "quiet", "quiet")


def test_without_routes_that_is_said(newsroom: Newsroom) -> None:
    assert "No route is stored" in newsroom.told("routes", "list")


def test_routes_are_listed_in_their_order(newsroom: Newsroom) -> None:
    _set_up(newsroom)
    rows = newsroom.rows("routes", "list")
    assert [(row["route"], row["when"], row["channels"]) for row in rows] == [
        ("1", "tag energy", ["desk"]),
        ("1.1", "country KR", ["seoul"]),
        ("2", "rule quiet", "nobody"),
    ]


def test_where_a_rules_alerts_go_and_why_and_what_stands_in_the_way(newsroom: Newsroom) -> None:
    _set_up(newsroom)
    said = newsroom.told("routes", "show", "gas")
    assert "route 1.1 (tag energy > country KR)" in said
    assert "there is no such channel" in said
    [found] = newsroom.rows("routes", "show", "gas", "--country", "kr")
    assert [(one["channel"], one["route"], one["problem"]) for one in found["channels"]] == [
        ("seoul", "1.1", "there is no such channel")
    ]
    newsroom.told("channels", "pause", "desk")
    [found] = newsroom.rows("routes", "show", "gas", "--source", "Example World")
    assert found["channels"][0]["problem"].startswith("paused by ")


def test_a_rule_that_reaches_nobody_says_so(newsroom: Newsroom) -> None:
    _set_up(newsroom)
    said = newsroom.told("routes", "show", "quiet")
    assert "Nobody: the rule names no channel" in said
    assert "route 2 (rule quiet) tells nobody" in said
    assert "did you mean" in newsroom.refused("routes", "show", "quite")


def test_a_channel_that_a_route_leads_to_is_not_removed(newsroom: Newsroom) -> None:
    _set_up(newsroom)
    assert "route 1 leads to channel 'desk'" in newsroom.refused("channels", "remove", "desk")


def _channel(newsroom: Newsroom, name: str, *settings: str) -> tuple[str, ...]:
    sets = [part for one in ("url=https://c.example/h", *settings) for part in ("--set", one)]
    return ("channels", "add", name, "--kind", "webhook", *sets)


def test_a_fall_back_must_be_there_and_lead_in_no_circle(newsroom: Newsroom) -> None:
    newsroom.told(*_channel(newsroom, "desk", "max_per_hour=20"))
    newsroom.told(*_channel(newsroom, "ops", "fallback=desk"))
    assert "there is no channel 'dsk'" in newsroom.refused(*_channel(newsroom, "new", "fallback=dsk"))
    said = newsroom.refused("channels", "change", "desk", "--set", "fallback=ops")
    assert "the fall-backs lead in a circle: desk > ops > desk" in said
    assert "channel 'ops' falls back to channel 'desk'" in newsroom.refused("channels", "remove", "desk")


def test_a_channel_that_is_gone_is_listed_as_gone_and_goes_on_when_its_address_changes(newsroom: Newsroom) -> None:
    newsroom.told(*_channel(newsroom, "desk"))
    pause = Pause("wirewatch", NOW, "its receiver is gone")
    newsroom.write(lambda conn: channels.stop(conn, "desk", DEFAULT_TEAM, pause))
    [row] = newsroom.rows("channels", "list")
    assert (row["state"], row["paused_because"]) == ("gone", "its receiver is gone")
    newsroom.told("channels", "change", "desk", "--set", "url=https://other.example/h")
    assert newsroom.rows("channels", "list")[0]["state"] == "active"
