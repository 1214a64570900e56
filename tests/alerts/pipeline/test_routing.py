"""Where alerts go that their rules name no channel for."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.pipeline.route_checks import doubts
from alerts.pipeline.routing import ArticleFacts, RuleFacts, facts_of_alert, places_naming, router_of
from core.model.alert import StandingReason
from core.model.outcome import Priority
from core.model.route import Route, read_routes, written_routes
from tests.alerts.making import alert, brief, match

RULE = RuleFacts(name="energy-gas", tags=("Energy", "gas"), priority=Priority.NORMAL)
HERE = ArticleFacts(source="Example World", country="IN", lang="en", texts=("gas pipeline", "Moscow"))


def led(routes: list[Route], article: ArticleFacts = HERE, rule: RuleFacts = RULE) -> list[tuple[str, tuple[str, ...]]]:
    return [(".".join(map(str, one.path)), one.channels) for one in router_of(routes, rule).leads(article)]


def to(*channels: str, **matchers: object) -> Route:
    return Route(channels=channels, **matchers)  # type: ignore[arg-type] # each test names fields of Route


def test_the_first_route_that_fits_takes_the_alert() -> None:
    routes = [to("sport", tag=("sport",)), to("desk", tag=("energy",)), to("all")]
    assert led(routes) == [("2", ("desk",))]


def test_with_continue_the_next_routes_are_tried_too() -> None:
    routes = [
        to("oncall", go_on=True),
        to("desk", tag=("energy",), go_on=True),
        to("sport", tag=("sport",)),
        to("all"),
        to("never"),
    ]
    assert led(routes) == [("1", ("oncall",)), ("2", ("desk",)), ("4", ("all",))]


def test_routes_below_one_refine_it_and_inherit_its_channels() -> None:
    below = (to("delhi", country=("IN",)), Route(lang=("ko",)))
    tree = [to("desk", tag=("energy",), routes=below)]
    assert led(tree) == [("1.1", ("delhi",))]
    assert led(tree, replace(HERE, country="KR", lang="ko")) == [("1.2", ("desk",))]
    assert led(tree, replace(HERE, country="KR")) == [("1", ("desk",))]  # no route below takes it: its own channels


def test_empty_channels_tell_nobody_and_end_the_search() -> None:
    assert led([to(rule=("energy-*",)), to("all")]) == [("1", ())]


@pytest.mark.parametrize(
    ("matchers", "takes"),
    [
        ({"rule": ("ENERGY-*",)}, True),
        ({"rule": ("energy",)}, False),
        ({"tag": ("energy",)}, True),
        ({"tag": ("coal", "GAS")}, True),
        ({"tag": ("coal",)}, False),
        ({"team": ("default",)}, True),
        ({"team": ("sport",)}, False),
        ({"priority": (Priority.FLASH, Priority.NORMAL)}, True),
        ({"priority": (Priority.FLASH,)}, False),
        ({"source": ("example *",)}, True),
        ({"source": ("Other*",)}, False),
        ({"country": ("in",)}, True),
        ({"country": ("US",)}, False),
        ({"lang": ("EN",)}, True),
        ({"lang": ("ko",)}, False),
        ({"words": ("GAS Pipeline",)}, True),
        ({"words": ("pipeline",)}, True),
        ({"words": ("pipe",)}, False),  # whole words
        ({"words": ("pipeline Moscow",)}, False),  # a phrase stands in one place
        ({"tag": ("energy",), "country": ("US",)}, False),  # all that are set must fit
    ],
)
def test_a_matcher_takes_what_one_of_its_values_fits(matchers: dict[str, object], *, takes: bool) -> None:
    assert bool(led([to("desk", **matchers)])) is takes


def test_what_an_article_does_not_say_fits_no_matcher() -> None:
    nothing = ArticleFacts()
    for matchers in ({"country": ("IN",)}, {"lang": ("en",)}, {"words": ("gas",)}, {"source": ("Example*",)}):
        assert led([to("desk", **matchers)], nothing) == []


def test_an_alert_goes_where_each_of_its_articles_leads_each_channel_once() -> None:
    tree = [to("india", "all", country=("IN",)), to("korea", "all", country=("KR",))]
    articles = [replace(brief(1), country="IN"), replace(brief(2), country="KR"), replace(brief(3), country="IN")]
    assert router_of(tree, RULE).channels(facts_of_alert(alert(*articles))) == ("india", "all", "korea")


def test_channels_are_those_of_the_rules_team() -> None:
    team_id = "0" * 24
    rule = replace(RULE, team="sport", team_id=team_id)
    assert router_of([to("desk")], rule).channels([HERE]) == (f"{team_id}/desk",)


def test_an_alert_about_silence_is_routed_by_the_source_that_was_missed() -> None:
    silent = replace(
        alert(),
        articles=(),
        standing=StandingReason(kind="flatline", because="nothing", window_seconds=60, stories=0, source="Wire"),
    )
    assert facts_of_alert(silent) == (ArticleFacts(source="Wire"),)


def test_evidence_of_a_match_is_what_words_look_at() -> None:
    facts = facts_of_alert(alert())[0]
    assert facts.texts == ("North Korea", "Russia", "arms")
    assert match().article.country is None


def test_what_is_possible_says_which_routes_every_article_takes() -> None:
    tree = [to("oncall", go_on=True), to("desk", tag=("energy",), routes=(to("delhi", country=("IN",)),)), to("all")]
    found = [(".".join(map(str, one.path)), one.certain) for one in router_of(tree, RULE).possible()]
    assert found == [("1", True), ("2.1", False), ("2", False)]


TEXTS = st.sampled_from(["a", "b", "A*", "?"])
ROUTES = st.recursive(
    st.builds(Route, rule=st.tuples(TEXTS) | st.just(()), channels=st.none() | st.tuples(TEXTS), go_on=st.booleans()),
    lambda below: st.builds(
        Route,
        source=st.tuples(TEXTS) | st.just(()),
        channels=st.none() | st.tuples(TEXTS),
        go_on=st.booleans(),
        routes=st.lists(below, max_size=3).map(tuple),
    ),
    max_leaves=8,
)


@given(st.lists(ROUTES, max_size=4), TEXTS, TEXTS)
def test_what_takes_an_alert_was_possible_and_reads_as_it_was_written(
    routes: list[Route], rule: str, source: str
) -> None:
    router = router_of(routes, RuleFacts(name=rule))
    taken = {one.path for one in router.leads(ArticleFacts(source=source))}
    possible = {one.path for one in router.possible()}
    assert taken <= possible
    assert {one.path for one in router.possible() if one.certain} <= taken
    assert list(read_routes(written_routes(routes))) == routes


def doubted(*routes: Route, rules: tuple[RuleFacts, ...] = ()) -> list[tuple[tuple[int, ...], str]]:
    return [(doubt.place, doubt.message) for doubt in doubts(routes, rules)]


def test_a_route_behind_one_that_takes_all_of_it_is_never_reached() -> None:
    found = doubted(to("desk", rule=("energy-*",)), to("gas", rule=("energy-gas", "energy-oil")))
    assert found == [((1,), "it is never reached: route 1 before it takes all that it would, and has no `continue`")]
    assert doubted(to("desk", rule=("energy-*",), go_on=True), to("gas", rule=("energy-gas",))) == []
    assert doubted(to("desk", rule=("energy-gas",)), to("gas", rule=("energy-*",))) == []


def test_a_route_against_the_one_above_it_is_never_reached() -> None:
    found = doubted(to("desk", country=("IN",), routes=(to("us", country=("US",)),)))
    assert found == [((0, 0), "it is never reached: the route above it takes another country")]


def test_matchers_that_no_known_rule_fits_are_told() -> None:
    routes = (to("desk", rule=("enregy-*",), go_on=True), to("gas", tag=("oil", "gas")))
    assert doubted(*routes, rules=(RULE,)) == [
        ((0,), "no rule is named like 'enregy-*'"),
        ((1,), "no rule has the tag 'oil'"),
    ]


def test_a_route_that_names_no_channel_anywhere_is_told() -> None:
    assert [place for place, _ in doubted(Route(tag=("gas",)))] == [(0,)]
    assert doubted(to(tag=("gas",))) == []  # written so


def test_the_routes_that_name_a_channel_are_found() -> None:
    tree = [to("desk"), Route(routes=(to("desk", team=("sport",)), to("desk")))]
    assert list(places_naming(tree, "desk", "default")) == ["1", "2.2"]


def test_routes_of_a_later_release_are_not_followed_half() -> None:
    with pytest.raises(ValueError, match="unknown keys: weekday"):
        read_routes([{"weekday": ["mon"], "channels": ["desk"]}])
