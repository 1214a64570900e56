"""What the kind `telegram` does beyond the contract of all services."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from alerts.channels.channel import SendFailure, Sending
from alerts.channels.clamp import utf16_units
from alerts.channels.layout import View
from alerts.channels.message import Links, message_of
from alerts.channels.registry import build_channel, channel_settings
from alerts.channels.telegram import TelegramChannel, telegram_post
from core.clock import SystemClock
from core.errors import ConfigError
from core.model.outcome import FailureReason, Priority
from core.net.client import Fetcher
from core.net.guard import AddressGuard
from tests.alerts.making import NOW, alert, brief, notification
from tests.fakes.channel_tools import tools
from tests.fakes.services import telegram_html
from tests.fakes.services.service import said_json
from tests.fakes.services.telegram import FakeTelegram, failed

MESSAGE = message_of(notification())


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(AddressGuard(["127.0.0.0/8"]), "wirewatch/test", SystemClock()) as open_fetcher:
        yield open_fetcher


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


def channel_to(telegram: FakeTelegram, fetcher: Fetcher, **more: object) -> TelegramChannel:
    raw = {"name": "chat", "kind": "telegram", **telegram.settings(), **more}
    channel = build_channel(channel_settings(raw), tools(fetcher))
    assert isinstance(channel, TelegramChannel)
    return channel


def sending(thread: str | None = None) -> Sending:
    return Sending(notification_id="n1", attempt=1, now=NOW, thread=thread)


async def test_messages_of_a_topic_are_posted_there(telegram: FakeTelegram, fetcher: Fetcher) -> None:
    await channel_to(telegram, fetcher, message_thread_id=telegram.topic).send(MESSAGE, sending())
    assert telegram.asked[0].json["message_thread_id"] == telegram.topic


async def test_a_chat_may_be_written_as_text(telegram: FakeTelegram, fetcher: Fetcher) -> None:
    receipt = await channel_to(telegram, fetcher, chat_id=str(telegram.chat)).send(MESSAGE, sending())
    assert receipt.reference.startswith(f"{telegram.chat}:")


async def test_an_answer_that_names_no_chat_is_of_the_one_that_was_asked(
    telegram: FakeTelegram, fetcher: Fetcher
) -> None:
    telegram.nexts.append(said_json(200, {"ok": True, "result": {"message_id": 42}}))
    assert (await channel_to(telegram, fetcher).send(MESSAGE, sending())).reference == f"{telegram.chat}:42"


async def test_a_reference_that_cannot_be_read_is_no_message(telegram: FakeTelegram, fetcher: Fetcher) -> None:
    with pytest.raises(SendFailure) as caught:
        await channel_to(telegram, fetcher).edit(MESSAGE, "", sending())
    assert caught.value.reason is FailureReason.GONE
    await channel_to(telegram, fetcher).send(MESSAGE, sending(thread="?"))
    assert "reply_parameters" not in telegram.asked[0].json


def test_characters_are_counted_as_telegram_counts_them() -> None:
    told = alert(*[brief(n, title="🚀" * 120, snippet="🚀" * 300) for n in range(20)])
    text = telegram_html.read(telegram_post(message_of(notification(told)), View())["text"]).text
    assert 3_000 < utf16_units(text) <= 4_096


def test_buttons_that_telegram_refuses_are_left_out() -> None:
    local = Links(alert="http://localhost:8080/alerts/a", why="http://127.0.0.1:8080/alerts/a/why")
    post = telegram_post(replace(MESSAGE, links=local), View())
    assert post["reply_markup"] == {"inline_keyboard": [[{"text": "Why", "url": local.why}]]}
    nowhere = telegram_post(replace(MESSAGE, links=Links(alert="http://desk/alerts/a")), View())
    assert "reply_markup" not in nowhere


@pytest.mark.parametrize(
    ("mention", "shown"),
    [
        ("@ann_lee", "@ann_lee "),
        ('<a href="tg://user?id=5">Kim</a> & co', '<a href="tg://user?id=5">Kim</a> &amp; co '),
        ("<b>Kim</b>", "&lt;b&gt;Kim&lt;/b&gt; "),
    ],
)
def test_a_mention_breaks_no_markup(mention: str, shown: str) -> None:
    text = telegram_post(MESSAGE, View(mentions={Priority.NORMAL: mention}))["text"]
    assert text.startswith(f"{shown}<b>dprk-arms</b>")
    telegram_html.read(text)


async def test_an_absurd_wish_to_wait_is_bounded(telegram: FakeTelegram, fetcher: Fetcher) -> None:
    telegram.nexts += [failed(429, "Too Many Requests", retry_after=10**9), failed(429, "x", retry_after="soon")]
    channel = channel_to(telegram, fetcher)
    waits = []
    for _ in range(2):
        with pytest.raises(SendFailure) as caught:
            await channel.send(MESSAGE, sending())
        waits.append(caught.value.retry_after_seconds)
    assert waits == [86_400.0, None]


async def test_chats_of_one_bot_share_its_limits_and_each_has_its_own(telegram: FakeTelegram, fetcher: Fetcher) -> None:
    group, person = channel_to(telegram, fetcher), channel_to(telegram, fetcher, chat_id=77)
    assert group.limit_key == person.limit_key
    assert telegram.token not in group.limit_key
    assert group.limits.rate != person.limits.rate
    assert group.limits.shared_rate == person.limits.shared_rate


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"chat_id": 1}, "exactly one of `token` and `token_file` is needed"),
        ({"token": "1:a"}, "chat_id: missing"),
        ({"token": "1:a", "chat_id": "desk"}, "chat_id: expected the chat's ID, a number such as -1001234567890"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, object], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        channel_settings({"name": "chat", "kind": "telegram", **settings})
    assert any(told in problem for problem in caught.value.problems)
