"""What a card of Teams holds beside what every message shows."""

import orjson
import pytest

from alerts.channels.layout import View
from alerts.channels.registry import channel_settings
from alerts.channels.teams import teams_body
from core.errors import ConfigError
from core.model.outcome import Priority
from tests.alerts.channels.message_shapes import shapes
from tests.fakes.services.teams import shown_card

SHAPES = shapes()


@pytest.mark.parametrize("mention", ["ann@desk.example bob@desk.example", "ann@desk.example;bob@desk.example"])
def test_several_people_can_be_mentioned(mention: str) -> None:
    body = orjson.loads(teams_body(SHAPES["evidence-latin"], View(mentions={Priority.NORMAL: mention})))
    shown = shown_card(body["attachments"][0]["content"])
    assert shown.pings == ("ann@desk.example", "bob@desk.example")
    assert shown.wrong == ()


@pytest.mark.parametrize("mention", ["", " ", "@here", "Ann", "ann@desk.example, everyone"])
def test_a_mention_of_nobody_is_refused(mention: str) -> None:
    raw = {"name": "desk", "kind": "teams", "url": "https://flow.example/x", "mentions": {"flash": mention}}
    with pytest.raises(ConfigError, match=r"channels\.mentions\.flash: .*expected addresses or object IDs of users"):
        channel_settings(raw)


def test_a_card_is_as_long_as_all_tenants_take() -> None:
    assert 15_000 < len(teams_body(SHAPES["200-articles"], View())) <= 20_000


def test_links_look_like_links() -> None:
    card = orjson.loads(teams_body(SHAPES["evidence-latin"], View()))["attachments"][0]["content"]
    runs = [run for block in card["body"] for run in block["inlines"] if "selectAction" in run]
    assert runs
    assert all(run["color"] == "Accent" for run in runs)
