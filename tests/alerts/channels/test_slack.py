from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.channel import SendFailure, Sending
from alerts.channels.layout import View
from alerts.channels.message import message_of
from alerts.channels.registry import build_channel, channel_settings
from alerts.channels.rich_text import quoted
from alerts.channels.slack_text import bold, slack_body
from core.clock import SystemClock
from core.model.alert import Notification
from core.model.outcome import Event, FailureReason, Priority, Reason
from core.net.client import Fetcher
from core.net.guard import AddressGuard
from tests.alerts.making import NOW, alert, brief, notification, rule_ref
from tests.effort import tries
from tests.fakes.breaking import Breaking
from tests.fakes.channel_tools import tools
from tests.fakes.receiver import Answer, Receiver


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(AddressGuard(["127.0.0.0/8"]), "wirewatch/test", SystemClock()) as open_fetcher:
        yield open_fetcher


def post_of(item: Notification, console_url: str = "https://wire.example") -> Any:
    return orjson.loads(slack_body(message_of(item, console_url=console_url), View()))


def texts_of(post: Any) -> list[str]:
    return [block["text"]["text"] for block in post["blocks"]]


def test_a_post_has_headline_outlet_age_rule_and_the_hit_sentence_in_bold() -> None:
    told = alert(size=7)
    post = post_of(notification(told))
    heading, article = texts_of(post)
    assert heading == f"*<https://wire.example/rules/{told.rule.rule_id}|dprk-arms>*"
    assert article.splitlines() == [
        "*<https://news.example/1|North Korea ships arms to Russia>*",
        "Example World · 2026-03-02 08:55 UTC · 7 articles in this story",
        "> Ships with *arms* left *North Korea* for *Russia*.",
    ]
    assert post["text"] == "dprk-arms: North Korea ships arms to Russia"
    assert post["unfurl_links"] is False
    assert post["unfurl_media"] is False


def test_markup_in_headlines_is_text() -> None:
    told = alert(brief(title="A <b> & <!channel> |", snippet="arms <https://evil.example|x>"), rule=rule_ref("a&b"))
    heading, article = texts_of(post_of(notification(told), console_url=""))
    assert heading == "*a&amp;b*"
    assert "A &lt;b&gt; &amp; &lt;!channel&gt; |" in article
    assert "> *arms* &lt;https://evil.example|x&gt;" in article


def test_a_url_with_markup_characters_stays_one_link() -> None:
    told = alert(brief(url="https://news.example/?a=1&b=<2>|3"))
    assert "<https://news.example/?a=1&amp;b=&lt;2&gt;%7C3|North" in texts_of(post_of(notification(told)))[1]


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("UTC", "2026-03-02 08:55 UTC"),
        ("Asia/Kolkata", "2026-03-02 14:25 +05:30"),
        ("America/St_Johns", "2026-03-02 05:25 -03:30"),
    ],
)
def test_the_time_is_that_of_the_channels_zone_with_its_offset(zone: str, shown: str) -> None:
    post = orjson.loads(slack_body(message_of(notification()), View(time_zone=zone)))
    assert f"Example World · {shown}" in texts_of(post)[1]


def test_flash_updates_redrives_and_digests_say_what_they_are() -> None:
    flash = alert(rule=rule_ref(priority=Priority.FLASH))
    assert texts_of(post_of(notification(flash)))[0].startswith(":rotating_light: ")
    update = notification(event=Event.ALERT_UPDATED, reason=Reason.UPDATE)
    assert texts_of(post_of(update))[0].endswith("The story was updated")
    corrected = notification(
        alert(brief(2, correction=True), brief(1)), event=Event.ALERT_UPDATED, reason=Reason.UPDATE
    )
    heading, article, *_ = texts_of(post_of(corrected))
    assert heading.endswith("The story was corrected")
    assert "· correction" in article
    digest = notification(alert(), alert(brief(2), story="b"), event=Event.DIGEST, reason=Reason.QUIET_HOURS_OVER)
    assert texts_of(post_of(digest))[0].endswith("Held during quiet hours · 2 stories")


@tries(60)
@given(
    st.integers(1, 120),
    st.sampled_from(["plain ", "&<>", "北朝鮮", "🚀", "arms "]),
    st.integers(1, 60),
    st.sampled_from(["https://news.example/", "https://news.example/" + "&" * 3000]),
)
def test_no_post_is_over_slacks_hidden_limits(articles: int, word: str, times: int, url: str) -> None:
    briefs = [
        brief(number, url=f"{url}{number}", title=word * times, snippet=word * times, source=word * times)
        for number in range(articles)
    ]
    body = slack_body(message_of(notification(alert(*briefs)), console_url="https://wire.example"), View())
    texts = texts_of(orjson.loads(body))
    assert len(body) <= 15_000
    assert sum(map(len, texts)) <= 9_000
    assert len(texts) <= 50
    assert all(0 < len(text) <= 3_000 for text in texts)
    shown = len(texts) - 1 - texts[-1].startswith("and ")
    assert shown == articles or texts[-1] == f"and {articles - shown} more"


async def test_slack_answers_are_understood(fetcher: Fetcher) -> None:
    answers = [
        Answer(status=429, headers={"Retry-After": "30"}),
        Answer(status=404, body="no_service"),
        Answer(body="ok"),
    ]
    async with Receiver(answers) as receiver:
        chosen = channel_settings({"name": "chat", "kind": "slack", "url": receiver.url})
        chat = build_channel(chosen, tools(fetcher))
        message = message_of(notification())
        failures: list[SendFailure] = []
        for attempt in (1, 2):
            with pytest.raises(SendFailure) as caught:
                await chat.send(message, Sending(notification_id="n", attempt=attempt, now=NOW))
            failures.append(caught.value)
        receipt = await chat.send(message, Sending(notification_id="n", attempt=3, now=NOW))
    assert [(f.reason, f.retriable, f.retry_after_seconds) for f in failures] == [
        (FailureReason.RATE_LIMITED, True, 30.0),
        (FailureReason.CLIENT_ERROR, False, None),
    ]
    assert failures[1].detail == "HTTP 404: no_service"
    assert receipt.status == 200
    assert receiver.received[2].json == orjson.loads(slack_body(message, View()))


@pytest.mark.parametrize(
    ("body", "taken"),
    [
        ("ok", True),
        ("ok\n", True),
        ('{"ok": true}', True),
        ('{"ok": false, "error": "channel_is_archived"}', False),
        ("invalid_payload", False),
        ("", False),
        ("<html>Please log in</html>", False),
        ("[]", False),
        ('"ok"', False),
    ],
)
async def test_a_success_is_one_only_where_slack_says_ok(fetcher: Fetcher, body: str, *, taken: bool) -> None:
    async with Receiver([Answer(body=body)]) as receiver:
        chosen = channel_settings({"name": "chat", "kind": "slack", "url": receiver.url})
        chat = build_channel(chosen, tools(fetcher))
        if taken:
            assert (
                await chat.send(message_of(notification()), Sending(notification_id="n", attempt=1, now=NOW))
            ).status == 200
            return
        with pytest.raises(SendFailure) as caught:
            await chat.send(message_of(notification()), Sending(notification_id="n", attempt=1, now=NOW))
    assert (caught.value.reason, caught.value.retriable, caught.value.status) == (FailureReason.REFUSED, True, 200)
    assert (body or "an empty answer") in caught.value.detail


async def test_an_answer_that_breaks_off_after_its_status_counts(fetcher: Fetcher) -> None:
    async with Breaking(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n") as receiver:
        chosen = channel_settings({"name": "chat", "kind": "slack", "url": receiver.url})
        chat = build_channel(chosen, tools(fetcher))
        assert (
            await chat.send(message_of(notification()), Sending(notification_id="n", attempt=1, now=NOW))
        ).status == 200


def test_a_post_that_may_be_a_repeat_says_so() -> None:
    told = message_of(notification(), maybe_sent=NOW)
    assert "may have been posted before, at 2026-03-02 09:00 UTC" in texts_of(orjson.loads(slack_body(told, View())))[0]
    assert "may have been" not in texts_of(post_of(notification()))[0]


@pytest.mark.parametrize(
    ("snippet", "texts", "shown"),
    [
        ("북한이 미사일을 발사", ["북한", "미사일"], "*북한*\u200b이 *미사일*\u200b을 발사"),
        ("昨日北朝鮮がミサイル", ["北朝鮮", "ミサイル"], "昨日\u200b*北朝鮮*\u200bが\u200b*ミサイル*"),
        ("北朝鮮ミサイル", ["北朝鮮", "ミサイル"], "*北朝鮮*\u200b*ミサイル*"),
        ("Ships with arms, left", ["arms"], "Ships with *arms*, left"),
        ("a&b <arms>", ["arms"], "a&amp;b &lt;*arms*&gt;"),
    ],
)
def test_bold_has_no_letter_on_its_outer_sides(snippet: str, texts: list[str], shown: str) -> None:
    assert bold(quoted(snippet, texts)) == shown
