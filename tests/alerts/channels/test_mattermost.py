"""What Mattermost's Markdown makes of texts, and what its server says of posts."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.channel import AskingChannel, EditingChannel, SendFailure, Sending
from alerts.channels.mattermost_text import escape
from alerts.channels.registry import build_channel, channel_settings
from core.clock import SystemClock
from core.errors import ConfigError
from core.model.outcome import FailureReason
from core.net.client import Fetcher, FetchSettings
from core.net.guard import AddressGuard
from core.text.visible import one_line
from tests.alerts.channels.message_shapes import shapes
from tests.alerts.making import NOW
from tests.fakes.channel_tools import tools
from tests.fakes.services import mattermost_markdown
from tests.fakes.services.mattermost import FakeMattermostBot
from tests.fakes.services.service import Broken, Said, said_json

SHAPES = shapes()
BOT = {"name": "desk", "kind": "mattermost", "url": "https://chat.example", "token": "t0ken", "channel": "c"}


@pytest.fixture
async def service() -> AsyncIterator[FakeMattermostBot]:
    async with FakeMattermostBot() as fake:
        yield fake


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(AddressGuard(["127.0.0.0/8"]), "wirewatch/test", SystemClock(), FetchSettings()) as fetcher:
        yield fetcher


def bot(service: FakeMattermostBot, fetcher: Fetcher, **more: object) -> EditingChannel:
    raw = {"name": "desk", "kind": "mattermost", **service.settings(), **more}
    return cast(EditingChannel, build_channel(channel_settings(raw), tools(fetcher, Path())))


def sending(number: int = 1, thread: str | None = None) -> Sending:
    return Sending(notification_id=f"n{number}", attempt=1, now=NOW, thread=thread)


@pytest.mark.parametrize(
    "text",
    [
        "*bold* _it_ ~~gone~~ `code` **b**",
        "a_b_c and x*y*z",
        "[Video] Ships [leave",
        "a ] b [",
        "C:\\dir\\_a \\ end\\",
        "<b>x</b> <https://x.example> a < b > c",
        "AT&T &amp; &copy; &#60;",
        ":tada: at 12:30:45, score 3:2",
        "see https://x.example/a_b or www.x.example",
        "$5 or $6$ and $x$",
        "![picture](https://x.example/p.png)",
        "snake_case: and mailto:ann@x.example",
    ],
)
def test_what_others_wrote_stays_text(text: str) -> None:
    shown = mattermost_markdown.read(f"x {escape(text)} y")
    assert shown.text == f"x {text} y"
    assert (shown.acted, shown.links, shown.bold) == ([], [], [])


def test_times_and_scores_are_written_as_they_are() -> None:
    assert escape("at 07:43 +01:00: 3:2, in 12:30:45") == "at 07:43 +01:00: 3:2, in 12:30:45"


@given(st.text(alphabet="ab1 *_`~[]()<>#!&:;$\\|.-+=/w", max_size=40))
def test_any_text_stays_text(text: str) -> None:
    shown = mattermost_markdown.read(f"x {escape(text)} y")
    assert shown.text == f"x {text} y"
    assert (shown.acted, shown.links, shown.bold) == ([], [], [])


@given(st.text(alphabet="ab1 *_`~[]()<>#!&:$\\|", min_size=1, max_size=30))
async def test_any_headline_is_a_link(text: str) -> None:
    label = one_line(text)
    shown = mattermost_markdown.read(f"**[{escape(label)}](https://x.example/1)**")
    assert shown.links == [(label, "https://x.example/1")]


async def test_a_bot_that_may_not_change_old_posts_is_told_that_the_message_is_gone(
    service: FakeMattermostBot, fetcher: Fetcher
) -> None:
    channel = bot(service, fetcher)
    receipt = await channel.send(SHAPES["evidence-latin"], sending())
    word = "api.post.update_post.permissions_time_limit.app_error"
    service.nexts.append(said_json(400, {"id": word, "message": "Post edit is only allowed for 300 seconds."}))
    with pytest.raises(SendFailure) as caught:
        await channel.edit(SHAPES["update"], receipt.reference, sending())
    assert (caught.value.reason, caught.value.retriable) == (FailureReason.GONE, False)
    assert "300 seconds" in caught.value.detail


async def test_the_reference_is_read_from_an_answer_that_broke_off(
    service: FakeMattermostBot, fetcher: Fetcher
) -> None:
    service.nexts.append(Broken.RESET)
    receipt = await bot(service, fetcher).send(SHAPES["evidence-latin"], sending())
    assert receipt.reference == service.shown[0].reference


async def test_a_message_is_looked_for_since_its_first_try(service: FakeMattermostBot, fetcher: Fetcher) -> None:
    asking = cast(AskingChannel, bot(service, fetcher))
    began = NOW - timedelta(hours=7)
    assert await asking.find(replace(SHAPES["update"], maybe_sent=began), sending()) is None
    since = int(service.asked[-1].query["since"]) / 1000
    assert 0 < began.timestamp() - since <= 600


@pytest.mark.parametrize("answer", [Said(200, "{}"), Said(200, '{"posts": []}'), Said(200, "[]")])
async def test_a_list_that_says_nothing_is_no_answer(
    service: FakeMattermostBot, fetcher: Fetcher, answer: Said
) -> None:
    service.nexts.append(answer)
    with pytest.raises(SendFailure) as caught:
        await cast(AskingChannel, bot(service, fetcher)).find(SHAPES["update"], sending())
    assert caught.value.retriable


async def test_the_address_may_be_that_of_the_api(service: FakeMattermostBot, fetcher: Fetcher) -> None:
    await bot(service, fetcher, url=f"{service.url()}api/v4/").send(SHAPES["evidence-latin"], sending())
    assert len(service.shown) == 1


@pytest.mark.parametrize("changes", [{"token": None}, {"channel": None}, {"channel": " "}, {"token_file": "t"}])
def test_a_bot_needs_its_token_and_channel(changes: dict[str, object]) -> None:
    raw = {key: value for key, value in {**BOT, **changes}.items() if value is not None}
    with pytest.raises(ConfigError) as caught:
        channel_settings(raw)
    assert "token" in caught.value.problems[0]
