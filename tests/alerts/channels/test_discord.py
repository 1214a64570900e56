"""What the kind `discord` does beyond the contract of all services."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from alerts.channels.channel import Confirmation, SendFailure, Sending
from alerts.channels.discord import DiscordChannel, discord_body, escape
from alerts.channels.layout import View
from alerts.channels.message import Links, message_of
from alerts.channels.registry import build_channel, channel_settings
from core.clock import SystemClock
from core.errors import ConfigError
from core.model.outcome import Event, Priority, Reason
from core.net.client import Fetcher
from core.net.guard import AddressGuard
from tests.alerts.making import NOW, alert, brief, notification
from tests.fakes.channel_tools import tools
from tests.fakes.services.discord import FakeDiscord
from tests.fakes.services.service import Said

MESSAGE = message_of(notification())
SENDING = Sending(notification_id="n1", attempt=1, now=NOW)


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(AddressGuard(["127.0.0.0/8"]), "wirewatch/test", SystemClock()) as open_fetcher:
        yield open_fetcher


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as fake:
        yield fake


def channel_to(discord: FakeDiscord, fetcher: Fetcher, **more: object) -> DiscordChannel:
    raw = {"name": "chat", "kind": "discord", **discord.settings(), **more}
    channel = build_channel(channel_settings(raw), tools(fetcher))
    assert isinstance(channel, DiscordChannel)
    return channel


@pytest.mark.parametrize(
    ("remaining", "after", "pause"),
    [("0", "1.25", 1.25), ("4", "1.25", 0.0), ("0", "soon", 0.0), ("0", "nan", 0.0), ("0", "1e9", 86_400.0)],
)
async def test_an_empty_bucket_asks_for_a_pause(
    discord: FakeDiscord, fetcher: Fetcher, remaining: str, after: str, pause: float
) -> None:
    discord.headers = {"X-RateLimit-Remaining": remaining, "X-RateLimit-Reset-After": after}
    assert (await channel_to(discord, fetcher).send(MESSAGE, SENDING)).pause_seconds == pause


async def test_messages_of_a_thread_are_posted_and_edited_there(discord: FakeDiscord, fetcher: Fetcher) -> None:
    channel = channel_to(discord, fetcher, thread_id=discord.thread_id)
    receipt = await channel.send(MESSAGE, SENDING)
    await channel.edit(MESSAGE, receipt.reference, SENDING)
    assert [(shown.thread, shown.edits) for shown in discord.shown] == [(discord.thread_id, 1)]


async def test_a_query_of_the_address_stays(discord: FakeDiscord, fetcher: Fetcher) -> None:
    channel = channel_to(discord, fetcher, url=f"{discord.url(discord.path)}?thread_id={discord.thread_id}")
    await channel.send(MESSAGE, SENDING)
    assert discord.shown[0].thread == discord.thread_id
    assert discord.asked[0].query["wait"] == "true"


async def test_an_answer_without_the_message_is_less_than_a_delivery(discord: FakeDiscord, fetcher: Fetcher) -> None:
    discord.nexts.append(Said(204))
    assert (await channel_to(discord, fetcher).send(MESSAGE, SENDING)).confirmation is Confirmation.ACCEPTED


async def test_a_limit_of_one_webhook_holds_up_no_other(discord: FakeDiscord, fetcher: Fetcher) -> None:
    discord.nexts.append(Said(429, '{"retry_after": 1, "global": false}', {"Content-Type": "application/json"}))
    channel = channel_to(discord, fetcher)
    with pytest.raises(SendFailure) as caught:
        await channel.send(MESSAGE, SENDING)
    assert not caught.value.holds_all
    assert channel.limit_key == "discord:127.0.0.1"


@pytest.mark.parametrize(
    ("mention", "allowed"),
    [
        ("", {"parse": [], "users": [], "roles": []}),
        ("@everyone", {"parse": ["everyone"], "users": [], "roles": []}),
        ("@here <@!11> <@&22>", {"parse": ["everyone"], "users": ["11"], "roles": ["22"]}),
    ],
)
def test_only_who_is_configured_may_be_pinged(mention: str, allowed: object) -> None:
    flash = replace(MESSAGE, rule=replace(MESSAGE.rule, priority=Priority.FLASH))
    body = orjson.loads(discord_body(flash, View(mentions={Priority.FLASH: mention})))
    assert body["allowed_mentions"] == allowed
    assert body["content"].startswith(f"{mention} 🚨 **" if mention else "🚨 **")


def test_a_link_too_long_for_a_button_is_one_in_the_text() -> None:
    long = f"https://wire.example/do?t={'k' * 600}"
    body = orjson.loads(discord_body(replace(MESSAGE, links=Links(alert="https://wire.example/a", why=long)), View()))
    (row,) = body["components"]
    assert [button["url"] for button in row["components"]] == ["https://wire.example/a"]
    assert f"[Why](<{long}>)" in body["content"]


def test_more_articles_than_embeds_are_a_list_behind_the_first() -> None:
    digest = [alert(brief(n, title=f"Story {n}"), story=f"s{n}") for n in range(60)]
    told = message_of(notification(*digest, event=Event.DIGEST, reason=Reason.DIGEST))
    first, others = orjson.loads(discord_body(told, View()))["embeds"]
    assert first["title"] == "Story 0"
    lines = others["description"].split("\n")
    assert lines[0] == "\u2022 [**Story 1**](https://news.example/1) · Example World · 2026-03-02 08:55 UTC"
    assert others["footer"]["text"] == f"and {59 - len(lines)} more"
    assert len(lines) > 30


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("*a* _b_ `c` ~d~ |e|", r"\*a\* \_b\_ \`c\` \~d\~ \|e\|"),
        ("# one", r"\# one"),
        ("- two", r"\- two"),
        ("3. three", r"3\. three"),
        ("<@1> <#2> [l](https://x.example)", r"\<@1> \<#2> \[l\](https\://x.example)"),
        (r"back\slash", r"back\\slash"),
        ("at 10:30, North Korea", "at 10:30, North Korea"),
    ],
)
def test_what_markdown_would_read_is_escaped(text: str, escaped: str) -> None:
    assert escape(text) == escaped


def test_a_thread_is_named_by_its_number() -> None:
    with pytest.raises(ConfigError, match="thread_id: expected the ID of the thread, a number in quotes"):
        channel_settings({"name": "c", "kind": "discord", "url": "https://discord.example/x", "thread_id": "desk"})


@pytest.mark.parametrize("end", ["slack", "github"])
def test_an_address_for_messages_of_others_is_refused(end: str) -> None:
    chosen = channel_settings(
        {"name": "c", "kind": "discord", "url": f"https://discord.example/api/webhooks/1/x/{end}"}
    )
    with pytest.raises(ConfigError, match=f"leave out /{end} at its end"):
        chosen.check_files(Path())
