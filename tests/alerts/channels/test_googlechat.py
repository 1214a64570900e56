"""The address that Google Chat is asked at, its threads, and what of a card is shown."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from alerts.channels.channel import Channel, Sending
from alerts.channels.googlechat import googlechat_body
from alerts.channels.layout import View
from alerts.channels.registry import build_channel, channel_settings
from core.clock import SystemClock
from core.errors import ConfigError
from core.net.client import Fetcher, FetchSettings
from core.net.guard import AddressGuard
from tests.alerts.channels.message_shapes import shapes
from tests.alerts.making import NOW
from tests.fakes.channel_tools import tools
from tests.fakes.services.googlechat import FakeGoogleChat

SHAPES = shapes()


@pytest.fixture
async def service() -> AsyncIterator[FakeGoogleChat]:
    async with FakeGoogleChat() as fake:
        yield fake


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(AddressGuard(["127.0.0.0/8"]), "wirewatch/test", SystemClock(), FetchSettings()) as fetcher:
        yield fetcher


def space(fetcher: Fetcher, url: str, name: str = "space") -> Channel:
    return build_channel(channel_settings({"name": name, "kind": "googlechat", "url": url}), tools(fetcher, Path()))


def sending(number: int = 1) -> Sending:
    return Sending(notification_id=f"n{number}", attempt=1, now=NOW)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://chat.googleapis.com/v1/messages?key=k&token=t", "/spaces/SPACE/messages"),
        ("https://chat.googleapis.com/v1/spaces/A/messages?token=t", "it lacks its `key`"),
        ("https://chat.googleapis.com/v1/spaces/A/messages?key=k", "it lacks its `token`"),
    ],
)
def test_an_address_that_no_message_could_be_sent_to_is_refused(url: str, told: str) -> None:
    settings = channel_settings({"name": "space", "kind": "googlechat", "url": url})
    with pytest.raises(ConfigError, match=told):
        settings.check_files(Path())


async def test_key_and_token_stay_as_they_were_given(service: FakeGoogleChat, fetcher: Fetcher) -> None:
    url = str(service.settings()["url"])
    await space(fetcher, f"{url}&threadKey=old&messageReplyOption=X").send(SHAPES["evidence-latin"], sending())
    assert service.asked[0].query == {
        "key": service.key,
        "token": service.token,
        "requestId": "n1",
        "messageReplyOption": "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD",
    }


async def test_stories_have_their_threads_and_a_digest_or_a_test_none(
    service: FakeGoogleChat, fetcher: Fetcher
) -> None:
    channel = space(fetcher, str(service.settings()["url"]))
    await channel.send(SHAPES["evidence-latin"], sending(1))
    await channel.send(SHAPES["digest"], sending(2))
    await channel.send(SHAPES["test"], sending(3))
    await channel.send(SHAPES["update"], sending(4))
    assert [bool(shown.thread) for shown in service.shown] == [False, False, False, True]


async def test_webhooks_of_one_space_share_its_limit(service: FakeGoogleChat, fetcher: Fetcher) -> None:
    one = space(fetcher, f"{service.url(service.path)}?key=a&token=b", "one")
    two = space(fetcher, f"{service.url(service.path)}?key=a&token=c", "two")
    other = space(fetcher, f"{service.url('v1/spaces/BBBB/messages')}?key=a&token=b", "other")
    assert one.limit_key == two.limit_key != other.limit_key
    assert one.limits.shared_rate is not None
    assert one.limits.rate is None


def test_addresses_of_buttons_are_counted() -> None:
    assert len(googlechat_body(SHAPES["200-articles"], View())) <= 32_000
