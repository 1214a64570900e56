import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from alerts.channels.channel import Confirmation, SendFailure, Sending
from alerts.channels.message import message_of
from alerts.channels.registry import build_channel, channel_settings
from alerts.channels.signing import keys_of, signed_headers
from alerts.channels.webhook import WebhookChannel, webhook_body
from core.clock import SystemClock
from core.errors import ConfigError
from core.model.outcome import Event, FailureReason, Reason
from core.net.client import Fetcher
from core.net.guard import AddressGuard
from tests.alerts.making import EVIDENCE, NOW, alert, brief, notification, rule_ref
from tests.alerts.webhook_schema import webhook_schema
from tests.effort import tries
from tests.fakes.breaking import Breaking
from tests.fakes.channel_tools import tools
from tests.fakes.receiver import Answer, Received, Receiver, dead_url, never

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER_SECRET = "whsec_" + base64.b64encode(bytes(range(32, 64))).decode()
MESSAGE = message_of(notification(), console_url="https://wire.example")


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(AddressGuard(["127.0.0.0/8"]), "wirewatch/test", SystemClock()) as open_fetcher:
        yield open_fetcher


def channel(fetcher: Fetcher, url: str, **more: object) -> WebhookChannel:
    made = build_channel(
        channel_settings({"name": "desk", "kind": "webhook", "url": url, "secret": SECRET, **more}),
        tools(fetcher),
    )
    assert isinstance(made, WebhookChannel)
    return made


async def failure_of(channel: WebhookChannel, now: datetime = NOW) -> SendFailure:
    with pytest.raises(SendFailure) as caught:
        await channel.send(MESSAGE, Sending(notification_id="n1", attempt=1, now=now))
    return caught.value


def verified(request: Received, secret: str = SECRET) -> object:
    return Webhook(secret).verify(request.body, dict(request.headers))


async def test_a_body_is_as_the_contract_says(fetcher: Fetcher) -> None:
    async with Receiver() as receiver:
        receipt = await channel(fetcher, receiver.url).send(MESSAGE, Sending(notification_id="n1", attempt=2, now=NOW))
    assert (receipt.confirmation, receipt.status) == (Confirmation.DELIVERED, 200)
    told, shown = alert(), brief()
    assert receiver.received[0].json == {
        "version": 1,
        "event": "alert.created",
        "reason": "first",
        "attempt": 2,
        "rule": {
            "id": told.rule.rule_id,
            "version": 1,
            "name": "dprk-arms",
            "priority": "normal",
            "url": f"https://wire.example/rules/{told.rule.rule_id}",
        },
        "story": {
            "id": told.story_id,
            "size": 1,
            "first_seen": "2026-03-02T08:59:00Z",
            "alert": told.alert_id,
            "outlets": ["Example World"],
        },
        "articles": [
            {
                "id": shown.article_id,
                "story": told.story_id,
                "url": "https://news.example/1",
                "title": "North Korea ships arms to Russia",
                "source": "Example World",
                "lang": "en",
                "published": "2026-03-02T08:55:00Z",
                "seen": "2026-03-02T08:59:40Z",
                "snippet": "Ships with arms left North Korea for Russia.",
                "matches": [
                    {"clause": "North Korea", "field": "title", "start": 0, "end": 11, "text": "North Korea"},
                    {"clause": "Russia", "field": "title", "start": 26, "end": 32, "text": "Russia"},
                    {"clause": "arms", "field": "body", "start": 11, "end": 15, "text": "arms"},
                ],
            }
        ],
        "truncated": 0,
    }


async def test_the_standards_own_library_accepts_the_signature(fetcher: Fetcher) -> None:
    async with Receiver() as receiver:
        hook = channel(fetcher, receiver.url)
        await hook.send(MESSAGE, Sending(notification_id="n1", attempt=1, now=SystemClock().now()))
    request = receiver.received[0]
    assert verified(request) == request.json
    assert request.headers["webhook-id"] == "n1"
    with pytest.raises(WebhookVerificationError):
        verified(request, OTHER_SECRET)


async def test_two_secrets_sign_both_while_one_is_rotated(fetcher: Fetcher) -> None:
    async with Receiver() as receiver:
        hook = channel(fetcher, receiver.url, secret=f"{OTHER_SECRET} {SECRET}")
        await hook.send(MESSAGE, Sending(notification_id="n1", attempt=1, now=SystemClock().now()))
    assert verified(receiver.received[0], SECRET) == verified(receiver.received[0], OTHER_SECRET)


async def test_the_same_attempt_has_the_same_body_and_signature(fetcher: Fetcher) -> None:
    async with Receiver() as receiver:
        hook = channel(fetcher, receiver.url)
        for attempt in (1, 1, 2):
            await hook.send(MESSAGE, Sending(notification_id="n1", attempt=attempt, now=NOW))
    one, again, next_one = receiver.received
    assert one.body == again.body != next_one.body
    assert one.headers["webhook-signature"] == again.headers["webhook-signature"]
    assert one.id == again.id == next_one.id == "n1"


async def test_a_channel_without_a_secret_sends_id_and_time_and_no_signature(fetcher: Fetcher) -> None:
    async with Receiver() as receiver:
        settings = channel_settings({"name": "desk", "kind": "webhook", "url": receiver.url})
        plain = build_channel(settings, tools(fetcher))
        await plain.send(MESSAGE, Sending(notification_id="n1", attempt=1, now=NOW))
    headers = receiver.received[0].headers
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("n1", str(int(NOW.timestamp())))
    assert "webhook-signature" not in headers


@pytest.mark.parametrize(
    ("status", "reason", "retriable"),
    [
        (301, FailureReason.REDIRECT, False),
        (302, FailureReason.REDIRECT, False),
        (308, FailureReason.REDIRECT, False),
        (400, FailureReason.CLIENT_ERROR, False),
        (401, FailureReason.AUTH_ERROR, False),
        (403, FailureReason.AUTH_ERROR, False),
        (404, FailureReason.CLIENT_ERROR, False),
        (408, FailureReason.TIMEOUT, True),
        (410, FailureReason.GONE, False),
        (413, FailureReason.PAYLOAD_TOO_LARGE, False),
        (418, FailureReason.CLIENT_ERROR, False),
        (425, FailureReason.CLIENT_ERROR, True),
        (429, FailureReason.RATE_LIMITED, True),
        (499, FailureReason.CLIENT_ERROR, False),
        (500, FailureReason.SERVER_ERROR, True),
        (503, FailureReason.SERVER_ERROR, True),
        (599, FailureReason.SERVER_ERROR, True),
    ],
)
async def test_each_answer_has_its_reason_and_says_whether_to_try_again(
    fetcher: Fetcher, status: int, reason: FailureReason, *, retriable: bool
) -> None:
    async with Receiver(last=Answer(status=status, headers={"Location": "/elsewhere"}, body="no,\nthanks")) as receiver:
        failure = await failure_of(channel(fetcher, receiver.url))
    assert (failure.reason, failure.retriable, failure.status) == (reason, retriable, status)
    assert failure.detail == f"HTTP {status}: no, thanks"
    assert [request.path for request in receiver.received] == ["/hook"]  # no redirect was followed


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_any_2xx_is_success(fetcher: Fetcher, status: int) -> None:
    async with Receiver(last=Answer(status=status)) as receiver:
        receipt = await channel(fetcher, receiver.url).send(MESSAGE, Sending(notification_id="n1", attempt=1, now=NOW))
    assert receipt.status == status


@pytest.mark.parametrize(
    ("value", "seconds"), [("120", 120.0), ("Mon, 02 Mar 2026 09:00:30 GMT", 30.0), ("soon", None), (None, None)]
)
async def test_retry_after_is_seconds_or_a_date(fetcher: Fetcher, value: str | None, seconds: float | None) -> None:
    answer = Answer(status=429, headers={} if value is None else {"Retry-After": value})
    async with Receiver(last=answer) as receiver:
        failure = await failure_of(channel(fetcher, receiver.url))
    assert failure.retry_after_seconds == seconds


async def test_nobody_listening_is_tried_again(fetcher: Fetcher) -> None:
    failure = await failure_of(channel(fetcher, dead_url()))
    assert (failure.reason, failure.retriable) == (FailureReason.CONNECT, True)


async def test_a_receiver_that_hangs_up_is_tried_again(fetcher: Fetcher) -> None:
    async with Receiver(last=Answer(hang_up=True)) as receiver:
        failure = await failure_of(channel(fetcher, receiver.url))
    assert (failure.reason, failure.retriable) == (FailureReason.DISCONNECTED, True)


async def test_a_receiver_that_never_answers_times_out_and_is_tried_again(fetcher: Fetcher) -> None:
    async with Receiver(last=never()) as receiver, asyncio.timeout(10):
        failure = await failure_of(channel(fetcher, receiver.url, timeout_seconds=0.1))
    assert (failure.reason, failure.retriable) == (FailureReason.TIMEOUT, True)


async def test_private_addresses_are_not_reached() -> None:
    async with Receiver() as receiver, Fetcher(AddressGuard(), "wirewatch/test", SystemClock()) as guarded:
        failure = await failure_of(channel(guarded, receiver.url))
        assert receiver.received == []
    assert (failure.reason, failure.retriable) == (FailureReason.SSRF_BLOCKED, True)


async def test_a_secret_url_is_in_no_failure(fetcher: Fetcher) -> None:
    for url in (dead_url() + "/token123", "http://no-such-host.invalid/token123"):
        failure = await failure_of(channel(fetcher, url))
        assert "token123" not in str(failure)


def big(articles: int, evidence: int = 3) -> bytes:
    briefs = [brief(number, snippet="word " * 48, title="Título " * 10) for number in range(articles)]
    told = alert(*briefs)
    many = tuple(replace(item, evidence=EVIDENCE * (evidence // 3)) for item in told.articles)
    return webhook_body(message_of(notification(replace(told, articles=many))), attempt=1)


def test_a_large_story_leaves_articles_out_and_says_how_many() -> None:
    body = big(200)
    data = orjson.loads(body)
    assert len(body) <= 20_000
    assert 10 < len(data["articles"]) < 200
    assert data["truncated"] == 200 - len(data["articles"])
    assert data["articles"][0]["url"] == "https://news.example/0"


def test_a_single_article_with_a_flood_of_evidence_loses_evidence_only() -> None:
    body = big(1, evidence=3000)
    data = orjson.loads(body)
    assert len(body) <= 20_000
    assert data["truncated"] == 0
    assert data["articles"][0]["snippet"]
    assert len(data["articles"][0]["matches"]) > 50


def test_a_monstrous_headline_is_cut_and_its_link_stays() -> None:
    told = alert(brief(title="x" * 100_000, snippet="y" * 100_000))
    data = orjson.loads(webhook_body(message_of(notification(told)), attempt=1))
    assert data["articles"][0]["url"] == "https://news.example/1"
    assert len(data["articles"][0]["title"]) == 300


@tries(50)
@given(st.integers(1, 60), st.text(max_size=400), st.text(max_size=400), st.integers(0, 40))
def test_no_body_is_over_budget_and_every_one_follows_the_schema(
    articles: int, title: str, snippet: str, evidence: int
) -> None:
    title, snippet = (text.encode("utf-8", "replace").decode() for text in (title, snippet))
    told = alert(*(brief(number, title=title, snippet=snippet) for number in range(articles)))
    told = replace(told, articles=tuple(replace(item, evidence=EVIDENCE * evidence) for item in told.articles))
    body = webhook_body(message_of(notification(told)), attempt=1)
    assert len(body) <= 20_000
    Draft202012Validator(webhook_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER).validate(
        orjson.loads(body)
    )


def test_updates_and_digests_follow_the_schema() -> None:
    Draft202012Validator.check_schema(webhook_schema())
    validator = Draft202012Validator(webhook_schema())
    updated = notification(event=Event.ALERT_UPDATED, reason=Reason.UPDATE, sequence=7)
    digest = notification(
        alert(story="a"), alert(brief(2), story="b"), event=Event.DIGEST, reason=Reason.QUIET_HOURS_OVER
    )
    for item in (updated, digest, replace(updated, reason=Reason.REDRIVE)):
        validator.validate(orjson.loads(webhook_body(message_of(item), attempt=3)))
    corrected = orjson.loads(
        webhook_body(message_of(notification(alert(brief(2, correction=True), brief(1)))), attempt=1)
    )
    validator.validate(corrected)
    assert [article.get("correction") for article in corrected["articles"]] == [True, None]
    data = orjson.loads(webhook_body(message_of(digest), attempt=1))
    assert [story["id"] for story in data["stories"]] == [article["story"] for article in data["articles"]]


def test_the_schema_refuses_what_the_contract_does_not_have() -> None:
    validator = Draft202012Validator(webhook_schema())
    data = orjson.loads(webhook_body(MESSAGE, attempt=1))
    assert not validator.is_valid({**data, "event": "alert.deleted"})
    assert not validator.is_valid({key: value for key, value in data.items() if key != "truncated"})
    assert not validator.is_valid({**data, "attempt": 0})


def test_a_clause_of_another_version_of_the_rule_is_shown_by_what_matched() -> None:
    told = alert(rule=rule_ref(version=2, query="something else entirely"))
    older = replace(told, articles=tuple(replace(item, rule_version=1) for item in told.articles))
    assert [match.clause for match in message_of(notification(older)).articles[0].matches] == [
        "North Korea",
        "Russia",
        "arms",
    ]


@given(st.binary(min_size=24, max_size=64), st.text(alphabet="abc0", min_size=1), st.binary(max_size=100))
def test_signatures_match_the_independent_implementation(key: bytes, notification_id: str, body: bytes) -> None:
    text = body.hex()
    secret = "whsec_" + base64.b64encode(key).decode()
    headers = signed_headers(keys_of(secret), notification_id=notification_id, timestamp=NOW, body=text.encode())
    assert headers["webhook-signature"] == Webhook(secret).sign(notification_id, NOW, text)


def test_a_secret_without_prefix_or_padding_is_the_same_secret() -> None:
    bare = base64.b64encode(bytes(range(32))).decode().rstrip("=")
    assert keys_of(bare) == keys_of(SECRET) == (bytes(range(32)),)


@pytest.mark.parametrize(
    "secret", ["", "  ", "whsec_", "whsec_???", "not base64!", "whsec_YQ==", "password", SECRET + " whsec_YQ=="]
)
def test_an_unreadable_secret_is_refused_without_being_shown(secret: str) -> None:
    with pytest.raises(ConfigError) as caught:
        channel_settings({"name": "desk", "kind": "webhook", "url": "https://x.example", "secret": secret})
    assert "channels.secret" in str(caught.value)
    assert "24 to 64 bytes" in str(caught.value)
    assert not secret.strip() or secret not in str(caught.value).replace("expected whsec_", "")


def test_secrets_are_read_from_files_and_stand_in_no_repr(tmp_path: Path, fetcher: Fetcher) -> None:
    (tmp_path / "key").write_text(SECRET + "\n")
    (tmp_path / "hook").write_text("https://chat.example/token123\n")
    chosen = channel_settings({"name": "desk", "kind": "webhook", "url_file": "hook", "secret_file": "key"})
    made = build_channel(chosen, tools(fetcher, tmp_path))
    inline = channel_settings(
        {"name": "desk", "kind": "webhook", "url": "https://chat.example/token123", "secret": SECRET}
    )
    for thing in (chosen, inline, made):
        assert "token123" not in repr(thing)
        assert SECRET not in repr(thing)
    with pytest.raises(ConfigError, match="cannot read hook"):
        build_channel(chosen, tools(fetcher, tmp_path / "elsewhere"))


def test_a_frozen_setting_stays() -> None:
    chosen = channel_settings({"name": "desk", "kind": "webhook", "url": "https://x.example"})
    with pytest.raises(ValidationError):
        chosen.name = "other"


async def test_any_2xx_is_success_whatever_becomes_of_the_rest_of_the_answer(fetcher: Fetcher) -> None:
    for rest in (b"", b"7 bytes"):  # the connection breaks off, at once or in the midst of the body
        async with Breaking(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n" + rest) as receiver:
            receipt = await channel(fetcher, receiver.url).send(
                MESSAGE, Sending(notification_id="n1", attempt=1, now=NOW)
            )
        assert (receipt.status, receiver.requests) == (200, 1)


async def test_the_status_is_not_waited_past(fetcher: Fetcher) -> None:
    async with Breaking(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n1", keep_open=True) as receiver:
        desk = channel(fetcher, receiver.url, timeout_seconds=0.5)  # less than the body is waited for
        receipt = await desk.send(MESSAGE, Sending(notification_id="n1", attempt=1, now=NOW))
    assert (receipt.status, receiver.requests) == (200, 1)
