"""`wirewatch routes`."""

from core.model.channel import ChannelDraft
from core.model.route import Route
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
