"""What notifications of ntfy hold, and what its settings take."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from alerts.channels.channel import Channel, EditingChannel, Sending
from alerts.channels.registry import build_channel, channel_settings
from core.clock import SystemClock
from core.errors import ConfigError
from core.model.outcome import Priority
from core.net.client import Fetcher, FetchSettings
from core.net.guard import AddressGuard
from tests.alerts.channels.message_shapes import shapes
from tests.alerts.making import NOW
from tests.fakes.channel_tools import tools
from tests.fakes.services.ntfy import FakeNtfy, FakeOldNtfy
from tests.fakes.services.service import Broken

SHAPES = shapes()


@pytest.fixture
async def service() -> AsyncIterator[FakeNtfy]:
    async with FakeNtfy() as fake:
        yield fake


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(AddressGuard(["127.0.0.0/8"]), "wirewatch/test", SystemClock(), FetchSettings()) as fetcher:
        yield fetcher


def phone(settings: Mapping[str, object], fetcher: Fetcher, **more: object) -> Channel:
    raw = {"name": "phone", "kind": "ntfy", **settings, **more}
    return build_channel(channel_settings(raw), tools(fetcher, Path()))


def sending(number: int = 1, *, attempt: int = 1) -> Sending:
    return Sending(notification_id=f"n{number}", attempt=attempt, now=NOW)


@pytest.mark.parametrize(("priority", "level"), [(Priority.FLASH, 5), (Priority.NORMAL, 3), (Priority.LOW, 2)])
async def test_the_priority_is_the_rules(service: FakeNtfy, fetcher: Fetcher, priority: Priority, level: int) -> None:
    message = SHAPES["evidence-latin"]
    await phone(service.settings(), fetcher).send(
        replace(message, rule=replace(message.rule, priority=priority)), sending()
    )
    assert service.asked[0].json["priority"] == level


async def test_the_buttons_are_the_three_to_act_by_and_the_fourth_is_in_the_text(
    service: FakeNtfy, fetcher: Fetcher
) -> None:
    message = SHAPES["evidence-latin"]
    await phone(service.settings(), fetcher).send(message, sending())
    sent = service.asked[0].json
    assert message.links is not None
    assert [action["label"] for action in sent["actions"]] == ["Acknowledge", "Silence", "Why"]
    assert f"Open: {message.links.alert}" in sent["message"]
    assert sent["click"] == message.articles[0].url


async def test_the_text_does_not_repeat_the_title(service: FakeNtfy, fetcher: Fetcher) -> None:
    await phone(service.settings(), fetcher).send(SHAPES["evidence-latin"], sending())
    sent = service.asked[0].json
    assert sent["title"] == "dprk-arms: North Korea ships arms to Russia"
    assert sent["message"].startswith(
        "Example World · 2026-03-02 08:55 UTC\nShips with »arms«, left the port.\nhttps://"
    )


async def test_a_repeat_after_a_lost_answer_takes_the_place_of_the_first(service: FakeNtfy, fetcher: Fetcher) -> None:
    channel = phone(service.settings(), fetcher)
    service.nexts.append(Broken.RESET)
    first = await channel.send(SHAPES["evidence-latin"], sending())
    again = await channel.send(SHAPES["evidence-latin"], sending(attempt=2))
    assert first.reference == again.reference == service.shown[0].reference
    assert len(service.shown) == 1


async def test_an_edit_makes_no_sound(service: FakeNtfy, fetcher: Fetcher) -> None:
    channel = cast(EditingChannel, phone(service.settings(), fetcher))
    receipt = await channel.send(SHAPES["flash"], sending())
    await channel.edit(SHAPES["flash"], receipt.reference, sending())
    assert [asked.json["priority"] for asked in service.asked] == [5, 2]


async def test_an_old_server_gets_no_sequence_and_shows_a_repeat(fetcher: Fetcher) -> None:
    async with FakeOldNtfy() as old:
        channel = phone(old.settings(), fetcher)
        assert not channel.capabilities.edit
        assert not channel.capabilities.idempotent
        await channel.send(SHAPES["evidence-latin"], sending())
        await channel.send(SHAPES["maybe-sent"], sending(attempt=2))
        assert len(old.shown) == 2
        assert "sequence_id" not in old.asked[0].json


async def test_an_address_that_leaves_no_room_is_left_out(service: FakeNtfy, fetcher: Fetcher) -> None:
    await phone(service.settings(), fetcher).send(SHAPES["very-long-url"], sending())
    sent = service.asked[0].json
    assert "click" not in sent
    assert "North Korea ships arms" in sent["title"]


def test_channels_of_one_server_and_user_share_its_limit() -> None:
    def key(**settings: object) -> str:
        return phone(settings, cast(Fetcher, None)).limit_key

    one = key(url="https://ntfy.example/a", token="tk_one1")
    assert one == key(url="https://ntfy.example/b", token="tk_one1")
    assert len({one, key(url="https://ntfy.example/a"), key(url="https://other.example/a", token="tk_one1")}) == 3
    assert "tk_one1" not in one


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"username": "ann"}, "belong together"),
        ({"password": "x"}, "belong together"),
        ({"username": "ann", "password": "x", "token": "t"}, "either"),
        ({"token": "t", "token_file": "f"}, "only one of"),
    ],
)
def test_there_is_one_way_in(settings: dict[str, object], word: str) -> None:
    with pytest.raises(ConfigError) as caught:
        channel_settings({"name": "phone", "kind": "ntfy", "url": "https://ntfy.example/a", **settings})
    assert word in caught.value.problems[0]


def test_the_address_needs_a_topic(tmp_path: Path) -> None:
    settings = channel_settings({"name": "phone", "kind": "ntfy", "url": "https://ntfy.example/"})
    with pytest.raises(ConfigError) as caught:
        settings.check_files(tmp_path)
    assert "the address of a topic" in caught.value.problems[0]
