"""Delivery to services that lose answers, ask for pauses or fail with a success: what people see in the end."""

from collections.abc import AsyncIterator

import pytest

from alerts.channels.channel import Channel
from alerts.channels.registry import build_channel, channel_settings
from core.clock import SystemClock
from core.db.engine import Database
from core.model.outcome import FailureReason, NotificationState
from core.net.client import Fetcher
from core.net.guard import AddressGuard
from core.store import notifications
from tests.alerts.making import notification
from tests.alerts.stages.outbox import Post
from tests.fakes.channel_tools import tools
from tests.fakes.services.discord import FakeDiscord
from tests.fakes.services.service import LOG_IN, Broken, FakeService
from tests.fakes.services.slack import FakeSlackBot
from tests.fakes.services.telegram import FakeTelegram, failed


@pytest.fixture
def post(db: Database) -> Post:
    return Post(db)


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(AddressGuard(["127.0.0.0/8"]), "wirewatch/test", SystemClock()) as open_fetcher:
        yield open_fetcher


def channel_to(service: FakeService, fetcher: Fetcher, name: str = "desk", **more: object) -> Channel:
    raw = {"name": name, "kind": service.kind, **service.settings(), **more}
    return build_channel(channel_settings(raw), tools(fetcher))


@pytest.mark.parametrize(("fake", "shown"), [(FakeSlackBot, 1), (FakeDiscord, 2), (FakeTelegram, 2)])
async def test_a_lost_answer_doubles_nothing_where_the_service_can_be_asked(
    post: Post, fetcher: Fetcher, fake: type[FakeService], shown: int
) -> None:
    item = notification()
    await post.put(item)
    async with fake() as service:
        service.nexts.append(Broken.LOST)
        stage = post.stage(channel_to(service, fetcher))
        await stage.deliver_due()
        post.clock.advance(30)
        await stage.deliver_due()
    assert (await post.row(item)).state is NotificationState.DELIVERED
    assert len(service.shown) == shown
    assert ["may have been posted before" in one.text for one in service.shown] == [False, True][:shown]


async def test_a_log_in_page_is_no_delivery_and_the_message_goes_out_later(post: Post, fetcher: Fetcher) -> None:
    item = notification()
    await post.put(item)
    async with FakeDiscord() as service:
        service.nexts.append(LOG_IN)
        stage = post.stage(channel_to(service, fetcher))
        await stage.deliver_due()
        assert (await post.row(item)).state is NotificationState.PENDING
        post.clock.advance(30)
        await stage.deliver_due()
    assert (await post.row(item)).state is NotificationState.DELIVERED
    async with post.db.connection() as conn:
        tried = await notifications.attempts(conn, item.notification_id)
    assert [one.reason for one in tried] == [FailureReason.REFUSED, None]


async def test_one_hold_up_holds_all_chats_of_a_bot(post: Post, fetcher: Fetcher) -> None:
    items = [notification(channel=name) for name in ("one", "two")]
    async with FakeTelegram() as service:
        service.nexts.append(failed(429, "Too Many Requests: retry after 35", retry_after=35))
        stage = post.stage(*(channel_to(service, fetcher, name) for name in ("one", "two")))
        await post.put(items[0])
        await stage.deliver_due()
        await post.put(items[1])
        post.clock.advance(20)
        await stage.deliver_due()
        assert service.shown == []
        assert len(service.asked) == 1
        post.clock.advance(20)
        await stage.deliver_due()
        assert len(service.shown) == 2
