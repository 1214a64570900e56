"""What a Slack bot does beyond the contract of all services."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.channels.channel import Receipt, SendFailure, Sending
from alerts.channels.message import message_of
from alerts.channels.registry import build_channel, channel_settings
from alerts.channels.slack import SlackBot
from core.clock import SystemClock
from core.errors import ConfigError
from core.model.outcome import FailureReason
from core.net.client import Fetcher
from core.net.guard import AddressGuard
from tests.alerts.making import NOW, notification
from tests.fakes.channel_tools import tools
from tests.fakes.services.service import Broken, Said, said_json
from tests.fakes.services.slack import FakeSlackBot

MESSAGE = replace(message_of(notification()), maybe_sent=NOW - timedelta(minutes=1))


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(AddressGuard(["127.0.0.0/8"]), "wirewatch/test", SystemClock()) as open_fetcher:
        yield open_fetcher


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlackBot]:
    async with FakeSlackBot() as fake:
        yield fake


def bot(slack: FakeSlackBot, fetcher: Fetcher, **more: object) -> SlackBot:
    raw = {"name": "chat", "kind": "slack", **slack.settings(), **more}
    channel = build_channel(channel_settings(raw), tools(fetcher))
    assert isinstance(channel, SlackBot)
    return channel


def sending(number: int, thread: str | None = None) -> Sending:
    return Sending(notification_id=f"n{number}", attempt=1, now=NOW, thread=thread)


async def test_a_reference_is_the_channels_id_and_the_messages_time(slack: FakeSlackBot, fetcher: Fetcher) -> None:
    receipt = await bot(slack, fetcher, channel="#desk").send(MESSAGE, sending(1))
    assert receipt.reference == f"{slack.channel}:{slack.messages[0]['ts']}"
    await bot(slack, fetcher, channel="#desk").edit(MESSAGE, receipt.reference, sending(1))
    assert slack.shown[0].edits == 1


async def test_a_message_is_found_behind_many_others(slack: FakeSlackBot, fetcher: Fetcher) -> None:
    channel = bot(slack, fetcher)
    for number in range(25):
        await channel.send(MESSAGE, sending(number))
    slack.page = 4
    found = await channel.find(MESSAGE, sending(0))
    assert found is not None
    assert found.reference == f"{slack.channel}:{slack.messages[0]['ts']}"
    assert await channel.find(MESSAGE, sending(99)) is None


async def test_only_what_was_posted_since_the_first_try_is_looked_through(
    slack: FakeSlackBot, fetcher: Fetcher
) -> None:
    await bot(slack, fetcher).find(MESSAGE, sending(1))
    assert slack.asked[0].query["oldest"] == f"{(NOW - timedelta(minutes=6)).timestamp():.6f}"
    assert slack.asked[0].method == "GET"


async def test_an_answer_to_what_is_gone_is_looked_for_in_the_channel(slack: FakeSlackBot, fetcher: Fetcher) -> None:
    channel = bot(slack, fetcher)
    first = await channel.send(MESSAGE, sending(1))
    slack.forget(first.reference)
    second = await channel.send(MESSAGE, sending(2, thread=first.reference))
    assert await channel.find(MESSAGE, sending(2, thread=first.reference)) == replace(second, status=200)


async def test_what_may_not_be_asked_is_said(slack: FakeSlackBot, fetcher: Fetcher) -> None:
    slack.scopes.discard("channels:history")
    with pytest.raises(SendFailure) as caught:
        await bot(slack, fetcher).find(MESSAGE, sending(1))
    assert (caught.value.reason, caught.value.retriable) == (FailureReason.AUTH_ERROR, False)
    assert "channels:history" in caught.value.detail


@pytest.mark.parametrize(
    ("answer", "reference"),
    [
        ('{"ok":true,"channel":"C0123456789","ts":"1772442000.000100","message":{"te', "C0123456789:1772442000.000100"),
        ('{"ok":true,"ts":"1772442000.000100"}', "C0123456789:1772442000.000100"),
        ('{"ok":tr', ""),
    ],
)
async def test_a_beginning_that_says_success_is_one(
    slack: FakeSlackBot, fetcher: Fetcher, answer: str, reference: str
) -> None:
    slack.nexts.append(Said(200, answer))
    slack.cut_off = True
    assert (await bot(slack, fetcher).send(MESSAGE, sending(1))).reference == reference
    assert len(slack.asked) == 1


async def test_a_beginning_that_says_failure_is_one(slack: FakeSlackBot, fetcher: Fetcher) -> None:
    slack.nexts.append(Said(200, '{"ok":false,"error":"is_arch'))
    slack.cut_off = True
    with pytest.raises(SendFailure) as caught:
        await bot(slack, fetcher).send(MESSAGE, sending(1))
    assert caught.value.reason is FailureReason.REFUSED


async def test_an_answer_that_breaks_off_at_once_is_asked_for(slack: FakeSlackBot, fetcher: Fetcher) -> None:
    slack.nexts.append(Broken.MUTE)
    receipt = await bot(slack, fetcher).send(MESSAGE, sending(1))
    assert receipt.reference == f"{slack.channel}:{slack.messages[0]['ts']}"


async def test_without_the_scope_to_ask_the_status_counts(slack: FakeSlackBot, fetcher: Fetcher) -> None:
    slack.scopes.discard("channels:history")
    slack.nexts.append(Broken.MUTE)
    assert isinstance(await bot(slack, fetcher).send(MESSAGE, sending(1)), Receipt)


async def test_what_turns_out_not_to_be_there_is_sent_again(slack: FakeSlackBot, fetcher: Fetcher) -> None:
    slack.nexts.append(Said(200, ""))
    slack.cut_off = True
    with pytest.raises(SendFailure) as caught:
        await bot(slack, fetcher).send(MESSAGE, sending(1))
    assert (caught.value.reason, caught.value.retriable) == (FailureReason.DISCONNECTED, True)


async def test_channels_of_one_token_share_its_limits(slack: FakeSlackBot, fetcher: Fetcher) -> None:
    one, other = bot(slack, fetcher), bot(slack, fetcher, channel="C0999999999")
    third = bot(slack, fetcher, token="xoxb-another")
    assert one.limit_key == other.limit_key != third.limit_key
    assert slack.token not in one.limit_key


async def test_an_odd_page_of_messages_breaks_nothing(slack: FakeSlackBot, fetcher: Fetcher) -> None:
    odd: list[object] = [None, 1, {"metadata": []}, {"metadata": {"event_payload": "x"}}]
    slack.nexts.append(said_json(200, {"ok": True, "messages": odd, "response_metadata": None}))
    assert await bot(slack, fetcher).find(MESSAGE, sending(1)) is None


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "exactly one of `url`, `url_file` (a webhook), `token` and `token_file` (a bot) is needed"),
        ({"token": "xoxb-1", "url": "https://hooks.slack.example/x"}, "exactly one of"),
        ({"token": "xoxb-1"}, "a bot needs `channel`"),
        ({"url": "https://hooks.slack.example/x", "channel": "C1"}, "`channel` goes with `token`"),
        ({"token": "xoxb-1", "channel": "C1", "api_url": "slack"}, "api_url: expected an http"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: Mapping[str, object], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        channel_settings({"name": "chat", "kind": "slack", **settings})
    assert told in caught.value.problems[0]


@pytest.mark.parametrize("token", ["", "xoxb one", "xoxb-1\nxoxb-2", "xöxb-xöxb", "x"])
def test_a_file_without_a_token_is_refused_and_not_shown(token: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(token, encoding="utf-8")
    settings = channel_settings({"name": "chat", "kind": "slack", "token_file": "token", "channel": "C1"})
    with pytest.raises(ConfigError) as caught:
        settings.check_files(tmp_path)
    assert caught.value.problems == (
        "channel chat: token_file: expected a token of at least 6 characters, without blanks",
    )


@pytest.mark.parametrize(
    "answer",
    [
        said_json(200, {"ok": False, "error": "unknown_method"}),
        said_json(200, {"ok": True}),
        Said(200, "<html>hello</html>"),
    ],
)
async def test_who_answers_otherwise_cannot_be_asked(slack: FakeSlackBot, fetcher: Fetcher, answer: Said) -> None:
    slack.nexts.append(answer)
    with pytest.raises(SendFailure) as caught:
        await bot(slack, fetcher).find(MESSAGE, sending(1))
    assert not caught.value.retriable


async def test_a_limit_of_reading_holds_up_no_sending(slack: FakeSlackBot, fetcher: Fetcher) -> None:
    slack.nexts.append(said_json(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "7"}))
    with pytest.raises(SendFailure) as caught:
        await bot(slack, fetcher).find(MESSAGE, sending(1))
    assert (caught.value.retriable, caught.value.retry_after_seconds, caught.value.holds_all) == (True, 7.0, False)
